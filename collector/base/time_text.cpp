#include "collector/base/time_text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <chrono>
#include <cstring>

#include <fmt/format.h>

namespace quern {

namespace {

struct ZoneOffset {
  std::string_view name;
  int minutes;
};

// As PostgreSQL's timezonesets/Default reads them; where a name has several meanings, that file's.
constexpr std::array kZones = {
    ZoneOffset{"ACST", 570}, ZoneOffset{"ADT", -180},  ZoneOffset{"AEDT", 660},
    ZoneOffset{"AEST", 600}, ZoneOffset{"AKDT", -480}, ZoneOffset{"AKST", -540},
    ZoneOffset{"ART", -180}, ZoneOffset{"AST", -240},  ZoneOffset{"AWST", 480},
    ZoneOffset{"BRT", -180}, ZoneOffset{"BST", 60},    ZoneOffset{"CDT", -300},
    ZoneOffset{"CEST", 120}, ZoneOffset{"CET", 60},    ZoneOffset{"CST", -360},
    ZoneOffset{"EDT", -240}, ZoneOffset{"EEST", 180},  ZoneOffset{"EET", 120},
    ZoneOffset{"EST", -300}, ZoneOffset{"GMT", 0},     ZoneOffset{"HKT", 480},
    ZoneOffset{"HST", -600}, ZoneOffset{"IDT", 180},   ZoneOffset{"IST", 120},
    ZoneOffset{"JST", 540},  ZoneOffset{"KST", 540},   ZoneOffset{"MDT", -360},
    ZoneOffset{"MSK", 180},  ZoneOffset{"MST", -420},  ZoneOffset{"NZDT", 780},
    ZoneOffset{"NZST", 720}, ZoneOffset{"PDT", -420},  ZoneOffset{"PKT", 300},
    ZoneOffset{"PST", -480}, ZoneOffset{"SAST", 120},  ZoneOffset{"SGT", 480},
    ZoneOffset{"UTC", 0},    ZoneOffset{"UCT", 0},     ZoneOffset{"WEST", 60},
    ZoneOffset{"WET", 0},    ZoneOffset{"WIB", 420},   ZoneOffset{"Z", 0},
};

bool digit(char c) {
  return c >= '0' && c <= '9';
}

/// A cursor over the text; every step says whether it could be taken.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_{text} {}

  bool number(int digits, int& value) {
    if (position_ + static_cast<std::size_t>(digits) > text_.size()) {
      return false;
    }
    value = 0;
    for (int i = 0; i < digits; ++i) {
      const char c = text_[position_ + static_cast<std::size_t>(i)];
      if (!digit(c)) {
        return false;
      }
      value = value * 10 + (c - '0');
    }
    position_ += static_cast<std::size_t>(digits);
    return true;
  }

  bool one_of(std::string_view wanted) {
    if (position_ < text_.size() && wanted.find(text_[position_]) != std::string_view::npos) {
      ++position_;
      return true;
    }
    return false;
  }

  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }

  void advance(std::size_t by = 1) { position_ += by; }

  [[nodiscard]] std::size_t position() const { return position_; }

  void back_to(std::size_t position) { position_ = position; }

