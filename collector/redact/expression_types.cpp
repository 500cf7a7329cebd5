#include "collector/redact/expression_types.hpp"

#include <algorithm>

#include "collector/redact/function_roles.hpp"
#include "collector/redact/redact_sql.hpp"
#include "collector/sql/visit_messages.hpp"

namespace quern::collector {

namespace {

using Node = PgQuery__Node;

const Column* column_in(const Table& table, std::string_view name) {
  const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                   [&](const Column& c) { return c.name == name; });
  return column == table.columns.end() ? nullptr : &*column;
}

}  // namespace

ExpressionTypes::ExpressionTypes(const ParseTree& tree, const CatalogSnapshot& catalog)
    : catalog_{catalog} {
  for (const auto& statement : tree.statements()) {
    visit_messages(statement.node->base, [&](const ProtobufCMessage& m) { note_table(m); });
  }
}

void ExpressionTypes::note_table(const ProtobufCMessage& m) {
  if (const auto* range = message_as<PgQuery__RangeVar>(m, pg_query__range_var__descriptor)) {
    for (const Table& table : catalog_.tables) {
      if (table.name == range->relname) {
        tables_.push_back(
            {range->alias == nullptr ? std::string{} : range->alias->aliasname, &table});
      }
    }
  }
}

ValueType ExpressionTypes::type_of_column(const Column& column) const {
  return value_type(column.type, catalog_.types);
}

std::optional<ValueType> ExpressionTypes::type_in(const Table* table, const char* column) const {
  const Column* found = table == nullptr || column == nullptr ? nullptr : column_in(*table, column);
  return found == nullptr ? std::nullopt : std::optional{type_of_column(*found)};
}

const Table* ExpressionTypes::table_named(const PgQuery__RangeVar* range) const {
  const auto found = std::find_if(tables_.begin(), tables_.end(), [&](const auto& named) {
    return range != nullptr && named.second->name == range->relname;
  });
  return found == tables_.end() ? nullptr : found->second;
}

std::optional<ValueType> ExpressionTypes::type_of_column_ref(const PgQuery__ColumnRef& ref) const {
  const std::string_view name = last_name(ref.fields, ref.n_fields);
  const std::string_view of = ref.n_fields > 1 ? last_name(ref.fields, ref.n_fields - 1) : "";
  const Column* found = nullptr;
  for (const auto& [alias, table] : tables_) {
    const bool meant = of.empty() || of == alias || of == table->name;
    const Column* column = meant ? column_in(*table, name) : nullptr;
    found = found == nullptr ? column : found;
  }
  // Behind a subquery or a CTE: columns of one name are mostly of one type.
  for (const Table& table : catalog_.tables) {
    found = found == nullptr ? column_in(table, name) : found;
  }
  return found == nullptr ? std::nullopt : std::optional{type_of_column(*found)};
}

ValueType ExpressionTypes::type_of_cast(const PgQuery__TypeName* name) const {
  const std::string_view word = name == nullptr ? "" : last_name(name->names, name->n_names);
  for (const TypeDefinition& type : catalog_.types) {
    if (type.name == word) {
      return value_type(type.oid, catalog_.types);
    }
  }
  ValueType type = value_type(word);
  type.array = type.array || (name != nullptr && name->n_array_bounds > 0);
  return type;
}

std::optional<ValueType> ExpressionTypes::type_of(const Node* node) const {
  if (node == nullptr) {
    return std::nullopt;
  }
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_COLUMN_REF:
      return type_of_column_ref(*node->column_ref);
    case PG_QUERY__NODE__NODE_TYPE_CAST:
      return type_of_cast(node->type_cast->type_name);
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
      return type_of(node->collate_clause->arg);
    case PG_QUERY__NODE__NODE_A_EXPR:
      return type_of_operation(*node->a_expr);
    case PG_QUERY__NODE__NODE_FUNC_CALL:
      return type_of_function(*node->func_call);
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
      return first_type(node->coalesce_expr->args, node->coalesce_expr->n_args);
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
      return first_type(node->min_max_expr->args, node->min_max_expr->n_args);
    case PG_QUERY__NODE__NODE_CASE_EXPR:
      return type_of_results(*node->case_expr);
    case PG_QUERY__NODE__NODE_LIST:
      return first_type(node->list->items, node->list->n_items);
    default:
      return std::nullopt;
  }
}

std::optional<ValueType> ExpressionTypes::first_type(Node* const* nodes, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto type = type_of(nodes[i])) {
      return type;
    }
  }
  return std::nullopt;
}

std::optional<ValueType> ExpressionTypes::type_of_operation(const PgQuery__AExpr& e) const {
  const std::string_view op = last_name(e.name, e.n_name);
  if (among(op, {"||", "->>", "#>>"})) {
    return ValueType{ValueKind::Text};
  }
  if (among(op, {"->", "#>"})) {
    return ValueType{ValueKind::Json};
  }
  const auto left = type_of(e.lexpr);
  const auto right = type_of(e.rexpr);
  if (op == "-" && left == right && left == ValueType{ValueKind::Time}) {
    return std::nullopt;  // days between dates, an interval between timestamps
  }
  return left ? left : right;
}

std::optional<ValueType> ExpressionTypes::type_of_function(const PgQuery__FuncCall& f) const {
  const std::string_view name = last_name(f.funcname, f.n_funcname);
  if (among(name, {"count", "length", "char_length", "extract", "date_part", "array_length", "sum",
                   "avg", "abs", "round", "floor", "ceil"})) {
    return ValueType{ValueKind::Number};
  }
  if (among(name, {"date", "date_trunc", "now", "to_date", "to_timestamp", "timezone"})) {
    return ValueType{ValueKind::Time};
  }
  return first_type(f.args, f.n_args);
}

std::optional<ValueType> ExpressionTypes::type_of_results(const PgQuery__CaseExpr& c) const {
  for (std::size_t i = 0; i < c.n_args; ++i) {
    if (const auto type = type_of(c.args[i]->case_when->result)) {
      return type;
    }
  }
  return type_of(c.defresult);
}

}  // namespace quern::collector
