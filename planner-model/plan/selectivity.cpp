// The estimators joined to expression trees. Source: clausesel.c and selfuncs.c, PostgreSQL 15.
#include "planner-model/plan/selectivity.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/plan/array_coercion.hpp"
#include "planner-model/plan/extended_selectivity.hpp"
#include "planner-model/plan/operator_selectivity.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/query/simplify.hpp"
#include "planner-model/selectivity/restriction.hpp"

namespace quern::planner_model {

namespace {

double boolean_variable_selectivity(PlannerInfo& root, const ExprPtr& clause, int var_relid) {
  const auto variable = examine_variable(root, clause, var_relid);
  if (variable.variable.statistics != nullptr) {
    return clamp_probability(boolean_variable(variable.variable));
  }
  return clause->kind == ExprKind::FuncExpr ? 0.3333333 : 0.5;
}

BooleanTest boolean_test_of(BooleanTestKind kind) {
  return static_cast<BooleanTest>(kind);
}

double boolean_test_selectivity(PlannerInfo& root, const Expr& clause, int var_relid, JoinType type,
                                const SpecialJoin* sj) {
  const auto& arg = clause.args.front();
  const auto variable = examine_variable(root, arg, var_relid);
  if (variable.variable.statistics != nullptr) {
    if (const auto s = boolean_test(variable.variable, boolean_test_of(clause.boolean_test)); s) {
      return clamp_probability(*s);
    }
  }
  switch (clause.boolean_test) {
    case BooleanTestKind::IsUnknown:
      return kDefaultUnknownSelectivity;
    case BooleanTestKind::IsNotUnknown:
      return kDefaultNotUnknownSelectivity;
    case BooleanTestKind::IsTrue:
    case BooleanTestKind::IsNotFalse:
      return expr_selectivity(root, arg, var_relid, type, sj);
    default:
      return 1.0 - expr_selectivity(root, arg, var_relid, type, sj);
  }
}

/// clauselist_selectivity_or().
template <class Each>
double or_selectivity(std::size_t arms, const Each& each) {
  double s1 = 0;
  for (std::size_t i = 0; i < arms; ++i) {
    const double s2 = each(i);
    s1 = s1 + s2 - s1 * s2;
  }
  return clamp_probability(s1);
}

struct RangePair {
  ExprPtr var;
  bool low = false, high = false;
  double low_bound = 0, high_bound = 0;
};

void add_range_bound(std::vector<RangePair>& pairs, const ExprPtr& var, bool is_low, double s) {
  for (auto& pair : pairs) {
    if (!equal(pair.var, var)) {
      continue;
    }
    bool& have = is_low ? pair.low : pair.high;
    double& bound = is_low ? pair.low_bound : pair.high_bound;
    bound = have ? std::min(bound, s) : s;
    have = true;
    return;
  }
  RangePair pair;
  pair.var = var;
  (is_low ? pair.low : pair.high) = true;
  (is_low ? pair.low_bound : pair.high_bound) = s;
  pairs.push_back(pair);
}

double null_fraction_of(PlannerInfo& root, const ExprPtr& expr, int var_relid) {
  const auto variable = examine_variable(root, expr, var_relid);
  return null_test(variable.variable, true);
}

/// One conjunct as clauselist_selectivity() sees it.
struct Conjunct {
  const Expr* clause;
  Relids relids;
  bool pseudoconstant;
  double selectivity;
};

double combine_conjuncts(PlannerInfo& root, const std::vector<Conjunct>& conjuncts, int var_relid) {
  double s1 = 1.0;
  std::vector<RangePair> pairs;
  for (const auto& c : conjuncts) {
    bool paired = false;
    if (!c.pseudoconstant && c.clause->kind == ExprKind::OpExpr && c.clause->args.size() == 2 &&
        is_singleton(c.relids)) {
      const auto* op = root.global->types->op(c.clause->op);
      const auto constant = [&](const ExprPtr& e) {
        return relids_of(e) == 0 && !contains_volatile(e, root);
      };
      const bool var_on_left = constant(c.clause->args[1]);
      if (op != nullptr && (var_on_left || constant(c.clause->args[0]))) {
        const auto& estimator = op->restriction;
        const bool less = estimator == "scalarltsel" || estimator == "scalarlesel";
        if (less || estimator == "scalargtsel" || estimator == "scalargesel") {
          const bool is_low = var_on_left ? !less : less;
          add_range_bound(pairs, c.clause->args[var_on_left ? 0 : 1], is_low, c.selectivity);
          paired = true;
        }
      }
    }
    if (!paired) {
      s1 *= c.selectivity;
    }
  }
  for (const auto& pair : pairs) {
    if (pair.low && pair.high) {
      double s2 = 0;
      if (pair.high_bound == kDefaultInequalitySelectivity ||
          pair.low_bound == kDefaultInequalitySelectivity) {
        s2 = kDefaultRangeInequalitySelectivity;
      } else {
        s2 = pair.high_bound + pair.low_bound - 1.0;
        s2 += null_fraction_of(root, pair.var, var_relid);
        if (s2 <= 0.0) {
          s2 = s2 < -0.01 ? kDefaultRangeInequalitySelectivity : 1.0e-10;
        }
      }
      s1 *= s2;
    } else {
      s1 *= pair.low ? pair.low_bound : pair.high_bound;
    }
  }
  return s1;
}

}  // namespace

namespace {

/// function_selectivity(): starts_with() is estimated as its operator is (like_regex_support()),
/// where the server's planner knows it.
double function_selectivity(PlannerInfo& root, const ExprPtr& call, int var_relid, JoinType type,
                            const SpecialJoin* sj) {
  constexpr Oid kStartsWith = 3696;
  constexpr Oid kStartsWithOperator = 3877;  // ^@
  if (call->function != kStartsWith || !root.global->cost.server.indexes_prefix_tests()) {
    return 0.3333333;
  }
  const ExprPtr op =
      make_op(kStartsWithOperator, call->args[0], call->args[1], call->input_collation, root);
  return operator_selectivity(root, *op, relids_of(op), var_relid, type, sj);
}

}  // namespace

double expr_selectivity(PlannerInfo& root, const ExprPtr& clause, int var_relid, JoinType type,
                        const SpecialJoin* sj) {
  switch (clause->kind) {
    case ExprKind::Const:
      return clause->is_null ? 0.0 : clause->text == "t" || clause->text == "true" ? 1.0 : 0.0;
    case ExprKind::Param: {
      const ExprPtr value = estimation_value(root, clause);
      if (value->kind == ExprKind::Const) {
        return expr_selectivity(root, value, var_relid, type, sj);
      }
      return 0.5;
    }
    case ExprKind::Not:
      return 1.0 - expr_selectivity(root, clause->args.front(), var_relid, type, sj);
    case ExprKind::And:
      return expr_list_selectivity(root, clause->args, var_relid, type, sj);
    case ExprKind::Or:
      return or_selectivity(clause->args.size(), [&](std::size_t i) {
        return expr_selectivity(root, clause->args[i], var_relid, type, sj);
      });
    case ExprKind::OpExpr:
      return operator_selectivity(root, *clause, relids_of(clause), var_relid, type, sj);
    case ExprKind::DistinctExpr:
      return 1.0 - operator_selectivity(root, *clause, relids_of(clause), var_relid, type, sj);
    case ExprKind::ScalarArrayOpExpr:
      return array_operator_selectivity(root, *clause, relids_of(clause), var_relid, type, sj);
    case ExprKind::RowCompareExpr:
      return row_comparison_selectivity(root, *clause, var_relid);
    case ExprKind::NullTest: {
      const auto variable = examine_variable(root, clause->args.front(), var_relid);
      return clamp_probability(null_test(variable.variable, clause->test_is_null));
    }
    case ExprKind::BooleanTest:
      return clamp_probability(boolean_test_selectivity(root, *clause, var_relid, type, sj));
    case ExprKind::RelabelType:
      return expr_selectivity(root, clause->args.front(), var_relid, type, sj);
    case ExprKind::FuncExpr:
      return function_selectivity(root, clause, var_relid, type, sj);
    case ExprKind::CurrentOf: {
      const double tuples =
          root.base[static_cast<std::size_t>(clause->args.front()->varno)]->tuples;
      return tuples > 0 ? 1.0 / tuples : 0.5;
    }
    default:
      return boolean_variable_selectivity(root, clause, var_relid);
  }
}

double clause_selectivity(PlannerInfo& root, RestrictInfo& clause, int var_relid, JoinType type,
                          const SpecialJoin* sj) {
  if (clause.pseudoconstant && clause.clause->kind != ExprKind::Const) {
    return 1.0;
  }
  if (clause.norm_selectivity > 1) {
    return 1.0;
  }
  const bool cacheable = var_relid == 0 || (is_singleton(clause.clause_relids) &&
                                            overlaps(clause.clause_relids, singleton(var_relid)));
  double& cached = type == JoinType::Inner ? clause.norm_selectivity : clause.outer_selectivity;
  if (cacheable && cached >= 0) {
    return cached;
  }
  double s = 0;
  if (!clause.or_arms.empty()) {
    s = extended_or_selectivity(root, clause, var_relid, type, sj, [&] {
      return or_selectivity(clause.or_arms.size(), [&](std::size_t i) {
        return clauselist_selectivity(root, clause.or_arms[i], var_relid, type, sj);
      });
    });
  } else {
    s = expr_selectivity(root, clause.clause, var_relid, type, sj);
  }
  if (cacheable) {
    cached = s;
  }
  return s;
}

double clauselist_selectivity(PlannerInfo& root, const std::vector<RestrictInfo*>& clauses,
                              int var_relid, JoinType type, const SpecialJoin* sj) {
  if (clauses.size() == 1) {
    return clause_selectivity(root, *clauses.front(), var_relid, type, sj);
  }
  std::vector<bool> estimated(clauses.size(), false);
  const double s1 = extended_selectivity(root, clauses, var_relid, type, sj, estimated);
  std::vector<Conjunct> conjuncts;
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    if (!estimated[i]) {
      auto* c = clauses[i];
      conjuncts.push_back({c->clause.get(), c->clause_relids, c->pseudoconstant,
                           clause_selectivity(root, *c, var_relid, type, sj)});
    }
  }
  return s1 * combine_conjuncts(root, conjuncts, var_relid);
}

