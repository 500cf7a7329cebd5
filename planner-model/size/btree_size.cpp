#include "planner-model/size/btree_size.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace quern::planner_model {
namespace {

constexpr double kPageSize = 8192;
constexpr double kLinePointer = 4;
/// A page less its header (24) and nbtree's special space (16).
constexpr double kPageBody = kPageSize - 24 - 16;
constexpr int kDefaultFillFactor = 90;
constexpr int kInnerFillFactor = 70;
constexpr double kHeapPointer = 6;
/// maxpostingsize in _bt_load(): a tenth of a page, aligned down, less a line pointer.
constexpr double kLargestPosting = 812;

/// What the items of a page may use before the build starts the next page: the high key's and the
/// next item's line pointers are kept free.
double usable(int fillfactor) {
  return kPageBody - 2 * kLinePointer - std::floor(kPageSize * (100 - fillfactor) / 100);
}

/// Leaf items of one key that stands for `rows` rows.
struct Items {
  double count = 0;
  double bytes = 0;

  void add(const Items& other, double times) {
    count += other.count * times;
    bytes += other.bytes * times;
  }
};

class Packer {
 public:
  Packer(double tuple_size, bool deduplicates)
      : tuple_{tuple_size},
        base_{align_up(tuple_size, 8)},
        longest_{deduplicates ? std::floor((kLargestPosting - 4 - base_) / kHeapPointer) : 1} {}

  /// Exactly `rows` equal keys: full posting lists, then what is left.
  [[nodiscard]] Items key(double rows) const {
    if (longest_ < 2) {
      return {rows, rows * (tuple_ + kLinePointer)};
    }
    const double full = std::floor(rows / longest_);
    Items items{full, full * posting(longest_)};
    const double rest = rows - full * longest_;
    if (rest > 0) {
      items.add({1, rest < 2 ? tuple_ + kLinePointer : posting(rest)}, 1);
    }
    return items;
  }

  /// A key met `mean` times on average, Poisson distributed; `at_least_once`: known to exist.
  [[nodiscard]] Items keys(double mean, bool at_least_once) const {
    constexpr double kManyRows = 64;
    if (longest_ < 2 || mean > kManyRows) {
      return key(mean);
    }
    double rate = mean;
    double present = 1;
    if (at_least_once) {
      if (mean <= 1.0001) {
        return key(1);
      }
      rate = truncated_rate(mean);
      present = 1 - std::exp(-rate);
    }
    Items items;
    double probability = std::exp(-rate);
    const int limit = static_cast<int>(rate + 8 * std::sqrt(rate) + 8);
    for (int rows = 1; rows <= limit; ++rows) {
      probability *= rate / rows;
      items.add(key(rows), probability / present);
    }
    return items;
  }

 private:
  [[nodiscard]] double posting(double rows) const {
    return align_up(base_ + kHeapPointer * std::ceil(rows), 8) + kLinePointer;
  }

  /// The rate whose zero-truncated Poisson distribution has this mean, by fixed-point steps.
  static double truncated_rate(double mean) {
    double rate = mean;
    for (int i = 0; i < 60; ++i) {
      rate = mean * (1 - std::exp(-rate));
    }
    return std::max(rate, 1e-6);
  }

  double tuple_;
  double base_;
  double longest_;
};

/// Classes of nearly the same share are merged, so that products of columns stay small.
std::vector<ValueClass> compress(const std::vector<ValueClass>& classes) {
  std::map<int, ValueClass> buckets;
  for (const ValueClass& one : classes) {
    if (one.share <= 0 || one.values <= 0) {
      continue;
    }
    ValueClass& bucket = buckets[static_cast<int>(std::floor(std::log2(one.share) * 4))];
    const double rows = bucket.share * bucket.values + one.share * one.values;
    bucket.values += one.values;
    bucket.share = rows / bucket.values;
  }
  std::vector<ValueClass> answer;
  for (const auto& [step, bucket] : buckets) {
    answer.push_back(bucket);
  }
  return answer;
}

Items leaf_items(const Index& index, const std::vector<IndexColumn>& columns,
                 const TypeSystem& types, double table_rows, double rows) {
  const bool deduplicates = can_deduplicate(index, columns, types);
  const Packer packer{average_tuple_size(columns), deduplicates};
  if (!deduplicates) {
    return packer.key(rows);
  }
  std::vector<ValueClass> keys{{1, 1}};
  for (const IndexColumn& column : columns) {
    std::vector<ValueClass> product;
    for (const ValueClass& value : value_classes(column, table_rows)) {
      for (const ValueClass& key : keys) {
        product.push_back({key.share * value.share, key.values * value.values});
      }
    }
    keys = columns.size() == 1 ? product : compress(product);
  }
  const bool exists = columns.size() == 1 && rows >= table_rows * 0.999;
  Items items;
  for (const ValueClass& key : keys) {
    items.add(packer.keys(key.share * rows, exists), key.values);
  }
  return items;
}

/// Pages for items of which only the average size is known: each page loses about half an item.
double pages_for(const Items& items, double room, bool same_size) {
  if (items.count <= 0) {
    return 0;
  }
  const double item = items.bytes / items.count;
  if (same_size) {
    return std::ceil(items.count / std::max(1.0, std::floor(room / item)));
  }
  return std::ceil(items.bytes / std::max(room - item / 2, item));
}

}  // namespace

