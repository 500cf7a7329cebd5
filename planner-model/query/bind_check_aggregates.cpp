// parseCheckAggregates() (parse_agg.c): nothing ungrouped may be read above the grouping.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

/// check_functional_grouping() (pg_constraint.c): a primary key in GROUP BY fixes its whole row.
bool primary_key_within(const CatalogSnapshot& catalog, Oid table, const std::set<int>& grouped) {
  return std::any_of(
      catalog.constraints.begin(), catalog.constraints.end(), [&](const Constraint& constraint) {
        return constraint.table == table && constraint.kind == 'p' && !constraint.deferrable &&
               !constraint.columns.empty() &&
               std::all_of(constraint.columns.begin(), constraint.columns.end(),
                           [&](std::int16_t column) { return grouped.count(column) != 0; });
      });
}

/// check_ungrouped_columns_walker()
class UngroupedColumns {
 public:
  UngroupedColumns(const Query& query, const CatalogSnapshot& catalog)
      : query_{query}, catalog_{catalog} {
    for (const SortGroupClause& clause : query.group_by) {
      for (const TargetEntry& target : query.targets) {
        if (target.sort_group_ref == clause.ref) {
          groups_.push_back(strip_implicit_coercions(target.expr));
          groups_.push_back(target.expr);
          have_expressions_ = have_expressions_ || groups_.back()->kind != ExprKind::Var;
        }
      }
    }
    collect_common_columns();
  }

  void check(const ExprPtr& expr, int depth = 0) const {
    if (!expr || expr->kind == ExprKind::Const || expr->kind == ExprKind::Param) {
      return;
    }
    if (expr->kind == ExprKind::Aggref && expr->levels_up >= depth) {
      if (expr->levels_up == depth) {
        for (const ExprPtr& argument : expr->direct_args) {
          check(argument, depth);
        }
      }
      return;
    }
    if (expr->kind == ExprKind::GroupingFunc && expr->levels_up >= depth) {
      return;
    }
    if (have_expressions_ && depth == 0 && is_grouped(expr)) {
      return;
    }
    if (expr->kind == ExprKind::Var) {
      check_column(*expr, depth);
      return;
    }
    for (const ExprPtr& child : children(*expr)) {
      check(child, depth);
    }
    if (expr->subquery) {
      check_query(*expr->subquery, depth + 1);
    }
  }

 private:
  [[nodiscard]] bool is_grouped(const ExprPtr& expr) const {
    return std::any_of(groups_.begin(), groups_.end(),
                       [&](const ExprPtr& group) { return equal(group, expr); });
  }

  /// Columns that every grouping set holds.
  void collect_common_columns() {
    for (std::size_t i = 0; i < query_.group_by.size(); ++i) {
      const auto& sets = query_.grouping_sets;
      const bool everywhere = std::all_of(sets.begin(), sets.end(), [&](const auto& set) {
        return std::find(set.begin(), set.end(), static_cast<int>(i)) != set.end();
      });
      for (const TargetEntry& target : query_.targets) {
        if (everywhere && target.sort_group_ref == query_.group_by[i].ref &&
            target.expr->kind == ExprKind::Var && target.expr->levels_up == 0) {
          common_.insert({target.expr->varno, target.expr->attno});
        }
      }
    }
  }

  void check_column(const Expr& var, int depth) const {
    if (var.levels_up != depth) {
      return;
    }
    for (const ExprPtr& group : groups_) {
      if (group->kind == ExprKind::Var && group->varno == var.varno && group->attno == var.attno &&
          group->levels_up == 0) {
        return;
      }
    }
    const RangeTableEntry& range = query_.range_table[static_cast<std::size_t>(var.varno) - 1];
    if (range.table != nullptr) {
      std::set<int> columns;
      for (const auto& [varno, attno] : common_) {
        if (varno == var.varno) {
          columns.insert(attno);
        }
      }
      if (primary_key_within(catalog_, range.table->oid, columns)) {
        return;
      }
    }
    const std::string name =
        fmt::format("{}.{}", range.alias, var.attno == 0 ? std::string{"*"} : var.name);
    throw UserError{
        depth == 0
            ? fmt::format("column \"{}\" must appear in the GROUP BY clause or be used in an "
                          "aggregate function",
                          name)
            : fmt::format("subquery uses ungrouped column \"{}\" from outer query", name)};
  }

  void check_tree(const JoinTree& tree, int depth) const {
    check(tree.quals, depth);
    for (const JoinTree& child : tree.children) {
      check_tree(child, depth);
    }
  }

  void check_query(const Query& query, int depth) const {
    for (const TargetEntry& target : query.targets) {
      check(target.expr, depth);
    }
    check_tree(query.join_tree, depth);
    check(query.having, depth);
    check(query.limit, depth);
    check(query.offset, depth);
    for (const RangeTableEntry& range : query.range_table) {
      if (range.subquery && range.view == nullptr) {
        check_query(*range.subquery, depth + 1);
      }
      for (const ExprPtr& function : range.functions) {
        check(function, depth);
      }
      for (const auto& row : range.values) {
        for (const ExprPtr& value : row) {
          check(value, depth);
        }
      }
    }
    for (const CommonTableExpression& cte : query.ctes) {
      if (cte.query) {
        check_query(*cte.query, depth + 1);
      }
    }
  }

  const Query& query_;
  const CatalogSnapshot& catalog_;
  std::vector<ExprPtr> groups_;
  std::set<std::pair<int, int>> common_;
  bool have_expressions_ = false;
};

/// finalize_grouping_exprs(): GROUPING() names grouped expressions only.
void check_grouping_calls(const ExprPtr& expr, const Query& query) {
  (void)any_of(expr, [&](const Expr& call) {
    if (call.kind != ExprKind::GroupingFunc || call.levels_up != 0) {
      return false;
    }
    for (const ExprPtr& arg : call.args) {
      const bool grouped =
          std::any_of(query.targets.begin(), query.targets.end(), [&](const TargetEntry& target) {
            return std::any_of(query.group_by.begin(), query.group_by.end(),
                               [&](const SortGroupClause& clause) {
                                 return clause.ref == target.sort_group_ref;
                               }) &&
                   equal(target.expr, arg);
          });
      if (!grouped) {
        throw UserError{
            "arguments to GROUPING must be grouping expressions of the associated query level"};
      }
    }
    return false;
  });
}

}  // namespace

void Analyzer::check_aggregates(Scope& scope) {
  const Query& query = scope.query;
  const UngroupedColumns ungrouped{query, catalog_};
  for (const TargetEntry& target : query.targets) {
    check_grouping_calls(target.expr, query);
    ungrouped.check(target.expr);
  }
  if (query.having) {
    check_grouping_calls(query.having, query);
    ungrouped.check(query.having);
  }
}

}  // namespace quern::planner_model
