#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "planner-model/size/gin_elements.hpp"

namespace quern::planner_model {

/// The sample of a column's keys under an operator class ("values": of its values); null: none.
[[nodiscard]] const ColumnSample* sample_of(const IndexColumn& column, std::string_view keys_of);

/// Keys of the whole table that are alike, as a sample of it lets expect them.
struct ExpectedKeys {
  double keys = 0;
  double rows = 1;        ///< of one
  double key_size = 4;    ///< stored bytes
  double far = 1;         ///< rows of one that stand far behind the one before, the first included
  double near_bytes = 1;  ///< of the address of each of the others
  double near_apart = 1;  ///< rows of the table between one of those and the one before it
};

/// `rows`: of the table. Keys that most stretches of the sample show are as frequent in the table
/// as there; how many there are of the others follows from how many stretches show each: the
/// mixture of frequencies that makes what was seen most likely.
[[nodiscard]] std::vector<ExpectedKeys> expected_keys(const ColumnSample& sample, double rows);

/// The same as entries of a GIN index, NULLs and values without keys among them.
[[nodiscard]] std::vector<GinEntries> sampled_entries(const ColumnSample& sample, double rows);

}  // namespace quern::planner_model
