#include "planner-model/size/gin_order.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "planner-model/size/gin_posting.hpp"
#include "planner-model/size/text_source.hpp"
#include "planner-model/size/trigrams.hpp"

namespace quern::planner_model {
namespace {

struct List {
  double rows = 0;
  double near = 0;   ///< those behind another of the same stretch
  double bytes = 0;  ///< of these
  double last_row = 0;
  std::int64_t last = 0;
};

/// ginCompressPostingList(): seven bits a byte of the difference.
double address_bytes(std::int64_t difference) {
  double bytes = 1;
  for (; difference >= 128; difference >>= 7) {
    ++bytes;
  }
  return bytes;
}

}  // namespace

GinOrder::GinOrder(const IndexColumn& column, bool trigrams, double rows, double rows_per_page)
    : table_rows_{std::max(column.table_rows, rows)}, rows_per_page_{rows_per_page} {
  if (column.statistics == nullptr || table_rows_ < 1) {
    return;
  }
  const double filled = rows * (1 - column.null_share());
  density_ = std::clamp(filled / table_rows_, 1e-6, 1.0);
  if (column.in_runs) {
    run_ = std::max(1.0, filled / std::max(1.0, column.distinct()));
  }
  if (trigrams) {
    if (const auto numbers = numbers_along_table(*column.statistics, column.all_rows)) {
      count_trigrams(column, *numbers);
    }
  }
}

void GinOrder::count_trigrams(const IndexColumn& column, const NumbersAlongTable& numbers) {
  const TextSource source{column.statistics->histogram_bounds};
  // Stretches of rows here and there; from one to the next an address is as far as by chance.
  constexpr double kStretches = 50;
  constexpr double kRows = 1000;
  const double between = std::max(kRows, table_rows_ / kStretches);
  const double range = numbers.high - numbers.low + 1;
  const double step = range * (1 - numbers.band) / table_rows_;
  const double per_page = std::max(std::floor(rows_per_page_), 1.0);
  std::unordered_map<std::uint32_t, List> lists;
  Stream stream;
  double rows = 0;
  for (double first = 0; first < table_rows_; first += between) {
    const double last = std::min(table_rows_, first + kRows);
    for (double row = first; row < last; ++row) {
      ++rows;
      if (stream.uniform() >= density_) {
        continue;
      }
      const double beside = numbers.band > 0 ? numbers.band * range * stream.uniform() : 0;
      const auto number = static_cast<long long>(numbers.low + row * step + beside);
      const auto address = static_cast<std::int64_t>(std::floor(row / per_page) * 2048 +
                                                     std::fmod(row, per_page) + 1);
      for (const std::uint32_t trigram : trigrams(source.with_number(number, stream))) {
        List& list = lists[trigram];
        if (list.rows > 0 && list.last_row >= first) {
          list.bytes += address_bytes(address - list.last);
          ++list.near;
        }
        list.last = address;
        list.last_row = row;
        ++list.rows;
      }
    }
  }
  double in_order = 0;
  double by_chance = 0;
  for (const auto& [trigram, list] : lists) {
    const double any = list.rows * planner_model::posting_bytes(list.rows / rows, rows_per_page_);
    const double first = list.rows - list.near;
    const double bytes =
        list.bytes + first * planner_model::posting_bytes(first / rows, rows_per_page_);
    in_order += bytes;
    by_chance += any;
    counted_[trigram] = std::min(1.0, bytes / any);
  }
  counted_all_ = by_chance > 0 ? std::min(1.0, in_order / by_chance) : 1;
}

double GinOrder::posting_bytes(const GinEntries& entry) const {
  const double share = std::min(1.0, entry.rows / table_rows_);
  const double any = planner_model::posting_bytes(share, rows_per_page_);
  if (entry.key_size <= 0) {
    return any;  // NULLs
  }
  if (!counted_.empty()) {
    const auto found = counted_.find(static_cast<std::uint32_t>(entry.first));
    return any * (found == counted_.end() ? counted_all_ : found->second);
  }
  // Within a run from row to row, then on to the next run.
  const double run = std::min(run_, entry.rows);
  const double within = planner_model::posting_bytes(density_, rows_per_page_);
  const double between = planner_model::posting_bytes(share / run, rows_per_page_);
  return std::min(any, (1 - 1 / run) * within + between / run);
}

}  // namespace quern::planner_model
