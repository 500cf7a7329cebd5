// Input of intervals: interval_in() and AdjustIntervalForTypmod() (timestamp.c), DecodeInterval()
// and DecodeISO8601Interval() (datetime.c), PostgreSQL 15.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model::value_text {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr int kMonthsPerYear = 12;

/// The fields of INTERVAL YEAR TO MONTH and its like: INTERVAL_MASK(), timestamp.h.
constexpr int kMonthField = 1 << 1;
constexpr int kYearField = 1 << 2;
constexpr int kDayField = 1 << 3;
constexpr int kHourField = 1 << 10;
constexpr int kMinuteField = 1 << 11;
constexpr int kSecondField = 1 << 12;
constexpr int kAllFields = 0x7FFF;

int fields_of(std::int32_t typmod) {
  return typmod < 0 ? kAllFields : (typmod >> 16) & kAllFields;
}

enum class Unit {
  Microsecond,
  Millisecond,
  Second,
  Minute,
  Hour,
  Day,
  Week,
  Month,
  Year,
  Decade,
  Century,
  Millennium,
  None,
};

int bit(Unit unit) {
  return 1 << static_cast<int>(unit);
}

const int kTimeBits = bit(Unit::Hour) | bit(Unit::Minute) | bit(Unit::Second) |
                      bit(Unit::Millisecond) | bit(Unit::Microsecond);

/// deltatktbl, datetime.c: the names without the "s" of a plural.
Unit unit_named(std::string_view word) {
  constexpr std::size_t kTokenLength = 10;  // TOKMAXLEN
  static constexpr std::pair<std::string_view, Unit> kNames[] = {
      {"c", Unit::Century},
      {"cent", Unit::Century},
      {"century", Unit::Century},
      {"centurie", Unit::Century},
      {"d", Unit::Day},
      {"day", Unit::Day},
      {"dec", Unit::Decade},
      {"decade", Unit::Decade},
      {"h", Unit::Hour},
      {"hour", Unit::Hour},
      {"hr", Unit::Hour},
      {"m", Unit::Minute},
      {"microsecon", Unit::Microsecond},
      {"mil", Unit::Millennium},
      {"millennia", Unit::Millennium},
      {"millennium", Unit::Millennium},
      {"millisecon", Unit::Millisecond},
      {"min", Unit::Minute},
      {"minute", Unit::Minute},
      {"mon", Unit::Month},
      {"month", Unit::Month},
      {"ms", Unit::Millisecond},
      {"msec", Unit::Millisecond},
      {"msecond", Unit::Millisecond},
      {"s", Unit::Second},
      {"sec", Unit::Second},
      {"second", Unit::Second},
      {"us", Unit::Microsecond},
      {"usec", Unit::Microsecond},
      {"usecond", Unit::Microsecond},
      {"w", Unit::Week},
      {"week", Unit::Week},
      {"y", Unit::Year},
      {"year", Unit::Year},
      {"yr", Unit::Year},
  };
  word = word.substr(0, kTokenLength);
  const auto find = [](std::string_view name) {
    const auto* const found = std::find_if(std::begin(kNames), std::end(kNames),
                                           [&](const auto& entry) { return entry.first == name; });
    return found == std::end(kNames) ? Unit::None : found->second;
  };
  const Unit exact = find(word);
  return exact == Unit::None && word.size() > 2 && word.ends_with('s')
             ? find(word.substr(0, word.size() - 1))
             : exact;
}

