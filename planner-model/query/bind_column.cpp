// Names to columns: parse_relation.c (colNameToVar and friends), transformColumnRef (parse_expr.c).
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

constexpr std::string_view kNotInSnapshot = " (the catalog snapshot does not have it)";

struct SystemColumn {
  std::string_view name;
  int number;
  Oid type;
};

/// src/include/access/sysattr.h
constexpr std::array<SystemColumn, 6> kSystemColumns{{{"ctid", -1, type_oid::kTid},
                                                      {"xmin", -2, type_oid::kXid},
                                                      {"cmin", -3, type_oid::kCid},
                                                      {"xmax", -4, type_oid::kXid},
                                                      {"cmax", -5, type_oid::kCid},
                                                      {"tableoid", -6, type_oid::kOid}}};

const SystemColumn* system_column(const NamespaceItem& item, std::string_view name) {
  if (item.table == nullptr || item.table->kind == 'v') {
    return nullptr;
  }
  for (const SystemColumn& column : kSystemColumns) {
    if (column.name == name) {
      return &column;
    }
  }
  return nullptr;
}

void check_lateral(const NamespaceItem& item) {
  if (item.lateral_only && !item.lateral_ok) {
    throw UserError{
        fmt::format("invalid reference to FROM-clause entry for table \"{}\"", item.name)};
  }
}

}  // namespace

/// scanNSItemForColumn(): null when the item has no such column.
ExprPtr Analyzer::column_of(const NamespaceItem& item, std::string_view name, int levels_up) {
  const int position = item.columns->find(name);
  if (position == ColumnSet::kAmbiguous) {
    throw UserError{fmt::format("column reference \"{}\" is ambiguous", name)};
  }
  if (position != ColumnSet::kMissing) {
    return raised(item.columns->expr(static_cast<std::size_t>(position)), levels_up);
  }
  if (const SystemColumn* column = system_column(item, name)) {
    return make_var(item.range, column->number, RangeColumn{std::string{name}, column->type},
                    levels_up);
  }
  return nullptr;
}

ExprPtr Analyzer::column_by_name(Scope& scope, std::string_view name, bool local_only) {
  int levels_up = 0;
  for (Scope* level = &scope; level != nullptr; level = level->parent, ++levels_up) {
    ExprPtr found;
    for (const NamespaceItem& item : level->names) {
      if (!item.columns_visible || (item.lateral_only && !level->lateral_active)) {
        continue;
      }
      if (ExprPtr column = column_of(item, name, levels_up)) {
        if (found) {
          throw UserError{fmt::format("column reference \"{}\" is ambiguous", name)};
        }
        check_lateral(item);
        found = std::move(column);
      }
    }
    if (found || local_only) {
      return found;
    }
  }
  return nullptr;
}

/// refnameNamespaceItem()
Analyzer::FoundName Analyzer::find_name(Scope& scope, std::string_view schema,
                                        std::string_view name) {
  int levels_up = 0;
  for (Scope* level = &scope; level != nullptr; level = level->parent, ++levels_up) {
    NamespaceItem* found = nullptr;
    for (NamespaceItem& item : level->names) {
      const bool fits = schema.empty()
                            ? item.name == name
                            : item.table != nullptr && !item.has_alias &&
                                  item.table->schema == schema && item.table->name == name;
      if (!fits || !item.relation_visible || (item.lateral_only && !level->lateral_active)) {
        continue;
      }
      if (found != nullptr) {
        throw UserError{fmt::format("table reference \"{}\" is ambiguous", name)};
      }
      check_lateral(item);
      found = &item;
    }
    if (found != nullptr) {
      return {found, levels_up};
    }
  }
  return {};
}

