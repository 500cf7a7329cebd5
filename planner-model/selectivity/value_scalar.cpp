#include <algorithm>
#include <cfloat>
#include <cmath>

#include "planner-model/selectivity/value.hpp"
#include "planner-model/selectivity/value_collation.hpp"

// convert_to_scalar() and its helpers (selfuncs.c): values on a line, for interpolation.

namespace quern::planner_model {
namespace {

constexpr double kDaysPerMonth = 365.25 / 12;

std::optional<double> number_position(const Value& value) {
  switch (value.form) {
    case ValueForm::Integer:
      return static_cast<double>(value.integer);
    case ValueForm::Floating:
    case ValueForm::Numeric:
      return value.number;
    default:
      return std::nullopt;
  }
}

std::optional<double> time_position(const Value& value) {
  // convert_timevalue_to_scalar()
  const auto day = static_cast<double>(kMicrosecondsPerDay);
  switch (value.form) {
    case ValueForm::Date:
      if (value.integer == kTimeInfinity || value.integer == kTimeMinusInfinity) {
        return value.integer > 0 ? DBL_MAX : -DBL_MAX;
      }
      return static_cast<double>(value.integer) * day;
    case ValueForm::Timestamp:
      return static_cast<double>(value.integer);
    case ValueForm::Interval:
      return static_cast<double>(value.integer) + value.days * day +
             value.months * (kDaysPerMonth * day);
    case ValueForm::Time:
      return static_cast<double>(value.integer) + value.days * 1'000'000.0;
    default:
      return std::nullopt;
  }
}

std::optional<double> network_position(const Value& value) {
  // convert_network_to_scalar()
  const auto append = [](double sum, std::string_view bytes) {
    for (const char c : bytes) {
      sum = sum * 256 + static_cast<unsigned char>(c);
    }
    return sum;
  };
  if (value.form == ValueForm::Network) {
    const bool four = value.bytes.size() == 5;
    // The server counts family and the first 4 (or 5) bytes of the address; AF_INET is 2 there.
    return append(four ? 2 : 3, std::string_view{value.bytes}.substr(1, four ? 4 : 5));
  }
  if (value.form == ValueForm::Bytes &&
      (value.type == type_oid::kMacAddr || value.type == type_oid::kMacAddr8)) {
    return append(0, value.bytes);
  }
  return std::nullopt;
}

/// convert_one_string_to_scalar(): digits of a number in base (high - low + 1).
double string_position(std::string_view text, int low, int high) {
  constexpr std::size_t kLongest = 12;
  const double base = high - low + 1;
  double position = 0;
  double unit = base;
  for (const char c : text.substr(0, kLongest)) {
    const int byte = std::clamp<int>(static_cast<unsigned char>(c), low - 1, high + 1);
    position += (byte - low) / unit;
    unit *= base;
  }
  return position;
}

void strip_common_prefix(std::string_view& a, std::string_view& b, std::string_view& c) {
  while (!a.empty() && !b.empty() && !c.empty() && a.front() == b.front() &&
         a.front() == c.front()) {
    a.remove_prefix(1);
    b.remove_prefix(1);
    c.remove_prefix(1);
  }
}

ScalarPosition string_positions(std::string_view value, std::string_view low,
                                std::string_view high) {
  // convert_string_to_scalar(): the range of bytes seen, widened to whole classes of ASCII.
  int from = high.empty() ? 0 : static_cast<unsigned char>(high.front());
  int to = from;
  for (const auto text : {low, high}) {
    for (const char c : text) {
      from = std::min<int>(from, static_cast<unsigned char>(c));
      to = std::max<int>(to, static_cast<unsigned char>(c));
    }
  }
  for (const auto& [first, last] :
       {std::pair{'A', 'Z'}, std::pair{'a', 'z'}, std::pair{'0', '9'}}) {
    if (from <= last && to >= first) {
      from = std::min<int>(from, first);
      to = std::max<int>(to, last);
    }
  }
  constexpr int kTooNarrow = 9;
  if (to - from < kTooNarrow) {
    from = ' ';
    to = 127;
  }
  strip_common_prefix(low, high, value);
  return {string_position(value, from, to), string_position(low, from, to),
          string_position(high, from, to)};
}

double bytea_position(std::string_view bytes) {
  constexpr std::size_t kLongest = 10;
  double position = 0;
  double unit = 256;
  for (const char c : bytes.substr(0, kLongest)) {
    position += static_cast<unsigned char>(c) / unit;
    unit *= 256;
  }
  return position;
}

}  // namespace

std::optional<ScalarPosition> convert_to_scalar(const Value& value, const Value& low,
                                                const Value& high, Oid collation,
                                                const TypeSystem& types) {
  for (const auto& position : {number_position, time_position, network_position}) {
    const auto v = position(value);
    const auto l = position(low);
    const auto h = position(high);
    if (v && l && h) {
      return ScalarPosition{*v, *l, *h};
    }
  }
  if (value.form == ValueForm::Text && low.form == ValueForm::Text &&
      high.form == ValueForm::Text) {
    // The stored text, blank padding of char(n) included. name and "char" collate as C.
    const Oid used = low.type == type_oid::kChar ? kCCollation : collation;
    const std::string v = collation_key(value.text, used, types);
    const std::string l = collation_key(low.text, used, types);
    const std::string h = collation_key(high.text, used, types);
    return string_positions(v, l, h);
  }
  if (value.type == type_oid::kBytea && low.type == type_oid::kBytea) {
    std::string_view v = value.bytes;
    std::string_view l = low.bytes;
    std::string_view h = high.bytes;
    strip_common_prefix(l, h, v);
    return ScalarPosition{bytea_position(v), bytea_position(l), bytea_position(h)};
  }
  return std::nullopt;
}

}  // namespace quern::planner_model