struct Token {
  enum class Kind { Number, Clock, Word } kind = Kind::Number;
  std::string text = {};
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// ParseDateTime(): numbers (with sign, fraction, or years-months), clocks and words.
std::optional<std::vector<Token>> tokens_of(std::string_view text) {
  constexpr std::size_t kMostFields = 25;  // MAXDATEFIELDS
  std::vector<Token> tokens;
  std::size_t i = 0;
  const auto skip_space = [&] {
    while (i < text.size() && is_space(text[i])) {
      ++i;
    }
  };
  for (skip_space(); i < text.size(); skip_space()) {
    Token token;
    if (is_letter(text[i])) {
      token.kind = Token::Kind::Word;
      for (; i < text.size() && is_letter(text[i]); ++i) {
        token.text += static_cast<char>(text[i] | 0x20);
      }
    } else if (is_digit(text[i]) || text[i] == '+' || text[i] == '-' || text[i] == '.') {
      if (text[i] == '+' || text[i] == '-') {
        token.text += text[i++];
        skip_space();
      }
      const std::size_t start = i;
      for (; i < text.size() &&
             (is_digit(text[i]) || text[i] == ':' || text[i] == '.' ||
              (text[i] == '-' && i > start && i + 1 < text.size() && is_digit(text[i + 1])));
           ++i) {
        token.text += text[i];
        token.kind = text[i] == ':' ? Token::Kind::Clock : token.kind;
      }
      if (i == start) {
        return std::nullopt;
      }
    } else {
      ++i;  // other punctuation only parts the fields
      continue;
    }
    tokens.push_back(std::move(token));
    if (tokens.size() > kMostFields) {
      return std::nullopt;
    }
  }
  return tokens;
}

/// A whole number and the fraction behind its point, both with the number's sign.
struct Amount {
  std::int64_t whole = 0;
  double fraction = 0;
};

class Decoder {
 public:
  explicit Decoder(int fields) : fields_{fields} {}

  /// From right to left, so that a unit stands before its number.
  std::optional<IntervalParts> decode(const std::vector<Token>& tokens) {
    for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) {
      if (!take(*token)) {
        return std::nullopt;
      }
    }
    const std::int64_t months = std::int64_t{sum_.months} + kMonthsPerYear * years_;
    if (seen_ == 0 || months != static_cast<std::int32_t>(months)) {
      return std::nullopt;
    }
    sum_.months = static_cast<std::int32_t>(months);
    return ago_ ? negated() : sum_;
  }

  bool add(const Amount& amount, Unit unit) {
    int bits = bit(unit);
    if (unit == Unit::Second && amount.fraction != 0) {
      bits |= bit(Unit::Millisecond) | bit(Unit::Microsecond);
    }
    if (unit == Unit::None || !mark(bits)) {
      return false;
    }
    switch (unit) {
      case Unit::Microsecond:
        return add_time(amount, 1);
      case Unit::Millisecond:
        return add_time(amount, 1000);
      case Unit::Second:
        return add_time(amount, kSecond);
      case Unit::Minute:
        return add_time(amount, kMinute);
      case Unit::Hour:
        return add_time(amount, kHour);
      case Unit::Day:
        return add_days(amount.whole, 1) && add_fraction(amount.fraction, kMicrosecondsPerDay);
      case Unit::Week:
        return add_days(amount.whole, 7) && add_fraction_of_days(amount.fraction, 7);
      case Unit::Month:
        return add_months(amount.whole) && add_fraction_of_days(amount.fraction, 30);
      case Unit::Year:
        return add_years(amount, 1);
      case Unit::Decade:
        return add_years(amount, 10);
      case Unit::Century:
        return add_years(amount, 100);
      default:
        return add_years(amount, 1000);
    }
  }

 private:
  bool take(const Token& token) {
    switch (token.kind) {
      case Token::Kind::Word:
        if (token.text == "ago") {
          ago_ = true;
          return true;
        }
        unit_ = unit_named(token.text);
        return unit_ != Unit::None;
      case Token::Kind::Clock:
        unit_ = Unit::Day;
        return mark(kTimeBits) && add_clock(token.text);
      default:
        return add_number(token.text);
    }
  }

  bool mark(int bits) {
    const bool twice = (seen_ & bits) != 0;
    seen_ |= bits;
    return !twice;
  }

  /// What a number without a unit counts: the last of the fields that the type names.
  [[nodiscard]] Unit last_field() const {
    if (fields_ == kAllFields || (fields_ & kSecondField) != 0) {
      return Unit::Second;
    }
    return (fields_ & kMinuteField) != 0  ? Unit::Minute
           : (fields_ & kHourField) != 0  ? Unit::Hour
           : (fields_ & kDayField) != 0   ? Unit::Day
           : (fields_ & kMonthField) != 0 ? Unit::Month
           : (fields_ & kYearField) != 0  ? Unit::Year
                                          : Unit::Second;
  }

