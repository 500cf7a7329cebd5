#include "planner-model/size/text_order.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

namespace quern::planner_model {

double number_in(const std::string& text) {
  const auto digit =
      std::find_if(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  return digit == text.end() ? -1 : std::strtod(text.c_str() + (digit - text.begin()), nullptr);
}

bool counts_in_text(const ColumnStatistics& statistics) {
  const auto& bounds = statistics.histogram_bounds;
  constexpr std::size_t kEnough = 20;
  if (bounds.size() < kEnough || statistics.n_distinct > -0.5 || !statistics.correlation) {
    return false;
  }
  const auto count = static_cast<double>(bounds.size());
  double sum = 0;
  double squares = 0;
  double products = 0;
  double rank = -(count - 1) / 2;
  double rank_squares = 0;
  for (const std::string& bound : bounds) {
    const double number = number_in(bound);
    if (number < 0) {
      return false;
    }
    sum += number;
    squares += number * number;
    products += number * rank;
    rank_squares += rank * rank;
    ++rank;
  }
  const double spread = std::sqrt((squares - sum * sum / count) * rank_squares);
  constexpr double kTells = 0.15;
  constexpr double kNear = 0.12;
  const double expected = spread > 0 ? products / spread : 0;
  return std::abs(expected) > kTells && std::abs(expected - *statistics.correlation) < kNear;
}

}  // namespace quern::planner_model
