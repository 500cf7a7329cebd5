#include "planner-model/size/btree_size.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

#include "planner-model/size/key_sample.hpp"

namespace quern::planner_model {
namespace {

constexpr double kPageSize = 8192;
constexpr double kLinePointer = 4;
/// A page less its header (24) and nbtree's special space (16).
constexpr double kPageBody = kPageSize - 24 - 16;
constexpr int kDefaultFillFactor = 90;
constexpr int kInnerFillFactor = 70;
constexpr double kHeapPointer = 6;
/// maxpostingsize in _bt_load() is a tenth of a page, aligned down, less a line pointer: 812; a
/// posting list is aligned itself.
constexpr double kLargestPosting = 808;

double target_free_space(int fillfactor) {
  return std::floor(kPageSize * (100 - fillfactor) / 100);
}

/// Random numbers that are the same in every run.
class Stream {
 public:
  double uniform() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state_ >> 11U) / 9007199254740992.0;
  }

  /// Poisson distributed; of a large mean, the normal distribution's (Box and Muller).
  double poisson(double mean) {
    constexpr double kLarge = 50;
    if (mean > kLarge) {
      const double radius = std::sqrt(-2 * std::log(1 - uniform()));
      return std::max(0.0, std::rint(mean + std::sqrt(mean) * radius *
                                                std::cos(2 * 3.14159265358979 * uniform())));
    }
    double left = uniform();
    double probability = std::exp(-mean);
    int count = 0;
    while (left > probability && count < 500) {
      left -= probability;
      ++count;
      probability *= mean / count;
    }
    return count;
  }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15U;
};

/// The build loop over items of different sizes (_bt_buildadd()).
class LeafPages {
 public:
  explicit LeafPages(int fillfactor) : target_free_{target_free_space(fillfactor)} {}

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

/// A key of so many rows into the pages: full posting lists, then what is left.
void add_key(LeafPages& leaves, double tuple, double rows) {
  const double longest = std::floor((kLargestPosting - tuple) / kHeapPointer);
  if (longest < 2) {
    for (; rows >= 1; --rows) {
      leaves.add(tuple, 0);
    }
    return;
  }
  for (; rows >= 1; rows -= std::min(rows, longest)) {
    const double in_item = std::min(rows, longest);
    const double size = in_item < 2 ? tuple : align_up(tuple + kHeapPointer * in_item, 8);
    leaves.add(size, size - tuple);
  }
}

constexpr double kSimulatedPages = 24;

/// Leaf pages of rows that are one item each.
double plain_leaves(const KeySamples& samples, double rows, int fillfactor) {
  LeafPages leaves{fillfactor};
  Stream stream;
  double added = 0;
  const auto count = static_cast<double>(samples.rows.size());
  while (added < rows && leaves.finished() < kSimulatedPages) {
    leaves.add(samples.rows[static_cast<std::size_t>(stream.uniform() * count)].tuple, 0);
    ++added;
  }
  return leaves.pages() * std::max(1.0, rows / added);
}

/// Leaf pages with equal keys merged. Keys of about as many rows are simulated together, as many
/// as fill some pages, and scaled up: posting lists are large items, and how they fall into pages
/// matters.
double merged_leaves(const KeySamples& samples, double rows, int fillfactor) {
  std::map<int, std::vector<const KeySample*>> sizes;
  for (const KeySample& row : samples.rows) {
    sizes[row.others < 0.02 ? -1 : static_cast<int>(2 * std::log2(1 + row.others))].push_back(&row);
  }
  double pages = 0;
  for (const auto& [step, drawn] : sizes) {
    const double own_rows =
        rows * static_cast<double>(drawn.size()) / static_cast<double>(samples.rows.size());
    LeafPages leaves{fillfactor};
    Stream stream;
    double added = 0;
    double fewest = 1;
    for (const KeySample* row : drawn) {
      fewest =
          std::max(1.0, row == drawn.front() ? row->others / 2 : std::min(fewest, row->others / 2));
    }
    while (added < own_rows && leaves.finished() < kSimulatedPages) {
      const KeySample& row =
          *drawn[static_cast<std::size_t>(stream.uniform() * static_cast<double>(drawn.size()))];
      const double key_rows =
          std::min(1 + (row.exact ? row.others : stream.poisson(row.others)), rows);
      // Samples are rows; a key of many rows was drawn as often as it has rows.
      if (stream.uniform() * key_rows > fewest) {
        continue;
      }
      add_key(leaves, row.tuple, key_rows);
      added += key_rows;
    }
    pages += leaves.pages() * own_rows / added;
  }
  return pages;
}

/// What tells two neighbouring leaves apart goes into the inner page: the key columns up to the
/// first in which they differ, and the heap pointer when none does (_bt_truncate()).
double pivot_size(const std::vector<KeyPrefix>& prefixes, double items) {
  double size = 0;
  double same_before = 1;  // share of neighbours equal in all columns so far
  for (const KeyPrefix& prefix : prefixes) {
    const double different = std::min(1.0, prefix.distinct / std::max(items, 1.0));
    const double decided = std::clamp(different - (1 - same_before), 0.0, 1.0);
    size += decided * prefix.tuple;
    same_before = std::max(0.0, 1 - different);
  }
  constexpr double kHeapPointerOfPivot = 8;
  return size + same_before * (prefixes.back().tuple + kHeapPointerOfPivot);
}

/// Items of an inner page: the first is cut to nothing but its header, and the last one added is
/// moved to the next page.
double fanout(double pivot) {
  constexpr double kMinusInfinity = 8;
  const double room = kPageBody - kLinePointer - (kMinusInfinity + kLinePointer) - kLinePointer;
  return std::max(
      2.0, std::floor((room - target_free_space(kInnerFillFactor)) / (pivot + kLinePointer)) + 1);
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

BtreeSize btree_size(const Index& index, const std::vector<IndexColumn>& columns,
                     const TypeSystem& types, double rows_indexed) {
  BtreeSize size;
  if (rows_indexed < 0.5) {
    return size;  // the metapage alone
  }
  const int fillfactor = std::clamp(index_option(index, "fillfactor", kDefaultFillFactor), 10, 100);
  const bool merges = can_deduplicate(index, columns, types);
  const KeySamples samples = sample_keys(index, columns, types.catalog(), rows_indexed);
  const double leaves = merges ? merged_leaves(samples, rows_indexed, fillfactor)
                               : plain_leaves(samples, rows_indexed, fillfactor);
  size.leaf_pages = std::max(1.0, std::ceil(leaves - 1e-6));
  size.pages = 1 + size.leaf_pages;
  const double items = merges ? std::max(samples.distinct, rows_indexed / 130) : rows_indexed;
  const double children = fanout(pivot_size(samples.prefixes, items));
  for (double level = size.leaf_pages; level > 1; ++size.height) {
    level = std::ceil(level / children);
    size.pages += level;
  }
  return size;
}

}  // namespace quern::planner_model
