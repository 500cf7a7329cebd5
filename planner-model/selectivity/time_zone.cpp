// Time zones as the server knows them: src/timezone/localtime.c, pgtz.c; the offsets of local
// times: DetermineTimeZoneOffset(), datetime.c.
#include "planner-model/selectivity/time_zone.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "planner-model/selectivity/ascii.hpp"

namespace quern::planner_model {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::string_view kDatabase = "/usr/share/zoneinfo";

/// Big-endian numbers off a TZif file; past its end everything is 0 and `failed`.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_{bytes} {}

  std::int64_t number(std::size_t width) {
    if (bytes_.size() < width) {
      failed_ = true;
      return 0;
    }
    std::uint64_t value = static_cast<unsigned char>(bytes_.front()) >= 0x80U ? UINT64_MAX : 0;
    for (std::size_t i = 0; i < width; ++i) {
      value = (value << 8U) | static_cast<unsigned char>(bytes_[i]);
    }
    bytes_.remove_prefix(width);
    return static_cast<std::int64_t>(value);
  }

  std::string_view take(std::size_t length) {
    failed_ = failed_ || bytes_.size() < length;
    const auto taken = bytes_.substr(0, length);
    bytes_.remove_prefix(taken.size());
    return taken;
  }

  [[nodiscard]] std::string_view rest() const { return bytes_; }

  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::string_view bytes_;
  bool failed_ = false;
};

struct Header {
  std::size_t universal = 0, standard = 0, leaps = 0, times = 0, types = 0, characters = 0;

  [[nodiscard]] std::size_t body(std::size_t time_width) const {
    return times * time_width + times + types * 6 + characters + leaps * (time_width + 4) +
           standard + universal;
  }
};

std::optional<Header> take_header(Reader& reader) {
  constexpr std::size_t kReserved = 15;
  constexpr std::size_t kMost = 4'000;  // the largest files have some 240 transitions
  if (reader.take(4) != "TZif") {
    return std::nullopt;
  }
  (void)reader.take(1 + kReserved);
  Header header;
  for (std::size_t* count : {&header.universal, &header.standard, &header.leaps, &header.times,
                             &header.types, &header.characters}) {
    const std::int64_t number = reader.number(4);
    if (number < 0 || number > static_cast<std::int64_t>(kMost)) {
      return std::nullopt;
    }
    *count = static_cast<std::size_t>(number);
  }
  return reader.failed() ? std::nullopt : std::optional{header};
}

/// The entry of a folder that has this name in any case; empty: none.
std::filesystem::path entry_named(const std::filesystem::path& folder, std::string_view name) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{folder, error}) {
    if (lowered(entry.path().filename().string()) == lowered(name)) {
      return entry.path();
    }
  }
  return {};
}

/// pg_open_tzfile(): a name's parts are folders; hidden ones and those above are no zones.
std::optional<std::string> read_database(std::string_view name) {
  std::filesystem::path path{kDatabase};
  while (true) {
    const auto part = name.substr(0, name.find('/'));
    const bool plain = std::all_of(part.begin(), part.end(), [](char c) {
      return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '+';
    });
    if (part.empty() || !plain) {
      return std::nullopt;
    }
    std::error_code error;
    path = std::filesystem::exists(path / part, error) ? path / part : entry_named(path, part);
    if (path.empty()) {
      return std::nullopt;
    }
    if (part.size() == name.size()) {
      break;
    }
    name.remove_prefix(part.size() + 1);
  }
  constexpr std::uintmax_t kMostBytes = 65'536;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) ||
      std::filesystem::file_size(path, error) > kMostBytes) {
    return std::nullopt;
  }
  std::ifstream file{path, std::ios::binary};
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

// --- POSIX TZ strings

std::optional<std::int32_t> take_count(std::string_view& text, std::int32_t most) {
  std::int32_t number = 0;
  std::size_t length = 0;
  while (length < text.size() && length < 4 && is_digit(text[length])) {
    number = number * 10 + (text[length++] - '0');
  }
  text.remove_prefix(length);
  return length == 0 || number > most ? std::nullopt : std::optional{number};
}

