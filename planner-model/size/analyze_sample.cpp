#include "planner-model/size/analyze_sample.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace quern::planner_model {

double sampled_share(const ColumnStatistics& statistics, double rows) {
  constexpr double kRowsPerUnit = 300;
  constexpr std::size_t kDefaultTarget = 100;
  const std::size_t bounds = statistics.histogram_bounds.size();
  const auto target = static_cast<double>(std::max(bounds, kDefaultTarget + 1) - 1);
  return std::min(1.0, kRowsPerUnit * target / std::max(rows, 1.0));
}

double estimate_by_chance(double rate, double share) {
  const double missed = std::exp(-rate * share);
  return (1 - missed) / (1 - missed + share * missed);
}

double values_by_chance(double estimate, double share) {
  const auto expected = [share](double rate) { return estimate_by_chance(rate, share) / rate; };
  double low = 1e-6;
  double high = 1e6;
  for (int i = 0; i < 60; ++i) {
    const double middle = std::sqrt(low * high);
    (expected(middle) > estimate ? low : high) = middle;
  }
  return (1 - std::exp(-low)) / low;
}

std::vector<std::vector<std::size_t>> alike(const std::vector<double>& counts, double deviations,
                                            double chance) {
  std::vector<std::size_t> order(counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
  std::vector<std::vector<std::size_t>> groups;
  double sum = 0;
  for (const std::size_t one : order) {
    const double mean = groups.empty() ? 0 : sum / static_cast<double>(groups.back().size());
    if (groups.empty() || counts[one] < mean - deviations * std::sqrt(mean * chance)) {
      groups.emplace_back();
      sum = 0;
    }
    groups.back().push_back(one);
    sum += counts[one];
  }
  return groups;
}

std::vector<double> evened_out(const std::vector<double>& counts, double chance) {
  constexpr std::size_t kFew = 3;
  if (counts.size() < kFew) {
    return counts;
  }
  const auto count = static_cast<double>(counts.size());
  double sum = 0;
  double squares = 0;
  for (const double one : counts) {
    sum += one;
    squares += one * one;
  }
  const double mean = sum / count;
  const double variance = (squares - sum * mean) / (count - 1);
  if (variance <= 0) {
    return counts;
  }
  const double kept = std::max(0.0, 1 - chance * mean / variance);
  std::vector<double> evened;
  for (const double one : counts) {
    evened.push_back(mean + kept * (one - mean));
  }
  return evened;
}

}  // namespace quern::planner_model
