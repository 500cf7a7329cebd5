#include "collector/logs/envelopes/syslog_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "collector/base/time_text.hpp"
#include "collector/logs/message_tag.hpp"

namespace quern::collector {

namespace {

constexpr auto kNowhere = std::string_view::npos;

bool digit(char c) {
  return c >= '0' && c <= '9';
}

bool upper(char c) {
  return c >= 'A' && c <= 'Z';
}

/// A cursor over the line.
class Cursor {
 public:
  explicit Cursor(std::string_view line) : line_{line} {}

  [[nodiscard]] std::string_view rest() const { return line_.substr(at_); }

  [[nodiscard]] std::size_t position() const { return at_; }

  void to(std::size_t position) { at_ = std::min(position, line_.size()); }

  bool take(char wanted) {
    if (at_ < line_.size() && line_[at_] == wanted) {
      ++at_;
      return true;
    }
    return false;
  }

  void blanks() {
    while (take(' ')) {
    }
  }

  std::optional<std::uint64_t> number() {
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(line_.data() + at_, line_.data() + line_.size(), value);
    if (error != std::errc{}) {
      return std::nullopt;
    }
    at_ = static_cast<std::size_t>(end - line_.data());
    return value;
  }

  /// Up to the next blank, which is taken too.
  std::string_view word() {
    const std::size_t end = std::min(line_.find(' ', at_), line_.size());
    const std::string_view word = line_.substr(at_, end - at_);
    at_ = std::min(end + 1, line_.size());
    return word;
  }