bool take(std::string_view& text, char expected) {
  if (!text.starts_with(expected)) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

/// getzname(), getqzname(): letters, or anything in angle brackets.
std::string take_name(std::string_view& text) {
  const bool quoted = take(text, '<');
  std::size_t length = 0;
  while (length < text.size() && (quoted ? text[length] != '>'
                                         : !is_digit(text[length]) && text[length] != ',' &&
                                               text[length] != '-' && text[length] != '+')) {
    ++length;
  }
  std::string name{text.substr(0, length)};
  text.remove_prefix(std::min(text.size(), length + (quoted ? 1 : 0)));
  return name;
}

/// getoffset(): [+-]hh[:mm[:ss]].
std::optional<std::int32_t> take_offset(std::string_view& text) {
  const bool negative = take(text, '-');
  if (!negative) {
    (void)take(text, '+');
  }
  constexpr std::int32_t kMostHours = 24 * 7 - 1;
  const auto hours = take_count(text, kMostHours);
  if (!hours) {
    return std::nullopt;
  }
  std::int32_t seconds = *hours * 3600;
  for (const std::int32_t unit : {60, 1}) {
    if (!take(text, ':')) {
      break;
    }
    const auto part = take_count(text, 60);
    if (!part) {
      return std::nullopt;
    }
    seconds += *part * unit;
  }
  return negative ? -seconds : seconds;
}

/// getrule()
std::optional<PosixZone::Change> take_change(std::string_view& text) {
  PosixZone::Change change;
  if (!take(text, ',')) {
    return std::nullopt;
  }
  if (take(text, 'M')) {
    const auto month = take_count(text, 12);
    const auto week = take(text, '.') ? take_count(text, 5) : std::nullopt;
    const auto day = take(text, '.') ? take_count(text, 6) : std::nullopt;
    if (!month || !week || !day || *month < 1 || *week < 1) {
      return std::nullopt;
    }
    change.month = *month;
    change.week = *week;
    change.day = *day;
  } else {
    change.form =
        take(text, 'J') ? PosixZone::Change::Form::JulianDay : PosixZone::Change::Form::Day;
    const auto day = take_count(text, 366);
    if (!day) {
      return std::nullopt;
    }
    change.day = *day;
  }
  if (take(text, '/')) {
    const auto time = take_offset(text);
    if (!time) {
      return std::nullopt;
    }
    change.time = *time;
  }
  return change;
}

/// transtime(): the local moment of a change as if its offset were 0.
std::int64_t local_change(const PosixZone::Change& change, std::chrono::year year) {
  using namespace std::chrono;
  sys_days date{year / January / 1};
  switch (change.form) {
    case PosixZone::Change::Form::Weekday: {
      const auto month = year / std::chrono::month{static_cast<unsigned>(change.month)};
      const weekday day{static_cast<unsigned>(change.day)};
      constexpr int kLastWeek = 5;
      date = change.week == kLastWeek ? sys_days{month / day[last]}
                                      : sys_days{month / day[static_cast<unsigned>(change.week)]};
      break;
    }
    case PosixZone::Change::Form::JulianDay:  // February 29 is never counted
      date += days{change.day - 1 + (year.is_leap() && change.day >= 60 ? 1 : 0)};
      break;
    case PosixZone::Change::Form::Day:
      date += days{change.day};
      break;
  }
  return date.time_since_epoch().count() * kDay + change.time;
}

std::chrono::year year_of(std::int64_t moment) {
  const std::int64_t day = moment / kDay - (moment % kDay < 0 ? 1 : 0);
  return std::chrono::year_month_day{
      std::chrono::sys_days{std::chrono::days{static_cast<int>(day)}}}
      .year();
}

}  // namespace

