// JOIN: transformFromClauseItem() (parse_clause.c).
#include <algorithm>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

void set_lateral(std::vector<NamespaceItem>& names, bool only, bool ok) {
  for (NamespaceItem& item : names) {
    item.lateral_only = only;
    item.lateral_ok = ok;
  }
}

JoinType join_type(PgQuery__JoinType type) {
  switch (type) {
    case PG_QUERY__JOIN_TYPE__JOIN_LEFT:
      return JoinType::Left;
    case PG_QUERY__JOIN_TYPE__JOIN_FULL:
      return JoinType::Full;
    case PG_QUERY__JOIN_TYPE__JOIN_RIGHT:
      return JoinType::Right;
    default:
      return JoinType::Inner;
  }
}

/// The columns that NATURAL joins by: in both, in the left side's order.
std::vector<std::string_view> common_names(const ColumnSet& left, const ColumnSet& right) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (right.find(left.name(i)) != ColumnSet::kMissing) {
      names.push_back(left.name(i));
    }
  }
  return names;
}

int using_column(const ColumnSet& side, std::string_view name, std::string_view which) {
  const int position = side.find(name);
  if (position == ColumnSet::kAmbiguous) {
    throw UserError{
        fmt::format("common column name \"{}\" appears more than once in {} table", name, which)};
  }
  if (position == ColumnSet::kMissing) {
    throw UserError{fmt::format(
        "column \"{}\" specified in USING clause does not exist in {} table", name, which)};
  }
  return position;
}

}  // namespace

/// buildMergedJoinVar()
ExprPtr Analyzer::merged_column(PgQuery__JoinType type, const ExprPtr& left, const ExprPtr& right) {
  const Oid common = common_type({left, right}, "JOIN/USING");
  const ExprPtr left_common = coerce_to_common(left, common, "JOIN/USING");
  const ExprPtr right_common = coerce_to_common(right, common, "JOIN/USING");
  switch (type) {
    case PG_QUERY__JOIN_TYPE__JOIN_LEFT:
      return left_common;
    case PG_QUERY__JOIN_TYPE__JOIN_RIGHT:
      return right_common;
    case PG_QUERY__JOIN_TYPE__JOIN_FULL: {
      auto coalesce = std::make_shared<Expr>();
      coalesce->kind = ExprKind::CoalesceExpr;
      coalesce->type = common;
      coalesce->typmod = left_common->typmod == right_common->typmod ? left_common->typmod : -1;
      coalesce->args = {left_common, right_common};
      return coalesce;
    }
    default:  // the side that needs no coercion
      return left_common->kind != ExprKind::Var && right_common->kind == ExprKind::Var
                 ? right_common
                 : left_common;
  }
}

Analyzer::MergedColumns Analyzer::merge_using(const FromItem& left, const FromItem& right,
                                              const std::vector<std::string_view>& names,
                                              PgQuery__JoinType type) {
  MergedColumns merged;
  std::vector<ExprPtr> clauses;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string_view name = names[i];
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), name) !=
        names.begin() + static_cast<std::ptrdiff_t>(i)) {
      throw UserError{
          fmt::format("column name \"{}\" appears more than once in USING clause", name)};
    }
    merged.left.push_back(using_column(*left.columns, name, "left"));
    merged.right.push_back(using_column(*right.columns, name, "right"));
    const ExprPtr l = left.columns->expr(static_cast<std::size_t>(merged.left.back()));
    const ExprPtr r = right.columns->expr(static_cast<std::size_t>(merged.right.back()));
    merged.columns.add(std::string{name}, merged_column(type, l, r));
    clauses.push_back(coerce_to_boolean(make_op({{}, "="}, l, r), "JOIN/USING"));
  }
  merged.quals = clauses.empty()       ? nullptr
                 : clauses.size() == 1 ? clauses.front()
                                       : make_bool_expr(ExprKind::And, std::move(clauses));
  return merged;
}

