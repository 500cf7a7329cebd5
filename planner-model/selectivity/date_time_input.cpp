// What the server understands as a date or a time: DecodeDateTime(), DecodeTimeOnly() and what they
// call (src/backend/utils/adt/datetime.c).
#include "planner-model/selectivity/date_time_input.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "planner-model/selectivity/ascii.hpp"
#include "planner-model/selectivity/calendar.hpp"
#include "planner-model/selectivity/date_time_tokens.hpp"
#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model::value_text {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kJulianOf2000 = 2451545;  ///< POSTGRES_EPOCH_JDATE

// --- what the parts mean

namespace field {
constexpr unsigned kYear = 1, kMonth = 2, kDay = 4, kDayOfYear = 8, kHour = 16, kMinute = 32,
                   kSecond = 64, kZone = 128, kSummer = 256, kWeekday = 512, kMeridian = 1024,
                   kEra = 2048, kReserved = 4096;
constexpr unsigned kDate = kYear | kMonth | kDay;
constexpr unsigned kTime = kHour | kMinute | kSecond;
}  // namespace field

/// Nothing also for numbers that do not fit an int.
std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{value}
                                                                  : std::nullopt;
}

/// ".789" as microseconds: ParseFractionalSecond().
std::optional<std::int64_t> fraction_of_second(std::string_view text) {
  if (text == ".") {
    return 0;
  }
  const auto fraction = read_double("0" + std::string{text});
  return fraction ? std::optional{static_cast<std::int64_t>(std::rint(*fraction * kSecond))}
                  : std::nullopt;
}

/// DecodeTimezone(): seconds east.
std::optional<std::int32_t> numeric_zone(std::string_view text) {
  const bool west = text.starts_with('-');
  if (!west && !text.starts_with('+')) {
    return std::nullopt;
  }
  const std::size_t length = text.size();
  text.remove_prefix(1);
  std::array<int, 3> parts = {};
  std::size_t count = 0;
  for (; count < parts.size(); ++count) {
    const auto end = std::min(text.find(':'), text.size());
    const auto part = whole_number(text.substr(0, end));
    if (!part || *part < 0) {
      return std::nullopt;
    }
    parts[count] = *part;
    text.remove_prefix(end);
    if (text.empty()) {
      break;
    }
    text.remove_prefix(1);
  }
  if (count == 0 && length > 3) {  // run together
    parts[1] = parts[0] % 100;
    parts[0] /= 100;
  }
  constexpr int kMostHours = 15;  // MAX_TZDISP_HOUR
  if (!text.empty() || parts[0] > kMostHours || parts[1] > 59 || parts[2] > 59) {
    return std::nullopt;
  }
  const std::int32_t seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2];
  return west ? -seconds : seconds;
}

