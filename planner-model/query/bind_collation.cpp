// Collation derivation: parse_collate.c.
#include <algorithm>

#include <fmt/format.h>

#include "planner-model/query/bind_nodes.hpp"

namespace quern::planner_model {

namespace {

enum class Strength : std::uint8_t { None, Implicit, Conflict, Explicit };

struct State {
  Oid collation = 0;
  Strength strength = Strength::None;
};

std::string collation_name(Oid collation, const TypeSystem& types) {
  const Collation* known = types.collation(collation);
  return known == nullptr ? std::to_string(collation) : std::string{known->name};
}

/// merge_collation_state()
void merge(State& into, const State& child, const TypeSystem& types) {
  if (child.strength > into.strength) {
    into = child;
  } else if (child.strength == into.strength && child.collation != into.collation) {
    if (child.strength == Strength::Implicit) {
      // A non-default implicit collation overrides the default one.
      if (into.collation == kDefaultCollation) {
        into.collation = child.collation;
      } else if (child.collation != kDefaultCollation) {
        into.strength = Strength::Conflict;
      }
    } else if (child.strength == Strength::Explicit) {
      throw UserError{fmt::format(
          "collation mismatch between explicit collations \"{}\" and \"{}\"",
          collation_name(into.collation, types), collation_name(child.collation, types))};
    }
  }
}

class Assigner {
 public:
  explicit Assigner(const TypeSystem& types) : types_{types} {}

  /// Replaces `expr` and merges what it hands up into `context`.
  void walk(ExprPtr& expr, State& context) {
    if (!expr) {
      return;
    }
    State own;
    switch (expr->kind) {
      case ExprKind::Var:
      case ExprKind::Const:
      case ExprKind::Param:
      case ExprKind::SetToDefault:
      case ExprKind::CurrentOf:
        own = implicit(expr->collation);
        break;
      case ExprKind::RowExpr: {
        expr = map_children(expr, [this](const ExprPtr& child) { return alone(child); });
        return;
      }
      case ExprKind::RowCompareExpr:
        expr = map_children(expr, [this](const ExprPtr& child) { return alone(child); });
        return;
      case ExprKind::RelabelType:
        if (expr->name == "COLLATE") {
          State inner;
          walk_children(expr, inner);
          own = {expr->collation, Strength::Explicit};
          break;
        }
        own = function_like(expr);
        break;
      case ExprKind::SubLink:
        own = sublink(expr);
        break;
      default:
        own = function_like(expr);
    }
    merge(context, own, types_);
  }

  ExprPtr alone(const ExprPtr& expr) {
    ExprPtr result = expr;
    State ignored;
    walk(result, ignored);
    return result;
  }

 private:
  static State implicit(Oid collation) {
    return {collation, collation != 0 ? Strength::Implicit : Strength::None};
  }

  void walk_children(ExprPtr& expr, State& context) {
    expr = map_children(expr, [&](const ExprPtr& child) {
      ExprPtr result = child;
      walk(result, context);
      return result;
    });
  }

  State sublink(ExprPtr& expr) {
    State inputs;
    walk_children(expr, inputs);
    if (expr->sublink_kind == SubLinkKind::Scalar || expr->sublink_kind == SubLinkKind::Array) {
      return implicit(expr->collation);
    }
    return {};
  }

  /// Aggregates and others whose inputs do not all count.
  void walk_inputs(ExprPtr& expr, State& inputs) {
    auto copy = std::make_shared<Expr>(*expr);
    const bool ordered_set = !copy->direct_args.empty();
    for (ExprPtr& arg : copy->direct_args) {
      walk(arg, inputs);
    }
    for (std::size_t i = 0; i < copy->args.size(); ++i) {
      const bool counts = (expr->kind != ExprKind::SubscriptingRef || i == 0) &&
                          !(ordered_set && expr->kind == ExprKind::Aggref && i > 0);
      if (counts) {
        walk(copy->args[i], inputs);
      } else {
        copy->args[i] = alone(copy->args[i]);
      }
    }
    for (AggregateOrder& item : copy->order_by) {
      item.expr = alone(item.expr);
    }
    if (copy->filter) {
      copy->filter = alone(copy->filter);
    }
    expr = copy;
  }

  /// exprSetInputCollation(): a cast that only relabels is the same whatever its input's is.
  static bool has_input_collation(ExprKind kind) {
    switch (kind) {
      case ExprKind::RelabelType:
      case ExprKind::CoerceViaIO:
      case ExprKind::ArrayCoerceExpr:
      case ExprKind::CaseExpr:
      case ExprKind::CoalesceExpr:
      case ExprKind::ArrayExpr:
        return false;
      default:
        return true;
    }
  }

  State function_like(ExprPtr& expr) {
    State inputs;
    if (expr->kind == ExprKind::CaseExpr) {
      walk_case(expr, inputs);
    } else if (expr->kind == ExprKind::Aggref || expr->kind == ExprKind::WindowFunc ||
               expr->kind == ExprKind::SubscriptingRef) {
      walk_inputs(expr, inputs);
    } else {
      walk_children(expr, inputs);
    }
    State own;
    const Oid type_collation = types_.type_collation(expr->type);
    if (type_collation != 0) {
      own = inputs.strength > Strength::None ? inputs : implicit(type_collation);
    }
    const Oid result = own.strength == Strength::Conflict ? 0 : own.collation;
    const Oid input = inputs.strength == Strength::Conflict || !has_input_collation(expr->kind)
                          ? 0
                          : inputs.collation;
    if (expr->collation != result || expr->input_collation != input) {
      auto copy = std::make_shared<Expr>(*expr);
      copy->collation = result;
      copy->input_collation = input;
      expr = copy;
    }
    return own;
  }

  /// The conditions of a CASE are booleans: only its results hand a collation up.
  void walk_case(ExprPtr& expr, State& inputs) {
    auto copy = std::make_shared<Expr>(*expr);
    for (ExprPtr& arg : copy->args) {
      walk(arg, inputs);
    }
    expr = copy;
  }

  const TypeSystem& types_;
};

void assign(ExprPtr& expr, const TypeSystem& types) {
  if (expr) {
    expr = assign_collations(expr, types);
  }
}

void assign_tree(JoinTree& tree, const TypeSystem& types) {
  assign(tree.quals, types);
  for (JoinTree& child : tree.children) {
    assign_tree(child, types);
  }
}

}  // namespace

ExprPtr assign_collations(const ExprPtr& expr, const TypeSystem& types) {
  return Assigner{types}.alone(expr);
}

Oid common_collation(const std::vector<ExprPtr>& exprs, const TypeSystem& types) {
  State state;
  Assigner assigner{types};
  for (ExprPtr expr : exprs) {
    assigner.walk(expr, state);
  }
  return state.strength == Strength::Conflict ? 0 : state.collation;
}

void assign_query_collations(Query& query, const TypeSystem& types) {
  for (TargetEntry& target : query.targets) {
    assign(target.expr, types);
  }
  for (TargetEntry& target : query.returning) {
    assign(target.expr, types);
  }
  assign_tree(query.join_tree, types);
  assign(query.having, types);
  assign(query.limit, types);
  assign(query.offset, types);
  for (WindowClause& window : query.windows) {
    assign(window.start_offset, types);
    assign(window.end_offset, types);
  }
}

}  // namespace quern::planner_model
