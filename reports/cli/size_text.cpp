#include "reports/cli/size_text.hpp"

#include <cctype>
#include <charconv>
#include <cmath>
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

}  // namespace

Bytes parse_size(std::string_view text) {
  const auto fail = [&]() -> Bytes {
    throw UserError{fmt::format(
        "'{}' is not a size: write a number with B, kB, MB, GB, TB (powers of 1000) or KiB, MiB, "
        "GiB, TiB (powers of 1024), as in 500MB or 2GiB",
        text)};
  };
  std::string_view rest = text;
  while (!rest.empty() && rest.front() == ' ') {
    rest.remove_prefix(1);
  }
  if (rest.empty() || std::isdigit(static_cast<unsigned char>(rest.front())) == 0) {
    return fail();
  }
  double number = 0;
  const auto [end, error] =
      std::from_chars(rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
  if (error != std::errc{}) {
    return fail();
  }
  std::string unit;
  for (const char* c = end; c != rest.data() + rest.size(); ++c) {
    if (*c != ' ') {
      unit += static_cast<char>(std::tolower(static_cast<unsigned char>(*c)));
    }
  }
  const double factor = unit_factor(unit);
  return factor == 0 ? fail() : Bytes{std::floor(number * factor)};
}

}  // namespace quern::reports