bool is_leap(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

class Decoder {
 public:
  Decoder(std::vector<Token> tokens, const TimeSettings& settings, bool time_only)
      : tokens_{std::move(tokens)}, settings_{settings}, time_only_{time_only} {}

  std::optional<DecodedTime> run() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      seen_now_ = 0;
      if (!take(i) || (seen_now_ & seen_) != 0) {
        return std::nullopt;
      }
      seen_ |= seen_now_;
    }
    if (!settle_date() || !settle_clock()) {
      return std::nullopt;
    }
    if (kind_ != DecodedTime::Kind::Moment) {
      return DecodedTime{.kind = kind_};
    }
    if (!sees(time_only_ ? field::kTime : field::kDate) || !settle_zone()) {
      return std::nullopt;
    }
    return DecodedTime{
        .days = sees(field::kDate) ? days() : 0, .microseconds = time_of_day(), .east = east_};
  }

 private:
  [[nodiscard]] bool sees(unsigned fields) const { return (seen_ & fields) == fields; }

  bool take(std::size_t i) {
    Token& token = tokens_[i];
    switch (token.kind) {
      case Token::Kind::Date:
        return time_only_ ? take_date_of_time(i) : take_date(token.text);
      case Token::Kind::Time:
        if (!time_only_ && label_ != Unit::None &&
            std::exchange(label_, Unit::None) != Unit::Time) {
          return false;
        }
        return take_clock(token.text) && (time_only_ || clock_fits());
      case Token::Kind::Zone:
        seen_now_ = field::kZone;
        return take_numeric_zone(token.text);
      case Token::Kind::Number:
        return label_ != Unit::None ? take_labelled(token.text)
               : time_only_         ? take_number_of_time(i)
                                    : take_number(token.text);
      default:
        return take_word(i);
    }
  }

  // --- dates

  bool take_date(const std::string& text) {
    if (label_ == Unit::Julian) {
      const auto sign = std::min(text.find_first_of("+-"), text.size());
      const auto day = whole_number(std::string_view{text}.substr(0, sign));
      label_ = Unit::None;
      seen_now_ = field::kDate | field::kTime | field::kZone;
      return day && take_numeric_zone(std::string_view{text}.substr(sign)) && set_julian(*day);
    }
    if (label_ == Unit::None && !sees(field::kMonth | field::kDay)) {
      return take_day(text);
    }
    // A zone's name, or a time run together with one.
    if (!is_digit(text.front()) && label_ == Unit::None) {
      return take_named_zone(text);
    }
    return (label_ == Unit::None || std::exchange(label_, Unit::None) == Unit::Time) &&
           take_clock_with_zone(text);
  }

  bool take_date_of_time(std::size_t i) {
    const std::string& text = tokens_[i].text;
    if (i == 0 && tokens_.size() >= 2 &&
        (tokens_.back().kind == Token::Kind::Date || tokens_[1].kind == Token::Kind::Time)) {
      return take_day(text);
    }
    if (!is_digit(text.front())) {
      tokens_[i].kind = Token::Kind::Zone;
      return take_named_zone(text);
    }
    tokens_[i].kind = Token::Kind::Time;
    return take_clock_with_zone(text);
  }

  bool take_clock_with_zone(const std::string& text) {
    const auto sign = text.find('-');
    if (sees(field::kTime) || sign == std::string::npos ||
        !take_numeric_zone(std::string_view{text}.substr(sign)) ||
        !take_run_together(text.substr(0, sign), time_only_)) {
      return false;
    }
    seen_now_ |= field::kZone;
    return true;
  }

  /// DecodeDate(): the month first if it is a word.
  bool take_day(std::string_view text) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
      const auto start = std::find_if(text.begin(), text.end(), is_alphanumeric);
      if (start == text.end()) {
        return false;
      }
      text.remove_prefix(static_cast<std::size_t>(start - text.begin()));
      const bool digits = is_digit(text.front());
      const auto length = static_cast<std::size_t>(
          std::find_if_not(text.begin(), text.end(), digits ? is_digit : is_letter) - text.begin());
      parts.push_back(text.substr(0, length));
      text.remove_prefix(std::min(text.size(), length + 1));
    }
    const unsigned before = seen_;
    bool has_month = false;
    unsigned all = 0;
    const auto note = [&](unsigned fields) {
      const bool twice = (seen_ & fields) != 0;
      seen_ |= fields;
      all |= fields;
      return !twice;
    };
    for (auto& part : parts) {
      if (is_letter(part.front())) {
        const Word word = word_named(part);
        if (word.kind == WordKind::Ignored) {
          continue;
        }
        if (word.kind != WordKind::Month || !note(field::kMonth)) {
          return false;
        }
        month_ = word.value;
        has_month = true;
        part = {};
      }
    }
    for (const auto& part : parts) {
      if (part.empty()) {
        continue;
      }
      seen_now_ = 0;
      if (!take_single(part, has_month, false) || !note(seen_now_)) {
        return false;
      }
    }
    const bool whole = (seen_ & ~(field::kDayOfYear | field::kZone)) == field::kDate;
    seen_ = before;
    seen_now_ = all;
    return whole;
  }

  bool set_julian(int day) {
    if (day < 0) {
      return false;
    }
    is_julian_ = true;
    set_days(day - kJulianOf2000);
    return true;
  }

  void set_days(std::int64_t days) {
    const Civil date = civil_from_days(days + kEpochDays);
    year_ = date.year;
    month_ = static_cast<int>(date.month);
    day_ = static_cast<int>(date.day);
  }

  /// DecodeNumber(): one field, by what is known already.
  bool take_single(std::string_view text, bool has_text_month, bool has_date) {
    const auto point = text.find('.');
    const auto value = whole_number(text.substr(0, point));
    if (!value) {
      return false;
    }
    if (point != std::string_view::npos) {
      if (point > 2) {
        return take_run_together(text, true);
      }
      const auto fraction = fraction_of_second(text.substr(point));
      if (!fraction) {
        return false;
      }
      microsecond_ = *fraction;
    }
    const unsigned known = (has_date ? field::kDate : 0U) | (seen_ & field::kDate);
    if (text.size() == 3 && known == field::kYear && *value >= 1 && *value <= 366) {
      seen_now_ = field::kDayOfYear | field::kMonth | field::kDay;
      day_of_year_ = *value;
      return true;
    }
    const bool year_first = text.size() >= 3 || settings_.order == DateOrder::YearMonthDay;
    switch (known) {
      case 0:
        seen_now_ = year_first                                   ? field::kYear
                    : settings_.order == DateOrder::DayMonthYear ? field::kDay
                                                                 : field::kMonth;
        break;
      case field::kYear:
      case field::kDay:
        seen_now_ = field::kMonth;
        break;
      case field::kMonth:
        seen_now_ = has_text_month && year_first ? field::kYear : field::kDay;
        break;
      case field::kYear | field::kMonth:
        seen_now_ = field::kDay;
        if (has_text_month && text.size() >= 3 && two_digits_) {
          day_ = static_cast<int>(year_);  // the first number was the day
          year_ = *value;
          two_digits_ = false;
          return true;
        }
        break;
      case field::kMonth | field::kDay:
        seen_now_ = field::kYear;
        break;
      case field::kDate:
        return take_run_together(text, has_date);
      default:
        return false;
    }
    if (seen_now_ == field::kYear) {
      year_ = *value;
      two_digits_ = text.size() <= 2;
    } else {
      (seen_now_ == field::kMonth ? month_ : day_) = *value;
    }
    return true;
  }

  /// DecodeNumberField(): 20011225, 040506.789, 0405.
  bool take_run_together(std::string_view text, bool has_date) {
    const auto part = [&](std::size_t from, std::size_t length) {
      return whole_number(text.substr(from, length)).value_or(0);
    };
    if (const auto point = text.find('.'); point != std::string_view::npos) {
      const auto fraction = fraction_of_second(text.substr(point));
      if (!fraction) {
        return false;
      }
      microsecond_ = *fraction;
      text = text.substr(0, point);
    } else if (!has_date && !sees(field::kDate) && text.size() >= 6) {
      seen_now_ = field::kDate;
      const std::size_t length = text.size();
      day_ = part(length - 2, 2);
      month_ = part(length - 4, 2);
      const auto year = whole_number(text.substr(0, length - 4));
      year_ = year.value_or(0);
      two_digits_ = two_digits_ || length - 4 == 2;
      return year.has_value();
    }
    if (sees(field::kTime) || (text.size() != 6 && text.size() != 4)) {
      return false;
    }
    seen_now_ = field::kTime;
    hour_ = part(0, 2);
    minute_ = part(2, 2);
    second_ = text.size() == 6 ? part(4, 2) : 0;
    return true;
  }

  // --- numbers

  bool take_number(std::string_view text) {
    const auto point = text.find('.');
    const bool has_point = point != std::string_view::npos;
    if (has_point && (seen_ & field::kDate) == 0) {
      return take_day(text);
    }
    const bool run_together =
        has_point ? point > 2
                  : text.size() >= 6 && (!(seen_ & field::kDate) || !(seen_ & field::kTime));
    return run_together ? take_run_together(text, false)
                        : take_single(text, has_text_month_, false);
  }

  bool take_number_of_time(std::size_t i) {
    const std::string text = tokens_[i].text;
    const auto point = text.find('.');
    if (point != std::string::npos) {
      if (i == 0 && tokens_.size() >= 2 && tokens_.back().kind == Token::Kind::Date) {
        return take_day(text);
      }
      return point > 2 && take_run_together(text, true);
    }
    constexpr std::size_t kLongestSingle = 4;
    return text.size() > kLongestSingle ? take_run_together(text, true)
                                        : take_single(text, false, true);
  }

  /// A number with its unit before it: y2001m02d04, j2451187, t040506.
  bool take_labelled(std::string_view text) {
    const Unit label = std::exchange(label_, Unit::None);
    const auto point = std::min(text.find('.'), text.size());
    const auto value = whole_number(text.substr(0, point));
    const bool may_have_point =
        label == Unit::Julian || label == Unit::Time || label == Unit::Second;
    if (!value || (point < text.size() && !may_have_point)) {
      return false;
    }
    switch (label) {
      case Unit::Year:
        year_ = *value;
        seen_now_ = field::kYear;
        return true;
      case Unit::Month:
        if (sees(field::kMonth | field::kHour)) {
          minute_ = *value;
          seen_now_ = field::kMinute;
        } else {
          month_ = *value;
          seen_now_ = field::kMonth;
        }
        return true;
      case Unit::Day:
        day_ = *value;
        seen_now_ = field::kDay;
        return true;
      case Unit::Hour:
        hour_ = *value;
        seen_now_ = field::kHour;
        return true;
      case Unit::Minute:
        minute_ = *value;
        seen_now_ = field::kMinute;
        return true;
      case Unit::Second: {
        const auto fraction =
            point < text.size() ? fraction_of_second(text.substr(point)) : std::optional{0L};
        second_ = *value;
        microsecond_ = fraction.value_or(0);
        seen_now_ = field::kSecond;
        return fraction.has_value();
      }
      case Unit::Julian:
        return take_julian(*value, text.substr(point));
      case Unit::Time:
        return take_run_together(text, true) && seen_now_ == field::kTime;
      default:
        return false;
    }
  }

  bool take_julian(int day, std::string_view fraction) {
    seen_now_ = field::kDate;
    if (fraction.size() > 1) {
      const auto part = read_double("0" + std::string{fraction});
      if (!part) {
        return false;
      }
      const auto time =
          static_cast<std::int64_t>(std::rint(*part * static_cast<double>(kMicrosecondsPerDay)));
      set_time(time);
    }
    seen_now_ |= fraction.empty() ? 0U : field::kTime;
    return set_julian(day);
  }

  void set_time(std::int64_t microseconds) {
    microsecond_ = microseconds % kSecond;
    second_ = static_cast<int>(microseconds / kSecond % 60);
    minute_ = static_cast<int>(microseconds / (60 * kSecond) % 60);
    hour_ = static_cast<int>(microseconds / (3600 * kSecond));
  }

  // --- times

  /// DecodeTimeCommon()
  bool take_clock(std::string_view text) {
    const auto point = std::min(text.find('.'), text.size());
    const auto fraction =
        point < text.size() ? fraction_of_second(text.substr(point)) : std::optional{0L};
    std::array<int, 3> parts = {};
    std::size_t count = 0;
    for (std::string_view rest = text.substr(0, point); count < parts.size(); ++count) {
      const auto end = std::min(rest.find(':'), rest.size());
      // "12:" reads as 12:00
      const auto part = end == 0 ? std::optional{0} : whole_number(rest.substr(0, end));
      if (!part) {
        return false;
      }
      parts[count] = *part;
      rest.remove_prefix(end);
      if (rest.empty()) {
        ++count;
        break;
      }
      rest.remove_prefix(1);
      if (count + 1 == parts.size()) {
        return false;
      }
    }
    if (!fraction || count < 2) {
      return false;
    }
    if (count == 2 && point < text.size()) {  // mm:ss.fff
      parts = {0, parts[0], parts[1]};
    }
    seen_now_ = field::kTime;
    hour_ = parts[0];
    minute_ = parts[1];
    second_ = parts[2];
    microsecond_ = *fraction;
    return minute_ <= 59 && second_ <= 60;
  }

  [[nodiscard]] std::int64_t time_of_day() const {
    return ((std::int64_t{hour_} * 60 + minute_) * 60 + second_) * kSecond + microsecond_;
  }

  /// time_overflows()
  [[nodiscard]] bool clock_fits() const {
    return hour_ >= 0 && hour_ <= 24 && minute_ >= 0 && minute_ <= 59 && second_ >= 0 &&
           second_ <= 60 && time_of_day() <= kMicrosecondsPerDay;
  }

  // --- zones

  bool take_numeric_zone(std::string_view text) {
    const auto east = numeric_zone(text);
    east_ = east.value_or(0);
    return east.has_value();
  }

  bool take_named_zone(std::string_view text) {
    named_zone_ = TimeZone::named(text);
    seen_now_ = field::kZone;
    return named_zone_.has_value();
  }

  /// Nothing: the word is no abbreviation.
  bool take_abbreviation(std::size_t i) {
    const std::string& text = tokens_[i].text;
    const auto known = zone_abbreviation(text);
    if (!known) {
      return false;
    }
    tokens_[i].kind = Token::Kind::Zone;
    seen_now_ = field::kZone;
    if (known->zone.empty()) {
      east_ = known->east;
    } else if (auto zone = TimeZone::named(known->zone)) {
      named_zone_ = std::move(zone);
      abbreviation_ = text;
    }
    return true;
  }

  // --- words

  bool take_word(std::size_t i) {
    if (take_abbreviation(i)) {
      return true;
    }
    const Word word = word_named(tokens_[i].text);
    switch (word.kind) {
      case WordKind::Ignored:
        return true;
      case WordKind::Reserved:
        return take_reserved(static_cast<Reserved>(word.value));
      case WordKind::Month:
        return !time_only_ && take_month(word.value);
      case WordKind::Weekday:
        seen_now_ = field::kWeekday;
        return !time_only_;
      case WordKind::Summer:
        seen_now_ = field::kSummer;
        east_ += word.value;
        return true;
      case WordKind::Meridian:
        seen_now_ = field::kMeridian;
        is_afternoon_ = word.value == 1;
        return true;
      case WordKind::Era:
        seen_now_ = field::kEra;
        before_christ_ = word.value == 1;
        return true;
      case WordKind::Unit:
        label_ = static_cast<Unit>(word.value);
        return true;
      case WordKind::IsoTime: {
        label_ = Unit::Time;
        const bool followed =
            i + 1 < tokens_.size() &&
            (tokens_[i + 1].kind == Token::Kind::Number ||
             tokens_[i + 1].kind == Token::Kind::Time || tokens_[i + 1].kind == Token::Kind::Date);
        return followed && (time_only_ || sees(field::kDate));
      }
      case WordKind::Unknown:
        break;
    }
    return take_named_zone(tokens_[i].text);
  }

  bool take_month(int month) {
    seen_now_ = field::kMonth;
    if ((seen_ & field::kMonth) != 0 && !has_text_month_ && (seen_ & field::kDay) == 0 &&
        month_ >= 1 && month_ <= 31) {
      day_ = month_;  // the number before was the day
      seen_now_ = field::kDay;
    }
    has_text_month_ = true;
    month_ = month;
    return true;
  }

  bool take_reserved(Reserved word) {
    const std::int64_t local = settings_.to_local(settings_.now);
    const std::int64_t day = day_and_time(local).day;
    const auto of_day = [&](int away) {
      set_days(day + away);
      seen_now_ = field::kDate;
      return !time_only_;
    };
    switch (word) {
      case Reserved::Now:
        set_days(day);
        set_time(local - day * kMicrosecondsPerDay);
        east_ = settings_.east_at(settings_.now);
        seen_now_ = time_only_ ? field::kTime : field::kDate | field::kTime | field::kZone;
        return true;
      case Reserved::Yesterday:
        return of_day(-1);
      case Reserved::Today:
        return of_day(0);
      case Reserved::Tomorrow:
        return of_day(1);
      case Reserved::Zulu:
        set_time(0);
        east_ = 0;
        seen_now_ = field::kTime | field::kZone;
        return true;
      case Reserved::Early:
        kind_ = DecodedTime::Kind::Early;
        break;
      case Reserved::Late:
        kind_ = DecodedTime::Kind::Late;
        break;
      case Reserved::Epoch:
        kind_ = DecodedTime::Kind::Epoch;
        break;
    }
    seen_now_ = field::kReserved;
    return !time_only_;
  }

  // --- the whole

  /// ValidateDate()
  bool settle_date() {
    if ((seen_ & field::kYear) != 0 && !is_julian_) {
      if (before_christ_) {
        if (year_ <= 0) {
          return false;
        }
        year_ = 1 - year_;
      } else if (two_digits_) {
        year_ += year_ < 70 ? 2000 : year_ < 100 ? 1900 : 0;
      } else if (year_ <= 0) {
        return false;
      }
    }
    if ((seen_ & field::kDayOfYear) != 0) {
      set_days(days_from_civil(year_, 1, 1) - kEpochDays + day_of_year_ - 1);
    }
    if (((seen_ & field::kMonth) != 0 && (month_ < 1 || month_ > 12)) ||
        ((seen_ & field::kDay) != 0 && (day_ < 1 || day_ > 31))) {
      return false;
    }
    static constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return !sees(field::kDate) || day_ <= kDays.at(static_cast<std::size_t>(month_ - 1)) +
                                              (month_ == 2 && is_leap(year_) ? 1 : 0);
  }

  bool settle_clock() {
    if (is_afternoon_) {
      if (hour_ > 12) {
        return false;
      }
      hour_ = *is_afternoon_ ? (hour_ == 12 ? 12 : hour_ + 12) : hour_ % 12;
    }
    return clock_fits();
  }

  [[nodiscard]] std::int64_t days() const {
    return days_from_civil(year_, static_cast<unsigned>(month_), static_cast<unsigned>(day_)) -
           kEpochDays;
  }

  bool settle_zone() {
    constexpr std::int64_t kEpochSeconds = 946'684'800;
    if ((seen_ & field::kZone) != 0 && !named_zone_) {
      return true;
    }
    if ((seen_ & field::kSummer) != 0) {
      return false;  // DST goes with an offset only
    }
    const TimeZone& zone = named_zone_ ? *named_zone_ : settings_.zone;
    const bool is_named = named_zone_ && abbreviation_.empty();
    if (const auto fixed = is_named ? zone.fixed() : std::nullopt) {
      east_ = *fixed;
      return true;
    }
    std::int64_t day = 0;
    if (sees(field::kDate)) {
      day = days();
    } else if (is_named || (seen_ & field::kDate) != 0) {
      return false;  // what the time is there depends on the date
    } else {
      const std::int64_t local = settings_.to_local(settings_.now);
      day = day_and_time(local).day;
    }
    const std::int64_t seconds = day * 86'400 + time_of_day() / kSecond + kEpochSeconds;
    east_ = abbreviation_.empty() ? zone.east_of_local(seconds)
                                  : zone.east_of_local(seconds, abbreviation_);
    return true;
  }

  std::vector<Token> tokens_;
  const TimeSettings& settings_;
  bool time_only_;
  unsigned seen_ = 0;
  unsigned seen_now_ = 0;  ///< by the token that is being read
  Unit label_ = Unit::None;
  DecodedTime::Kind kind_ = DecodedTime::Kind::Moment;
  std::int64_t year_ = 0;
  int month_ = 0, day_ = 0, day_of_year_ = 0;
  int hour_ = 0, minute_ = 0, second_ = 0;
  std::int64_t microsecond_ = 0;
  std::int32_t east_ = 0;
  std::optional<bool> is_afternoon_ = {};
  bool has_text_month_ = false, is_julian_ = false, two_digits_ = false, before_christ_ = false;
  std::optional<TimeZone> named_zone_ = {};
  std::string abbreviation_ = {};
};

std::optional<DecodedTime> decode(std::string_view text, const TimeSettings& settings,
                                  bool time_only) {
  auto tokens = date_time_tokens(text);
  return tokens ? Decoder{std::move(*tokens), settings, time_only}.run() : std::nullopt;
}

}  // namespace

std::optional<DecodedTime> decode_date_time(std::string_view text, const TimeSettings& settings) {
  return decode(text, settings, false);
}

std::optional<DecodedTime> decode_time(std::string_view text, const TimeSettings& settings) {
  return decode(text, settings, true);
}

}  // namespace quern::planner_model::value_text
