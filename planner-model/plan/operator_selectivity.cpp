// Operator clauses joined to the estimators. Source: selfuncs.c (get_restriction_variable,
// eqsel, scalarineqsel, eqjoinsel, scalararraysel, rowcomparesel), PostgreSQL 15.
#include "planner-model/plan/operator_selectivity.hpp"

#include <cmath>
#include <cstdio>

#include "planner-model/plan/array_coercion.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/query/simplify.hpp"
#include "planner-model/selectivity/join.hpp"
#include "planner-model/selectivity/restriction.hpp"

namespace quern::planner_model {

namespace {

const Value* constant_value(const ExprPtr& expr) {
  return expr->kind == ExprKind::Const && !expr->is_null ? expr->value.get() : nullptr;
}

struct RestrictionVariable {
  bool found = false;
  ExaminedVariable var;
  ExprPtr other;
  bool on_left = true;
};

/// get_restriction_variable().
RestrictionVariable restriction_variable(PlannerInfo& root, const std::vector<ExprPtr>& args,
                                         int var_relid) {
  RestrictionVariable result;
  if (args.size() != 2) {
    return result;
  }
  auto left = examine_variable(root, args[0], var_relid);
  auto right = examine_variable(root, args[1], var_relid);
  const bool left_rel = left.variable.has_relation;
  const bool right_rel = right.variable.has_relation;
  if (left_rel && !right_rel) {
    result = {true, std::move(left), estimation_value(root, args[1]), true};
  } else if (!left_rel && right_rel) {
    result = {true, std::move(right), estimation_value(root, args[0]), false};
  }
  return result;
}

/// scalarineqsel() of ctid: where the row would stand in the table, whose last page is half full.
double ctid_inequality(const RelOptInfo& rel, const std::string& text, bool greater,
                       bool or_equal) {
  unsigned long page = 0;
  unsigned offset = 0;
  if (rel.pages <= 0) {
    return 1;
  }
  if (std::sscanf(text.c_str(), "(%lu,%u)", &page, &offset) != 2) {
    return kDefaultInequalitySelectivity;
  }
  auto block = static_cast<double>(page);
  double density = rel.tuples / (rel.pages - 0.5);
  if (block >= rel.pages - 1) {
    density *= 0.5;
  }
  if (density > 0) {
    block += std::min(offset / density, 1.0);
  }
  double selectivity = block / (rel.pages - 0.5);
  if (or_equal == greater && rel.tuples >= 1) {
    selectivity -= 1 / rel.tuples;
  }
  return clamp_probability(greater ? 1 - selectivity : selectivity);
}

double inequality(PlannerInfo& root, const Operator& op, const std::vector<ExprPtr>& args,
                  int var_relid, bool greater, bool or_equal) {
  const auto var = restriction_variable(root, args, var_relid);
  if (!var.found) {
    return kDefaultInequalitySelectivity;
  }
  if (var.other->kind != ExprKind::Const) {
    return kDefaultInequalitySelectivity;
  }
  if (var.other->is_null) {
    return 0;
  }
  const Operator* used = &op;
  if (!var.on_left) {
    used = root.global->types->op(op.commutator);
    if (used == nullptr) {
      return kDefaultInequalitySelectivity;
    }
    greater = !greater;
  }
  constexpr int kCtid = -1;
  const Expr& column = *args[var.on_left ? 0 : 1];
  if (column.kind == ExprKind::Var && column.attno == kCtid &&
      root.base[static_cast<std::size_t>(column.varno)] != nullptr) {
    return ctid_inequality(*root.base[static_cast<std::size_t>(column.varno)], var.other->text,
                           greater, or_equal);
  }
  const auto* value = constant_value(var.other);
  if (value == nullptr) {
    return kDefaultInequalitySelectivity;
  }
  const auto which = greater ? (or_equal ? Inequality::GreaterEqual : Inequality::Greater)
                             : (or_equal ? Inequality::LessEqual : Inequality::Less);
  return scalar_inequality(var.var.variable, *used, which, *value);
}

double equality(PlannerInfo& root, const Operator& op, const std::vector<ExprPtr>& args,
                int var_relid, bool negate) {
  const auto var = restriction_variable(root, args, var_relid);
  if (!var.found) {
    return negate ? 1.0 - kDefaultEqualitySelectivity : kDefaultEqualitySelectivity;
  }
  if (var.other->kind == ExprKind::Const) {
    if (var.other->is_null) {
      return 0;
    }
    if (const auto* value = constant_value(var.other); value != nullptr) {
      return equal_to_constant(var.var.variable, op, *value, var.on_left, negate);
    }
  }
  return equal_to_unknown(var.var.variable, negate);
}

double with_variable(PlannerInfo& root, const Operator& op, Oid collation,
                     const std::vector<ExprPtr>& args, int var_relid) {
  const std::string_view estimator = op.restriction;
  const auto var = restriction_variable(root, args, var_relid);
  bool negate = false;
  if (const auto kind = pattern_kind(op, negate); kind) {
    if (!var.found) {
      return negate ? 1.0 - kDefaultMatchSelectivity : kDefaultMatchSelectivity;
    }
    if (!var.on_left || (var.other->kind == ExprKind::Const && var.other->is_null)) {
      return var.on_left ? 0.0 : negate ? 1.0 - kDefaultMatchSelectivity : kDefaultMatchSelectivity;
    }
    return pattern_selectivity(var.var.variable, op, *kind, constant_value(var.other), collation,
                               negate);
  }
  const bool null_other = var.found && var.other->kind == ExprKind::Const && var.other->is_null;
  // intarray has the estimators of arrays under names of its own.
  if (estimator == "arraycontsel" || estimator == "_int_overlap_sel" ||
      estimator == "_int_contains_sel" || estimator == "_int_contained_sel") {
    if (!var.found) {
      return op.name == "&&" ? 0.01 : 0.005;
    }
    if (null_other) {
      return 0;
    }
    auto operation = op.name == "&&"   ? ArrayContainment::Overlaps
                     : op.name == "@>" ? ArrayContainment::Contains
                                       : ArrayContainment::ContainedBy;
    if (!var.on_left && operation != ArrayContainment::Overlaps) {
      operation = operation == ArrayContainment::Contains ? ArrayContainment::ContainedBy
                                                          : ArrayContainment::Contains;
    }
    return array_containment(var.var.variable, operation, constant_value(var.other));
  }
  if (estimator == "matchingsel") {
    if (!var.found) {
      return kDefaultMatchingSelectivity;
    }
    if (null_other) {
      return 0;
    }
    return generic_restriction(var.var.variable, op, constant_value(var.other), var.on_left,
                               kDefaultMatchingSelectivity);
  }
  if (estimator == "contsel") {
    return kDefaultContainmentSelectivity;
  }
  if (estimator == "positionsel") {
    return kDefaultPositionSelectivity;
  }
  if (estimator == "areasel") {
    return kDefaultAreaSelectivity;
  }
  if (var.found) {
    if (null_other) {
      return 0;
    }
    bool defaulted = false;
    if (const auto special = special_restriction(var.var.variable, op, constant_value(var.other),
                                                 var.on_left, &defaulted);
        special) {
      return *special;
    }
  }
  return kDefaultEqualitySelectivity;
}

double restriction(PlannerInfo& root, const Operator& op, Oid collation,
                   const std::vector<ExprPtr>& args, int var_relid) {
  const std::string_view estimator = op.restriction;
  if (estimator.empty() || estimator == "-") {
    return 0.5;
  }
  if (estimator == "eqsel") {
    return clamp_probability(equality(root, op, args, var_relid, false));
  }
  if (estimator == "neqsel") {
    return clamp_probability(equality(root, op, args, var_relid, true));
  }
  if (estimator == "scalarltsel" || estimator == "scalarlesel") {
    return clamp_probability(
        inequality(root, op, args, var_relid, false, estimator == "scalarlesel"));
  }
  if (estimator == "scalargtsel" || estimator == "scalargesel") {
    return clamp_probability(
        inequality(root, op, args, var_relid, true, estimator == "scalargesel"));
  }
  return clamp_probability(with_variable(root, op, collation, args, var_relid));
}

double equality_join(PlannerInfo& root, const Operator& op, const std::vector<ExprPtr>& args,
                     JoinType type, const SpecialJoin& sj, bool negate) {
  const auto left = examine_variable(root, args[0], 0);
  const auto right = examine_variable(root, args[1], 0);
  bool reversed = false;
  if (left.rel != nullptr && is_subset(left.rel->relids, sj.syn_right)) {
    reversed = true;
  } else if (right.rel != nullptr && is_subset(right.rel->relids, sj.syn_left)) {
    reversed = true;
  }
  if ((type == JoinType::Semi || type == JoinType::Anti) && negate) {
    return not_equal_join_semi(reversed ? right.variable : left.variable);
  }
  const Operator* equal_op = negate ? root.global->types->op(op.negator) : &op;
  if (equal_op == nullptr) {
    return negate ? 1 - kDefaultEqualitySelectivity : kDefaultEqualitySelectivity;
  }
  const double inner = equal_join_inner(left.variable, right.variable, *equal_op);
  double result = inner;
  // eqjoinsel() looks at the join's own type, not at the one it is asked for: when the inner side
  // is unique, the "semijoin" selectivity of a plain join is the plain one.
  if (sj.type == JoinType::Semi || sj.type == JoinType::Anti) {
    const auto* inner_rel = find_rel(root, sj.min_right);
    const double inner_rows = inner_rel != nullptr ? inner_rel->rows : 1e100;
    const Operator* used = equal_op;
    if (reversed) {
      if (const auto* commuted = root.global->types->op(equal_op->commutator);
          commuted != nullptr) {
        used = commuted;
      }
    }
    result = reversed ? equal_join_semi(right.variable, left.variable, *used, inner_rows, inner)
                      : equal_join_semi(left.variable, right.variable, *used, inner_rows, inner);
  }
  result = clamp_probability(result);
  return negate ? 1.0 - result : result;
}

double join_selectivity(PlannerInfo& root, const Operator& op, const std::vector<ExprPtr>& args,
                        JoinType type, const SpecialJoin& sj) {
  if (op.join.empty() || op.join == "-") {
    return 0.5;
  }
  if (op.join == "eqjoinsel" || op.join == "neqjoinsel") {
    return clamp_probability(equality_join(root, op, args, type, sj, op.join == "neqjoinsel"));
  }
  return clamp_probability(default_join_selectivity(op.join));
}

ExprPtr element_constant(const Expr& array, const std::optional<Value>& element, Oid element_type) {
  auto constant = std::make_shared<Expr>();
  constant->kind = ExprKind::Const;
  constant->type = element_type;
  constant->collation = array.collation;
  if (element) {
    constant->text = element->text;
    constant->value = std::make_shared<Value>(*element);
  } else {
    constant->is_null = true;
  }
  return constant;
}

/// scalararraysel().

}  // namespace

double operator_selectivity(PlannerInfo& root, const Expr& clause, Relids relids, int var_relid,
                            JoinType type, const SpecialJoin* sj) {
  const auto* op = root.global->types->op(clause.op);
  if (op == nullptr) {
    return 0.5;
  }
  const bool as_join = var_relid == 0 && sj != nullptr && count(relids) > 1;
  return as_join ? join_selectivity(root, *op, clause.args, type, *sj)
                 : restriction(root, *op, clause.input_collation, clause.args, var_relid);
}

double array_operator_selectivity(PlannerInfo& root, const Expr& clause, Relids relids,
                                  int var_relid, JoinType type, const SpecialJoin* sj) {
  const auto& types = *root.global->types;
  const auto* op = types.op(clause.op);
  if (op == nullptr) {
    return 0.5;
  }
  const bool is_equality = op->restriction == "eqsel";
  const bool is_inequality = op->restriction == "neqsel";
  const ExprPtr& scalar = clause.args[0];
  const ExprPtr array = strip_array_coercion(estimation_value(root, clause.args[1]));
  const bool as_join = var_relid == 0 && sj != nullptr && count(relids) > 1;
  const auto single = [&](const ExprPtr& element) {
    const std::vector<ExprPtr> args{scalar, element};
    return as_join ? join_selectivity(root, *op, args, type, *sj)
                   : restriction(root, *op, clause.input_collation, args, var_relid);
  };
  // Containment works by the elements' own equality alone.
  const Oid own = types.ordering(types.element_type(types.base_type(clause.args[1]->type))).equal;
  if (own != 0 && (clause.op == own || types.negator(clause.op) == own)) {
    const ExprPtr left = estimation_value(root, scalar);
    if (const auto* value = constant_value(left);
        value != nullptr && array->kind != ExprKind::Const && !as_join) {
      const auto variable = examine_variable(root, clause.args[1], var_relid);
      if (variable.variable.has_relation && variable.variable.statistics != nullptr) {
        if (const auto s =
                scalar_in_array_variable(variable.variable, *value, is_equality, clause.use_or);
            s) {
          return clamp_probability(*s);
        }
      }
    }
  }
  std::vector<double> singles;
  if (array->kind == ExprKind::Const) {
    if (array->is_null) {
      return 0;
    }
    const Oid element_type = types.element_type(types.base_type(array->type));
    if (array->value) {
      for (const auto& element : array->value->elements) {
        singles.push_back(single(element_constant(*array, element, element_type)));
      }
    }
  } else if (array->kind == ExprKind::ArrayExpr) {
    for (const auto& element : array->args) {
      singles.push_back(single(element));
    }
  } else {
    auto unknown = std::make_shared<Expr>();
    unknown->kind = ExprKind::Param;
    unknown->type = types.element_type(types.base_type(clause.args[1]->type));
    unknown->collation = clause.args[1]->collation;
    unknown->param_kind = ParamKind::Exec;
    singles.assign(kUnknownArrayLength, single(unknown));
    // Of values that nobody knows it is not assumed that they differ.
    return clamp_probability(combine_any_all(singles, clause.use_or, false, false));
  }
  return clamp_probability(combine_any_all(singles, clause.use_or, is_equality, is_inequality));
}

double row_comparison_selectivity(PlannerInfo& root, const Expr& clause, int var_relid) {
  const auto half = clause.args.size() / 2;
  const auto* op =
      clause.operators.empty() ? nullptr : root.global->types->op(clause.operators.front());
  if (op == nullptr || half == 0) {
    return 0.5;
  }
  return restriction(root, *op, clause.args[0]->collation, {clause.args[0], clause.args[half]},
                     var_relid);
}

}  // namespace quern::planner_model
