#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner-model/size/index_columns.hpp"
#include "planner-model/size/text_source.hpp"

namespace quern::planner_model {

/// A column's values as bytes, made up from its statistics: what they look like to a compressor,
/// not what they are.
class ColumnBytes {
 public:
  ColumnBytes(const IndexColumn& column, const TypeSystem& types);

  /// Of a row anywhere: NULL, one of the common values, or one between two bounds.
  [[nodiscard]] std::optional<std::string> any(Stream& stream) const;

  /// Of a row so far along the column's order (0 to 1).
  [[nodiscard]] std::string at(double position, Stream& stream) const;

  /// Rows that follow each other in the table have values that do.
  [[nodiscard]] bool is_in_order() const { return in_order_; }

  [[nodiscard]] int alignment() const;

 private:
  [[nodiscard]] std::optional<double> number_of(const std::string& text) const;
  [[nodiscard]] std::string of_number(double number) const;
  [[nodiscard]] std::string of_text(const std::string& text) const;

  const IndexColumn& column_;
  const TypeSystem& types_;
  TextSource texts_;
  std::vector<double> numbers_ = {};  ///< the bounds, where they are numbers
  bool in_order_ = false;
};

}  // namespace quern::planner_model
