#include "reports/cli/size_text.hpp"

#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "collector/base/failure.hpp"

namespace quern::reports {

namespace {

/// 0 when the unit is not one we know.
double unit_factor(const std::string& unit) {
  if (unit.empty() || unit == "b") {
    return 1;
  }
  constexpr std::string_view kPrefixes = "kmgtp";
  const auto power = kPrefixes.find(unit.front());
  if (power == std::string_view::npos) {
    return 0;
  }
  const std::string rest = unit.substr(1);
  const double exponent = static_cast<double>(power) + 1;
  if (rest == "b") {
    return std::pow(1000.0, exponent);
  }
  return rest == "ib" ? std::pow(1024.0, exponent) : 0;
}

struct Measure {
  double number = 0;
  std::string unit = {};  ///< in lower case, without blanks
};

std::optional<Measure> measure(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text.front())) == 0) {
    return std::nullopt;
  }
  Measure read;
  const char* const last = text.data() + text.size();
  const auto [end, error] =
      std::from_chars(text.data(), last, read.number, std::chars_format::fixed);
  if (error != std::errc{}) {
    return std::nullopt;
  }
  for (const char* c = end; c != last; ++c) {
    if (*c != ' ') {
      read.unit += static_cast<char>(std::tolower(static_cast<unsigned char>(*c)));
    }
  }
  return read;
}

/// 0 when the unit is not one we know.
double seconds_in(const std::string& unit) {
  if (unit.empty() || unit == "s") {
    return 1;
  }
  return unit == "min" ? 60 : unit == "h" ? 3600 : 0;
}

}  // namespace

Bytes parse_size(std::string_view text) {
  const auto read = measure(text);
  const double factor = read ? unit_factor(read->unit) : 0;
  if (factor == 0) {
    throw UserError{fmt::format(
        "'{}' is not a size: write a number with B, kB, MB, GB, TB (powers of 1000) or KiB, MiB, "
        "GiB, TiB (powers of 1024), as in 500MB or 2GiB",
        text)};
  }
  return Bytes{std::floor(read->number * factor)};
}

double parse_seconds(std::string_view text) {
  const auto read = measure(text);
  const double factor = read ? seconds_in(read->unit) : 0;
  if (factor == 0) {
    throw UserError{fmt::format(
        "'{}' is not a time: write a number with s, min or h, as in 90s or 20min", text)};
  }
  return read->number * factor;
}

}  // namespace quern::reports
