#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "planner-model/size/gist_classes.hpp"
#include "planner-model/size/gist_tree.hpp"
#include "planner-model/size/gist_words.hpp"
#include "planner-model/size/network_rows.hpp"
#include "planner-model/size/other_sizes.hpp"
#include "planner-model/size/stored_size.hpp"
#include "planner-model/size/synthetic_rows.hpp"
#include "planner-model/size/value_classes.hpp"

namespace quern::planner_model {
namespace {

constexpr double kPageBody = 8192 - 24 - 16;
constexpr double kLinePointer = 4;
constexpr double kNullTuple = 16;

bool is_text(Oid type) {
  return type == type_oid::kText || type == type_oid::kVarchar || type == type_oid::kBpchar;
}

bool is_network(Oid type) {
  return type == type_oid::kInet || type == type_oid::kCidr;
}

/// Pages after inserts of as many rows as fill some dozens of pages, for all.
template <class Class>
double inserted_pages(const SyntheticRows& sample) {
  std::vector<typename Class::Key> keys;
  keys.reserve(sample.values.size());
  for (const auto& value : sample.values) {
    keys.push_back(Class::key(value));
  }
  GistTree<Class> tree;
  for (const std::size_t row : sample.rows) {
    tree.insert(keys[row]);
  }
  const auto pages = static_cast<double>(tree.pages());
  return pages <= 1 ? pages : pages * sample.scale;
}

double pages_by_thumb(const IndexColumn& column, double rows) {
  const double key = column.width;
  // Of 200,000 int4range rows 0.64 shuffled, 0.44 in order, 0.31 in order with varying lengths, 0.5
  // where each comes often.
  constexpr double kFill = 0.48;
  const double nulls = column.null_share();
  const double item = (1 - nulls) * align_up(8 + key, 8) + nulls * kNullTuple + kLinePointer;
  double pages = std::max(1.0, std::ceil(rows * item / (kPageBody * kFill)));
  for (double level = pages; level > 1; pages += level) {
    level = std::ceil(level * item / (kPageBody * kFill));
  }
  return pages;
}

/// NULLs, all alike, go to pages of their own once there are enough of them.
double null_pages(double rows, bool beside_others) {
  constexpr double kMostRows = 20'000;
  const double followed = std::floor(std::min(rows, kMostRows));
  if (beside_others && followed * (kNullTuple + kLinePointer) < kPageBody / 2) {
    return 0;
  }
  GistTree<NullGist> tree;
  for (double i = 0; i < followed; ++i) {
    tree.insert({});
  }
  const auto pages = static_cast<double>(tree.pages());
  return followed < 1 ? 0 : pages * rows / followed;
}

}  // namespace

bool gist_size_is_followed(const std::vector<IndexColumn>& columns) {
  const IndexColumn& column = columns.front();
  if (column.statistics == nullptr || columns.size() != 1) {
    return false;
  }
  if (column.type == type_oid::kTsVector) {
    return !column.statistics->most_common_elements.empty();
  }
  return !(column.statistics->histogram_bounds.empty() &&
           column.statistics->most_common_values.empty()) &&
         (is_text(column.type) || is_network(column.type));
}

double gist_index_pages(const std::vector<IndexColumn>& columns, const TypeSystem& types,
                        double rows) {
  const IndexColumn& column = columns.front();
  if (!gist_size_is_followed(columns)) {
    return pages_by_thumb(column, rows);
  }
  constexpr std::size_t kTexts = 10'000;
  constexpr std::size_t kNetworks = 20'000;
  const auto all = column_values(*column.statistics, column.type, column.table_rows);
  const double correlation = column.statistics->correlation.value_or(0);
  double pages = 0;
  if (column.type == type_oid::kTsVector) {
    pages = word_gist_pages(column, rows, types);
  } else if (is_network(column.type)) {
    pages = inserted_pages<NetworkGist>(network_rows(column, rows, kNetworks));
  } else {
    pages = inserted_pages<TrigramGist>(synthetic_rows(
        all, rows, kTexts, correlation, [](const std::string& text) { return text; }));
  }
  return std::ceil(pages + null_pages(rows * column.null_share(), pages > 1));
}

}  // namespace quern::planner_model