/// errorMissingRTE()
void Analyzer::missing_relation(Scope& scope, std::string_view name) {
  for (Scope* level = &scope; level != nullptr; level = level->parent) {
    for (const RangeTableEntry& entry : level->query.range_table) {
      if (entry.alias == name || (entry.table != nullptr && entry.table->name == name)) {
        throw UserError{
            fmt::format("invalid reference to FROM-clause entry for table \"{}\"", name)};
      }
    }
  }
  throw UserError{fmt::format("missing FROM-clause entry for table \"{}\"", name)};
}

ExprPtr Analyzer::whole_row(const NamespaceItem& item, int levels_up) {
  if (item.range == 0) {
    auto row = std::make_shared<Expr>();
    row->kind = ExprKind::RowExpr;
    row->type = type_oid::kRecord;
    for (std::size_t i = 0; i < item.columns->size(); ++i) {
      row->args.push_back(raised(item.columns->expr(i), levels_up));
    }
    return row;
  }
  return make_var(item.range, 0, RangeColumn{item.name, type_oid::kRecord}, levels_up);
}

ExprPtr Analyzer::function_parameter(std::string_view name) {
  const auto parameter = std::find(function_parameters_.begin(), function_parameters_.end(), name);
  if (parameter == function_parameters_.end()) {
    return nullptr;
  }
  PgQuery__ParamRef reference = PG_QUERY__PARAM_REF__INIT;
  reference.number = static_cast<int>(parameter - function_parameters_.begin()) + 1;
  return transform_param(reference);
}

ExprPtr Analyzer::transform_column_ref(Scope& scope, const PgQuery__ColumnRef& ref) {
  const ParseList fields = list_of(ref.n_fields, ref.fields);
  const bool star = is(fields.back(), PG_QUERY__NODE__NODE_A_STAR);
  const std::vector<std::string_view> names = strings_of(fields);
  if (names.size() == 1) {
    if (ExprPtr column = column_by_name(scope, names[0], false)) {
      return column;
    }
    if (const FoundName found = find_name(scope, {}, names[0]); found.item != nullptr) {
      return whole_row_or_scalar(scope, *found.item, found.levels_up);
    }
    if (ExprPtr parameter = function_parameter(names[0])) {
      return parameter;
    }
    throw UserError{fmt::format("column \"{}\" does not exist{}", names[0], kNotInSnapshot)};
  }
  if (names.size() > 4) {
    throw UserError{
        fmt::format("improper qualified name (too many dotted names): {}", fmt::join(names, "."))};
  }
  const std::string_view column_name = names.back();
  const std::string_view relation = names[names.size() - 2];
  const std::string_view schema = names.size() > 2 ? names[names.size() - 3] : std::string_view{};
  const FoundName found = find_name(scope, schema, relation);
  if (found.item == nullptr) {
    if (names.size() == 2 && relation == function_name_) {
      if (ExprPtr parameter = function_parameter(column_name)) {
        return parameter;
      }
    }
    missing_relation(scope, relation);
  }
  if (star) {
    return whole_row_or_scalar(scope, *found.item, found.levels_up);
  }
  if (ExprPtr column = column_of(*found.item, column_name, found.levels_up)) {
    return column;
  }
  if (ExprPtr call = projection_call(scope, column_name, whole_row(*found.item, found.levels_up))) {
    return call;
  }
  throw UserError{
      fmt::format("column {}.{} does not exist{}", relation, column_name, kNotInSnapshot)};
}

/// transformWholeRowRef(): a function that returns one scalar column is that column.
ExprPtr Analyzer::whole_row_or_scalar(Scope& scope, const NamespaceItem& item, int levels_up) {
  Scope* level = &scope;
  for (int i = 0; i < levels_up; ++i) {
    level = level->parent;
  }
  // The expressions of a table are bound without a range table.
  const auto& ranges = level->query.range_table;
  if (item.range > 0 && static_cast<std::size_t>(item.range) <= ranges.size()) {
    const RangeTableEntry& entry = ranges[static_cast<std::size_t>(item.range) - 1];
    if (entry.kind == RangeKind::Function && entry.columns.size() == 1 &&
        entry.functions.size() == 1 && entry.functions[0]->type == entry.columns[0].type) {
      return make_var(item.range, 1, entry.columns[0], levels_up);
    }
  }
  return whole_row(item, levels_up);
}

