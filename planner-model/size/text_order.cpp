#include "planner-model/size/text_order.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

namespace quern::planner_model {

double number_in(const std::string& text) {
  const auto digit =
      std::find_if(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  return digit == text.end() ? -1 : std::strtod(text.c_str() + (digit - text.begin()), nullptr);
}

namespace {

/// What ANALYZE would find of texts that hold these numbers, sorted, in the rows' order:
/// the correlation of their order as numbers with that as digits.
double correlation_of_digits(const std::vector<double>& sorted) {
  constexpr std::size_t kSamples = 2000;
  std::vector<std::pair<std::string, double>> samples;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const double at =
        (static_cast<double>(i) + 0.5) / kSamples * static_cast<double>(sorted.size() - 1);
    const auto before = static_cast<std::size_t>(at);
    const double number =
        sorted[before] + (at - static_cast<double>(before)) * (sorted[before + 1] - sorted[before]);
    samples.emplace_back(std::to_string(static_cast<long long>(number)), static_cast<double>(i));
  }
  std::sort(samples.begin(), samples.end());
  constexpr double kMiddle = (kSamples - 1) / 2.0;
  double products = 0;
  double squares = 0;
  for (std::size_t rank = 0; rank < kSamples; ++rank) {
    products += (static_cast<double>(rank) - kMiddle) * (samples[rank].second - kMiddle);
    squares += (samples[rank].second - kMiddle) * (samples[rank].second - kMiddle);
  }
  return products / squares;
}

}  // namespace

bool counts_in_text(const ColumnStatistics& statistics) {
  const auto& bounds = statistics.histogram_bounds;
  constexpr std::size_t kEnough = 20;
  constexpr double kLargest = 1e15;
  if (bounds.size() < kEnough || statistics.n_distinct > -0.05 || !statistics.correlation) {
    return false;
  }
  std::vector<double> numbers;
  for (const std::string& bound : bounds) {
    const double number = number_in(bound);
    if (number < 0 || number > kLargest) {
      return false;
    }
    numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  // Far enough from that of a random order, and near enough.
  constexpr double kTells = 0.04;
  constexpr double kNear = 0.03;
  const auto fits = [&](const std::vector<double>& sorted) {
    const double expected = correlation_of_digits(sorted);
    return std::abs(expected) > kTells && std::abs(expected - *statistics.correlation) < kNear;
  };
  // Numbers from one on without gaps, or as the bounds have them.
  return fits({0, numbers.back()}) || fits(numbers);
}

}  // namespace quern::planner_model
