#include "planner-model/size/gin_order.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "planner-model/size/gin_posting.hpp"
#include "planner-model/size/text_order.hpp"
#include "planner-model/size/text_source.hpp"
#include "planner-model/size/trigrams.hpp"

namespace quern::planner_model {
namespace {

struct List {
  double rows = 0;
  double bytes = 0;
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

double trigram_runs(const IndexColumn& column, double rows_per_page) {
  if (column.statistics == nullptr || !counts_in_text(*column.statistics)) {
    return 1;
  }
  const TextSource source{column.statistics->histogram_bounds};
  const auto range = source.number_range();
  if (!range) {
    return 1;
  }
  // A stretch of rows, the last ones: most of all numbers have as many digits.
  constexpr double kRows = 50'000;
  const double rows = std::min(kRows, column.table_rows);
  const double step = (range->second - range->first + 1) / std::max(column.table_rows, 1.0);
  const auto per_page = std::max<std::int64_t>(static_cast<std::int64_t>(rows_per_page), 1);
  std::unordered_map<std::uint32_t, List> lists;
  Stream stream;
  for (std::int64_t row = 0; static_cast<double>(row) < rows; ++row) {
    const auto number =
        static_cast<long long>(range->second - (rows - static_cast<double>(row)) * step);
    const std::int64_t address = (row / per_page) * 2048 + row % per_page + 1;
    for (const std::uint32_t trigram : trigrams(source.with_number(number, stream))) {
      List& list = lists[trigram];
      list.bytes += list.rows > 0 ? address_bytes(address - list.last) : 0;
      list.last = address;
      ++list.rows;
    }
  }
  double in_runs = 0;
  double by_chance = 0;
  for (const auto& [trigram, list] : lists) {
    in_runs += list.bytes;
    by_chance += (list.rows - 1) * posting_bytes(list.rows / rows, rows_per_page);
  }
  return by_chance > 0 ? std::min(1.0, in_runs / by_chance) : 1;
}

}  // namespace quern::planner_model
