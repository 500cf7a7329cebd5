#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

Index Analyzer::index(const PgQuery__IndexStmt&) {
  throw UserError{"CREATE INDEX is not supported yet"};
}

/// An expression over the columns of one table, which is range `range` of no query in particular.
ExprPtr Analyzer::table_expression(const ParseNode& expression, const Table& table, int range,
                                   ExprUse use) {
  Scope scope{nullptr};
  NamespaceItem item;
  item.name = table.name;
  item.table = &table;
  item.range = range;
  auto columns = std::make_shared<ColumnSet>();
  for (const Column& column : table.columns) {
    columns->add(column.name, make_var(range, column.number,
                                       RangeColumn{column.name, column.type, column.type_modifier,
                                                   column.collation}));
  }
  item.columns = std::move(columns);
  scope.names.push_back(std::move(item));
  ExprPtr expr = transform_expr(scope, &expression, use);
  return assign_collations(resolve_unknown(expr), types_);
}

}  // namespace quern::planner_model
