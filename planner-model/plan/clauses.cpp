// Source: clauses.c, restrictinfo.c and var.c, PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/query_walk.hpp"

namespace quern::planner_model {

Relids relids_of(const ExprPtr& expr) {
  if (!expr) {
    return 0;
  }
  if (expr->kind == ExprKind::Var) {
    return expr->levels_up == 0 ? singleton(expr->varno) : 0;
  }
  Relids relids = 0;
  for (const auto& child : expr->args) {
    relids |= relids_of(child);
  }
  for (const auto& child : expr->direct_args) {
    relids |= relids_of(child);
  }
  for (const auto& item : expr->order_by) {
    relids |= relids_of(item.expr);
  }
  return relids | relids_of(expr->filter) | relids_of(expr->test);
}

namespace {

/// The function that an expression calls itself; null: none that is known.
const Function* called_function(const Expr& expr, const TypeSystem& types) {
  Oid function = 0;
  if (expr.kind == ExprKind::FuncExpr) {
    function = expr.function;
  } else if (expr.kind == ExprKind::OpExpr || expr.kind == ExprKind::ScalarArrayOpExpr) {
    const auto* op = types.op(expr.op);
    function = op != nullptr ? op->function : 0;
  }
  return function != 0 ? types.function(function) : nullptr;
}

}  // namespace

bool contains_volatile(const ExprPtr& expr, const PlannerInfo& root) {
  return any_of(expr, [&](const Expr& e) {
    const auto* function = called_function(e, *root.global->types);
    return (function != nullptr && function->volatility == 'v') ||
           (e.subquery && contains_volatile(*e.subquery, root));
  });
}

bool contains_volatile(const Query& query, const PlannerInfo& root) {
  bool found = false;
  Query copy = query;
  change_query(copy, [&](const ExprPtr& expr, int) -> ExprPtr {
    const auto* function = called_function(*expr, *root.global->types);
    found = found || (function != nullptr && function->volatility == 'v');
    return nullptr;
  });
  return found;
}

bool contains_mutable(const ExprPtr& expr, const PlannerInfo& root) {
  return any_of(expr, [&](const Expr& e) {
    if (e.kind == ExprKind::SqlValueFunction) {
      return true;
    }
    const auto* function = called_function(e, *root.global->types);
    return function != nullptr && function->volatility != 'i';
  });
}

namespace {

bool has_vars(const Expr& expr) {
  const auto is_var = [](const Expr& e) { return e.kind == ExprKind::Var && e.levels_up == 0; };
  return is_var(expr) || std::any_of(expr.args.begin(), expr.args.end(),
                                     [&](const ExprPtr& arg) { return any_of(arg, is_var); });
}

bool is_leaky(const Expr& expr, const TypeSystem& types) {
  const auto leaky_operator = [&](Oid oid) {
    const auto* op = types.op(oid);
    return op == nullptr || !is_leakproof(*op, types);
  };
  switch (expr.kind) {
    case ExprKind::FuncExpr: {
      const auto* function = types.function(expr.function);
      return function == nullptr || !function->leakproof;
    }
    case ExprKind::OpExpr:
    case ExprKind::DistinctExpr:
    case ExprKind::NullIfExpr:
    case ExprKind::ScalarArrayOpExpr:
      return leaky_operator(expr.op);
    case ExprKind::RowCompareExpr:
      return std::any_of(expr.operators.begin(), expr.operators.end(), leaky_operator);
    case ExprKind::Var:
    case ExprKind::Const:
    case ExprKind::Param:
    case ExprKind::ArrayExpr:
    case ExprKind::FieldSelect:
    case ExprKind::And:
    case ExprKind::Or:
    case ExprKind::Not:
    case ExprKind::RelabelType:
    case ExprKind::CaseExpr:
    case ExprKind::RowExpr:
    case ExprKind::SqlValueFunction:
    case ExprKind::NullTest:
    case ExprKind::BooleanTest:
    case ExprKind::CurrentOf:
      return false;
    default:
      return true;
  }
}

}  // namespace

bool contains_leaked_vars(const ExprPtr& expr, const PlannerInfo& root) {
  return any_of(expr,
                [&](const Expr& e) { return is_leaky(e, *root.global->types) && has_vars(e); });
}

bool is_parallel_safe(const ExprPtr& expr, const PlannerInfo& root) {
  // max_parallel_hazard_walker(). Columns of enclosing queries come as parameters that workers do
  // not get; what InitPlans and SubPlans put out they do.
  const auto& types = *root.global->types;
  const auto unsafe_function = [&](Oid function) {
    const auto* definition = types.function(function);
    return definition != nullptr && definition->parallel != 's';
  };
  return !any_of(expr, [&](const Expr& e) {
    switch (e.kind) {
      case ExprKind::SubLink:
        return true;
      case ExprKind::SubPlan: {
        const auto is_unsafe = [&](int id) {
          const auto* path = root.global->subplans[static_cast<std::size_t>(id) - 1].path;
          return path == nullptr || !path->parallel_safe;
        };
        const auto& plan = root.global->subplans[static_cast<std::size_t>(e.subplan_id) - 1];
        return is_unsafe(e.subplan_id) ||
               (plan.hashed_alternative != 0 && is_unsafe(plan.hashed_alternative));
      }
      case ExprKind::Param:
        return e.param_kind == ParamKind::Exec &&
               root.global->exec_params[static_cast<std::size_t>(e.param_id)].source != nullptr;
      case ExprKind::FuncExpr:
      case ExprKind::Aggref:
      case ExprKind::WindowFunc:
        return unsafe_function(e.function);
      case ExprKind::OpExpr:
      case ExprKind::ScalarArrayOpExpr:
      case ExprKind::DistinctExpr: {
        const auto* op = types.op(e.op);
        return op != nullptr && unsafe_function(op->function);
      }
      default:
        return false;
    }
  });
}

bool is_strict_for(const ExprPtr& expr, const PlannerInfo& root) {
  const auto& types = *root.global->types;
  switch (expr->kind) {
    case ExprKind::FuncExpr:
      return types.is_strict(expr->function);
    case ExprKind::OpExpr:
    case ExprKind::ScalarArrayOpExpr: {
      const auto* op = types.op(expr->op);
      return op != nullptr && types.is_strict(op->function);
    }
    default:
      return false;
  }
}

bool contains_nonstrict(const ExprPtr& expr, const PlannerInfo& root) {
  return any_of(expr, [&](const Expr& e) {
    switch (e.kind) {
      case ExprKind::Var:
      case ExprKind::Const:
      case ExprKind::Param:
      case ExprKind::Not:
      case ExprKind::RelabelType:
      case ExprKind::FieldSelect:
      case ExprKind::SubscriptingRef:
      case ExprKind::SqlValueFunction:
        return false;
      case ExprKind::FuncExpr:
        return !root.global->types->is_strict(e.function);
      case ExprKind::OpExpr:
      case ExprKind::ScalarArrayOpExpr: {
        const auto* op = root.global->types->op(e.op);
        return op == nullptr || !root.global->types->is_strict(op->function);
      }
      case ExprKind::CoerceViaIO:  // input and output functions are strict
      case ExprKind::ArrayCoerceExpr:
        return false;
      default:
        return true;
    }
  });
}

Relids nonnullable_relids(const ExprPtr& expr, bool top_level, const PlannerInfo& root) {
  if (!expr) {
    return 0;
  }
  const auto of_all = [&](const std::vector<ExprPtr>& args) {
    Relids relids = 0;
    for (const auto& arg : args) {
      relids |= nonnullable_relids(arg, false, root);
    }
    return relids;
  };
  switch (expr->kind) {
    case ExprKind::Var:
      if (expr->levels_up == 0 && expr->attno >= kFirstComputed) {
        const auto& entry = root.query.range_table[static_cast<std::size_t>(expr->varno) - 1];
        const auto& computed =
            entry.computed[static_cast<std::size_t>(expr->attno - kFirstComputed)];
        if (computed.scope != 0) {
          return nonnullable_relids(computed.expr, top_level, root);
        }
      }
      return expr->levels_up == 0 ? singleton(expr->varno) : 0;
    case ExprKind::FuncExpr:
    case ExprKind::OpExpr:
      return is_strict_for(expr, root) ? of_all(expr->args) : 0;
    case ExprKind::ScalarArrayOpExpr:
      // Null-rejecting unless the array may be empty under ALL; constants are not.
      return is_strict_for(expr, root) ? of_all(expr->args) : 0;
    case ExprKind::And: {
      Relids relids = 0;
      bool first = true;
      for (const auto& arg : expr->args) {
        const Relids one = nonnullable_relids(arg, top_level, root);
        if (top_level) {
          relids |= one;
        } else {
          relids = first ? one : relids & one;
          first = false;
        }
      }
      return relids;
    }
    case ExprKind::Or: {
      Relids relids = 0;
      bool first = true;
      for (const auto& arg : expr->args) {
        const Relids one = nonnullable_relids(arg, top_level, root);
        relids = first ? one : relids & one;
        first = false;
      }
      return relids;
    }
    case ExprKind::Not:
      return nonnullable_relids(expr->args.front(), false, root);
    case ExprKind::RelabelType:
    case ExprKind::CoerceViaIO:
    case ExprKind::ArrayCoerceExpr:
      return nonnullable_relids(expr->args.front(), top_level, root);
    case ExprKind::NullTest:
      return top_level && !expr->test_is_null ? nonnullable_relids(expr->args.front(), false, root)
                                              : 0;
    case ExprKind::BooleanTest:
      return top_level && (expr->boolean_test == BooleanTestKind::IsTrue ||
                           expr->boolean_test == BooleanTestKind::IsFalse ||
                           expr->boolean_test == BooleanTestKind::IsNotUnknown)
                 ? nonnullable_relids(expr->args.front(), false, root)
                 : 0;
    default:
      return 0;
  }
}

ExprPtr strip_relabel(const ExprPtr& expr) {
  ExprPtr inner = expr;
  while (inner && inner->kind == ExprKind::RelabelType) {
    inner = inner->args.front();
  }
  return inner;
}

ExprPtr make_op(Oid op, const ExprPtr& left, const ExprPtr& right, Oid collation,
                const PlannerInfo& root) {
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::OpExpr;
  expr->op = op;
  expr->type = 16;
  expr->input_collation = collation;
  if (const auto* definition = root.global->types->op(op); definition != nullptr) {
    expr->name = definition->name;
    expr->function = definition->function;
  }
  expr->args = {left, right};
  return expr;
}

ExprPtr boolean_constant(bool value) {
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::Const;
  expr->type = 16;
  expr->text = value ? "t" : "f";
  expr->value = std::make_shared<Value>(make_bool(value));
  return expr;
}

bool is_constant_true(const Expr& expr) {
  return expr.kind == ExprKind::Const && !expr.is_null && expr.text == "t";
}

bool is_constant_false(const Expr& expr) {
  return expr.kind == ExprKind::Const && (expr.is_null || expr.text == "f");
}

namespace {

void fill_join_properties(PlannerInfo& root, RestrictInfo& info) {
  const auto& clause = info.clause;
  if (clause->kind != ExprKind::OpExpr || clause->args.size() != 2) {
    return;
  }
  const auto& types = *root.global->types;
  info.left_relids = relids_of(clause->args[0]);
  info.right_relids = relids_of(clause->args[1]);
  if (info.left_relids != 0 && info.right_relids != 0 &&
      !overlaps(info.left_relids, info.right_relids)) {
    info.can_join = true;
  }
  if (info.pseudoconstant || contains_volatile(clause, root)) {
    return;
  }
  if (types.is_mergeable(clause->op, clause->args[0]->type)) {
    info.merge_opfamilies = types.mergejoin_families(clause->op);
  }
  if (types.is_hashable(clause->op, clause->args[0]->type)) {
    info.hash_operator = clause->op;
  }
  const auto hashable = [&](const ExprPtr& side) {
    const Ordering ordering = types.ordering(side->type);
    return ordering.hashable;
  };
  info.left_hashable = hashable(clause->args[0]);
  info.right_hashable = hashable(clause->args[1]);
}

}  // namespace

RestrictInfo* make_restrictinfo(PlannerInfo& root, const ExprPtr& clause, bool is_pushed_down,
                                bool outerjoin_delayed, bool pseudoconstant, Relids required,
                                Relids outer, Relids nullable, int security_level) {
  auto& info = root.global->clauses.emplace_back();
  info.security_level = security_level;
  info.clause = clause;
  info.is_pushed_down = is_pushed_down;
  info.outerjoin_delayed = outerjoin_delayed;
  info.pseudoconstant = pseudoconstant;
  info.outer_relids = outer;
  info.nullable_relids = nullable;
  info.clause_relids = relids_of(clause);
  fill_join_properties(root, info);
  if (info.left_relids == 0 && info.right_relids == 0) {
    info.clause_relids = relids_of(clause);
  }
  info.required_relids = required != 0 ? required : info.clause_relids;
  if (clause->kind == ExprKind::Or) {
    for (const auto& arm : clause->args) {
      std::vector<RestrictInfo*> parts;
      if (arm->kind == ExprKind::And) {
        for (const auto& part : arm->args) {
          parts.push_back(make_restrictinfo(root, part, is_pushed_down, outerjoin_delayed,
                                            pseudoconstant, 0, outer, nullable, security_level));
        }
      } else {
        parts.push_back(make_restrictinfo(root, arm, is_pushed_down, outerjoin_delayed,
                                          pseudoconstant, 0, outer, nullable, security_level));
      }
      info.or_arms.push_back(std::move(parts));
    }
  }
  return &info;
}

bool is_securely_promotable(const RestrictInfo& clause, const RelOptInfo& rel,
                            const PlannerInfo& root) {
  const auto goes_before = [&](const RestrictInfo* other) {
    return other->security_level < clause.security_level;
  };
  return clause.security_level == 0 ||
         std::none_of(rel.restrictions.begin(), rel.restrictions.end(), goes_before) ||
         !contains_leaked_vars(clause.clause, root);
}

std::vector<ExprPtr> clause_exprs(const std::vector<RestrictInfo*>& clauses) {
  std::vector<ExprPtr> exprs;
  exprs.reserve(clauses.size());
  for (const auto* clause : clauses) {
    exprs.push_back(clause->clause);
  }
  return exprs;
}

bool movable_to(const RestrictInfo& clause, const RelOptInfo& rel) {
  return overlaps(clause.clause_relids, rel.relids) && !overlaps(clause.outer_relids, rel.relids) &&
         !overlaps(clause.nullable_relids, rel.relids) &&
         !overlaps(rel.lateral_referencers, clause.clause_relids);
}

bool movable_into(const RestrictInfo& clause, Relids current, Relids current_and_outer) {
  return is_subset(clause.clause_relids, current_and_outer) &&
         overlaps(clause.clause_relids, current) && !overlaps(clause.outer_relids, current) &&
         !overlaps(clause.nullable_relids, current);
}

ExprPtr implicit_cast(const PlannerInfo& root, const ExprPtr& expr, Oid type) {
  const auto& types = *root.global->types;
  if (expr->type == type || types.is_polymorphic(type)) {
    return expr;
  }
  auto cast = std::make_shared<Expr>();
  cast->type = type;
  cast->collation = types.type_collation(type) != 0
                        ? (expr->collation != 0 ? expr->collation : types.type_collation(type))
                        : 0;
  cast->form = CoercionForm::ImplicitCast;
  cast->args = {expr};
  const auto coercion = types.find_coercion(expr->type, type, CoercionContext::Implicit);
  if (coercion.path == CoercionPath::Function) {
    cast->kind = ExprKind::FuncExpr;
    cast->function = coercion.function;
    if (const auto* f = types.function(coercion.function); f != nullptr) {
      cast->name = f->name;
    }
  } else {
    cast->kind = ExprKind::RelabelType;
  }
  return cast;
}

}  // namespace quern::planner_model
