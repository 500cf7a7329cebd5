#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "planner-model/size/build_version.hpp"
#include "planner-model/size/equal_values.hpp"
#include "planner-model/size/gist_boxes.hpp"
#include "planner-model/size/gist_classes.hpp"
#include "planner-model/size/gist_ranges.hpp"
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
constexpr double kInsertedPage = kPageBody - 819 - kLinePointer;  // by GIST_DEFAULT_FILLFACTOR

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
  if (sample.rows.empty()) {
    return 0;
  }
  for (const std::size_t row : sample.rows) {
    tree.insert(keys[row]);
  }
  const auto pages = static_cast<double>(tree.pages());
  return pages <= 1 ? pages : pages * sample.scale;
}

/// With its line pointer.
double item_size(const IndexColumn& column) {
  constexpr double kTupleHeader = 8;
  constexpr double kBox = 32;
  const double key = is_box_in_gist(column.type) ? kBox : column.width;
  return align_up(kTupleHeader + key, 8) + kLinePointer;
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

double followed_pages(const IndexColumn& column, const TypeSystem& types, double rows) {
  constexpr std::size_t kTexts = 10'000;
  constexpr std::size_t kNetworks = 20'000;
  if (column.type == type_oid::kTsVector) {
    return word_gist_pages(column, rows, types);
  }
  if (is_network(column.type)) {
    constexpr double kHeavyPages = 2;
    const double heavy_from = kHeavyPages * kInsertedPage / item_size(column);
    const NetworkRows networks = network_rows(column, rows, kNetworks, heavy_from);
    return inserted_pages<NetworkGist>(networks.light) +
           pages_of_equal_values<GistTree<NetworkGist>>(NetworkGist::Key{}, networks.heavy, 0,
                                                        true);
  }
  const auto all = indexed_values(column);
  return inserted_pages<TrigramGist>(synthetic_rows(all, rows, kTexts,
                                                    column.statistics->correlation.value_or(0),
                                                    [](const std::string& text) { return text; }));
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
  const BuildVersion server{types.catalog().server_version};
  const double nulls = rows * column.null_share();
  const bool is_range = types.is_range(column.type);
  const bool sorted = columns.size() == 1 && (is_range ? server.sorts_ranges_into_gist()
                                                       : is_sorted_for_gist(column.type, server));
  double pages = 0;
  if (columns.size() == 1 && is_box_in_gist(column.type)) {
    pages = box_gist_pages(column.type, rows - nulls, nulls, server);
  } else if (columns.size() == 1 && is_range) {
    // A sample tells the order of ranges, but not how their lengths go with it, and in that order
    // a GiST build is full or half empty by these: nothing is known better than the middle.
    IndexColumn by_statistics = column;
    by_statistics.samples = nullptr;
    pages = range_gist_pages(by_statistics, types, rows - nulls, nulls, sorted);
  } else if (gist_size_is_followed(columns)) {
    pages = followed_pages(column, types, rows);
  } else {
    return pages_by_thumb(column, rows);
  }
  if (sorted) {
    return std::ceil(pages);
  }
  const double room = (rows - nulls) * item_size(column) + nulls * (kNullTuple + kLinePointer);
  if (pages <= 1 && room <= kInsertedPage) {
    return 1;
  }
  // Split off the others, NULLs have a page below a new root.
  const double root = pages <= 1 && nulls > 0 ? 1 : 0;
  return std::ceil(pages + null_pages(nulls, pages > 1) + root);
}

}  // namespace quern::planner_model