 private:
  std::string_view line_;
  std::size_t at_ = 0;
};

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

int year_of(std::int64_t at_us) {
  using namespace std::chrono;
  const auto day = floor<days>(sys_time<microseconds>{microseconds{at_us}});
  return static_cast<int>(year_month_day{day}.year());
}

std::optional<std::int64_t> at_year(int year, unsigned month, unsigned day, std::int64_t clock_us) {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                            std::chrono::day{day}};
  if (!date.ok()) {
    return std::nullopt;
  }
  return duration_cast<microseconds>(sys_days{date}.time_since_epoch()).count() + clock_us;
}

/// `hh:mm:ss[.frac]` in microseconds.
std::optional<std::int64_t> clock_time(Cursor& cursor) {
  const std::string day = "1970-01-01 " + std::string{cursor.rest().substr(0, 15)};
  std::size_t length = 8;
  while (cursor.rest().size() > length &&
         (digit(cursor.rest()[length]) || (length == 8 && cursor.rest()[length] == '.'))) {
    ++length;
  }
  const auto time = read_time(day.substr(0, 11 + std::min<std::size_t>(length, 15)));
  if (!time || cursor.rest().size() < 8 || time->length < 19) {
    return std::nullopt;
  }
  cursor.to(cursor.position() + length);
  return time->at_us;
}

/// `Feb 11 13:15:39`, `Feb  1 2026 13:15:39`, `2026 Feb 11 13:15:39`.
bool month_time(Cursor& cursor, std::int64_t reference_us, std::int64_t& at_us) {
  const Cursor start = cursor;
  int year = 0;
  if (cursor.rest().size() > 5 && digit(cursor.rest().front()) && cursor.rest()[4] == ' ') {
    year = static_cast<int>(cursor.number().value_or(0));
    cursor.blanks();
  }
  const auto* month = std::find(kMonths.begin(), kMonths.end(), cursor.rest().substr(0, 3));
  if (month == kMonths.end()) {
    cursor = start;
    return false;
  }
  cursor.to(cursor.position() + 3);
  cursor.blanks();
  const auto day = cursor.number();
  cursor.blanks();
  if (cursor.rest().size() > 5 && digit(cursor.rest().front()) && cursor.rest()[4] == ' ') {
    year = static_cast<int>(cursor.number().value_or(0));
    cursor.blanks();
  }
  const auto clock = clock_time(cursor);
  if (!day || *day < 1 || *day > 31 || !clock) {
    cursor = start;
    return false;
  }
  const auto number = static_cast<unsigned>(month - kMonths.begin()) + 1;
  if (year != 0) {
    at_us = at_year(year, number, static_cast<unsigned>(*day), *clock).value_or(0);
  } else if (reference_us != 0) {
    constexpr std::int64_t kDay = 86'400'000'000;
    constexpr int kLeapCycle = 8;
    for (int back = 0; back <= kLeapCycle; ++back) {
      const auto at =
          at_year(year_of(reference_us + kDay) - back, number, static_cast<unsigned>(*day), *clock);
      if (at && *at <= reference_us + kDay) {
        at_us = *at;
        break;
      }
    }
  }
  return true;
}

/// journalctl -o short-unix: `1700000000.123456`.
bool unix_time(Cursor& cursor, std::int64_t& at_us) {
  const std::string_view rest = cursor.rest();
  if (rest.size() < 18 || rest[10] != '.' || !std::all_of(rest.begin(), rest.begin() + 10, digit) ||
      !std::all_of(rest.begin() + 11, rest.begin() + 17, digit)) {
    return false;
  }
  at_us = static_cast<std::int64_t>(*cursor.number()) * 1'000'000;
  cursor.take('.');
  at_us += static_cast<std::int64_t>(cursor.number().value_or(0));
  return true;
}

bool any_time(Cursor& cursor, std::int64_t reference_us, std::int64_t& at_us) {
  const Cursor start = cursor;
  if (std::find(kDays.begin(), kDays.end(), cursor.rest().substr(0, 3)) != kDays.end()) {
    cursor.to(cursor.position() + 3);
    cursor.blanks();
  }
  const bool weekday = cursor.position() != start.position();
  const auto time = read_time(cursor.rest());
  if (time && (weekday || cursor.rest()[10] == 'T')) {
    at_us = time->at_us;
    cursor.to(cursor.position() + time->length);
    return true;
  }
  if (month_time(cursor, reference_us, at_us) || unix_time(cursor, at_us)) {
    return true;
  }
  cursor = start;
  return false;
}

/// `postgres[123]:`, `app[postgres.4882]`, `postgres:`; false when the word is none of these.
bool program(std::string_view word, SyslogHeader& header) {
  const bool colon = !word.empty() && word.back() == ':';
  if (colon) {
    word.remove_suffix(1);
  }
  const auto no_name = [](char c) {
    return !(digit(c) || upper(c) || (c >= 'a' && c <= 'z') || c == '_' || c == '-' || c == '.' ||
             c == '/' || c == '(' || c == ')' || c == '@' || c == '+');
  };
  const std::size_t open = word.find('[');
  const std::string_view name = word.substr(0, open);
  if (std::any_of(name.begin(), name.end(), no_name) || severity_of(name) != Severity::Unknown) {
    return false;
  }
  if (open == kNowhere || open == 0 || word.back() != ']') {
    header.tag = word;
    return colon && !word.empty();
  }
  header.tag = word.substr(0, open);
  header.process = word.substr(open + 1, word.size() - open - 2);
  if (const std::size_t dot = header.process.find('.');
      dot != kNowhere && !digit(header.process.front())) {
    header.tag = header.process.substr(0, dot);  // Heroku: app[postgres.4882]
    header.process = header.process.substr(dot + 1);
  }
  return !header.process.empty();
}

/// RFC 5424 after its time: `host app procid msgid structured-data message`.
bool modern_fields(Cursor& cursor, SyslogHeader& header) {
  header.host = cursor.word();
  header.tag = cursor.word();
  header.process = cursor.word();
  const std::string_view message_id = cursor.word();
  if (message_id.empty()) {
    return false;
  }
  if (header.process.substr(0, 9) == "postgres.") {  // Heroku's drain has no structured data
    header.tag = header.process.substr(0, 8);
    header.process.remove_prefix(9);
    return true;
  }
  if (cursor.take('-')) {
    cursor.take(' ');
  } else {
    while (!cursor.rest().empty() && cursor.rest().front() == '[') {
      std::size_t end = 1;
      bool quoted = false;
      const std::string_view element = cursor.rest();
      while (end < element.size() && (quoted || element[end] != ']')) {
        end += element[end] == '\\' ? 1 : 0;
        quoted = quoted != (end < element.size() && element[end] == '"');
        ++end;
      }
      if (element.substr(0, end).find('=') == kNowhere) {
        break;  // no structured data, but the message itself
      }
      cursor.to(cursor.position() + end + 1);
    }
    cursor.take(' ');
  }
  if (cursor.rest().substr(0, 3) == "\xEF\xBB\xBF") {
    cursor.to(cursor.position() + 3);
  }
  header.process = header.process == "-" ? std::string_view{} : header.process;
  return true;
}

bool older_fields(Cursor& cursor, SyslogHeader& header) {
  constexpr int kMostWords = 4;
  for (int word = 0; word < kMostWords; ++word) {
    cursor.blanks();
    const std::string_view next = cursor.word();
    if (program(next, header)) {
      return true;
    }
    header.host = next;
  }
  return false;
}

/// `[GREEN] ` of Heroku.
void colour(Cursor& cursor, SyslogHeader& header) {
  const std::string_view rest = cursor.rest();
  const std::size_t close = rest.find(']');
  if (rest.empty() || rest.front() != '[' || close == kNowhere || close < 2 ||
      rest.substr(close, 3) != "] [" ||
      !std::all_of(rest.begin() + 1, rest.begin() + static_cast<std::ptrdiff_t>(close),
                   [](char c) { return upper(c) || c == '_' || digit(c); }) ||
      !upper(rest[1])) {
    return;
  }
  header.database = rest.substr(1, close - 1);
  cursor.to(cursor.position() + close + 2);
}

/// `[5-1] `, `[5] `: write_syslog(), PostgreSQL 15, src/backend/utils/error/elog.c.
void numbering(Cursor& cursor, SyslogHeader& header) {
  const Cursor start = cursor;
  cursor.blanks();
  if (cursor.take('[')) {
    const auto first = cursor.number();
    const bool parts = cursor.take('-');
    const auto second = parts ? cursor.number() : std::nullopt;
    if (first && parts == second.has_value() && cursor.take(']') && cursor.take(' ')) {
      header.sequence = *first;
      header.part = second.value_or(0);
      return;
    }
  }
  cursor = start;
}

}  // namespace

std::optional<SyslogHeader> read_syslog_header(std::string_view line, std::int64_t reference_us) {
  SyslogHeader header;
  Cursor cursor{line};
  const Cursor start = cursor;
  if (!line.empty() && digit(line.front()) &&
      !(cursor.number() && cursor.take(' ') && cursor.rest().substr(0, 1) == "<")) {
    cursor = start;
  }
  bool modern = false;
  if (cursor.take('<')) {
    if (!cursor.number() || !cursor.take('>')) {
      return std::nullopt;
    }
    modern = cursor.rest().substr(0, 2) == "1 ";
    cursor.to(cursor.position() + (modern ? 2 : 0));
  }
  if (!any_time(cursor, reference_us, header.at_us) || !(cursor.take(' ') || cursor.take(':'))) {
    return std::nullopt;
  }
  if (!(modern ? modern_fields(cursor, header) : older_fields(cursor, header))) {
    return std::nullopt;
  }
  colour(cursor, header);
  numbering(cursor, header);
  header.text_from = cursor.position();
  return header;
}

}  // namespace quern::collector