  [[nodiscard]] std::string_view rest() const { return text_.substr(position_); }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

std::int64_t days_since_1970(int year, int month, int day) {
  using namespace std::chrono;
  const sys_days date{std::chrono::year{year} / std::chrono::month{static_cast<unsigned>(month)} /
                      std::chrono::day{static_cast<unsigned>(day)}};
  return date.time_since_epoch().count();
}

/// Up to six decimals; more are dropped.
std::int64_t fraction_us(Reader& reader) {
  std::int64_t value = 0;
  int digits = 0;
  while (digit(reader.peek())) {
    if (digits < 6) {
      value = value * 10 + (reader.peek() - '0');
      ++digits;
    }
    reader.advance();
  }
  for (; digits < 6; ++digits) {
    value *= 10;
  }
  return value;
}

/// +01, +0100, +01:00; minutes east of Greenwich.
bool numeric_zone(Reader& reader, int& minutes) {
  const std::size_t start = reader.position();
  const bool west = reader.peek() == '-';
  reader.advance();
  int hours = 0;
  int more = 0;
  if (!reader.number(2, hours)) {
    reader.back_to(start);
    return false;
  }
  const std::size_t after_hours = reader.position();
  if (reader.peek() == ':') {
    reader.advance();
  }
  if (!reader.number(2, more)) {
    reader.back_to(after_hours);
    more = 0;
  }
  minutes = hours * 60 + more;
  minutes = west ? -minutes : minutes;
  return true;
}

void read_zone(Reader& reader, ReadTime& result) {
  const std::size_t start = reader.position();
  if (reader.peek() == ' ') {
    reader.advance();
  }
  int minutes = 0;
  if (reader.peek() == '+' || reader.peek() == '-') {
    if (!numeric_zone(reader, minutes)) {
      reader.back_to(start);
      return;
    }
    result.at_us -= std::int64_t{minutes} * 60'000'000;
    return;
  }
  std::size_t letters = 0;
  const std::string_view rest = reader.rest();
  while (letters < rest.size() && rest[letters] >= 'A' && rest[letters] <= 'Z') {
    ++letters;
  }
  constexpr std::size_t kLongestName = 5;
  const char after = letters < rest.size() ? rest[letters] : ' ';
  const bool word_goes_on = after == '_' || (after >= 'a' && after <= 'z');
  const std::string_view name = rest.substr(0, letters);
  if (name == "UTC" && !word_goes_on) {  // nearly all, and this runs once a line
    reader.advance(letters);
    return;
  }
  const auto* zone = std::find_if(kZones.begin(), kZones.end(),
                                  [&](const ZoneOffset& z) { return z.name == name; });
  if (letters == 0 || letters > kLongestName || word_goes_on ||
      (zone == kZones.end() && letters < 3) || name == "LOG" || name == "ERROR" ||
      name == "FATAL" || name == "PANIC" || name == "INFO" || name == "HINT") {
    reader.back_to(start);
    return;
  }
  reader.advance(letters);
  if (zone == kZones.end()) {
    result.zone_known = false;
  } else {
    result.at_us -= std::int64_t{zone->minutes} * 60'000'000;
  }
}

}  // namespace

std::optional<ReadTime> read_time(std::string_view text) {
  Reader reader{text};
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!(reader.number(4, year) && reader.one_of("-") && reader.number(2, month) &&
        reader.one_of("-") && reader.number(2, day) && reader.one_of(" T") &&
        reader.number(2, hour) && reader.one_of(":") && reader.number(2, minute) &&
        reader.one_of(":") && reader.number(2, second))) {
    return std::nullopt;
  }
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) {
    return std::nullopt;
  }
  ReadTime result;
  result.at_us = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  result.at_us *= 1'000'000;
  if (reader.peek() == '.' && digit(reader.peek(1))) {
    reader.advance();
    result.at_us += fraction_us(reader);
  }
  read_zone(reader, result);
  result.length = reader.position();
  return result;
}

namespace {

std::uint64_t eight_bytes(const char* from) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

/// Of seventeen bytes.
bool same_minute(const char* a, const char* b) {
  return ((eight_bytes(a) ^ eight_bytes(b)) | (eight_bytes(a + 8) ^ eight_bytes(b + 8)) |
          (eight_bytes(a + 9) ^ eight_bytes(b + 9))) == 0;
}

/// `27.725`: microseconds into the minute; -1 for other bytes.
std::int64_t seconds_with_millis(const char* from) {
  if constexpr (std::endian::native != std::endian::little) {
    return -1;
  }
  const std::uint64_t six = eight_bytes(from) & 0x0000FFFFFFFFFFFFU;
  const std::uint64_t digits = six ^ 0x00003030302E3030U;
  // A byte beyond 9, or beyond 0 where the point stands, gets its highest bit.
  const std::uint64_t beyond = digits + 0x00007676767F7676U;
  if (((digits | beyond) & 0x0000808080808080U) != 0) {
    return -1;
  }
  const auto digit_at = [&](unsigned i) {
    return static_cast<std::int64_t>((digits >> (8 * i)) & 0xFFU);
  };
  return (digit_at(0) * 10 + digit_at(1)) * 1'000'000 +
         (digit_at(3) * 100 + digit_at(4) * 10 + digit_at(5)) * 1000;
}

}  // namespace

