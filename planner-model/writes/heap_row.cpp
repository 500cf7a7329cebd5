#include "planner-model/writes/heap_row.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "planner-model/size/index_columns.hpp"
#include "planner-model/size/unknown_columns.hpp"
#include "planner-model/writes/changed_value.hpp"
#include "planner-model/writes/wal_record.hpp"

namespace quern::planner_model {
namespace {

constexpr double kTupleHeader = 23;  // SizeofHeapTupleHeader
constexpr std::size_t kAlignments = 8;

double null_share(const IndexColumn& column) {
  return column.statistics == nullptr ? 0 : column.statistics->null_fraction;
}

/// Where a tuple's data ends: the expected length, and how likely each remainder by 8 is, which
/// decides the next column's padding.
class Offset {
 public:
  void add(const IndexColumn& column) {
    const std::array<double, kAlignments> before = remainder_;
    remainder_ = {};
    const double nulls = null_share(column);
    for (std::size_t r = 0; r < kAlignments; ++r) {
      remainder_[r] += nulls * before[r];
    }
    if (!column.varies) {
      put(before, 1 - nulls, column.width, column.alignment);
    } else if (sizes_are_known(column)) {
      for (const ValueClass& one : column.classes) {
        if (!one.is_null) {
          put(before, one.share, one.size, alignment_of(column, one.size));
        }
      }
    } else {
      for (std::size_t r = 0; r < kAlignments; ++r) {
        const auto end = static_cast<double>(r) - (kAlignments - 1) / 2.0;
        put(before, (1 - nulls) / kAlignments, std::max(1.0, std::floor(column.width + 1 + end)),
            alignment_of(column, column.width));
      }
    }
  }

  [[nodiscard]] double length() const { return length_; }

  /// Up to the next multiple of eight.
  [[nodiscard]] double padded() const {
    double padding = 0;
    for (std::size_t r = 1; r < kAlignments; ++r) {
      padding += remainder_[r] * static_cast<double>(kAlignments - r);
    }
    return length_ + padding;
  }

 private:
  /// The listed values' own sizes are taken where they agree with ANALYZE's, who cuts off what is
  /// less than a byte.
  static bool sizes_are_known(const IndexColumn& column) {
    constexpr double kAgree = 0.03;
    const double above = column.mean_size() - column.width;
    const double tolerance = kAgree * column.width;
    return column.mean_size() > 0 && above > -std::max(0.2, tolerance) &&
           above < std::max(1.2, tolerance);
  }

  static int alignment_of(const IndexColumn& column, double size) {
    constexpr double kShortVarlena = 127;
    return size < kShortVarlena ? 1 : column.long_alignment;
  }

  void put(const std::array<double, kAlignments>& before, double share, double size,
           int alignment) {
    for (std::size_t r = 0; r < kAlignments; ++r) {
      const auto step = static_cast<std::size_t>(alignment);
      const std::size_t aligned = (r + step - 1) / step * step;
      length_ += before[r] * share * (static_cast<double>(aligned - r) + size);
      remainder_[(aligned + static_cast<std::size_t>(size)) % kAlignments] += before[r] * share;
    }
  }

  double length_ = 0;
  std::array<double, kAlignments> remainder_ = {1};
};

double header_size(const Table& table, const std::vector<IndexColumn>& columns) {
  double no_nulls = 1;
  for (const IndexColumn& column : columns) {
    no_nulls *= 1 - null_share(column);
  }
  const double bitmap = std::ceil(static_cast<double>(table.columns.size()) / 8);
  return no_nulls * 24 + (1 - no_nulls) * align_up(kTupleHeader + bitmap, 8);
}

/// On a page, those that have been updated HOT: the line pointer that the indexes know stays and
/// leads to the one of the version that there is (heap_prune_chain(), pruneheap.c), until the row
/// goes or the table is written anew.
double redirected_rows(const HeapRow& row, const Table& table) {
  if (table.rewritten || !table.activity || table.reltuples <= 0) {
    return 0;
  }
  const double updates = static_cast<double>(table.activity->hot_updates) / table.reltuples;
  return row.rows_per_page * -std::expm1(-updates);
}

}  // namespace

std::vector<IndexColumn> all_columns(const Table& table, const SizeContext& context) {
  Index every{.table = table.oid};
  for (const Column& column : table.columns) {
    every.included.push_back(column.number);
  }
  return index_columns(every, table, context, rows_now(table, context.types));
}

HeapRow heap_row(const Table& table, const SizeContext& context) {
  const auto columns = all_columns(table, context);
  HeapRow row;
  Offset data;
  for (const IndexColumn& column : columns) {
    data.add(column);
    row.length_varies = row.length_varies || column.varies || null_share(column) > 0;
  }
  row.header = header_size(table, columns);
  row.length = row.header + data.length();
  row.item = row.header + data.padded() + kLinePointer;
  const double body = kPageSize - kPageHeader;
  const double loaded = std::max(1.0, std::floor(body * fillfactor(table) / 100 / row.item));
  const double rows = rows_now(table, context.types);
  row.pages = table.pages > 0 ? static_cast<double>(table.pages) : std::ceil(rows / loaded);
  row.pages = std::max(row.pages, 1.0);
  row.rows_per_page = rows > 0 && table.pages > 0 ? rows / row.pages : loaded;
  // Beyond what a load leaves free: rows that have gone. Below the slack the difference may as well
  // be the estimate's.
  const double usable = body - body * (100 - fillfactor(table)) / 100;
  const double full = row.length_varies ? usable / row.item - 0.5 : std::floor(usable / row.item);
  const double on_full_pages = rows / std::max(row.pages - 0.5, 1.0);
  const double slack = row.length_varies ? std::max(0.3, 0.01 * full) : 0.2;
  row.missing = std::max(0.0, full - on_full_pages);
  row.holes = std::max(0.0, row.missing - slack);
  row.room_of_load = body - full * row.item - kLinePointer * redirected_rows(row, table);
  row.free_bytes = row.room_of_load + row.holes * row.item;
  // RelationGetTargetPageFreeSpace(), and a tenth of a page at least (heap_page_prune_opt()).
  row.prunes_below = std::max(kPageSize * (100 - fillfactor(table)) / 100, kPageSize / 10);
  return row;
}

ChangedBytes changed_bytes(const Table& table, const SizeContext& context,
                           const std::vector<std::int16_t>& columns) {
  const auto every = all_columns(table, context);
  constexpr double kUnknown = 8;
  double first = -1;
  double last = 0;
  bool steps = columns.size() == 1;
  Offset at;
  for (std::size_t i = 0; i < every.size() && i < table.columns.size(); ++i) {
    const double before = at.length();
    at.add(every[i]);
    if (std::find(columns.begin(), columns.end(), table.columns[i].number) != columns.end()) {
      first = first < 0 ? std::max(before, at.length() - every[i].width) : first;
      last = std::max(before, at.length() - every[i].width) +
             changed_value_bytes(every, i, context.types);
      steps = steps && is_whole_number(every[i].type);
    }
  }
  const double most = first < 0 ? kUnknown : last - first;
  return {steps && first >= 0 ? 1 : most, most};
}

}  // namespace quern::planner_model
