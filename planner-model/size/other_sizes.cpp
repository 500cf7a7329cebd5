#include "planner-model/size/other_sizes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "planner-model/size/btree_size.hpp"

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
    summary = align_up(summary, column.alignment) + 2 * column.width;
  }
  const double item = align_up(summary, 8) + 4;
  return 1 + std::ceil(ranges / kMapEntries) +
         std::ceil(ranges / std::max(1.0, std::floor(kPageBody / item)));
}

double gin_index_pages(const std::vector<IndexColumn>& columns, double rows, double heap_pages) {
  // Posting lists store the gaps between row addresses, 7 bits a byte; the offset takes 11 bits.
  constexpr double kFill = 0.75;
  constexpr double kLongestInline = 2704;  // GinMaxItemSize, about a third of a page
  double pages = 2;                        // metapage and root
  for (const IndexColumn& column : columns) {
    double elements = 4;
    double key_bytes = 12;
    std::vector<ValueClass> keys;
    if (column.statistics != nullptr && !column.statistics->most_common_elements.empty()) {
      const auto& statistics = *column.statistics;
      const auto& frequencies = statistics.most_common_element_frequencies;
      const std::size_t listed =
          std::min(frequencies.size(), statistics.most_common_elements.size());
      elements = statistics.element_count_histogram.empty()
                     ? elements
                     : statistics.element_count_histogram.back();
      double common = 0;
      key_bytes = 0;
      for (std::size_t i = 0; i < listed; ++i) {
        keys.push_back({frequencies[i], 1});
        common += frequencies[i];
        key_bytes += static_cast<double>(statistics.most_common_elements[i].size()) + 1;
      }
      key_bytes /= static_cast<double>(std::max<std::size_t>(listed, 1));
      const double least = frequencies.size() > listed ? frequencies[listed] : 0.001;
      const double rest = std::max(0.0, elements - common);
      if (rest > 0.01) {
        const double share = std::max(least / 2, 1 / std::max(rows, 1.0));
        keys.push_back({share, rest / share});
      }
    } else {
      const double distinct = std::max(1.0, rows / 10);
      keys.push_back({elements / distinct, distinct});
    }
    double entry_bytes = 0;
    for (const ValueClass& key : keys) {
      const double count = std::max(1.0, key.share * rows);
      const double gap_bits = std::log2(std::max(1.0, heap_pages / count)) + 11;
      const double list = count * std::max(1.0, std::ceil(gap_bits / 7));
      const double header = align_up(8 + key_bytes, 8) + 4;
      if (list > kLongestInline) {
        entry_bytes += key.values * header;
        pages += key.values * std::ceil(list / (kPageBody * kFill));
      } else {
        entry_bytes += key.values * (header + list);
      }
    }
    pages += std::ceil(entry_bytes / (kPageBody * kFill));
  }
  return pages;
}

double tree_index_pages(const std::vector<IndexColumn>& columns, double rows) {
  constexpr double kFill = 0.7;
  const double item = align_up(average_tuple_size(columns), 8) + 4;
  const double fanout = std::max(2.0, std::floor(kPageBody * kFill / item));
  double pages = 0;
  double level = std::max(1.0, std::ceil(rows / fanout));
  for (pages = level; level > 1; pages += level) {
    level = std::ceil(level / fanout);
  }
  return pages;
}

double hypopg_btree_pages(const Index& index, const std::vector<IndexColumn>& columns,
                          double rows) {
  // The header and the line pointer are counted once a column there, and 30 % is added.
  const auto count = static_cast<double>(columns.size());
  double line = 8 * count + align_up(4 * count, 8);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    double width =
        columns[i].statistics != nullptr ? columns[i].statistics->average_width : columns[i].width;
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
