#include "planner-model/size/text_order.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include "planner-model/size/analyze_sample.hpp"
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

namespace {

/// How often the numbers of a range come in the rows.
enum class HowOften {
  Evenly,    ///< each as often as any other, as a count gives them, and none is left out
  ByChance,  ///< fewer of them, since some come more often than others
  Unknown,
};

HowOften how_often(const ColumnStatistics& statistics, double rows, double low, double high) {
  const double filled = (1 - statistics.null_fraction) * rows;
  const double distinct =
      statistics.n_distinct < 0 ? -statistics.n_distinct * rows : statistics.n_distinct;
  // The greatest of so many examples falls short of the greatest by as much, give or take as much.
  const double error = 1 / static_cast<double>(statistics.histogram_bounds.size());
  const double numbers = (high - low + 1) * (1 + error);
  const double each = rows / numbers;
  const double counted =
      each < 1 ? filled : numbers * (1 - std::pow(statistics.null_fraction, each));
  const double by_chance =
      numbers * estimate_by_chance(filled / numbers, sampled_share(statistics, rows));
  constexpr double kErrors = 3;
  const double tolerance = kErrors * error;
  // More texts than numbers: then words beside them tell them apart.
  if (counted - by_chance < tolerance * counted || distinct > (1 + tolerance) * numbers) {
    return HowOften::Unknown;
  }
  if (distinct < (counted + by_chance) / 2) {
    return HowOften::ByChance;
  }
  return each > 1 - tolerance ? HowOften::Evenly : HowOften::Unknown;
}

/// Numbers by chance, around a line along the table: how wide is the band? At least so that each
/// number comes by chance, some numbers wide, and no wider than the correlation leaves room for;
/// nothing tells more, and the middle (geometric) is taken.
double width_of_band(const ColumnStatistics& statistics, double rows, double on_the_line,
                     double numbers) {
  constexpr double kSomeNumbers = 10;
  constexpr double kDeviations = 3;
  const double least = std::min(1.0, kSomeNumbers / numbers);
  const double surely =
      std::abs(*statistics.correlation) - kDeviations / std::sqrt(sampled_rows(statistics, rows));
  const double ratio = surely > 0 ? on_the_line / surely : 0;
  const double most = surely > 0 ? std::min(1.0, std::sqrt(std::max(0.0, ratio * ratio - 1))) : 1;
  return std::sqrt(least * std::max(least, most));
}

}  // namespace

std::optional<NumbersAlongTable> numbers_along_table(const ColumnStatistics& statistics,
                                                     double rows, TextKind kind) {
  const auto& bounds = statistics.histogram_bounds;
  constexpr std::size_t kEnough = 20;
  constexpr double kLargest = 1e15;
  if (bounds.size() < kEnough || !statistics.correlation) {
    return std::nullopt;
  }
  const TextSource source{bounds};
  const auto range = source.number_range();
  if (!range || range->second > kLargest) {
    return std::nullopt;
  }
  const auto [low, high] = *range;
  // Numbers from one on without gaps, or as the bounds have them.
  const double found = *statistics.correlation;
  const double from_one = correlation_of_numbers(source, 0, high, kind);
  const double from_low = correlation_of_numbers(source, low, high, kind);
  const double on_the_line =
      std::abs(from_one - found) < std::abs(from_low - found) ? from_one : from_low;
  const double off = std::abs(on_the_line - found);
  constexpr double kNear = 0.03;
  if (off >= kNear) {
    return std::nullopt;
  }
  const HowOften often = how_often(statistics, rows, low, high);
  if (often == HowOften::Evenly) {
    return NumbersAlongTable{low, high, 0};
  }
  // Less of a deviation will do: it has to be that of just this order, and nearer to it than to
  // that of any order.
  constexpr double kDeviations = 3;
  if (!has_an_order(statistics, rows, kDeviations) ||
      off >= std::abs(found - correlation_by_chance(statistics)) / 2) {
    return std::nullopt;
  }
  return NumbersAlongTable{
      low, high,
      often == HowOften::ByChance
          ? width_of_band(statistics, rows, std::abs(on_the_line), high - low + 1)
          : 0};
}

bool counts_in_text(const ColumnStatistics& statistics, double rows, TextKind kind) {
  const auto numbers = numbers_along_table(statistics, rows, kind);
  return numbers && numbers->band <= 0;
}

}  // namespace quern::planner_model