std::optional<PosixZone> PosixZone::parse(std::string_view text) {
  PosixZone zone;
  zone.standard_name = take_name(text);
  const auto west = take_offset(text);
  if (!west) {
    return std::nullopt;
  }
  zone.standard_east = -*west;
  if (text.empty()) {
    return zone;
  }
  zone.summer_name = take_name(text);
  if (zone.summer_name.empty()) {
    return std::nullopt;
  }
  zone.has_summer = true;
  zone.summer_east = zone.standard_east + 3600;
  if (!text.empty() && text.front() != ',') {
    const auto summer_west = take_offset(text);
    if (!summer_west) {
      return std::nullopt;
    }
    zone.summer_east = -*summer_west;
  }
  std::string_view changes = text.empty() ? ",M3.2.0,M11.1.0" : text;  // TZDEFRULESTRING
  const auto to_summer = take_change(changes);
  const auto to_standard = take_change(changes);
  if (!to_summer || !to_standard || !changes.empty()) {
    return std::nullopt;
  }
  zone.to_summer = *to_summer;
  zone.to_standard = *to_standard;
  return zone;
}

std::optional<TimeZone> TimeZone::named(std::string_view name) {
  constexpr std::size_t kLongest = 255;  // TZ_STRLEN_MAX
  if (name.size() > kLongest) {
    return std::nullopt;
  }
  if (const std::string plain = lowered(name); plain == "utc" || plain == "gmt") {
    TimeZone zone;
    zone.first_.abbreviation = plain == "utc" ? "UTC" : "GMT";
    return zone;
  }
  if (const auto file = read_database(name)) {
    return read(*file);
  }
  const auto rule = PosixZone::parse(in_capitals(name));
  if (!rule) {
    return std::nullopt;
  }
  TimeZone zone;
  zone.first_ = {rule->standard_east, rule->standard_name};
  zone.rule_ = rule;
  return zone;
}

std::optional<TimeZone> TimeZone::read(std::string_view file) {
  Reader reader{file};
  auto header = take_header(reader);
  if (!header) {
    return std::nullopt;
  }
  (void)reader.take(header->body(4));  // the times of version 1, in four bytes
  header = take_header(reader);
  if (!header || header->types == 0) {
    return std::nullopt;
  }
  TimeZone zone;
  std::vector<std::int64_t> times;
  for (std::size_t i = 0; i < header->times; ++i) {
    times.push_back(reader.number(8));
  }
  const auto numbers = reader.take(header->times);
  std::vector<std::pair<std::int32_t, std::size_t>> types;
  for (std::size_t i = 0; i < header->types; ++i) {
    const auto east = static_cast<std::int32_t>(reader.number(4));
    (void)reader.take(1);
    types.emplace_back(east, static_cast<std::size_t>(reader.number(1) & 0xFF));
  }
  const auto characters = reader.take(header->characters);
  (void)reader.take(header->leaps * 12 + header->standard + header->universal);
  if (reader.failed()) {
    return std::nullopt;
  }
  std::vector<Kind> kinds;
  for (const auto& [east, at] : types) {
    const auto name = characters.substr(std::min(at, characters.size()));
    kinds.push_back({east, std::string{name.substr(0, name.find('\0'))}});
  }
  zone.first_ = kinds.front();
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto number = static_cast<unsigned char>(numbers[i]);
    if (number >= kinds.size() || (i > 0 && times[i] <= times[i - 1])) {
      return std::nullopt;
    }
    zone.transitions_.push_back({times[i], kinds[number]});
  }
  std::string_view footer = reader.rest();
  if (take(footer, '\n')) {
    zone.rule_ = PosixZone::parse(footer.substr(0, footer.find('\n')));
  }
  return zone;
}

bool TimeZone::is_ruled(std::int64_t moment) const {
  return rule_ && (transitions_.empty() || moment >= transitions_.back().at);
}

