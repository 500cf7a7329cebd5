#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/catalog/snapshot.hpp"
#include "collector/redact/redact_value.hpp"
#include "collector/sql/parse_tree.hpp"

namespace quern::collector {

/// The message as what it is, or null.
template <class Message>
const Message* message_as(const ProtobufCMessage& m, const ProtobufCMessageDescriptor& kind) {
  return m.descriptor == &kind ? reinterpret_cast<const Message*>(&m) : nullptr;
}

/// What the values of expressions are, told by the catalog's columns and the language's own types.
class ExpressionTypes {
 public:
  /// Of expressions in these statements, with the tables that they name.
  ExpressionTypes(const ParseTree& tree, const CatalogSnapshot& catalog);

  [[nodiscard]] std::optional<ValueType> type_of(const PgQuery__Node* node) const;
  [[nodiscard]] std::optional<ValueType> first_type(PgQuery__Node* const* nodes,
                                                    std::size_t count) const;
  [[nodiscard]] std::optional<ValueType> type_of_results(const PgQuery__CaseExpr& c) const;
  [[nodiscard]] ValueType type_of_cast(const PgQuery__TypeName* name) const;

  /// Of a column that is named as one of `table`; null: not known.
  [[nodiscard]] std::optional<ValueType> type_in(const Table* table, const char* column) const;
  [[nodiscard]] ValueType type_of_column(const Column& column) const;
  [[nodiscard]] const Table* table_named(const PgQuery__RangeVar* range) const;

 private:
  void note_table(const ProtobufCMessage& m);
  [[nodiscard]] std::optional<ValueType> type_of_column_ref(const PgQuery__ColumnRef& ref) const;
  [[nodiscard]] std::optional<ValueType> type_of_operation(const PgQuery__AExpr& e) const;
  [[nodiscard]] std::optional<ValueType> type_of_function(const PgQuery__FuncCall& f) const;

  const CatalogSnapshot& catalog_;
  std::vector<std::pair<std::string, const Table*>> tables_;  ///< with their aliases
};

}  // namespace quern::collector