  bool add_number(std::string_view text) {
    if (unit_ == Unit::None) {
      unit_ = last_field();
    }
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) {
      text.remove_prefix(1);
    }
    const auto end = std::min(text.find_first_of("-."), text.size());
    const auto whole =
        end == 0 ? std::optional<std::int64_t>{0} : read_integer(text.substr(0, end));
    if (!whole) {
      return false;
    }
    Amount amount{negative ? -*whole : *whole, 0};
    if (end < text.size() && text[end] == '-') {
      const auto months = read_integer(text.substr(end + 1));
      constexpr std::int64_t kMostYears = std::numeric_limits<std::int32_t>::max();
      if (!months || *months >= kMonthsPerYear || *whole > kMostYears) {
        return false;
      }
      unit_ = Unit::Month;
      amount.whole = amount.whole * kMonthsPerYear + (negative ? -*months : *months);
    } else if (end + 1 < text.size()) {
      const auto fraction = read_double("0" + std::string{text.substr(end)});
      if (!fraction) {
        return false;
      }
      amount.fraction = negative ? -*fraction : *fraction;
    }
    const Unit unit = unit_;
    if (unit == Unit::Hour) {
      unit_ = Unit::Day;
    }
    return add(amount, unit);
  }

  /// DecodeTimeForInterval(): "mm:ss" where the type is MINUTE TO SECOND or a fraction follows.
  bool add_clock(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) {
      text.remove_prefix(1);
    }
    const auto point = std::min(text.find('.'), text.size());
    std::vector<std::int64_t> parts;
    for (std::string_view rest = text.substr(0, point);;) {
      const auto colon = std::min(rest.find(':'), rest.size());
      const auto part = read_integer(rest.substr(0, colon));
      if (!part || *part < 0) {
        return false;
      }
      parts.push_back(*part);
      if (colon == rest.size()) {
        break;
      }
      rest.remove_prefix(colon + 1);
    }
    const auto fraction =
        point + 1 < text.size() ? read_double("0" + std::string{text.substr(point)}) : 0.0;
    if (!fraction || parts.size() < 2 || parts.size() > 3) {
      return false;
    }
    if (parts.size() == 2) {
      const bool is_minutes = point < text.size() || fields_ == (kMinuteField | kSecondField);
      parts.insert(is_minutes ? parts.begin() : parts.end(), 0);
    }
    constexpr std::int64_t kMostHours = std::numeric_limits<std::int64_t>::max() / kHour - 1;
    if (parts[0] > kMostHours || parts[1] > 59 || parts[2] > 60) {
      return false;
    }
    const std::int64_t time = parts[0] * kHour + parts[1] * kMinute + parts[2] * kSecond +
                              static_cast<std::int64_t>(std::rint(*fraction * kSecond));
    return !__builtin_add_overflow(sum_.microseconds, negative ? -time : time, &sum_.microseconds);
  }

  /// AdjustFractMicroseconds()
  bool add_fraction(double fraction, std::int64_t scale) {
    fraction *= static_cast<double>(scale);
    auto whole = static_cast<std::int64_t>(fraction);
    fraction -= static_cast<double>(whole);
    whole += fraction > 0.5 ? 1 : fraction < -0.5 ? -1 : 0;
    return !__builtin_add_overflow(sum_.microseconds, whole, &sum_.microseconds);
  }

  /// AdjustMicroseconds()
  bool add_time(const Amount& amount, std::int64_t scale) {
    std::int64_t product = 0;
    return !__builtin_mul_overflow(amount.whole, scale, &product) &&
           !__builtin_add_overflow(sum_.microseconds, product, &sum_.microseconds) &&
           add_fraction(amount.fraction, scale);
  }

  /// AdjustDays()
  bool add_days(std::int64_t days, int scale) {
    std::int32_t product = 0;
    return !__builtin_mul_overflow(days, scale, &product) &&
           !__builtin_add_overflow(sum_.days, product, &sum_.days);
  }

  /// AdjustFractDays()
  bool add_fraction_of_days(double fraction, int scale) {
    fraction *= scale;
    const auto whole = static_cast<std::int32_t>(fraction);
    return !__builtin_add_overflow(sum_.days, whole, &sum_.days) &&
           add_fraction(fraction - whole, kMicrosecondsPerDay);
  }

  bool add_months(std::int64_t months) {
    return !__builtin_add_overflow(sum_.months, months, &sum_.months);
  }

  /// AdjustYears(), AdjustFractYears(): a fraction rounds to months.
  bool add_years(const Amount& amount, int scale) {
    std::int32_t years = 0;
    const auto months =
        static_cast<std::int64_t>(std::rint(amount.fraction * scale * kMonthsPerYear));
    return !__builtin_mul_overflow(amount.whole, scale, &years) && add_months(months) &&
           !__builtin_add_overflow(years_, years, &years_);
  }

  [[nodiscard]] std::optional<IntervalParts> negated() const {
    if (sum_.months == std::numeric_limits<std::int32_t>::min() ||
        sum_.days == std::numeric_limits<std::int32_t>::min() ||
        sum_.microseconds == std::numeric_limits<std::int64_t>::min()) {
      return std::nullopt;
    }
    return IntervalParts{-sum_.months, -sum_.days, -sum_.microseconds};
  }

  int fields_;
  Unit unit_ = Unit::None;  ///< of the next number to the left
  int seen_ = 0;
  bool ago_ = false;
  std::int64_t years_ = 0;
  IntervalParts sum_ = {};
};