std::vector<TimeZone::Transition> TimeZone::ruled(std::int64_t moment) const {
  std::vector<Transition> changes;
  if (!rule_->has_summer) {
    return changes;
  }
  // The calendar repeats itself after 400 years, and chrono's ends with the year 32767.
  constexpr std::int64_t kCycle = 146'097 * kDay;
  const std::int64_t shift = (moment / kCycle - (moment % kCycle < 0 ? 1 : 0)) * kCycle;
  for (int away = -1; away <= 1; ++away) {
    const auto year = year_of(moment - shift) + std::chrono::years{away};
    changes.push_back({local_change(rule_->to_summer, year) - rule_->standard_east + shift,
                       {rule_->summer_east, rule_->summer_name}});
    changes.push_back({local_change(rule_->to_standard, year) - rule_->summer_east + shift,
                       {rule_->standard_east, rule_->standard_name}});
  }
  std::sort(changes.begin(), changes.end(),
            [](const Transition& a, const Transition& b) { return a.at < b.at; });
  return changes;
}

TimeZone::Kind TimeZone::kind_at(std::int64_t moment) const {
  const auto last_of = [&](const std::vector<Transition>& changes, const Kind& before) {
    const auto next =
        std::upper_bound(changes.begin(), changes.end(), moment,
                         [](std::int64_t at, const Transition& change) { return at < change.at; });
    return next == changes.begin() ? before : std::prev(next)->to;
  };
  return is_ruled(moment) ? last_of(ruled(moment), {rule_->standard_east, rule_->standard_name})
                          : last_of(transitions_, first_);
}

TimeZone::Offset TimeZone::at(std::int64_t moment) const {
  const Kind kind = kind_at(moment);
  return {kind.east, kind.abbreviation};
}

std::optional<std::int64_t> TimeZone::next_change(std::int64_t moment) const {
  const auto first_after = [&](const std::vector<Transition>& changes) {
    const auto next =
        std::upper_bound(changes.begin(), changes.end(), moment,
                         [](std::int64_t at, const Transition& change) { return at < change.at; });
    return next == changes.end() ? std::nullopt : std::optional{next->at};
  };
  return is_ruled(moment) ? first_after(ruled(moment)) : first_after(transitions_);
}

std::int32_t TimeZone::east_of_local(std::int64_t local) const {
  const std::int64_t previous = local - kDay;
  const std::int32_t before = kind_at(previous).east;
  const auto boundary = next_change(previous);
  if (!boundary) {
    return before;
  }
  const std::int32_t after = kind_at(*boundary).east;
  const std::int64_t by_before = local - before;
  const std::int64_t by_after = local - after;
  if (by_before < *boundary && by_after < *boundary) {
    return before;
  }
  if (by_before > *boundary && by_after >= *boundary) {
    return after;
  }
  return by_before > by_after ? before : after;
}

std::int32_t TimeZone::east_of_local(std::int64_t local, std::string_view abbreviation) const {
  const std::int32_t here = east_of_local(local);
  const std::int64_t moment = local - here;
  const auto is_it = [&](const Kind& kind) {
    return lowered(kind.abbreviation) == lowered(abbreviation);
  };
  if (is_ruled(moment) && rule_->has_summer) {
    for (const Kind& kind : {Kind{rule_->standard_east, rule_->standard_name},
                             Kind{rule_->summer_east, rule_->summer_name}}) {
      if (is_it(kind)) {
        return kind.east;
      }
    }
  }
  const auto next =
      std::upper_bound(transitions_.begin(), transitions_.end(), moment,
                       [](std::int64_t at, const Transition& change) { return at < change.at; });
  for (auto past = next; past != transitions_.begin(); --past) {
    if (is_it(std::prev(past)->to)) {
      return std::prev(past)->to.east;
    }
  }
  if (is_it(first_)) {
    return first_.east;
  }
  const auto coming = std::find_if(next, transitions_.end(),
                                   [&](const Transition& change) { return is_it(change.to); });
  return coming != transitions_.end() ? coming->to.east : here;
}

std::optional<std::int32_t> TimeZone::fixed() const {
  const std::int32_t east = rule_ && transitions_.empty() ? rule_->standard_east : first_.east;
  const bool changes = (rule_ && (rule_->has_summer || rule_->standard_east != east)) ||
                       std::any_of(transitions_.begin(), transitions_.end(),
                                   [&](const auto& change) { return change.to.east != east; });
  return changes ? std::nullopt : std::optional{east};
}

}  // namespace quern::planner_model
