// CREATE INDEX: DefineIndex() and ComputeIndexAttrs() (indexcmds.c), pg_get_indexdef()
// (ruleutils.c).
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "planner-model/plan/deparse.hpp"
#include "planner-model/query/bind_analyzer.hpp"
#include "planner-model/query/bind_index_name.hpp"

namespace quern::planner_model {

namespace {

std::string quoted(const std::string& name) {
  const bool plain =
      !name.empty() &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos &&
      (name[0] < '0' || name[0] > '9');
  if (plain) {
    return name;
  }
  std::string text = "\"";
  for (const char c : name) {
    text += c;
    if (c == '"') {
      text += '"';
    }
  }
  return text + "\"";
}

/// looks_like_function() (ruleutils.c)
bool looks_like_function(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::FuncExpr:
      return expr.form == CoercionForm::Call || expr.form == CoercionForm::SqlSyntax;
    case ExprKind::CoalesceExpr:
    case ExprKind::MinMaxExpr:
    case ExprKind::NullIfExpr:
    case ExprKind::SqlValueFunction:
      return true;
    default:
      return false;
  }
}

bool is_mutable(const ExprPtr& expr, const TypeSystem& types) {
  return any_of(expr, [&](const Expr& e) {
    const Oid oid = e.function;
    const Function* function = oid == 0 ? nullptr : types.function(oid);
    return e.kind == ExprKind::SqlValueFunction ||
           (function != nullptr && function->volatility != 'i');
  });
}

bool is_method(std::string_view name) {
  constexpr std::array<std::string_view, 6> kMethods{"btree", "hash",   "gist",
                                                     "gin",   "spgist", "brin"};
  return std::find(kMethods.begin(), kMethods.end(), name) != kMethods.end() || name == "bloom";
}

const Column* column_named(const Table& table, std::string_view name) {
  for (const Column& column : table.columns) {
    if (column.name == name) {
      return &column;
    }
  }
  return nullptr;
}

std::string option_value(const ParseNode* node) {
  if (!is_set(node)) {
    return "true";
  }
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_INTEGER:
      return std::to_string(node->integer->ival);
    case PG_QUERY__NODE__NODE_FLOAT:
      return std::string{text_of(node->float_->fval)};
    case PG_QUERY__NODE__NODE_BOOLEAN:
      return node->boolean->boolval != 0 ? "true" : "false";
    case PG_QUERY__NODE__NODE_STRING:
      return std::string{string_of(node)};
    case PG_QUERY__NODE__NODE_TYPE_NAME:
      return qualified_name(list_of(node->type_name->n_names, node->type_name->names)).name;
    default:
      return {};
  }
}

DeparseContext deparse_context(const Table& table, const TypeSystem& types) {
  DeparseContext context;
  context.types = &types;
  context.range_name = [&table](int) { return table.name; };
  context.column_name = [&table](int, int attno) -> std::string {
    for (const Column& column : table.columns) {
      if (column.number == attno) {
        return column.name;
      }
    }
    return attno == 0 ? "*" : "?column?";
  };
  return context;
}

std::string collation_suffix(const IndexKey& key, Oid own, const TypeSystem& types) {
  if (key.collation == 0 || key.collation == own) {
    return {};
  }
  const Collation* collation = types.collation(key.collation);
  return collation == nullptr ? "" : fmt::format(" COLLATE \"{}\"", collation->name);
}

}  // namespace

/// An expression over the columns of one table, which is range `range` of no query in particular.
ExprPtr Analyzer::table_expression(const ParseNode& expression, const Table& table, int range,
                                   ExprUse use) {
  Scope scope{nullptr};
  NamespaceItem item;
  item.name = table.name;
  item.table = &table;
  item.range = range;
  item.columns = std::make_shared<ColumnSet>(range, table);
  scope.names.push_back(std::move(item));
  const ExprPtr expr = transform_expr(scope, &expression, use);
  return assign_collations(resolve_unknown(expr), types_);
}

