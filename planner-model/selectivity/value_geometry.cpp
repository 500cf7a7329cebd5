// Points and what is made of them, as geo_ops.c prints them.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model::value_text {
namespace {

/// The numbers of a text that has nothing else but brackets, commas and spaces.
std::optional<std::vector<double>> numbers_of(std::string_view text) {
  std::vector<double> numbers;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  while (at != end) {
    if (std::string_view{"()[]{}<>, \t\n"}.find(*at) != std::string_view::npos) {
      ++at;
      continue;
    }
    at += *at == '+' ? 1 : 0;
    double number = 0;
    const auto [rest, error] = std::from_chars(at, end, number);
    if (error != std::errc{}) {
      return std::nullopt;
    }
    numbers.push_back(number);
    at = rest;
  }
  return numbers;
}

std::string print(double number) {
  return print_float(number, false);
}

std::string print_points(const std::vector<double>& numbers) {
  std::string text;
  for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
    text += (i == 0 ? "(" : ",(") + print(numbers[i]) + "," + print(numbers[i + 1]) + ")";
  }
  return text;
}

}  // namespace

std::optional<std::string> print_geometry(std::string_view text, std::uint32_t type) {
  constexpr std::uint32_t kPoint = 600, kSegment = 601, kPath = 602, kBox = 603, kPolygon = 604,
                          kLine = 628, kCircle = 718;
  text = trim(text);
  const auto found = numbers_of(text);
  if (!found || found->empty()) {
    return std::nullopt;
  }
  std::vector<double> numbers = *found;
  const bool pairs = numbers.size() % 2 == 0;
  switch (type) {
    case kPoint:
      return numbers.size() == 2 ? std::optional{print_points(numbers)} : std::nullopt;
    case kSegment:
      return numbers.size() == 4 ? std::optional{"[" + print_points(numbers) + "]"} : std::nullopt;
    case kBox:
      if (numbers.size() != 4) {
        return std::nullopt;
      }
      for (const std::size_t i : {0U, 1U}) {  // the upper right corner first
        if (numbers[i] < numbers[i + 2]) {
          std::swap(numbers[i], numbers[i + 2]);
        }
      }
      return print_points(numbers);
    case kPath:
      return !pairs                  ? std::nullopt
             : text.starts_with('[') ? std::optional{"[" + print_points(numbers) + "]"}
                                     : std::optional{"(" + print_points(numbers) + ")"};
    case kPolygon:
      return pairs ? std::optional{"(" + print_points(numbers) + ")"} : std::nullopt;
    case kLine:
      return numbers.size() == 3 && text.starts_with('{')
                 ? std::optional{"{" + print(numbers[0]) + "," + print(numbers[1]) + "," +
                                 print(numbers[2]) + "}"}
                 : std::nullopt;
    case kCircle:
      return numbers.size() == 3 ? std::optional{"<" + print_points({numbers[0], numbers[1]}) +
                                                 "," + print(numbers[2]) + ">"}
                                 : std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace quern::planner_model::value_text
