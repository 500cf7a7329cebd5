#include "planner-model/size/text_order.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include "planner-model/size/text_source.hpp"

namespace quern::planner_model {

double number_in(const std::string& text) {
  const auto digit =
      std::find_if(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  return digit == text.end() ? -1 : std::strtod(text.c_str() + (digit - text.begin()), nullptr);
}

namespace {

constexpr double kSampledRows = 30'000;  // at the default statistics target

double sampled_rows(const ColumnStatistics& statistics, double rows) {
  return std::max(1.0, std::min(rows, kSampledRows) * (1 - statistics.null_fraction));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// jsonb values whose texts differ in numbers and strings alone: numbers by their values, strings
/// by their bytes (compareJsonbContainers()).
bool json_less(const std::string& a, const std::string& b) {
  bool quoted = false;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i] == '"') {
      quoted = !quoted;
    }
    const bool numbers = !quoted && is_digit(a[i]) && is_digit(b[i]);
    if (numbers) {
      const double left = std::strtod(a.c_str() + i, nullptr);
      const double right = std::strtod(b.c_str() + i, nullptr);
      if (left != right) {
        return left < right;
      }
    }
    if (a[i] != b[i]) {
      return a[i] == '"' || (b[i] != '"' && a[i] < b[i]);
    }
  }
  return a.size() < b.size();
}

/// What ANALYZE would find of texts like these whose numbers go up along the table.
double correlation_of_numbers(const TextSource& source, double low, double high, TextKind kind) {
  constexpr std::size_t kSamples = 1500;
  std::vector<std::pair<std::string, double>> samples;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const double at = low + (static_cast<double>(i) + 0.5) / kSamples * (high - low);
    samples.emplace_back(source.with_number(static_cast<long long>(at), i), static_cast<double>(i));
  }
  std::stable_sort(samples.begin(), samples.end(), [kind](const auto& a, const auto& b) {
    return kind == TextKind::Json ? json_less(a.first, b.first) : a.first < b.first;
  });
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

double correlation_by_chance(const ColumnStatistics& statistics) {
  const double filled = std::max(1e-6, 1 - statistics.null_fraction);
  double equal = 0;
  double common = 0;
  for (const double frequency : statistics.most_common_frequencies) {
    equal += frequency * frequency / filled / filled;
    common += frequency / filled;
  }
  const double others =
      statistics.n_distinct - static_cast<double>(statistics.most_common_frequencies.size());
  return equal + (others > 0 ? std::pow(std::max(0.0, 1 - common), 2) / others : 0);
}

bool has_an_order(const ColumnStatistics& statistics, double rows, double deviations) {
  return statistics.correlation &&
         std::abs(*statistics.correlation - correlation_by_chance(statistics)) >
             deviations / std::sqrt(sampled_rows(statistics, rows));
}

bool counts_in_text(const ColumnStatistics& statistics, double rows, TextKind kind) {
  const auto& bounds = statistics.histogram_bounds;
  constexpr std::size_t kEnough = 20;
  constexpr double kLargest = 1e15;
  // Less of a deviation will do: it has to be that of just this order.
  constexpr double kDeviations = 3;
  if (bounds.size() < kEnough || !has_an_order(statistics, rows, kDeviations)) {
    return false;
  }
  const TextSource source{bounds};
  const auto range = source.number_range();
  if (!range || range->second > kLargest) {
    return false;
  }
  // Nearer to that than to a random order, and near.
  const double found = *statistics.correlation;
  const double near = std::min(0.03, std::abs(found - correlation_by_chance(statistics)) / 2);
  const auto fits = [&](double low, double high) {
    return std::abs(correlation_of_numbers(source, low, high, kind) - found) < near;
  };
  // Numbers from one on without gaps, or as the bounds have them.
  return fits(0, range->second) || fits(range->first, range->second);
}

}  // namespace quern::planner_model