/// ResolveOpClass()
void Analyzer::choose_operator_class(const PgQuery__IndexElem& element, const Index& index,
                                     Oid type, IndexKey& key) {
  const Oid base = types_.base_type(type);
  const OpClass* chosen = nullptr;
  if (element.n_opclass > 0) {
    const QualifiedName name = qualified_name(list_of(element.n_opclass, element.opclass));
    chosen = types_.operator_class(index.access_method, name.name);
    if (chosen == nullptr) {
      throw UserError{fmt::format("operator class \"{}\" does not exist for access method \"{}\"",
                                  name.name, index.access_method)};
    }
    if (!types_.can_coerce(base, chosen->input_type, CoercionContext::Implicit) &&
        !types_.is_binary_coercible(base, chosen->input_type)) {
      throw UserError{fmt::format("operator class \"{}\" does not accept data type {}", name.name,
                                  types_.format_type(type))};
    }
  } else {
    chosen = types_.default_operator_class(index.access_method, base);
    if (chosen == nullptr) {
      throw UserError{
          fmt::format("data type {} has no default operator class for access method \"{}\"",
                      types_.format_type(type), index.access_method)};
    }
  }
  key.operator_class = chosen->oid;
  key.operator_class_name = std::string{chosen->name};
}

/// One element of the column list; `type` and `own_collation` are those of the column or
/// expression. Returns the name it gives the index column.
std::string Analyzer::index_key(const PgQuery__IndexElem& element, const Table& table,
                                Index& index) {
  IndexKey key;
  Oid type = 0;
  std::string name;
  if (!text_of(element.name).empty()) {
    const Column* column = column_named(table, text_of(element.name));
    if (column == nullptr) {
      throw UserError{
          fmt::format("column \"{}\" does not exist (the catalog snapshot's table {} "
                      "does not have it)",
                      text_of(element.name), table.name)};
    }
    key.column = column->number;
    key.collation = column->collation;
    type = column->type;
    name = column->name;
  } else {
    const ExprPtr expr = table_expression(*element.expr, table, 1, ExprUse::IndexExpression);
    if (is_mutable(expr, types_)) {
      throw UserError{"functions in index expression must be marked IMMUTABLE"};
    }
    const std::string text = deparse(expr, deparse_context(table, types_));
    key.expression = looks_like_function(*expr) ? text : fmt::format("({})", text);
    key.collation = expr->collation;
    type = expr->type;
    name = guess_column_name(element.expr);
    if (expr->kind == ExprKind::Var && expr->attno > 0) {  // (a) is the plain column a
      key.column = static_cast<std::int16_t>(expr->attno);
      key.expression.clear();
    }
    if (name.empty()) {
      name = "expr";
    }
  }
  if (element.n_collation > 0) {
    if (types_.type_collation(type) == 0) {
      throw UserError{
          fmt::format("collations are not supported by type {}", types_.format_type(type))};
    }
    key.collation = find_collation(list_of(element.n_collation, element.collation));
  }
  if (types_.type_collation(type) == 0) {
    key.collation = 0;
  }
  choose_operator_class(element, index, type, key);
  const bool ordered = index.access_method == "btree";
  key.descending = element.ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
  switch (element.nulls_ordering) {
    case PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST:
      key.nulls_first = true;
      break;
    case PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST:
      key.nulls_first = false;
      break;
    default:
      key.nulls_first = key.descending;
  }
  if (!ordered && (key.descending || key.nulls_first)) {
    throw UserError{fmt::format("access method \"{}\" does not support {} options",
                                index.access_method,
                                key.descending ? "ASC/DESC" : "NULLS FIRST/LAST")};
  }
  index.keys.push_back(std::move(key));
  return name;
}

namespace {

void check_method(const Index& index) {
  const std::string& method = index.access_method;
  const bool ordered = method == "btree";
  const auto refuse = [&](bool wrong, std::string_view what) {
    if (wrong) {
      throw UserError{fmt::format("access method \"{}\" does not support {}", method, what)};
    }
  };
  refuse(index.unique && !ordered, "unique indexes");
  refuse(!index.included.empty() && !ordered && method != "gist" && method != "spgist",
         "included columns");
  refuse(index.keys.size() > 1 && (method == "hash" || method == "spgist"), "multicolumn indexes");
}

}  // namespace

