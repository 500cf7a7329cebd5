// ORDER BY, DISTINCT and the sharing of sort columns: parse_clause.c.
#include <algorithm>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

/// assignSortGroupRef()
int assign_ref(TargetEntry& target, const std::vector<TargetEntry>& targets) {
  if (target.sort_group_ref == 0) {
    int highest = 0;
    for (const TargetEntry& other : targets) {
      highest = std::max(highest, other.sort_group_ref);
    }
    target.sort_group_ref = highest + 1;
  }
  return target.sort_group_ref;
}

bool in_list(const TargetEntry& target, Oid sort_operator,
             const std::vector<SortGroupClause>& list) {
  return target.sort_group_ref != 0 &&
         std::any_of(list.begin(), list.end(), [&](const SortGroupClause& clause) {
           return clause.ref == target.sort_group_ref &&
                  (sort_operator == 0 || clause.sort_operator == sort_operator);
         });
}

std::optional<std::string> plain_name(const ParseNode& node) {
  if (is(&node, PG_QUERY__NODE__NODE_COLUMN_REF) && node.column_ref->n_fields == 1 &&
      is(node.column_ref->fields[0], PG_QUERY__NODE__NODE_STRING)) {
    return std::string{string_of(node.column_ref->fields[0])};
  }
  return std::nullopt;
}

}  // namespace

/// findTargetlistEntrySQL99(): an equal expression's entry, or a new one out of sight.
std::size_t Analyzer::find_target_sql99(Scope& scope, const ParseNode& node,
                                        std::vector<TargetEntry>& targets, ExprUse use) {
  const ExprPtr expr = transform_expr(scope, &node, use);
  const std::size_t expr_hash = hash(*expr);
  const auto is_wanted = [&](const ExprPtr& other) {
    return other->kind == expr->kind && hash(*other) == expr_hash && equal(other, expr);
  };
  for (std::size_t i = 0; i < targets.size(); ++i) {
    // A column that JOIN USING merges is a coercion itself.
    if (is_wanted(strip_implicit_coercions(targets[i].expr)) || is_wanted(targets[i].expr)) {
      return i;
    }
  }
  const std::string name = guess_column_name(&node);
  targets.push_back(TargetEntry{expr, name.empty() ? "?column?" : name, 0, true});
  return targets.size() - 1;
}

/// findTargetlistEntrySQL92(): output names and ordinals first.
std::size_t Analyzer::find_target_sql92(Scope& scope, const ParseNode& node,
                                        std::vector<TargetEntry>& targets, ExprUse use) {
  if (std::optional<std::string> name = plain_name(node)) {
    const bool input_first =
        use == ExprUse::GroupBy && column_by_name(scope, *name, true) != nullptr;
    std::optional<std::size_t> found;
    for (std::size_t i = 0; !input_first && i < targets.size(); ++i) {
      if (targets[i].junk || targets[i].name != *name) {
        continue;
      }
      if (found && !equal(targets[*found].expr, targets[i].expr)) {
        throw UserError{fmt::format("{} \"{}\" is ambiguous", name_of(use), *name)};
      }
      found = found.value_or(i);
    }
    if (found) {
      return *found;
    }
  }
  if (is(&node, PG_QUERY__NODE__NODE_A_CONST)) {
    const PgQuery__AConst& constant = *node.a_const;
    if (constant.val_case != PG_QUERY__A__CONST__VAL_IVAL || constant.isnull != 0) {
      throw UserError{fmt::format("non-integer constant in {}", name_of(use))};
    }
    int position = 0;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (!targets[i].junk && ++position == constant.ival->ival) {
        return i;
      }
    }
    throw UserError{
        fmt::format("{} position {} is not in select list", name_of(use), constant.ival->ival)};
  }
  return find_target_sql99(scope, node, targets, use);
}

std::vector<SortGroupClause> Analyzer::transform_sort(Scope& scope, ParseList items,
                                                      std::vector<TargetEntry>& targets,
                                                      ExprUse use, bool sql99) {
  std::vector<SortGroupClause> list;
  for (const ParseNode* node : items) {
    ensure(is(node, PG_QUERY__NODE__NODE_SORT_BY), "sort clauses hold SortBys");
    const PgQuery__SortBy& sort = *node->sort_by;
    const std::size_t target = sql99 ? find_target_sql99(scope, *sort.node, targets, use)
                                     : find_target_sql92(scope, *sort.node, targets, use);
    add_to_sort_list(targets[target], list, targets, sort);
  }
  return list;
}

