#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "planner-model/size/network_rows.hpp"
#include "planner-model/size/other_sizes.hpp"
#include "planner-model/size/spgist_classes.hpp"
#include "planner-model/size/spgist_tree.hpp"
#include "planner-model/size/synthetic_rows.hpp"
#include "planner-model/size/text_order.hpp"
#include "planner-model/size/value_classes.hpp"

namespace quern::planner_model {
namespace {

constexpr double kFixedPages = 3;  // metapage, the roots of values and of NULLs
constexpr double kMostRows = 60'000;

bool is_text(Oid type) {
  return type == type_oid::kText || type == type_oid::kVarchar || type == type_oid::kBpchar;
}

bool is_network(Oid type) {
  return type == type_oid::kInet || type == type_oid::kCidr;
}

/// Pages beside the fixed ones, of all the rows that the simulated ones stand for.
double scaled(std::size_t pages, double scale) {
  return std::ceil((static_cast<double>(pages) - kFixedPages) * scale);
}

/// A radix tree looks the same one level down: as many rows are followed as are below some node,
/// so that its leaves are as full as those of all.
double rows_followed(const ColumnStatistics& statistics, double rows) {
  std::set<char> branches;
  const auto& bounds = statistics.histogram_bounds;
  if (bounds.empty()) {
    return std::min(rows, kMostRows);
  }
  std::size_t common = bounds.front().size();
  for (const std::string& bound : bounds) {
    std::size_t i = 0;
    while (i < std::min(common, bound.size()) && bound[i] == bounds.front()[i]) {
      ++i;
    }
    common = i;
  }
  for (const std::string& bound : bounds) {
    branches.insert(common < bound.size() ? bound[common] : '\0');
  }
  // Digits branch like this level for level, words do not.
  constexpr std::size_t kDigits = 16;
  if (branches.size() > kDigits) {
    return std::min(rows, kMostRows);
  }
  double followed = rows;
  while (followed > kMostRows) {
    followed /= std::max<double>(static_cast<double>(branches.size()), 2);
  }
  return followed;
}

double text_pages(const IndexColumn& column, double rows) {
  const ColumnStatistics& statistics = *column.statistics;
  const double filled = rows * (1 - column.null_share());
  const double followed = rows_followed(statistics, filled);
  const auto values =
      whole_values(column_values(statistics, column.type, column.table_rows), rows, followed);
  const bool counts = counts_in_text(statistics, column.table_rows);
  const auto key = [counts](const std::string& text) {
    constexpr std::size_t kDigits = 20;
    const std::string number =
        counts ? std::to_string(static_cast<long long>(number_in(text))) : "";
    return counts ? std::string(kDigits - std::min(kDigits, number.size()), '0') + number : text;
  };
  const double correlation = counts ? 1 : statistics.correlation.value_or(0);
  const SyntheticRows sample =
      synthetic_rows(values, rows, static_cast<std::size_t>(followed), correlation, key);
  SpGistTree<TextSpGist> tree;
  for (const std::size_t row : sample.rows) {
    tree.insert(sample.values[row]);
  }
  return scaled(tree.pages(), filled / std::max(1.0, static_cast<double>(sample.rows.size())));
}

double network_pages(const IndexColumn& column, double rows) {
  const SyntheticRows sample = network_rows(column, rows, static_cast<std::size_t>(kMostRows));
  std::vector<NetworkGist::Key> keys;
  for (const std::string& value : sample.values) {
    keys.push_back(NetworkGist::key(value));
  }
  SpGistTree<NetworkSpGist> tree;
  for (const std::size_t row : sample.rows) {
    tree.insert(keys[row]);
  }
  return scaled(tree.pages(), sample.scale);
}

double null_pages(double rows) {
  const double followed = std::min(rows, kMostRows);
  SpGistTree<NullSpGist> tree;
  for (double i = 0; i + 0.5 < followed; ++i) {
    tree.insert({});
  }
  return scaled(tree.pages(), rows / std::max(followed, 1.0));
}

double pages_by_thumb(const IndexColumn& column, double rows) {
  constexpr double kPageBody = 8192 - 24 - 8;
  constexpr double kLeafHeader = 16;  // SGLTHDRSZ
  constexpr double kLinePointer = 4;
  // Of ranges 0.65 shuffled, half of that in order (quad trees, rangetypes_spgist.c). Which of the
  // two cannot be told: what lies between them is true of neither.
  constexpr double kFill = 0.65;
  const double item = align_up(kLeafHeader + column.width, 8) + kLinePointer;
  const double leaves = std::ceil(rows * item / (kPageBody * kFill));
  constexpr double kInnerShare = 0.01;
  return leaves <= 1 ? 0 : std::ceil(leaves * (1 + kInnerShare));
}

}  // namespace

double spgist_index_pages(const std::vector<IndexColumn>& columns, double rows) {
  const IndexColumn& column = columns.front();
  const double nulls = rows * column.null_share();
  const bool followed = column.statistics != nullptr && columns.size() == 1 &&
                        !(column.statistics->histogram_bounds.empty() &&
                          column.statistics->most_common_values.empty());
  double pages = kFixedPages;
  if (followed && is_text(column.type)) {
    pages += text_pages(column, rows);
  } else if (followed && is_network(column.type)) {
    pages += network_pages(column, rows);
  } else {
    pages += pages_by_thumb(column, rows - nulls);
  }
  return pages + null_pages(nulls);
}

}  // namespace quern::planner_model
