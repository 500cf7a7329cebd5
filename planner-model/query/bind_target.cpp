// Target lists: parse_target.c.
#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

bool ends_in_star(ParseList nodes) {
  return !nodes.empty() && is(nodes.back(), PG_QUERY__NODE__NODE_A_STAR);
}

/// FigureColname(), which knows a scalar subquery's column once it is bound.
std::string column_name(const PgQuery__ResTarget& target, const Expr& expr) {
  if (!text_of(target.name).empty()) {
    return std::string{text_of(target.name)};
  }
  if (is(target.val, PG_QUERY__NODE__NODE_SUB_LINK) && expr.kind == ExprKind::SubLink &&
      expr.sublink_kind == SubLinkKind::Scalar) {
    for (const TargetEntry& column : expr.subquery->targets) {
      if (!column.junk) {
        return column.name;
      }
    }
  }
  const std::string name = guess_column_name(target.val);
  return name.empty() ? "?column?" : name;
}

}  // namespace

void Analyzer::transform_target_list(Scope& scope, ParseList items, ExprUse use,
                                     std::vector<TargetEntry>& targets) {
  const Swapped<ExprUse> in_place{scope.use, use};
  targets.reserve(targets.size() + items.size());
  for (const ParseNode* node : items) {
    ensure(is(node, PG_QUERY__NODE__NODE_RES_TARGET), "target lists hold ResTargets");
    const PgQuery__ResTarget& target = *node->res_target;
    std::vector<StarColumn> columns;
    if (is(target.val, PG_QUERY__NODE__NODE_COLUMN_REF) &&
        ends_in_star(list_of(target.val->column_ref->n_fields, target.val->column_ref->fields))) {
      columns = expand_star(scope, *target.val->column_ref);
    } else if (is(target.val, PG_QUERY__NODE__NODE_A_INDIRECTION) &&
               ends_in_star(list_of(target.val->a_indirection->n_indirection,
                                    target.val->a_indirection->indirection))) {
      columns = expand_indirection_star(scope, *target.val->a_indirection);
    } else {
      ExprPtr expr = transform(scope, target.val);
      std::string name = column_name(target, *expr);
      targets.push_back(TargetEntry{std::move(expr), std::move(name)});
    }
    for (StarColumn& column : columns) {
      targets.push_back(TargetEntry{std::move(column.expr), std::move(column.name)});
    }
  }
  constexpr std::size_t kMaximumColumns = 1664;
  if (targets.size() > kMaximumColumns) {
    throw UserError{fmt::format("target lists can have at most {} entries", kMaximumColumns)};
  }
}

/// transformExpressionList(): of ROW() and VALUES, where stars are expanded too.
std::vector<ExprPtr> Analyzer::transform_expression_list(Scope& scope, ParseList items, ExprUse use,
                                                         bool allow_default) {
  const Swapped<ExprUse> in_place{scope.use, use};
  std::vector<ExprPtr> exprs;
  for (const ParseNode* node : items) {
    std::vector<StarColumn> columns;
    if (is(node, PG_QUERY__NODE__NODE_COLUMN_REF) &&
        ends_in_star(list_of(node->column_ref->n_fields, node->column_ref->fields))) {
      columns = expand_star(scope, *node->column_ref);
    } else if (is(node, PG_QUERY__NODE__NODE_A_INDIRECTION) &&
               ends_in_star(
                   list_of(node->a_indirection->n_indirection, node->a_indirection->indirection))) {
      columns = expand_indirection_star(scope, *node->a_indirection);
    } else if (allow_default && is(node, PG_QUERY__NODE__NODE_SET_TO_DEFAULT)) {
      auto expr = std::make_shared<Expr>();
      expr->kind = ExprKind::SetToDefault;
      expr->type = type_oid::kUnknown;
      exprs.push_back(std::move(expr));
    } else {
      exprs.push_back(transform(scope, node));
    }
    for (StarColumn& column : columns) {
      exprs.push_back(std::move(column.expr));
    }
  }
  return exprs;
}

std::vector<Analyzer::StarColumn> Analyzer::expand_item(const NamespaceItem& item, int levels_up) {
  std::vector<StarColumn> columns;
  for (std::size_t i = 0; i < item.columns->size(); ++i) {
    columns.push_back(StarColumn{item.columns->name(i), raised(item.columns->expr(i), levels_up)});
  }
  return columns;
}

/// ExpandColumnRefStar()
std::vector<Analyzer::StarColumn> Analyzer::expand_star(Scope& scope,
                                                        const PgQuery__ColumnRef& ref) {
  const std::vector<std::string_view> names = strings_of(list_of(ref.n_fields, ref.fields));
  if (names.size() == 1) {  // a bare *
    std::vector<StarColumn> all;
    bool found = false;
    for (const NamespaceItem& item : scope.names) {
      if (!item.columns_visible) {
        continue;
      }
      found = true;
      std::vector<StarColumn> columns = expand_item(item, 0);
      std::move(columns.begin(), columns.end(), std::back_inserter(all));
    }
    if (!found) {
      throw UserError{"SELECT * with no tables specified is not valid"};
    }
    return all;
  }
  if (names.size() > 4) {
    throw UserError{
        fmt::format("improper qualified name (too many dotted names): {}", fmt::join(names, "."))};
  }
  const std::string_view relation = names[names.size() - 2];
  const std::string_view schema = names.size() > 2 ? names[names.size() - 3] : std::string_view{};
  const FoundName found = find_name(scope, schema, relation);
  if (found.item != nullptr) {
    return expand_item(*found.item, found.levels_up);
  }
  if (schema.empty()) {
    if (const ExprPtr column = column_by_name(scope, relation, false)) {
      return expand_row(scope, column);
    }
  }
  missing_relation(scope, relation);
}

std::vector<Analyzer::StarColumn> Analyzer::expand_indirection_star(
    Scope& scope, const PgQuery__AIndirection& node) {
  PgQuery__AIndirection row = node;
  --row.n_indirection;
  return expand_row(scope, row.n_indirection == 0 ? transform(scope, row.arg)
                                                  : transform_indirection(scope, row));
}

/// ExpandRowReference(): (row).* for rows whose columns are known.
std::vector<Analyzer::StarColumn> Analyzer::expand_row(Scope& scope, const ExprPtr& row) {
  std::vector<StarColumn> columns;
  for (const RangeColumn& column : row_columns(scope, *row)) {
    if (!column.name.empty()) {
      columns.push_back(StarColumn{column.name, select_field(scope, row, column.name)});
    }
  }
  if (columns.empty()) {
    const std::string type = types_.format_type(row->type);
    const bool is_row = row->type == type_oid::kRecord || types_.is_composite(row->type);
    throw UserError{
        is_row ? fmt::format("the columns of type {} are not in the catalog snapshot", type)
               : fmt::format("type {} is not composite", type)};
  }
  return columns;
}

}  // namespace quern::planner_model
