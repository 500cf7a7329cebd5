// The estimators joined to expression trees. Source: clausesel.c and selfuncs.c, PostgreSQL 15.
#include "planner-model/plan/selectivity.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/plan/extended_selectivity.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/query/simplify.hpp"
#include "planner-model/selectivity/join.hpp"
#include "planner-model/selectivity/restriction.hpp"

namespace quern::planner_model {

namespace {

double clamp01(double s) {
  return std::isnan(s) ? 1.0 : std::clamp(s, 0.0, 1.0);
}

const Value* constant_value(const ExprPtr& expr) {
  return expr->kind == ExprKind::Const && !expr->is_null ? expr->value.get() : nullptr;
}

/// The relation of a set of ranges: base, or a join already built.
RelOptInfo* find_rel(PlannerInfo& root, Relids relids) {
  if (relids == 0) {
    return nullptr;
  }
  if (is_singleton(relids)) {
    return root.base[static_cast<std::size_t>(lowest(relids))];
  }
  const auto it = root.join_by_relids.find(relids);
  return it == root.join_by_relids.end() ? nullptr : it->second;
}

bool unique_index_on(const RelOptInfo& rel, int attno) {
  return std::any_of(rel.indexes.begin(), rel.indexes.end(), [&](const IndexOptInfo* index) {
    return index->unique && index->key_columns == 1 && index->columns[0] == attno &&
           (index->predicate.empty() || index->predicate_ok);
  });
}

const ColumnStatistics* column_statistics(const RelOptInfo& rel, int attno) {
  for (const auto& column : rel.table->columns) {
    if (column.number == attno) {
      const auto& stats =
          rel.use_inherited_statistics ? column.inherited_statistics : column.statistics;
      return stats ? &*stats : nullptr;
    }
  }
  return nullptr;
}

void examine_simple_variable(PlannerInfo& root, const Expr& var, RelOptInfo& rel, Variable& out) {
  auto& global = *root.global;
  const auto& entry = *rel.entry;
  if (entry.kind == RangeKind::Relation) {
    if (var.attno > 0) {
      if (const auto* stats = column_statistics(rel, var.attno); stats != nullptr) {
        out.statistics = global.statistics->get(*stats, var.type);
      }
      for (const auto* index : rel.indexes) {
        if (index->method == AccessMethod::Btree && !index->hypothetical &&
            index->predicate.empty() && index->columns[0] == var.attno) {
          out.has_ordering_index = true;
        }
      }
    }
    out.is_ctid = var.attno == -1;
    out.is_tableoid = var.attno == -6;
    return;
  }
  if (entry.kind == RangeKind::Values) {
    out.is_values = true;
    return;
  }
  const auto kind = entry.kind;
  if (kind == RangeKind::Subquery && rel.subroot != nullptr && var.attno > 0) {
    PlannerInfo& subroot = *rel.subroot;
    const Query& query = subroot.query;
    if (query.set_operation || !query.group_by.empty() || query.has_grouping_sets) {
      return;
    }
    const TargetEntry* target = nullptr;
    int position = 0;
    for (const auto& candidate : query.targets) {
      if (!candidate.junk && ++position == var.attno) {
        target = &candidate;
        break;
      }
    }
    if (target == nullptr) {
      return;
    }
    if (!query.distinct.empty()) {
      if (query.distinct.size() == 1 && target->sort_group_ref == query.distinct.front().ref) {
        out.is_unique = true;
      }
      return;
    }
    if (target->expr->kind == ExprKind::Var && target->expr->levels_up == 0) {
      const auto range = static_cast<std::size_t>(target->expr->varno);
      if (range < subroot.base.size() && subroot.base[range] != nullptr) {
        examine_simple_variable(subroot, *target->expr, *subroot.base[range], out);
      }
    }
  }
}

}  // namespace

ExprPtr estimation_value(PlannerInfo& root, const ExprPtr& expr) {
  if (expr->kind == ExprKind::Const || expr->kind == ExprKind::Var) {
    return expr;
  }
  return simplify(expr, *root.global->types, FoldStable::Yes, root.global->now_us);
}

ExaminedVariable examine_variable(PlannerInfo& root, const ExprPtr& expr, int var_relid) {
  ExaminedVariable result;
  auto& out = result.variable;
  out.types = root.global->types;
  out.type = expr->type;
  out.collation = expr->collation;
  ExprPtr base = expr->kind == ExprKind::RelabelType ? expr->args.front() : expr;
  const auto use_rel = [&](RelOptInfo* rel) {
    result.rel = rel;
    if (rel != nullptr) {
      out.has_relation = true;
      out.relation_tuples = rel->tuples;
      out.relation_rows = rel->rows;
    }
  };
  if (base->kind == ExprKind::Var && base->levels_up == 0 &&
      (var_relid == 0 || var_relid == base->varno)) {
    result.expr = base;
    auto* rel = root.base[static_cast<std::size_t>(base->varno)];
    use_rel(rel);
    if (rel == nullptr) {
      return result;
    }
    out.type = base->type;
    if (rel->entry->kind == RangeKind::Relation) {
      out.is_unique = unique_index_on(*rel, base->attno);
    }
    examine_simple_variable(root, *base, *rel, out);
    return result;
  }
  const Relids relids = relids_of(base);
  RelOptInfo* single = nullptr;
  if (is_singleton(relids)) {
    if (var_relid == 0 || var_relid == lowest(relids)) {
      single = root.base[static_cast<std::size_t>(lowest(relids))];
      use_rel(single);
      result.expr = base;
    }
  } else if (relids != 0) {
    if (var_relid == 0) {
      use_rel(find_rel(root, relids));
      out.has_relation = true;
      result.expr = base;
    } else if (overlaps(relids, singleton(var_relid))) {
      use_rel(root.base[static_cast<std::size_t>(var_relid)]);
      result.expr = base;
    }
  }
  if (!result.expr) {
    result.expr = expr;
  }
  if (single != nullptr && single->table != nullptr) {
    out.type = base->type;
    for (const auto* index : single->indexes) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(index->key_columns); ++i) {
        if (index->columns[i] != 0 || !index->expressions[i] ||
            !equal(strip_relabel(index->expressions[i]), strip_relabel(base))) {
          continue;
        }
        if (index->unique && index->key_columns == 1 &&
            (index->predicate.empty() || index->predicate_ok)) {
          out.is_unique = true;
        }
        if (const auto& stats = index->index->keys[i].statistics; stats) {
          out.statistics = root.global->statistics->get(*stats, base->type);
          return result;
        }
      }
    }
    out.statistics = extended_expression_statistics(root, *single, base);
  }
  return result;
}

