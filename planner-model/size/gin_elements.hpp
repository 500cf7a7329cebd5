#pragma once

#include <vector>

#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

/// Entries of a GIN index that are alike.
struct GinEntries {
  double entries = 1;   ///< how many
  double rows = 1;      ///< that hold one of them
  double key_size = 4;  ///< stored bytes of the key
  int alignment = 4;
  /// Where their keys stand among the column's, in any scale; anywhere when `last` is not behind
  /// `first`.
  double first = 0;
  double last = -1;
  /// Of a row's address behind the one before it, as a sample of the table tells; 0: not told.
  double posting_bytes = 0;
};

/// What the operator class takes out of the values of a column (gin_extract_jsonb(),
/// gin_extract_value_trgm(), ginarrayextract()...), from element statistics where ANALYZE makes
/// them (arrays, tsvector) and else from the values that the column's statistics list: what several
/// of those hold is as frequent as it is among them; of what only one or two hold, repetitions tell
/// how many there are.
[[nodiscard]] std::vector<GinEntries> gin_entries(const IndexColumn& column,
                                                  std::string_view operator_class,
                                                  const TypeSystem& types, double rows_indexed);

}  // namespace quern::planner_model