bool TimeReader::zone_at(std::string_view text, std::size_t at) const {
  if (zone_mask_ != 0 && text.size() >= at + sizeof zone_bytes_) {
    return ((eight_bytes(text.data() + at) ^ zone_bytes_) & zone_mask_) == 0;
  }
  return text.compare(at, zone_.size(), zone_) == 0;
}

std::optional<ReadTime> TimeReader::read(std::string_view text) {
  if (known_ && zone_mask_ != 0 && text.size() >= kMinute + kSeconds + sizeof zone_bytes_ &&
      same_minute(text.data(), minute_text_.data())) {
    const std::int64_t us = seconds_with_millis(text.data() + kMinute);
    const std::uint64_t zone = eight_bytes(text.data() + kMinute + kSeconds);
    if (us >= 0 && us <= 60'000'000 && ((zone ^ zone_bytes_) & zone_mask_) == 0) {
      return ReadTime{minute_us_ + us, kMinute + kSeconds + zone_length_, zone_known_};
    }
  }
  // `2026-11-21 01:53:27.725 UTC `: seconds with three decimals or none are read here.
  const bool fits = text.size() > kMinute + 2 && digit(text[kMinute]) && digit(text[kMinute + 1]);
  if (known_ && fits && same_minute(text.data(), minute_text_.data())) {
    std::int64_t us = ((text[kMinute] - '0') * 10 + (text[kMinute + 1] - '0')) * 1'000'000;
    std::size_t at = kMinute + 2;
    if (text[at] == '.' && text.size() > at + 4 && digit(text[at + 1]) && digit(text[at + 2]) &&
        digit(text[at + 3])) {
      us += ((text[at + 1] - '0') * 100 + (text[at + 2] - '0') * 10 + (text[at + 3] - '0')) * 1000;
      at += 4;
    }
    if (us <= 60'000'000 && zone_at(text, at)) {
      return ReadTime{minute_us_ + us, at + zone_length_, zone_known_};
    }
  }
  const auto time = read_time(text);
  known_ = false;
  if (time && fits) {
    remember(text, *time);
  }
  return time;
}

void TimeReader::remember(std::string_view text, const ReadTime& time) {
  const std::size_t seconds_end = kMinute + 2 + (text[kMinute + 2] == '.' ? 4 : 0);
  if (seconds_end > time.length || text.substr(kMinute, 2) == "60") {
    return;
  }
  constexpr std::int64_t kMinuteUs = 60'000'000;
  const std::int64_t into = ((time.at_us % kMinuteUs) + kMinuteUs) % kMinuteUs;
  std::copy_n(text.data(), kMinute, minute_text_.begin());
  minute_us_ = time.at_us - into;
  zone_length_ = time.length - seconds_end;
  zone_.assign(text.substr(seconds_end, zone_length_ + (zone_length_ == 0 ? 2 : 1)));
  zone_known_ = time.zone_known;
  zone_bytes_ = 0;
  zone_mask_ = 0;
  if (!zone_.empty() && zone_.size() <= sizeof zone_bytes_) {
    std::memcpy(&zone_bytes_, zone_.data(), zone_.size());
    std::memset(&zone_mask_, 0xFF, zone_.size());
  }
  // Further decimals are no zone. Where there is none, what could begin one must not follow, and a
  // colon may go on with a zone's minutes.
  const char last = zone_.empty() ? '\0' : zone_.back();
  const bool ends = last == ' ' || last == '[' || last == '(' || last == '<' || last == ',' ||
                    last == '"' ||
                    (last == ':' && zone_.find_first_of("+-") == std::string::npos) ||
                    (zone_length_ == 0 && digit(last));
  known_ = ends && !digit(zone_.front()) && zone_.front() != '.' && zone_.size() > zone_length_;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  const std::string with_clock = std::string{text} + " 00:00:00";
  for (const std::string& candidate : {std::string{text}, std::string{text} + ":00", with_clock}) {
    const auto time = read_time(candidate);
    if (time && time->length == candidate.size() && time->zone_known) {
      return time->at_us;
    }
  }
  return std::nullopt;
}

std::string time_text(std::int64_t at_us) {
  using namespace std::chrono;
  const sys_time<microseconds> at{microseconds{at_us}};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss clock{at - day};
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) {
    text += fmt::format(".{:06}", clock.subseconds().count());
  }
  return text + "Z";
}

}  // namespace quern