namespace {

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
  if (estimator == "arraycontsel") {
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
    return clamp01(equality(root, op, args, var_relid, false));
  }
  if (estimator == "neqsel") {
    return clamp01(equality(root, op, args, var_relid, true));
  }
  if (estimator == "scalarltsel" || estimator == "scalarlesel") {
    return clamp01(inequality(root, op, args, var_relid, false, estimator == "scalarlesel"));
  }
  if (estimator == "scalargtsel" || estimator == "scalargesel") {
    return clamp01(inequality(root, op, args, var_relid, true, estimator == "scalargesel"));
  }
  return clamp01(with_variable(root, op, collation, args, var_relid));
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
  result = clamp01(result);
  return negate ? 1.0 - result : result;
}

double join_selectivity(PlannerInfo& root, const Operator& op, const std::vector<ExprPtr>& args,
                        JoinType type, const SpecialJoin& sj) {
  if (op.join.empty() || op.join == "-") {
    return 0.5;
  }
  if (op.join == "eqjoinsel" || op.join == "neqjoinsel") {
    return clamp01(equality_join(root, op, args, type, sj, op.join == "neqjoinsel"));
  }
  return clamp01(default_join_selectivity(op.join));
}

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
  const ExprPtr array = estimation_value(root, clause.args[1]);
  const bool as_join = var_relid == 0 && sj != nullptr && count(relids) > 1;
  const auto single = [&](const ExprPtr& element) {
    const std::vector<ExprPtr> args{scalar, element};
    return as_join ? join_selectivity(root, *op, args, type, *sj)
                   : restriction(root, *op, clause.input_collation, args, var_relid);
  };
  if (is_equality || is_inequality) {
    const ExprPtr left = estimation_value(root, scalar);
    if (const auto* value = constant_value(left);
        value != nullptr && array->kind != ExprKind::Const && !as_join) {
      const auto variable = examine_variable(root, clause.args[1], var_relid);
      if (variable.variable.has_relation && variable.variable.statistics != nullptr) {
        if (const auto s =
                scalar_in_array_variable(variable.variable, *value, is_equality, clause.use_or);
            s) {
          return clamp01(*s);
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
  }
  return clamp01(combine_any_all(singles, clause.use_or, is_equality, is_inequality));
}

double boolean_variable_selectivity(PlannerInfo& root, const ExprPtr& clause, int var_relid) {
  const auto variable = examine_variable(root, clause, var_relid);
  if (variable.variable.statistics != nullptr) {
    return clamp01(boolean_variable(variable.variable));
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
      return clamp01(*s);
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
  return clamp01(s1);
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
        count(c.relids) <= 1) {
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
    case ExprKind::RowCompareExpr: {
      // rowcomparesel(): as its first column.
      const auto half = clause->args.size() / 2;
      const auto* op =
          clause->operators.empty() ? nullptr : root.global->types->op(clause->operators.front());
      if (op == nullptr || half == 0) {
        return 0.5;
      }
      return restriction(root, *op, clause->args[0]->collation,
                         {clause->args[0], clause->args[half]}, var_relid);
    }
    case ExprKind::NullTest: {
      const auto variable = examine_variable(root, clause->args.front(), var_relid);
      return clamp01(null_test(variable.variable, clause->test_is_null));
    }
    case ExprKind::BooleanTest:
      return clamp01(boolean_test_selectivity(root, *clause, var_relid, type, sj));
    case ExprKind::RelabelType:
      return expr_selectivity(root, clause->args.front(), var_relid, type, sj);
    case ExprKind::FuncExpr:
      return 0.3333333;
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

int estimate_array_length(const ExprPtr& array) {
  const ExprPtr inner = strip_relabel(array);
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

namespace {

void collect_vars(const ExprPtr& expr, std::vector<ExprPtr>& vars) {
  if (expr->kind == ExprKind::Var) {
    if (expr->levels_up == 0) {
      vars.push_back(expr);
    }
    return;
  }
  for (const auto& child : children(*expr)) {
    collect_vars(child, vars);
  }
}

struct GroupVar {
  ExaminedVariable variable;
  double distinct = 0;
};

void add_group_var(PlannerInfo& root, std::vector<GroupVar>& vars, ExaminedVariable variable,
                   bool* used_default) {
  const Distinct distinct = number_of_distinct(variable.variable);
  if (distinct.is_default && used_default != nullptr) {
    *used_default = true;
  }
  for (auto it = vars.begin(); it != vars.end();) {
    if (equal(it->variable.expr, variable.expr)) {
      return;
    }
    if (it->variable.rel != variable.rel &&
        exprs_known_equal(root, it->variable.expr, variable.expr)) {
      if (it->distinct <= distinct.count) {
        return;
      }
      it = vars.erase(it);
      continue;
    }
    ++it;
  }
  vars.push_back({std::move(variable), distinct.count});
}

}  // namespace

double estimate_num_groups(PlannerInfo& root, const std::vector<ExprPtr>& exprs, double input_rows,
                           bool* used_default) {
  input_rows = clamp_row_est(input_rows);
  if (exprs.empty()) {
    return 1.0;
  }
  std::vector<GroupVar> vars;
  double booleans = 1.0;
  for (const auto& expr : exprs) {
    if (expr->type == type_oid::kBool) {
      booleans *= 2.0;
      continue;
    }
    auto whole = examine_variable(root, expr, 0);
    if (whole.variable.statistics != nullptr || whole.variable.is_unique) {
      add_group_var(root, vars, std::move(whole), used_default);
      continue;
    }
    std::vector<ExprPtr> parts;
    collect_vars(expr, parts);
    if (parts.empty()) {
      if (contains_volatile(expr, root)) {
        return input_rows;
      }
      continue;
    }
    for (const auto& part : parts) {
      add_group_var(root, vars, examine_variable(root, part, 0), used_default);
    }
  }
  if (vars.empty()) {
    return std::clamp(std::ceil(booleans), 1.0, std::max(1.0, input_rows));
  }
  std::vector<GroupingVariable> grouping;
  std::vector<RelationDistinct> multivariate;
  for (auto& var : vars) {
    GroupingVariable g;
    g.relation = var.variable.rel != nullptr ? var.variable.rel->range : 0;
    g.variable = var.variable.variable;
    g.relation_rows = var.variable.rel != nullptr ? var.variable.rel->rows : 0;
    g.relation_tuples = var.variable.rel != nullptr ? var.variable.rel->tuples : 0;
    if (var.variable.expr->kind == ExprKind::Var) {
      g.expression = {var.variable.expr->attno};
    }
    if (var.variable.rel != nullptr &&
        std::none_of(multivariate.begin(), multivariate.end(),
                     [&](const RelationDistinct& m) { return m.relation == g.relation; })) {
      if (auto stats = extended_distinct(root, *var.variable.rel); !stats.empty()) {
        multivariate.push_back({g.relation, std::move(stats)});
      }
    }
    grouping.push_back(std::move(g));
  }
  return estimate_number_of_groups(grouping, input_rows, multivariate, booleans);
}

void estimate_hash_bucket_stats(PlannerInfo& root, const ExprPtr& key, double buckets,
                                double& mcv_frequency, double& bucket_size) {
  const auto variable = examine_variable(root, key, 0);
  const auto stats = hash_bucket_statistics(variable.variable, buckets);
  mcv_frequency = stats.most_common_frequency;
  bucket_size = stats.bucket_size_fraction;
}

const MergeScan& merge_scan_selectivity(PlannerInfo& root, RestrictInfo& clause,
                                        const PathKey& pathkey) {
  const Oid collation = pathkey.ec->collation;
  for (const auto& known : clause.merge_scans) {
    if (known.opfamily == pathkey.opfamily && known.collation == collation &&
        known.descending == pathkey.descending && known.nulls_first == pathkey.nulls_first) {
      return known;
    }
  }
  const auto left = examine_variable(root, clause.clause->args[0], 0);
  const auto right = examine_variable(root, clause.clause->args[1], 0);
  const auto scan =
      merge_join_scan(left.variable, right.variable, pathkey.descending, pathkey.nulls_first);
  return clause.merge_scans.emplace_back(
      MergeScan{pathkey.opfamily, collation, pathkey.descending, pathkey.nulls_first,
                scan.left_start, scan.left_end, scan.right_start, scan.right_end});
}

}  // namespace quern::planner_model