/// DecodeISO8601Interval(): P1Y2M3W4DT5H6M7.8S; the form with digits only is not known here.
std::optional<IntervalParts> decode_iso(std::string_view text) {
  if (text.size() < 2 || text.front() != 'P') {
    return std::nullopt;
  }
  text.remove_prefix(1);
  Decoder decoder{kAllFields};
  bool is_time = false;
  while (!text.empty()) {
    if (text.front() == 'T') {
      is_time = true;
      text.remove_prefix(1);
      continue;
    }
    const auto end = text.find_first_not_of("+-.0123456789");
    const auto number =
        end == std::string_view::npos ? std::nullopt : read_double(text.substr(0, end));
    if (!number || std::abs(*number) > 1e15) {
      return std::nullopt;
    }
    static constexpr std::pair<char, Unit> kDates[] = {
        {'Y', Unit::Year}, {'M', Unit::Month}, {'W', Unit::Week}, {'D', Unit::Day}};
    static constexpr std::pair<char, Unit> kTimes[] = {
        {'H', Unit::Hour}, {'M', Unit::Minute}, {'S', Unit::Second}};
    Unit unit = Unit::None;
    for (const auto& [letter, named] : kDates) {
      unit = !is_time && letter == text[end] ? named : unit;
    }
    for (const auto& [letter, named] : kTimes) {
      unit = is_time && letter == text[end] ? named : unit;
    }
    const double whole = std::trunc(*number);
    if (!decoder.add({static_cast<std::int64_t>(whole), *number - whole}, unit)) {
      return std::nullopt;
    }
    text.remove_prefix(end + 1);
  }
  return decoder.decode({});
}

}  // namespace

IntervalParts limit_interval(IntervalParts interval, std::int32_t typmod) {
  if (typmod < 0) {
    return interval;
  }
  const int fields = fields_of(typmod);
  if (fields != kAllFields) {
    const bool has_time = (fields & (kHourField | kMinuteField | kSecondField)) != 0;
    if (fields == kYearField) {
      interval.months -= interval.months % kMonthsPerYear;
    }
    if (!has_time && (fields & kDayField) == 0) {
      interval.days = 0;
    }
    const std::int64_t unit = (fields & kSecondField) != 0   ? 1
                              : (fields & kMinuteField) != 0 ? kMinute
                                                             : kHour;
    interval.microseconds -= has_time ? interval.microseconds % unit : interval.microseconds;
  }
  constexpr int kFullPrecision = 0xFFFF;
  constexpr int kMostPrecision = 6;
  if (const int precision = typmod & 0xFFFF;
      precision != kFullPrecision && precision < kMostPrecision) {
    std::int64_t scale = 1;
    for (int digit = precision; digit < kMostPrecision; ++digit) {
      scale *= 10;
    }
    const std::int64_t half = interval.microseconds < 0 ? -scale / 2 : scale / 2;
    std::int64_t rounded = 0;
    if (!__builtin_add_overflow(interval.microseconds, half, &rounded)) {
      interval.microseconds = rounded / scale * scale;
    }
  }
  return interval;
}

std::optional<IntervalParts> read_interval(std::string_view text, std::int32_t typmod) {
  text = trim(text);
  const auto tokens = tokens_of(text);
  auto parts = tokens ? Decoder{fields_of(typmod)}.decode(*tokens) : std::nullopt;
  if (!parts) {
    parts = decode_iso(text);
  }
  return parts ? std::optional{limit_interval(*parts, typmod)} : std::nullopt;
}

}  // namespace quern::planner_model::value_text
