// Input of intervals: interval_in() and AdjustIntervalForTypmod() (timestamp.c), DecodeInterval()
// and DecodeISO8601Interval() (datetime.c), PostgreSQL 15.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "planner-model/selectivity/ascii.hpp"
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
    return seen_ == 0 ? std::nullopt : total();
  }

  /// itmin2interval()
  std::optional<IntervalParts> total() {
    const std::int64_t months = std::int64_t{sum_.months} + kMonthsPerYear * years_;
    if (months != static_cast<std::int32_t>(months)) {
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
    return unit != Unit::None && mark(bits) && accumulate(amount, unit);
  }

  bool accumulate(const Amount& amount, Unit unit) {
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
      const auto part =  // "10:" is ten hours
          colon == 0 ? std::optional<std::int64_t>{0} : read_integer(rest.substr(0, colon));
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

/// DecodeISO8601Interval(): P1Y2M3W4DT5H6M7.8S, or digits only: P0001-02-03T04:05:06, P00010203.
class IsoDecoder {
 public:
  explicit IsoDecoder(std::string_view text) : text_{text} {}

  std::optional<IntervalParts> run() {
    if (text_.size() < 2 || text_.front() != 'P') {
      return std::nullopt;
    }
    text_.remove_prefix(1);
    while (!text_.empty()) {
      if (text_.front() == 'T') {
        text_.remove_prefix(1);
        begin_time();
      } else if (!(is_time_ ? take_time() : take_date())) {
        return std::nullopt;
      }
    }
    return sum_.total();
  }

 private:
  void begin_time() {
    is_time_ = true;
    has_field_ = false;
  }

  /// ParseISO8601Number(); how many digits its whole part has in `digits_`.
  std::optional<Amount> take_number() {
    constexpr double kMost = 1e15;
    if (text_.empty() ||
        (!is_digit(text_.front()) && text_.front() != '-' && text_.front() != '.')) {
      return std::nullopt;
    }
    const std::string_view unsigned_text = text_.substr(text_.front() == '-' ? 1 : 0);
    digits_ = std::min(unsigned_text.find_first_not_of("0123456789"), unsigned_text.size());
    double number = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), number);
    if (error != std::errc{} || !(std::abs(number) <= kMost)) {
      return std::nullopt;
    }
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    const double whole = std::trunc(number);
    return Amount{static_cast<std::int64_t>(whole), number - whole};
  }

  bool take_designated(const Amount& amount, const std::vector<std::pair<char, Unit>>& units) {
    const auto unit = std::find_if(units.begin(), units.end(), [&](const auto& candidate) {
      return candidate.first == text_.front();
    });
    if (unit == units.end()) {
      return false;
    }
    text_.remove_prefix(1);
    has_field_ = true;
    return sum_.accumulate(amount, unit->second);
  }

  bool take_date() {
    const auto amount = take_number();
    if (!amount) {
      return false;
    }
    if (!text_.empty() && text_.front() != '-' && text_.front() != 'T') {
      static const std::vector<std::pair<char, Unit>> kUnits = {
          {'Y', Unit::Year}, {'M', Unit::Month}, {'W', Unit::Week}, {'D', Unit::Day}};
      return take_designated(*amount, kUnits);
    }
    if (has_field_) {
      return false;
    }
    constexpr std::size_t kWholeDate = 8;
    if (digits_ == kWholeDate && !text_.starts_with('-')) {
      return sum_.accumulate({amount->whole / 10000, 0}, Unit::Year) &&
             sum_.accumulate({amount->whole / 100 % 100, 0}, Unit::Month) &&
             sum_.accumulate({amount->whole % 100, amount->fraction}, Unit::Day);
    }
    return sum_.accumulate(*amount, Unit::Year) && take_rest('-', {Unit::Month, Unit::Day}) &&
           (text_.empty() || text_.front() == 'T');
  }

  bool take_time() {
    const auto amount = take_number();
    if (!amount) {
      return false;
    }
    if (!text_.empty() && text_.front() != ':') {
      static const std::vector<std::pair<char, Unit>> kUnits = {
          {'H', Unit::Hour}, {'M', Unit::Minute}, {'S', Unit::Second}};
      return take_designated(*amount, kUnits);
    }
    if (has_field_) {
      return false;
    }
    constexpr std::size_t kWholeTime = 6;
    if (digits_ == kWholeTime && text_.empty()) {
      return sum_.accumulate({amount->whole / 10000, 0}, Unit::Hour) &&
             sum_.accumulate({amount->whole / 100 % 100, 0}, Unit::Minute) &&
             sum_.accumulate({amount->whole % 100, 0}, Unit::Second) &&
             sum_.accumulate({0, amount->fraction}, Unit::Microsecond);
    }
    return sum_.accumulate(*amount, Unit::Hour) && take_rest(':', {Unit::Minute, Unit::Second}) &&
           text_.empty();
  }

  bool take_rest(char separator, const std::vector<Unit>& units) {
    for (const Unit unit : units) {
      if (!text_.starts_with(separator)) {
        return true;
      }
      text_.remove_prefix(1);
      const auto amount = take_number();
      if (!amount || !sum_.accumulate(*amount, unit)) {
        return false;
      }
    }
    return true;
  }

  std::string_view text_;
  Decoder sum_{kAllFields};
  std::size_t digits_ = 0;
  bool is_time_ = false;
  bool has_field_ = false;  ///< one with a designator, in this half
};

/// SQL's '-1 2:03' is all negative where only the first field has a sign.
void apply_leading_sign(std::vector<Token>& tokens) {
  const auto has_sign = [](const Token& token) {
    return token.text.starts_with('-') || token.text.starts_with('+');
  };
  if (tokens.empty() || !tokens.front().text.starts_with('-') ||
      std::any_of(tokens.begin() + 1, tokens.end(), has_sign)) {
    return;
  }
  for (auto token = tokens.begin() + 1; token != tokens.end(); ++token) {
    if (token->kind != Token::Kind::Word) {
      token->text.insert(0, 1, '-');
    }
  }
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

std::optional<IntervalParts> read_interval(std::string_view text, std::int32_t typmod,
                                           bool is_sql_standard) {
  text = trim(text);
  auto tokens = tokens_of(text);
  if (tokens && is_sql_standard) {
    apply_leading_sign(*tokens);
  }
  auto parts = tokens ? Decoder{fields_of(typmod)}.decode(*tokens) : std::nullopt;
  if (!parts) {
    parts = IsoDecoder{text}.run();
  }
  return parts ? std::optional{limit_interval(*parts, typmod)} : std::nullopt;
}

}  // namespace quern::planner_model::value_text
