#include <algorithm>
#include <cmath>

#include "planner-model/selectivity/time_settings.hpp"
#include "planner-model/selectivity/utf8.hpp"
#include "planner-model/selectivity/value.hpp"
#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model {
namespace {

using namespace value_text;

bool is_string(Oid type) {
  return type == type_oid::kText || type == type_oid::kVarchar || type == type_oid::kBpchar ||
         type == type_oid::kName || type == type_oid::kChar || type == type_oid::kUnknown ||
         type == type_oid::kCstring;
}

/// varchar(), bpchar(): an explicit cast cuts, an implicit one only blanks.
std::optional<Value> fit_string(std::string_view text, Oid type, std::int32_t typmod,
                                bool is_explicit) {
  constexpr std::int32_t kHeader = 4;
  if (typmod < kHeader || (type != type_oid::kVarchar && type != type_oid::kBpchar)) {
    return make_text(text, type);
  }
  const auto limit = static_cast<std::size_t>(typmod - kHeader);
  std::string fitted{characters_between(text, 0, limit)};
  if (fitted.size() < text.size() && !is_explicit &&
      text.find_first_not_of(' ', fitted.size()) != std::string_view::npos) {
    return std::nullopt;
  }
  if (type == type_oid::kBpchar) {
    fitted.append(static_cast<std::size_t>(limit - count_characters(fitted)), ' ');
  }
  return make_text(fitted, type);
}

std::int64_t round_moment(std::int64_t microseconds, std::int32_t digits) {
  if (digits < 0 || digits >= 6 || microseconds == kTimeInfinity ||
      microseconds == kTimeMinusInfinity) {
    return microseconds;
  }
  std::int64_t unit = 1;
  for (int i = digits; i < 6; ++i) {
    unit *= 10;
  }
  const std::int64_t half = unit / 2;
  return (microseconds >= 0 ? (microseconds + half) / unit : -((-microseconds + half) / unit)) *
         unit;
}

std::optional<Value> cast_number(const Value& value, Oid target, std::int32_t typmod,
                                 const TypeSystem& types) {
  switch (target) {
    case type_oid::kInt2:
    case type_oid::kInt4:
    case type_oid::kInt8:
    case type_oid::kOid:
      if (value.form == ValueForm::Numeric) {
        return parse_value(round_decimal(value.bytes, 0), target, types);
      }
      if (value.form == ValueForm::Floating) {
        // rint(), half to even; exact beyond 2^63 is out of range anyway.
        const double whole = std::rint(value.number);
        if (!(std::abs(whole) < 9.2e18)) {
          return std::nullopt;
        }
        return parse_value(std::to_string(static_cast<std::int64_t>(whole)), target, types);
      }
      return parse_value(std::to_string(value.integer), target, types);
    case type_oid::kFloat4:
    case type_oid::kFloat8:
      return parse_value(
          value.form == ValueForm::Integer ? std::to_string(value.integer) : value.text, target,
          types);
    case type_oid::kNumeric: {
      // float8_numeric() keeps 15 digits, float4_numeric() 6.
      std::string text = value.text;
      if (value.form == ValueForm::Floating) {
        char buffer[64];
        std::snprintf(buffer, sizeof buffer, "%.*g", value.type == type_oid::kFloat4 ? 6 : 15,
                      value.number);
        text = buffer;
      }
      auto number = parse_value(text, target, types);
      if (number && typmod >= 4) {
        const int scale =
            (static_cast<int>(static_cast<std::uint32_t>(typmod - 4) & 0x7FFU) ^ 1024) - 1024;
        number = parse_value(round_decimal(number->bytes, scale), target, types);
      }
      return number;
    }
    case type_oid::kBool:
      return value.form == ValueForm::Integer ? std::optional{make_bool(value.integer != 0)}
                                              : std::nullopt;
    default:
      return std::nullopt;
  }
}

/// Between moments and local times the session's time zone stands.
std::optional<Value> cast_moment(const Value& value, Oid target, std::int32_t typmod,
                                 const TimeSettings& times) {
  const bool infinite = value.integer == kTimeInfinity || value.integer == kTimeMinusInfinity;
  std::int64_t microseconds = value.form == ValueForm::Timestamp || infinite
                                  ? value.integer
                                  : value.integer * kMicrosecondsPerDay;
  if (!infinite && value.type == type_oid::kTimestampTz && target != type_oid::kTimestampTz) {
    microseconds = times.to_local(microseconds);
  } else if (!infinite && value.type != type_oid::kTimestampTz &&
             target == type_oid::kTimestampTz) {
    microseconds = times.to_moment(microseconds);
  }
  switch (target) {
    case type_oid::kTimestamp:
    case type_oid::kTimestampTz:
      return make_timestamp(round_moment(microseconds, typmod), target);
    case type_oid::kDate: {
      const std::int64_t days =
          infinite ? microseconds
                   : (microseconds - (microseconds < 0 ? kMicrosecondsPerDay - 1 : 0)) /
                         kMicrosecondsPerDay;
      return make_date(days);
    }
    case type_oid::kTime: {
      if (infinite) {
        return std::nullopt;
      }
      Value time{.type = target, .form = ValueForm::Time};
      time.integer =
          ((microseconds % kMicrosecondsPerDay) + kMicrosecondsPerDay) % kMicrosecondsPerDay;
      time.text = print_time(time.integer);
      return time;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Value> cast_value(const Value& value, Oid target, const TypeSystem& types,
                                std::int32_t typmod, bool is_explicit) {
  if (typmod < 0) {
    typmod = types.base_typmod(target);
  }
  target = types.base_type(target);
  if (is_string(target)) {
    const bool from_bool = value.type == type_oid::kBool;
    const std::string text = from_bool ? (value.integer != 0 ? "true" : "false")
                             : value.type == type_oid::kBpchar && target != type_oid::kBpchar
                                 ? value.bytes
                                 : value.text;
    return fit_string(text, target, typmod, is_explicit);
  }
  if (value.form == ValueForm::Text) {
    auto read = parse_value(value.text, target, types);
    if (read && typmod >= 0 && read->form != ValueForm::Text) {
      return cast_value(*read, target, types, typmod, is_explicit);
    }
    return read;
  }
  if (value.form == ValueForm::Array) {
    const Oid element = types.element_type(target);
    if (element == 0) {
      return std::nullopt;
    }
    Value array = value;
    array.type = target;
    for (auto& item : array.elements) {
      if (item && !(item = cast_value(*item, element, types, typmod, is_explicit))) {
        return std::nullopt;
      }
    }
    return array.dimensions <= 1 ? make_array(target, std::move(array.elements)) : array;
  }
  switch (value.form) {
    case ValueForm::Integer:
    case ValueForm::Floating:
    case ValueForm::Numeric:
      if (value.type == target && target != type_oid::kNumeric) {
        return value;
      }
      return cast_number(value, target, typmod, types);
    case ValueForm::Date:
    case ValueForm::Timestamp:
      return cast_moment(value, target, typmod, times_of(types));
    default:
      break;
  }
  if (value.form == ValueForm::Interval && target == type_oid::kInterval) {
    const auto limited = limit_interval({value.months, value.days, value.integer}, typmod);
    return make_interval(limited.months, limited.days, limited.microseconds);
  }
  if (value.type == target) {
    return value;
  }
  if (value.form == ValueForm::Network) {
    Value address = value;
    address.type = target;
    address.text = print_network({value.bytes, value.days}, target == type_oid::kCidr);
    return address;
  }
  return std::nullopt;
}

}  // namespace quern::planner_model