/// t.f may be a call f(t) of a function over the row (ParseComplexProjection and its fallback).
ExprPtr Analyzer::projection_call(Scope& scope, std::string_view name, const ExprPtr& row) {
  (void)scope;
  const std::vector<Oid> arguments{row->type};
  const ResolvedFunction found = types_.resolve_function({}, name, arguments);
  if (found.resolution != Resolution::Found || found.function == nullptr ||
      found.function->kind != 'f' || found.function->oid < 16384) {
    return nullptr;
  }
  auto call = std::make_shared<Expr>();
  call->kind = ExprKind::FuncExpr;
  call->function = found.function->oid;
  call->name = name;
  call->type = found.result;
  call->returns_set = found.function->returns_set;
  call->args = {row};
  return call;
}

/// The columns of a row value, where they are known.
std::vector<RangeColumn> Analyzer::row_columns(Scope& scope, const Expr& row) {
  std::vector<RangeColumn> columns;
  if (row.kind == ExprKind::Var && row.attno == 0) {
    Scope* level = &scope;
    for (int i = 0; i < row.levels_up && level != nullptr; ++i) {
      level = level->parent;
    }
    if (level != nullptr && row.varno > 0 &&
        static_cast<std::size_t>(row.varno) <= level->query.range_table.size()) {
      return level->query.range_table[static_cast<std::size_t>(row.varno) - 1].columns.list();
    }
  }
  if (row.kind == ExprKind::RowExpr) {
    for (std::size_t i = 0; i < row.args.size(); ++i) {
      columns.push_back(column_of_expr(fmt::format("f{}", i + 1), *row.args[i]));
    }
  }
  const bool is_call = row.kind == ExprKind::FuncExpr;
  const auto* definition = is_call ? definition_of(row.function) : nullptr;
  if (is_call && (row.type == type_oid::kRecord ||
                  (definition != nullptr && definition->result_columns.size() > 1))) {
    try {
      columns = function_result_columns(row, row.name, false, nullptr);
    } catch (const UserError&) {
      columns.clear();  // a record of unknown columns
    }
  }
  return columns.empty() ? types_.fields(row.type) : columns;
}

/// FieldSelect of what a function returns, or of a column of a composite type.
static ExprPtr field_of_result(const ExprPtr& call, const RangeColumn& column) {
  auto field = std::make_shared<Expr>();
  field->kind = ExprKind::FieldSelect;
  field->type = column.type;
  field->typmod = column.typmod;
  field->collation = column.collation;
  field->name = column.name;
  field->args = {call};
  return field;
}

ExprPtr Analyzer::select_field(Scope& scope, const ExprPtr& row, const std::string& name) {
  const std::vector<RangeColumn> columns = row_columns(scope, *row);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name != name) {
      continue;
    }
    if (row->kind == ExprKind::Var && row->attno == 0) {
      return make_var(row->varno, static_cast<int>(i) + 1, columns[i], row->levels_up);
    }
    return row->kind == ExprKind::RowExpr ? row->args[i] : field_of_result(row, columns[i]);
  }
  if (ExprPtr call = projection_call(scope, name, row)) {
    return call;
  }
  if (columns.empty() && types_.is_composite(row->type)) {
    throw UserError{fmt::format(
        "fields of type {} are not known: the catalog snapshot does not hold composite types",
        types_.format_type(row->type))};
  }
  if (row->type == type_oid::kRecord) {
    throw UserError{fmt::format("could not identify column \"{}\" in record data type", name)};
  }
  throw UserError{
      fmt::format("column notation .{} applied to type {}, which is not a composite type", name,
                  types_.format_type(row->type))};
}

}  // namespace quern::planner_model
