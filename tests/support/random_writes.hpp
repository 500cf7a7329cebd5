#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/choices.hpp"

namespace quern::testing {

/// A column's value is SQL over the row number, which stands as # in it.
struct WrittenColumn {
  std::string name;
  std::string type;
  std::string value;
};

/// A table to write to. The columns `id` (the row number) and `counter` (in no index) are always
/// there; `settable` is a column that an index holds.
struct WrittenTable {
  std::string name;
  std::int64_t rows = 0;
  int fillfactor = 100;
  bool has_key = false;  ///< a primary key on id
  bool aged = false;     ///< the indexes were there before the rows
  std::vector<WrittenColumn> columns = {};
  std::vector<std::string> indexes = {};  ///< CREATE INDEX
  std::string settable = {};              ///< empty: no index holds a column that may change

  [[nodiscard]] std::string create(const std::string& as) const;
  /// INSERT INTO `into` SELECT of the row numbers that `source` gives as i.
  [[nodiscard]] std::string insert(const std::string& into, const std::string& source) const;
  [[nodiscard]] std::string select(const std::string& source) const;
  /// The value of a column for the row number `number`.
  [[nodiscard]] std::string value(const std::string& column, const std::string& number) const;
};

/// Columns of every width, nullable or not; none to six indexes of every method. Reproducible.
[[nodiscard]] WrittenTable random_written_table(Choices& choices, const std::string& name,
                                                std::int64_t largest);

}  // namespace quern::testing