/// addTargetToSortList()
void Analyzer::add_to_sort_list(TargetEntry& target, std::vector<SortGroupClause>& list,
                                std::vector<TargetEntry>& targets, const PgQuery__SortBy& sort) {
  target.expr = resolve_unknown(target.expr);
  const Oid type = target.expr->type;
  const Ordering ordering = types_.ordering(type);
  SortGroupClause clause;
  clause.equality = ordering.equal;
  clause.hashable = ordering.hashable;
  clause.descending = sort.sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
  clause.sort_operator = clause.descending ? ordering.greater : ordering.less;
  if (sort.sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_USING) {
    const QualifiedName name = qualified_name(list_of(sort.n_use_op, sort.use_op));
    const ResolvedOperator found =
        types_.resolve_binary_operator(name.name, type, type, name.schema);
    if (found.resolution != Resolution::Found) {
      operator_error(name, found.resolution, type, type);
    }
    clause.sort_operator = found.op->oid;
    clause.descending = false;
    bool valid = false;
    for (const FamilyMember* member : types_.memberships(found.op->oid)) {
      const bool is_btree = member->access_method == "btree";
      valid = valid || (is_btree && (member->strategy == btree_strategy::kLess ||
                                     member->strategy == btree_strategy::kGreater));
      clause.descending =
          clause.descending || (is_btree && member->strategy == btree_strategy::kGreater);
    }
    if (!valid) {
      throw UserError{fmt::format("operator {} is not a valid ordering operator", name.name)};
    }
  }
  if (clause.sort_operator == 0) {
    throw UserError{fmt::format("could not identify an ordering operator for type {}",
                                types_.format_type(type))};
  }
  if (in_list(target, clause.sort_operator, list)) {
    return;
  }
  clause.nulls_first =
      sort.sortby_nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_DEFAULT || sort.sortby_nulls == 0
          ? clause.descending
          : nulls_first_of(sort);
  clause.ref = assign_ref(target, targets);
  list.push_back(clause);
}

/// addTargetToGroupList()
void Analyzer::add_to_group_list(TargetEntry& target, std::vector<SortGroupClause>& list,
                                 std::vector<TargetEntry>& targets) {
  target.expr = resolve_unknown(target.expr);
  if (in_list(target, 0, list)) {
    return;
  }
  const Ordering ordering = types_.ordering(target.expr->type);
  if (ordering.equal == 0) {
    throw UserError{fmt::format("could not identify an equality operator for type {}",
                                types_.format_type(target.expr->type))};
  }
  SortGroupClause clause;
  clause.equality = ordering.equal;
  clause.sort_operator = ordering.less;
  clause.hashable = ordering.hashable;
  clause.ref = assign_ref(target, targets);
  list.push_back(clause);
}

/// transformDistinctClause() and transformDistinctOnClause()
void Analyzer::transform_distinct_clause(Scope& scope, ParseList items) {
  if (items.empty()) {
    return;
  }
  Query& query = scope.query;
  const bool plain = !is_set(items.front());
  if (plain) {
    for (const SortGroupClause& sort : query.order_by) {
      for (const TargetEntry& target : query.targets) {
        if (target.sort_group_ref == sort.ref && target.junk) {
          throw UserError{"for SELECT DISTINCT, ORDER BY expressions must appear in select list"};
        }
      }
      query.distinct.push_back(sort);
    }
    for (TargetEntry& target : query.targets) {
      if (!target.junk) {
        add_to_group_list(target, query.distinct, query.targets);
      }
    }
    if (query.distinct.empty()) {
      throw UserError{"SELECT DISTINCT must have at least one column"};
    }
    return;
  }
  query.distinct_on = true;
  std::vector<int> refs;
  for (const ParseNode* node : items) {
    const std::size_t target = find_target_sql92(scope, *node, query.targets, ExprUse::DistinctOn);
    refs.push_back(assign_ref(query.targets[target], query.targets));
  }
  const auto wanted = [&](int ref) {
    return std::find(refs.begin(), refs.end(), ref) != refs.end();
  };
  bool skipped = false;
  for (const SortGroupClause& sort : query.order_by) {
    if (wanted(sort.ref)) {
      if (skipped) {
        throw UserError{"SELECT DISTINCT ON expressions must match initial ORDER BY expressions"};
      }
      query.distinct.push_back(sort);
    } else {
      skipped = true;
    }
  }
  for (const int ref : refs) {
    for (TargetEntry& target : query.targets) {
      if (target.sort_group_ref != ref || in_list(target, 0, query.distinct)) {
        continue;
      }
      if (skipped) {
        throw UserError{"SELECT DISTINCT ON expressions must match initial ORDER BY expressions"};
      }
      add_to_group_list(target, query.distinct, query.targets);
    }
  }
}

}  // namespace quern::planner_model
