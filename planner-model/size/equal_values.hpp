#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace quern::planner_model {

/// Pages of a tree beside its `fixed` ones for so many rows of one value each, which fill pages of
/// their own: grown once, a few dozen pages at most, and beyond that by the row. Of two pages and
/// more one is the root, where `has_root`, which all values share.
template <class Tree, class Value>
double pages_of_equal_values(const Value& value, const std::vector<double>& rows, double fixed,
                             bool has_root) {
  if (rows.empty()) {
    return 0;
  }
  constexpr double kMostRows = 5'000;
  const double largest = std::min(*std::max_element(rows.begin(), rows.end()), kMostRows);
  Tree tree;
  std::vector<double> grown{0};
  for (double i = 0; i + 0.5 < largest; ++i) {
    tree.insert(value);
    const double pages = static_cast<double>(tree.pages()) - fixed;
    grown.push_back(has_root && pages > 1 ? pages - 1 : pages);
  }
  const auto last = static_cast<double>(grown.size() - 1);
  double sum = 0;
  for (const double one : rows) {
    sum += one <= last ? grown[static_cast<std::size_t>(one)] : grown.back() * one / last;
  }
  return sum;
}

}  // namespace quern::planner_model
