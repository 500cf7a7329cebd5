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

  /// The items of one key, one by one: aligned size and how much of it is posting list.
  template <class Emit>
  void emit(double rows, const Emit& emit_item) const {
    for (; rows >= 1; rows -= std::min(rows, longest_)) {
      const double in_item = std::min(rows, longest_);
      if (in_item < 2) {
        emit_item(base_, 0.0);
      } else {
        const double size = posting(in_item) - kLinePointer;
        emit_item(size, size - base_);
      }
    }
  }

  /// How many rows a key has that is met `mean` times on average and at least once: the value at
  /// `uniform` of a Poisson distribution (of a normal one for many rows).
  [[nodiscard]] double draw(double mean, double uniform) const {
    constexpr double kManyRows = 200;
    if (mean <= 1.0001 || mean > kManyRows) {
      return std::max(1.0, std::rint(mean));
    }
    const double rate = truncated_rate(mean);
    double probability = std::exp(-rate);
    double left = uniform * (1 - probability);
    int rows = 1;
    for (; rows < 1000; ++rows) {
      probability *= rate / rows;
      left -= probability;
      if (left <= 0) {
        break;
      }
    }
    return rows;
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

/// The keys of an index as classes of equal multiplicity. One that is unique by itself makes all
/// combinations distinct.
std::vector<ValueClass> key_classes(const std::vector<IndexColumn>& columns, double table_rows) {
  const bool unique = std::any_of(columns.begin(), columns.end(), [](const IndexColumn& column) {
    return column.statistics != nullptr && column.statistics->n_distinct <= -0.9999 &&
           column.statistics->null_fraction == 0;
  });
  if (unique) {
    return {{1 / table_rows, table_rows}};
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
  return keys;
}

/// Those keys that the rows really have, with the rows they then have. Values of one column all
/// exist, and a predicate thins each one's rows; of the combinations of several columns, only those
/// that chance picks.
std::vector<ValueClass> existing_keys(std::vector<ValueClass> keys, double table_rows, double rows,
                                      bool combined) {
  const double kept = std::min(1.0, rows / table_rows);
  for (ValueClass& key : keys) {
    const double met = combined ? 1 - std::exp(-key.share * rows)
                                : 1 - std::pow(1 - kept, std::max(1.0, key.share * table_rows));
    key.values *= met;
    key.share /= met > 0 ? met : 1;
  }
  return keys;
}

/// The build loop over items of different sizes (_bt_buildadd()).
class LeafPages {
 public:
  explicit LeafPages(int fillfactor)
      : target_free_{std::floor(kPageSize * (100 - fillfactor) / 100)} {}

  /// `size` is aligned, without its line pointer; `posting_list` of it would be cut off a high key.
  void add(double size, double posting_list) {
    const double space = free_ - kLinePointer;
    constexpr double kHeapPointerInHighKey = 8;
    if (space < size + kHeapPointerInHighKey ||
        (space + last_posting_list_ < target_free_ && items_ > 1)) {
      // The last item becomes the high key here and the first item of the next page.
      ++pages_;
      free_ = kPageBody - kLinePointer - (last_size_ + kLinePointer);
      items_ = 1;
    }
    free_ -= size + kLinePointer;
    ++items_;
    last_size_ = size;
    last_posting_list_ = posting_list;
  }

  /// Finished pages, and the part of the open one that is filled.
  [[nodiscard]] double pages() const {
    const double room = kPageBody - kLinePointer - target_free_;
    return pages_ + std::min(1.0, (kPageBody - kLinePointer - free_) / room);
  }

  [[nodiscard]] double finished() const { return pages_; }

 private:
  double target_free_;
  double free_ = kPageBody - kLinePointer;
  double last_size_ = 0;
  double last_posting_list_ = 0;
  double pages_ = 0;
  int items_ = 0;
};

/// Runs the build loop over keys drawn evenly from their classes, as many as fill some pages, and
/// scales up: posting lists are large items, and how they fall into pages matters.
double simulated_pages(const std::vector<ValueClass>& keys, const Packer& packer,
                       const Packer& null_packer, double rows, int fillfactor) {
  constexpr double kPages = 100;

  struct Stream {
    double mean;
    double values;
    const Packer* packer;
    double taken = 0;
  };

  // Keys of thousands of rows fill pages of their own and are rare in the draw: counted one by one.
  constexpr double kHeavy = 5000;
  constexpr double kEnough = 500'000;
  std::vector<Stream> streams;
  double total = 0;
  double heavy_pages = 0;
  for (const ValueClass& key : keys) {
    const double mean = key.share * rows;
    const Packer& used = key.is_null ? null_packer : packer;
    if (mean > kHeavy && keys.size() > 1) {
      LeafPages own{fillfactor};
      const double part = std::min(mean, kEnough);
      used.emit(std::rint(part), [&own](double size, double list) { own.add(size, list); });
      heavy_pages += key.values * own.pages() * mean / part;
    } else {
      streams.push_back({mean, key.values, &used});
      total += key.values;
    }
  }
  rows = 0;
  for (const Stream& stream : streams) {
    rows += stream.mean * stream.values;
  }
  LeafPages leaves{fillfactor};
  double drawn = 0;
  double rows_drawn = 0;
  std::uint64_t state = 0x9E3779B97F4A7C15U;
  while (drawn < total && rows_drawn < rows && leaves.finished() < kPages) {
    // The stream that lags most behind its share of the keys.
    Stream* next = nullptr;
    double lag = -1;
    for (Stream& stream : streams) {
      const double behind = stream.values * (drawn + 1) / total - stream.taken;
      if (stream.taken < stream.values && behind > lag) {
        lag = behind;
        next = &stream;
      }
    }
    if (next == nullptr) {
      break;
    }
    ++next->taken;
    ++drawn;
    // Rows of this key: around the mean as chance has it, from a fixed generator.
    state = state * 6364136223846793005U + 1442695040888963407U;
    const double uniform = static_cast<double>(state >> 11U) / 9007199254740992.0;
    const double count = next->packer->draw(next->mean, uniform);
    rows_drawn += count;
    next->packer->emit(count, [&leaves](double size, double list) { leaves.add(size, list); });
  }
  if (rows_drawn <= 0) {
    return std::ceil(heavy_pages);
  }
  const bool complete = leaves.finished() < kPages;
  return std::ceil(heavy_pages + (complete ? leaves.pages() * std::max(1.0, rows / rows_drawn)
                                           : leaves.finished() * rows / rows_drawn));
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
    classes.push_back({statistics.null_fraction, 1, true});
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
  const double all_rows = std::max(table_rows, rows_indexed);
  const bool deduplicates = can_deduplicate(index, columns, types);
  // In a one-column index nulls are a key of their own, with a tuple of their own: header and
  // bitmap.
  constexpr double kNullTuple = 16;
  const Packer packer{average_tuple_size(columns, columns.size() > 1), deduplicates};
  const Packer null_packer{kNullTuple, deduplicates};
  const auto keys = deduplicates ? key_classes(columns, all_rows) : std::vector<ValueClass>{};
  const bool all_distinct =
      !deduplicates || (keys.size() == 1 && keys[0].share * all_rows <= 1.0001);
  if (all_distinct) {
    const bool fixed = std::none_of(columns.begin(), columns.end(), [](const IndexColumn& column) {
      return column.varies ||
             (column.statistics != nullptr && column.statistics->null_fraction > 0);
    });
    const Packer plain{average_tuple_size(columns), false};
    size.leaf_pages = pages_for(plain.key(rows_indexed), usable(fillfactor), fixed);
  } else {
    size.leaf_pages =
        simulated_pages(existing_keys(keys, all_rows, rows_indexed, columns.size() > 1), packer,
                        null_packer, rows_indexed, fillfactor);
  }
  size.leaf_pages = std::max(1.0, size.leaf_pages);
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