/// pg_get_indexdef()
std::string Analyzer::index_definition(const Index& index, const Table& table) const {
  std::vector<std::string> keys;
  for (const IndexKey& key : index.keys) {
    const Column* column = nullptr;
    for (const Column& candidate : table.columns) {
      column = candidate.number == key.column ? &candidate : column;
    }
    std::string text = column != nullptr ? quoted(column->name) : key.expression;
    text += collation_suffix(key, column != nullptr ? column->collation : key.collation, types_);
    const OpClass* opclass = types_.operator_class(index.access_method, key);
    if (opclass != nullptr && !opclass->is_default) {
      text += fmt::format(" {}", opclass->name);
    }
    if (key.descending) {
      text += key.nulls_first ? " DESC" : " DESC NULLS LAST";
    } else if (key.nulls_first) {
      text += " NULLS FIRST";
    }
    keys.push_back(std::move(text));
  }
  std::string text =
      fmt::format("CREATE {}INDEX {} ON {}{}.{} USING {} ({})", index.unique ? "UNIQUE " : "",
                  quoted(index.name), table.kind == 'p' ? "ONLY " : "", quoted(table.schema),
                  quoted(table.name), index.access_method, fmt::join(keys, ", "));
  std::vector<std::string> included;
  for (const std::int16_t number : index.included) {
    for (const Column& column : table.columns) {
      if (column.number == number) {
        included.push_back(quoted(column.name));
      }
    }
  }
  if (!included.empty()) {
    text += fmt::format(" INCLUDE ({})", fmt::join(included, ", "));
  }
  text += index.nulls_not_distinct ? " NULLS NOT DISTINCT" : "";
  std::vector<std::string> options;
  for (const auto& [name, value] : index.options) {
    options.push_back(fmt::format("{}='{}'", quoted(name), value));
  }
  if (!options.empty()) {
    text += fmt::format(" WITH ({})", fmt::join(options, ", "));
  }
  return index.predicate.empty() ? text : text + " WHERE " + index.predicate;
}

Index Analyzer::index(const PgQuery__IndexStmt& statement) {
  const Table& table =
      find_table(text_of(statement.relation->schemaname), text_of(statement.relation->relname));
  if (table.kind == 'v' || table.kind == 'f') {
    throw UserError{fmt::format("cannot create index on relation \"{}\": it is a {}", table.name,
                                table.kind == 'v' ? "view" : "foreign table")};
  }
  Index index;
  index.table = table.oid;
  index.schema = table.schema;
  const std::string_view method = text_of(statement.access_method);
  index.access_method = method.empty() ? "btree" : std::string{method};
  if (index.access_method == "rtree") {
    index.access_method = "gist";
  }
  if (!is_method(index.access_method)) {
    throw UserError{fmt::format("access method \"{}\" does not exist", index.access_method)};
  }
  index.unique = statement.unique != 0;
  index.nulls_not_distinct = statement.nulls_not_distinct != 0;
  std::vector<std::string> names;
  for (const ParseNode* node : list_of(statement.n_index_params, statement.index_params)) {
    names.push_back(unique_index_column(names, index_key(*node->index_elem, table, index)));
  }
  for (const ParseNode* node :
       list_of(statement.n_index_including_params, statement.index_including_params)) {
    const Column* column = column_named(table, text_of(node->index_elem->name));
    if (column == nullptr) {
      throw UserError{
          text_of(node->index_elem->name).empty()
              ? std::string{"expressions are not supported in included columns"}
              : fmt::format("column \"{}\" does not exist", text_of(node->index_elem->name))};
    }
    index.included.push_back(column->number);
    names.push_back(unique_index_column(names, column->name));
  }
  check_method(index);
  for (const ParseNode* node : list_of(statement.n_options, statement.options)) {
    index.options[std::string{text_of(node->def_elem->defname)}] =
        option_value(node->def_elem->arg);
  }
  if (is_set(statement.where_clause)) {
    const ExprPtr predicate = coerce_to_boolean(
        table_expression(*statement.where_clause, table, 1, ExprUse::IndexPredicate), "WHERE");
    if (is_mutable(predicate, types_)) {
      throw UserError{"functions in index predicate must be marked IMMUTABLE"};
    }
    index.predicate = deparse(predicate, deparse_context(table, types_));
  }
  const std::string_view name = text_of(statement.idxname);
  index.name =
      name.empty() ? choose_index_name(catalog_, table, names) : clip_identifier(std::string{name});
  index.definition = index_definition(index, table);
  return index;
}

}  // namespace quern::planner_model