double restriction_selectivity(PlannerInfo& root, const std::vector<RestrictInfo*>& clauses,
                               int var_relid) {
  const double selectivity =
      clauselist_selectivity(root, clauses, var_relid, JoinType::Inner, nullptr);
  const double factor = root.global->row_factor;
  const bool restricts =
      factor != 1 && std::any_of(clauses.begin(), clauses.end(), [](const RestrictInfo* clause) {
        return is_singleton(clause->clause_relids);
      });
  return restricts ? std::min(1.0, factor * selectivity) : selectivity;
}

double expr_list_selectivity(PlannerInfo& root, const std::vector<ExprPtr>& clauses, int var_relid,
                             JoinType type, const SpecialJoin* sj) {
  if (clauses.size() == 1) {
    return expr_selectivity(root, clauses.front(), var_relid, type, sj);
  }
  std::vector<Conjunct> conjuncts;
  for (const auto& clause : clauses) {
    conjuncts.push_back({clause.get(), relids_of(clause), false,
                         expr_selectivity(root, clause, var_relid, type, sj)});
  }
  return combine_conjuncts(root, conjuncts, var_relid);
}

ExprPtr strip_array_coercion(const ExprPtr& array) {
  ExprPtr inner = array;
  while (inner &&
         (inner->kind == ExprKind::RelabelType || (inner->kind == ExprKind::ArrayCoerceExpr &&
                                                   inner->function == 0 && inner->typmod < 0))) {
    inner = inner->args.front();
  }
  return inner;
}

int estimate_array_length(const ExprPtr& array) {
  const ExprPtr inner = strip_array_coercion(array);
  if (inner->kind == ExprKind::Const) {
    if (inner->is_null || !inner->value) {
      return inner->is_null ? 0 : 10;
    }
    return static_cast<int>(inner->value->elements.size());
  }
  if (inner->kind == ExprKind::ArrayExpr) {
    return static_cast<int>(inner->args.size());
  }
  return 10;
}

}  // namespace quern::planner_model