bool can_deduplicate(const Index& index, const std::vector<IndexColumn>& columns,
                     const TypeSystem& types) {
  if (index.unique || !index.included.empty()) {
    return false;
  }
  if (const auto option = index.options.find("deduplicate_items");
      option != index.options.end() && (option->second == "off" || option->second == "false")) {
    return false;
  }
  return std::all_of(columns.begin(), columns.end(), [&](const IndexColumn& column) {
    switch (column.type) {
      // btree classes without an "equal image" support function: equal values may differ in bytes.
      case type_oid::kNumeric:
      case type_oid::kFloat4:
      case type_oid::kFloat8:
      case type_oid::kJsonb:
      case type_oid::kInterval:
      case type_oid::kTsVector:
      case type_oid::kTsQuery:
      case type_oid::kRecord:
        return false;
      default:
        break;
    }
    const Type* type = types.type(column.type);
    const bool container = type != nullptr && (type->is_array || type->kind == 'r' ||
                                               type->kind == 'm' || type->kind == 'c');
    return !container &&
           (column.collation == 0 || types.collation_is_deterministic(column.collation));
  });
}

std::vector<ValueClass> value_classes(const IndexColumn& column, double rows) {
  if (column.statistics == nullptr) {
    constexpr double kDefaultDistinct = 200;
    const double values = std::max(1.0, std::min(rows, kDefaultDistinct));
    return {{1 / values, values}};
  }
  const auto& statistics = *column.statistics;
  std::vector<ValueClass> classes;
  double common = 0;
  for (const double frequency : statistics.most_common_frequencies) {
    classes.push_back({frequency, 1});
    common += frequency;
  }
  if (statistics.null_fraction > 0) {
    classes.push_back({statistics.null_fraction, 1});
  }
  double distinct = statistics.n_distinct;
  if (distinct < 0) {
    distinct = -distinct * rows;
  }
  const double rest = 1 - common - statistics.null_fraction;
  if (rest > 1e-6) {
    const auto listed = static_cast<double>(statistics.most_common_frequencies.size());
    const double values = std::max(1.0, distinct - listed);
    classes.push_back({rest / values, values});
  }
  return classes;
}

BtreeSize btree_size(const Index& index, const std::vector<IndexColumn>& columns,
                     const TypeSystem& types, double table_rows, double rows_indexed) {
  BtreeSize size;
  if (rows_indexed < 0.5) {
    return size;  // the metapage alone
  }
  const int fillfactor = std::clamp(index_option(index, "fillfactor", kDefaultFillFactor), 10, 100);
  const Items items =
      leaf_items(index, columns, types, std::max(table_rows, rows_indexed), rows_indexed);
  const bool fixed = std::none_of(columns.begin(), columns.end(),
                                  [](const IndexColumn& column) {
                                    return column.varies || (column.statistics != nullptr &&
                                                             column.statistics->null_fraction > 0);
                                  }) &&
                     std::abs(items.count - rows_indexed) < rows_indexed * 1e-6;
  size.leaf_pages = std::max(1.0, pages_for(items, usable(fillfactor), fixed));
  size.pages = 1 + size.leaf_pages;

  // A pivot holds the key columns up to the first that tells the pages apart: usually all of a
  // one-column key; of several columns, as many as it takes to be about as selective as a page.
  std::vector<IndexColumn> pivot;
  double distinct = 1;
  for (const IndexColumn& column : columns) {
    if (!column.is_key || (!pivot.empty() && distinct > 4 * size.leaf_pages)) {
      break;
    }
    pivot.push_back(column);
    double values = 0;
    for (const ValueClass& one : value_classes(column, table_rows)) {
      values += one.values;
    }
    distinct *= values;
  }
  const double heap_pointer = distinct < size.leaf_pages ? 8 : 0;
  const double item = align_up(average_tuple_size(pivot), 8) + heap_pointer + kLinePointer;
  const double fanout = std::max(2.0, std::floor(usable(kInnerFillFactor) / item));
  for (double level = size.leaf_pages; level > 1; ++size.height) {
    level = std::ceil(level / fanout);
    size.pages += level;
  }
  return size;
}

}  // namespace quern::planner_model
