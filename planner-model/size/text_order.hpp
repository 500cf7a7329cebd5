#pragma once

#include <optional>
#include <string>

#include "collector/catalog/snapshot.hpp"

namespace quern::planner_model {

/// The first number in a text; negative: none.
[[nodiscard]] double number_in(const std::string& text);

/// The correlation that ANALYZE finds of values in any order: it sorts equal ones by their rows, so
/// it is the chance that two rows are equal (compute_scalar_stats()).
[[nodiscard]] double correlation_by_chance(const ColumnStatistics& statistics);

/// Is the correlation too far from that to have come by chance in a sample of so many rows? Of
/// 10,000 columns without an order none is by five standard deviations.
[[nodiscard]] bool has_an_order(const ColumnStatistics& statistics, double rows,
                                double deviations = 5);

enum class TextKind { Plain, Json };

/// Texts that hold one number which grows along the table ("user1042@...").
struct NumbersAlongTable {
  double low = 0;
  double high = 0;
  /// Numbers come by chance in a band around the line, such a share of the range wide; zero: they
  /// are on the line, counted.
  double band = 0;
};

/// Sorted as texts such texts have a correlation with the rows, and it is that of their numbers
/// with the texts' order; new ones come one beside the other. Where that is so small that chance
/// might have it, numbers that come evenly often and leave none out are taken for counted as well.
[[nodiscard]] std::optional<NumbersAlongTable> numbers_along_table(
    const ColumnStatistics& statistics, double rows, TextKind kind = TextKind::Plain);

/// The same without a band.
[[nodiscard]] bool counts_in_text(const ColumnStatistics& statistics, double rows,
                                  TextKind kind = TextKind::Plain);

}  // namespace quern::planner_model