Analyzer::FromItem Analyzer::transform_join(Scope& scope, const PgQuery__JoinExpr& join) {
  FromItem left = transform_from_item(scope, *join.larg);
  const bool lateral_ok = join.jointype == PG_QUERY__JOIN_TYPE__JOIN_INNER ||
                          join.jointype == PG_QUERY__JOIN_TYPE__JOIN_LEFT;
  set_lateral(left.names, true, lateral_ok);
  const std::size_t outside = scope.names.size();
  scope.names.insert(scope.names.end(), left.names.begin(), left.names.end());
  FromItem right = transform_from_item(scope, *join.rarg);
  scope.names.resize(outside);
  check_name_conflicts(left.names, right.names);

  FromItem result;
  result.tree.kind = JoinTree::Kind::Join;
  result.tree.join = join_type(join.jointype);
  result.names = std::move(left.names);
  std::move(right.names.begin(), right.names.end(), std::back_inserter(result.names));

  const std::vector<std::string_view> names =
      join.is_natural != 0 ? common_names(*left.columns, *right.columns)
                           : strings_of(list_of(join.n_using_clause, join.using_clause));
  MergedColumns merged = merge_using(left, right, names, join.jointype);
  result.tree.quals = merged.quals;
  if (is_set(join.quals)) {
    result.tree.quals = transform_join_on(scope, join, result.names);
  }
  result.tree.children.push_back(std::move(left.tree));
  result.tree.children.push_back(std::move(right.tree));
  name_join(join, std::move(merged), left, right, result);
  return result;
}

/// transformJoinOnClause(): ON sees the joined tables, and outer references, only.
ExprPtr Analyzer::transform_join_on(Scope& scope, const PgQuery__JoinExpr& join,
                                    std::vector<NamespaceItem>& names) {
  set_lateral(names, false, true);
  const Swapped<std::vector<NamespaceItem>> visible{scope.names, std::move(names)};
  ExprPtr quals = transform_where(scope, join.quals, ExprUse::JoinOn);
  names = std::move(scope.names);
  return quals;
}

/// The names that the join leaves visible: its own columns, and the tables in it unless it has an
/// alias.
void Analyzer::name_join(const PgQuery__JoinExpr& join, MergedColumns merged, const FromItem& left,
                         const FromItem& right, FromItem& result) {
  auto using_columns = std::make_shared<ColumnSet>(merged.columns);
  ColumnSet all = std::move(merged.columns);
  all.append(left.columns, merged.left);
  all.append(right.columns, merged.right);
  NamespaceItem item;
  item.relation_visible = join.alias != nullptr;
  if (join.alias != nullptr) {
    item.name = std::string{text_of(join.alias->aliasname)};
    item.has_alias = true;
    if (join.alias->n_colnames > all.size()) {
      throw UserError{fmt::format("column alias list for \"{}\" has too many entries", item.name)};
    }
    ColumnSet renamed;
    for (std::size_t i = 0; i < all.size(); ++i) {
      renamed.add(i < join.alias->n_colnames ? std::string{string_of(join.alias->colnames[i])}
                                             : all.name(i),
                  all.expr(i));
    }
    all = std::move(renamed);
    result.names.clear();
  } else {
    std::erase_if(result.names, [](const NamespaceItem& old) { return !old.relation_visible; });
    for (NamespaceItem& old : result.names) {
      old.columns_visible = false;
    }
  }
  item.columns = std::make_shared<ColumnSet>(std::move(all));
  result.columns = item.columns;
  if (join.join_using_alias != nullptr) {
    NamespaceItem using_item;
    using_item.name = std::string{text_of(join.join_using_alias->aliasname)};
    using_item.has_alias = true;
    using_item.columns = std::move(using_columns);
    using_item.columns_visible = false;
    check_name_conflicts(result.names, {using_item});
    result.names.push_back(std::move(using_item));
  }
  result.names.push_back(std::move(item));
}

}  // namespace quern::planner_model
