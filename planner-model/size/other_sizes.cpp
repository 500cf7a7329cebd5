#include "planner-model/size/other_sizes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "planner-model/size/stored_size.hpp"

namespace quern::planner_model {
namespace {

constexpr double kPageBody = 8192 - 24 - 16;

}  // namespace

double brin_index_pages(const Index& index, const std::vector<IndexColumn>& columns,
                        double heap_pages) {
  constexpr double kMapEntries = 1360;  // REVMAP_PAGE_MAXITEMS
  const double per_range = std::max(1, index_option(index, "pages_per_range", 128));
  const double ranges = std::ceil(std::max(heap_pages, 1.0) / per_range);
  double summary = 8;  // block number, flags, null bits
  for (const IndexColumn& column : columns) {
    summary = align_up(summary, column.alignment) + 2 * column.mean_size();
  }
  const double item = align_up(summary, 8) + 4;
  return 1 + std::ceil(ranges / kMapEntries) +
         std::ceil(ranges / std::max(1.0, std::floor(kPageBody / item)));
}

double hypopg_btree_pages(const Index& index, const std::vector<IndexColumn>& columns,
                          double rows) {
  // The header and the line pointer are counted once a column there, and 30 % is added.
  const auto count = static_cast<double>(columns.size());
  double line = 8 * count + align_up(4 * count, 8);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    double width = columns[i].statistics != nullptr ? columns[i].statistics->average_width
                                                    : columns[i].type_width;
    if (i < index.keys.size() && index.keys[i].column == 0) {
      const auto& text = index.keys[i].expression;
      constexpr double kMd5 = 32, kOtherExpression = 50;
      width = text.starts_with("md5(")                                   ? kMd5
              : text.starts_with("lower(") || text.starts_with("upper(") ? width
                                                                         : kOtherExpression;
    }
    line += width;
  }
  const double bloat = (200 - index_option(index, "fillfactor", 90) + 20) / 100.0;
  return std::max(1.0, std::floor(rows * line * bloat / kPageBody));
}

}  // namespace quern::planner_model
