#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/choices.hpp"

namespace quern::testing {

/// What one column of a table for index builds can be indexed by.
struct SizedColumn {
  std::string name;
  std::string type;
  std::string value;  ///< SQL of its value, over the row number i
  bool unique = false;
  bool nullable = false;
  bool btree = true;  ///< its type has an order, and its values fit an index tuple
  bool text = false;
  bool number = false;
  bool time = false;
  std::vector<std::string> gin = {};     ///< operator classes
  std::vector<std::string> gist = {};    ///< likewise; empty string: the default class
  std::vector<std::string> spgist = {};  ///< likewise
  std::vector<std::string> expressions = {};
  std::string json_path = {};  ///< an expression of type text out of it
};

struct SizedTable {
  std::string name;
  std::int64_t rows = 0;
  std::vector<SizedColumn> columns = {};
};

/// Tables whose columns differ in type, width, duplicates, NULLs and order, and index definitions
/// of every access method over them.
struct RandomIndexes {
  std::vector<SizedTable> tables = {};
  std::vector<std::string> ddl = {};          ///< makes, fills and analyzes the tables
  std::vector<std::string> definitions = {};  ///< CREATE INDEX, each named `sized`
};

/// `largest` bounds the rows of a table.
[[nodiscard]] RandomIndexes random_indexes(Choices& choices, std::size_t tables,
                                           std::size_t definitions, std::int64_t largest);

}  // namespace quern::testing
