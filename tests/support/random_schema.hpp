#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/choices.hpp"
#include "tests/support/random_values.hpp"

namespace quern::testing {

struct RandomColumn {
  std::string name;
  ValueKind kind = ValueKind::Integer;
  std::int64_t distinct = 1;  ///< the values are of k in 0 .. distinct - 1
  bool nullable = false;
  int references = -1;  ///< a foreign key to this table's id
};

struct RandomTable {
  std::string name;
  std::int64_t rows = 0;
  std::vector<RandomColumn> columns = {};  ///< the first is `id`, unique, of k = 0 .. rows - 1
  std::string partition_by = {};           ///< "RANGE (day)"; empty: a plain table
};

/// A database to plan statements in: made of several tables that refer to each other.
struct RandomSchema {
  std::vector<RandomTable> tables = {};
  std::vector<std::string> ddl = {};  ///< makes, fills and analyzes them; one statement each
  /// Further CREATE INDEX statements, not part of the DDL.
  std::vector<std::string> spare_indexes = {};
};

[[nodiscard]] RandomSchema random_schema(Choices& choices);

/// CREATE INDEX on a table, unnamed.
[[nodiscard]] std::string random_index(Choices& choices, const RandomTable& table);

}  // namespace quern::testing
