#pragma once

#include <map>
#include <string>
#include <string_view>

#include "collector/catalog/snapshot.hpp"
#include "collector/redact/redact_value.hpp"

namespace quern::collector {

/// What values of a type are. `types`: the snapshot's own.
[[nodiscard]] ValueType value_type(Oid type, const std::vector<TypeDefinition>& types);
/// By the name that a cast gives: "timestamp with time zone", "text[]".
[[nodiscard]] ValueType value_type(std::string_view type_name);

struct RedactedSql {
  std::string text;
  std::map<int, ValueType> parameters = {};  ///< what $n stand for, as far as the statement tells
};

/// Maps the literals of SQL text. A literal is what the column is that it is compared with or
/// stored in; the catalog tells (it may be empty: then the literal's looks do). What the planner
/// computes with before it looks at statistics (operands of constants), positions, words of the
/// language (date_trunc('month')), the server's settings, and numbers below 1000 that are compared
/// with nothing stay; comments go.
class SqlRedactor {
 public:
  SqlRedactor(const ValueMapping& mapping, const CatalogSnapshot& catalog);

  /// One or more statements.
  [[nodiscard]] RedactedSql statement(std::string_view sql) const;
  /// An expression over the columns of `table`, as the catalog holds them.
  [[nodiscard]] std::string expression(std::string_view sql, const Table* table) const;
  /// A column's default, which is what the column is.
  [[nodiscard]] std::string default_of(const Column& column, const Table& table) const;
  /// What values of such an expression are; Guess when that can not be told.
  [[nodiscard]] ValueType type_of(std::string_view sql, const Table* table) const;
  /// Text that the grammar does not take: conditions of plans, partition bounds. Strings are what
  /// their cast says, or else `type`.
  [[nodiscard]] std::string fragment(std::string_view text, ValueType type = {}) const;

 private:
  /// An expression that completes a statement, which then ends with a parenthesis.
  [[nodiscard]] std::string within(const std::string& before, std::string_view sql) const;

  const ValueMapping& mapping_;
  const CatalogSnapshot& catalog_;
};

}  // namespace quern::collector
