#include "planner-model/plan/btree_bounds.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/predicate.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

namespace {

class BoundsFinder {
 public:
  BoundsFinder(PlannerInfo& root, const IndexOptInfo& index) : root_{root}, index_{index} {}

  BtreeBounds find(const std::vector<IndexClause>& clauses) {
    for (const auto& clause : clauses) {
      if (clause.column > column_ && !reach(clause.column)) {
        break;
      }
      for (auto* qual : clause.quals) {
        add(qual);
      }
    }
    bounds_.one_row_at_most = index_.unique && column_ == index_.key_columns - 1 &&
                              equality_here_ && !found_array_ && !found_is_null_;
    return std::move(bounds_);
  }

 private:
  /// Moves on to the column of the next conditions; false: they bound the scan no more.
  bool reach(int column) {
    if (!root_.global->cost.server.btree_skips()) {
      if (!equality_here_) {
        return false;
      }
      equality_here_ = false;
      ++column_;
      return column == column_;
    }
    if (found_row_compare_) {
      return false;
    }
    if (equality_here_) {
      ++column_;
      inequalities_.clear();
    }
    equality_here_ = false;
    const double before = bounds_.descents;
    while (column_ < column) {
      found_array_ = true;
      const auto values = values_to_skip();
      if (!values || index_.pages < bounds_.descents * *values) {
        bounds_.descents = before;
        return false;
      }
      bounds_.descents *= *values;
      ++column_;
      inequalities_.clear();
    }
    return true;
  }

  /// How many values the scan would visit in this column one by one; nothing where it will not.
  std::optional<double> values_to_skip() {
    auto variable = examine_variable(root_, index_.expressions[static_cast<std::size_t>(column_)],
                                     index_.rel->range);
    variable.variable.is_unique = false;  // examine_indexcol_variable() does not look for it
    const Distinct distinct = number_of_distinct(variable.variable);
    if (variable.variable.statistics == nullptr || distinct.is_default) {
      return std::nullopt;
    }
    if (inequalities_.empty()) {
      return distinct.count + 1;  // and the one before the first
    }
    const double fraction = restriction_selectivity(
        root_, with_predicate(root_, index_, inequalities_), index_.rel->range);
    if (fraction < kDefaultRangeInequalitySelectivity) {
      return std::nullopt;
    }
    return std::max(std::rint(distinct.count * fraction), 1.0);
  }

  void add(RestrictInfo* qual) {
    const auto& expr = qual->clause;
    Oid op = 0;
    if (expr->kind == ExprKind::OpExpr) {
      op = expr->op;
    } else if (expr->kind == ExprKind::RowCompareExpr) {
      op = expr->operators.front();
      found_row_compare_ = true;
    } else if (expr->kind == ExprKind::ScalarArrayOpExpr) {
      found_array_ = true;
      op = expr->op;
      bounds_.descents *= std::max(estimate_array_length(root_, expr->args[1]), 1.0);
    } else if (expr->kind == ExprKind::NullTest && expr->test_is_null) {
      found_is_null_ = true;
      equality_here_ = true;
    }
    if (op != 0 &&
        root_.global->types->strategy(op, index_.opfamilies[static_cast<std::size_t>(column_)]) ==
            btree_strategy::kEqual) {
      equality_here_ = true;
    }
    bounds_.quals.push_back(qual);
    if (!equality_here_ && !found_row_compare_ && column_ < index_.key_columns - 1) {
      inequalities_.push_back(qual);
    }
  }

  PlannerInfo& root_;
  const IndexOptInfo& index_;
  BtreeBounds bounds_ = {};
  std::vector<RestrictInfo*> inequalities_ = {};  ///< of this column, for the values to skip
  int column_ = 0;
  bool equality_here_ = false;
  bool found_array_ = false;
  bool found_is_null_ = false;
  bool found_row_compare_ = false;
};

}  // namespace

BtreeBounds btree_bounds(PlannerInfo& root, const IndexOptInfo& index,
                         const std::vector<IndexClause>& clauses) {
  return BoundsFinder{root, index}.find(clauses);
}

std::vector<RestrictInfo*> with_predicate(PlannerInfo& root, const IndexOptInfo& index,
                                          std::vector<RestrictInfo*> quals) {
  if (index.predicate.empty()) {
    return quals;
  }
  const auto known = clause_exprs(quals);
  std::vector<RestrictInfo*> result;
  for (const auto& predicate : index.predicate) {
    if (!predicate_implied_by(root, predicate, known)) {
      result.push_back(make_restrictinfo(root, predicate, true, false, false, 0, 0, 0));
      result.back()->is_bare = true;
    }
  }
  result.insert(result.end(), quals.begin(), quals.end());
  return result;
}

}  // namespace quern::planner_model
