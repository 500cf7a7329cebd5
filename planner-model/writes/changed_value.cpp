#include "planner-model/writes/changed_value.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "planner-model/selectivity/value.hpp"
#include "planner-model/size/text_source.hpp"
#include "planner-model/size/value_classes.hpp"

namespace quern::planner_model {
namespace {

bool is_text(Oid type) {
  return type == type_oid::kText || type == type_oid::kVarchar || type == type_oid::kBpchar;
}

/// Stored as a whole number.
bool counts(ValueForm form) {
  return form == ValueForm::Integer || form == ValueForm::Date || form == ValueForm::Timestamp;
}

/// From the least to the greatest value that the statistics know.
double value_range(const IndexColumn& column, const TypeSystem& types) {
  constexpr double kUnknown = 1e6;
  if (column.statistics == nullptr) {
    return kUnknown;
  }
  double low = HUGE_VAL;
  double high = -HUGE_VAL;
  const auto see = [&](const std::string& text) {
    const Value value = read_value(text, column.type, types);
    if (counts(value.form)) {
      low = std::min(low, static_cast<double>(value.integer));
      high = std::max(high, static_cast<double>(value.integer));
    }
  };
  std::for_each(column.statistics->histogram_bounds.begin(),
                column.statistics->histogram_bounds.end(), see);
  std::for_each(column.statistics->most_common_values.begin(),
                column.statistics->most_common_values.end(), see);
  return high > low ? high - low : kUnknown;
}

constexpr std::size_t kShortVarlena = 127;

double stored_text(const std::string& text) {
  return static_cast<double>(text.size()) + (text.size() < kShortVarlena ? 1 : 4);
}

/// Texts of one length share a beginning as well; else the length before them differs.
double differing_bytes(const std::string& before, const std::string& after) {
  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t first = 0;
  while (before.size() == after.size() && first < shorter && before[first] == after[first]) {
    ++first;
  }
  std::size_t last = 0;
  while (last + first < shorter &&
         before[before.size() - 1 - last] == after[after.size() - 1 - last]) {
    ++last;
  }
  return (before.size() == after.size() ? static_cast<double>(after.size() - first)
                                        : stored_text(after)) -
         static_cast<double>(last);
}

/// Bytes behind a value of another length up to the last padding that differs by it; the values
/// begin `start` bytes behind a multiple of eight.
double moved_bytes(const std::vector<IndexColumn>& row, std::size_t changed, double start,
                   const std::string& before, const std::string& after) {
  double old_end = start + stored_text(before);
  double new_end = start + stored_text(after);
  const double value_end = new_end;
  double moved = 0;
  for (std::size_t i = changed + 1; i < row.size() && old_end != new_end; ++i) {
    if (!row[i].varies && row[i].alignment > 1) {
      const double old_start = align_up(old_end, row[i].alignment);
      const double new_start = align_up(new_end, row[i].alignment);
      if (old_start - old_end != new_start - new_end) {
        moved = new_start - value_end;
      }
      old_end = old_start;
      new_end = new_start;
    }
    const double nulls = row[i].statistics == nullptr ? 0 : row[i].statistics->null_fraction;
    const double width = std::rint((1 - nulls) * row[i].width);
    old_end += width;
    new_end += width;
  }
  return moved;
}

/// The mean over pairs of the listed values, each drawn as often as it comes.
double text_difference(const std::vector<IndexColumn>& row, std::size_t changed) {
  const IndexColumn& column = row[changed];
  std::vector<std::pair<double, const std::string*>> drawn;
  const ColumnValues values = column_values(*column.statistics, column.type, column.table_rows);
  double share = 0;
  for (const auto& entry : values.entries) {
    if (entry.text) {
      share += entry.share;
      drawn.emplace_back(share, &*entry.text);
    }
  }
  if (drawn.size() < 2) {
    return column.width;
  }
  Stream stream;
  const auto draw = [&]() -> const std::string& {
    const auto found =
        std::upper_bound(drawn.begin(), drawn.end(), stream.uniform() * share,
                         [](double place, const auto& one) { return place < one.first; });
    return *(found == drawn.end() ? drawn.back() : *found).second;
  };
  constexpr int kPairs = 500;
  double bytes = 0;
  double pairs = 0;
  for (int i = 0; i < kPairs; ++i) {
    const std::string& before = draw();
    const std::string& after = draw();
    if (before != after) {
      const double moved =
          moved_bytes(row, changed, std::floor(8 * stream.uniform()), before, after);
      bytes += moved > 0 ? stored_text(after) + moved : differing_bytes(before, after);
      ++pairs;
    }
  }
  return pairs > 0 ? bytes / pairs : column.width;
}

}  // namespace

bool is_whole_number(Oid type) {
  return type == type_oid::kInt2 || type == type_oid::kInt4 || type == type_oid::kInt8;
}

double changed_value_bytes(const std::vector<IndexColumn>& row, std::size_t changed,
                           const TypeSystem& types) {
  const IndexColumn& column = row[changed];
  if (is_text(column.type) && column.statistics != nullptr) {
    return text_difference(row, changed);
  }
  const bool counted = is_whole_number(column.type) || column.type == type_oid::kDate ||
                       column.type == type_oid::kTimestamp || column.type == type_oid::kTimestampTz;
  if (!counted) {
    return column.width;
  }
  // Little-endian: numbers of a small range differ in their first bytes.
  const double bytes = std::ceil(std::log(value_range(column, types) + 1) / std::log(256));
  return std::clamp(bytes, 1.0, column.width);
}

}  // namespace quern::planner_model
