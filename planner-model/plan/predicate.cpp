// Proving one condition from others. Source: predtest.c, PostgreSQL 15.
#include "planner-model/plan/predicate.hpp"

#include <algorithm>
#include <optional>

#include "planner-model/plan/plan.hpp"
#include "planner-model/selectivity/value.hpp"

namespace quern::planner_model {

namespace {

/// A comparison of one expression with a constant, `variable op constant`.
struct Comparison {
  ExprPtr variable;
  Oid op = 0;
  ExprPtr constant;
  Oid collation = 0;
};

enum class Strategy : std::uint8_t { Less = 1, LessEqual, Equal, GreaterEqual, Greater, NotEqual };

std::optional<Comparison> as_comparison(const PlannerInfo& root, const ExprPtr& expr) {
  if (expr->kind != ExprKind::OpExpr || expr->args.size() != 2) {
    return std::nullopt;
  }
  if (expr->args[1]->kind == ExprKind::Const) {
    return Comparison{expr->args[0], expr->op, expr->args[1], expr->input_collation};
  }
  if (expr->args[0]->kind == ExprKind::Const) {
    const Oid commuted = root.global->types->commutator(expr->op);
    if (commuted != 0) {
      return Comparison{expr->args[1], commuted, expr->args[0], expr->input_collation};
    }
  }
  return std::nullopt;
}

/// The btree meaning of two operators in a family that knows both.
std::optional<std::pair<Strategy, Strategy>> strategies(const PlannerInfo& root, Oid a, Oid b) {
  const auto& types = *root.global->types;
  const auto families_of = [&](Oid op) {
    std::vector<std::pair<Oid, Strategy>> found;
    for (const auto* member : types.memberships(op)) {
      if (member->access_method == "btree") {
        found.emplace_back(member->family, static_cast<Strategy>(member->strategy));
      }
    }
    if (found.empty()) {
      if (const Oid negator = types.negator(op); negator != 0) {
        for (const auto* member : types.memberships(negator)) {
          if (member->access_method == "btree" && member->strategy == btree_strategy::kEqual) {
            found.emplace_back(member->family, Strategy::NotEqual);
          }
        }
      }
    }
    return found;
  };
  const auto second = families_of(b);
  for (const auto& [family, strategy] : families_of(a)) {
    for (const auto& [other_family, other] : second) {
      if (family == other_family) {
        return std::pair{strategy, other};
      }
    }
  }
  return std::nullopt;
}

bool holds(std::strong_ordering order, Strategy strategy) {
  switch (strategy) {
    case Strategy::Less:
      return order < 0;
    case Strategy::LessEqual:
      return order <= 0;
    case Strategy::Equal:
      return order == 0;
    case Strategy::GreaterEqual:
      return order >= 0;
    case Strategy::Greater:
      return order > 0;
    case Strategy::NotEqual:
      return order != 0;
  }
  return false;
}

/// Given x S1 c1, must x S2 c2 hold? `order` compares c1 with c2. (BT_implies_table)
bool implies(Strategy s1, Strategy s2, std::strong_ordering order) {
  if (s1 == Strategy::Equal) {
    return holds(order, s2);
  }
  switch (s1) {
    case Strategy::Less:
      return (s2 == Strategy::Less || s2 == Strategy::LessEqual || s2 == Strategy::NotEqual) &&
             order <= 0;
    case Strategy::LessEqual:
      return s2 == Strategy::LessEqual
                 ? order <= 0
                 : (s2 == Strategy::Less || s2 == Strategy::NotEqual) && order < 0;
    case Strategy::Greater:
      return (s2 == Strategy::Greater || s2 == Strategy::GreaterEqual ||
              s2 == Strategy::NotEqual) &&
             order >= 0;
    case Strategy::GreaterEqual:
      return s2 == Strategy::GreaterEqual
                 ? order >= 0
                 : (s2 == Strategy::Greater || s2 == Strategy::NotEqual) && order > 0;
    case Strategy::NotEqual:
      return s2 == Strategy::NotEqual && order == 0;
    case Strategy::Equal:
      break;
  }
  return false;
}

/// Given x S1 c1, can x S2 c2 not hold? (BT_refutes_table)
bool refutes(Strategy s1, Strategy s2, std::strong_ordering order) {
  switch (s1) {
    case Strategy::Equal:
      return !holds(order, s2);
    case Strategy::Less:
      return (s2 == Strategy::Equal || s2 == Strategy::GreaterEqual || s2 == Strategy::Greater) &&
             order <= 0;
    case Strategy::LessEqual:
      return ((s2 == Strategy::Equal || s2 == Strategy::GreaterEqual) && order < 0) ||
             (s2 == Strategy::Greater && order <= 0);
    case Strategy::Greater:
      return (s2 == Strategy::Equal || s2 == Strategy::LessEqual || s2 == Strategy::Less) &&
             order >= 0;
    case Strategy::GreaterEqual:
      return ((s2 == Strategy::Equal || s2 == Strategy::LessEqual) && order > 0) ||
             (s2 == Strategy::Less && order >= 0);
    case Strategy::NotEqual:
      return s2 == Strategy::Equal && order == 0;
  }
  return false;
}

std::optional<std::strong_ordering> order_of(const PlannerInfo& root, const Comparison& a,
                                             const Comparison& b) {
  if (a.constant->is_null || b.constant->is_null || !a.constant->value || !b.constant->value) {
    return std::nullopt;
  }
  return compare(*a.constant->value, *b.constant->value, a.collation, *root.global->types);
}

/// A list of constants as the comparisons that it stands for, of up to 100; nothing: it is none.
std::optional<std::vector<ExprPtr>> comparisons_of(const PlannerInfo& root, const ExprPtr& expr) {
  constexpr std::size_t kMaximumArray = 100;  // MAX_SAOP_ARRAY_SIZE
  if (expr->kind != ExprKind::ScalarArrayOpExpr || expr->args[1]->kind != ExprKind::Const ||
      !expr->args[1]->value || expr->args[1]->value->elements.size() > kMaximumArray) {
    return std::nullopt;
  }
  std::vector<ExprPtr> arms;
  const auto& array = expr->args[1];
  for (const auto& element : array->value->elements) {
    auto constant = std::make_shared<Expr>();
    constant->kind = ExprKind::Const;
    constant->type = root.global->types->element_type(root.global->types->base_type(array->type));
    constant->collation = array->collation;
    constant->is_null = !element;
    if (element) {
      constant->text = element->text;
      constant->value = std::make_shared<Value>(*element);
    }
    arms.push_back(make_op(expr->op, expr->args[0], constant, expr->input_collation, root));
  }
  return arms;
}

/// predicate_classify(): OR and = ANY of constants, AND and <> ALL of constants.
std::optional<std::vector<ExprPtr>> or_arms(const PlannerInfo& root, const ExprPtr& expr) {
  if (expr->kind == ExprKind::Or) {
    return expr->args;
  }
  return expr->use_or ? comparisons_of(root, expr) : std::nullopt;
}

std::optional<std::vector<ExprPtr>> and_arms(const PlannerInfo& root, const ExprPtr& expr) {
  if (expr->kind == ExprKind::And) {
    return expr->args;
  }
  return expr->use_or ? std::nullopt : comparisons_of(root, expr);
}

bool strict_in(const PlannerInfo& root, const ExprPtr& clause, const ExprPtr& item) {
  // clause_is_strict_for(): a NULL item makes the clause NULL.
  const ExprPtr inner = strip_relabel(clause);
  if (equal(inner, strip_relabel(item))) {
    return true;
  }
  if (inner->kind == ExprKind::CoerceViaIO || inner->kind == ExprKind::ArrayCoerceExpr) {
    return strict_in(root, inner->args.front(), item);  // whatever the functions it calls are
  }
  if (!is_strict_for(inner, root)) {
    return false;
  }
  if (inner->kind == ExprKind::ScalarArrayOpExpr) {
    return strict_in(root, inner->args[0], item) || strict_in(root, inner->args[1], item);
  }
  return std::any_of(inner->args.begin(), inner->args.end(),
                     [&](const ExprPtr& arg) { return strict_in(root, arg, item); });
}

/// operator_predicate_proof(): what `predicate` says of the two sides of `clause`, in their order;
/// 0: it compares something else.
Oid operator_over_same(const PlannerInfo& root, const Expr& predicate, const Expr& clause) {
  if (predicate.kind != ExprKind::OpExpr || clause.kind != ExprKind::OpExpr ||
      predicate.args.size() != 2 || clause.args.size() != 2 ||
      predicate.input_collation != clause.input_collation) {
    return 0;
  }
  if (equal(predicate.args[0], clause.args[0]) && equal(predicate.args[1], clause.args[1])) {
    return predicate.op;
  }
  const bool commuted =
      equal(predicate.args[0], clause.args[1]) && equal(predicate.args[1], clause.args[0]);
  return commuted ? root.global->types->commutator(predicate.op) : 0;
}

bool simple_implies(const PlannerInfo& root, const ExprPtr& predicate, const ExprPtr& clause) {
  if (equal(predicate, clause)) {
    return true;
  }
  if (predicate->kind == ExprKind::NullTest && !predicate->test_is_null) {
    return clause->kind != ExprKind::NullTest && clause->kind != ExprKind::BooleanTest &&
           strict_in(root, clause, predicate->args.front());
  }
  if (const Oid op = operator_over_same(root, *predicate, *clause); op != 0) {
    const auto s = strategies(root, clause->op, op);
    return op == clause->op || (s && implies(s->first, s->second, std::strong_ordering::equal));
  }
  const auto a = as_comparison(root, clause);
  const auto b = as_comparison(root, predicate);
  if (!a || !b || !equal(strip_relabel(a->variable), strip_relabel(b->variable))) {
    return false;
  }
  const auto s = strategies(root, a->op, b->op);
  const auto order = order_of(root, *a, *b);
  return s && order && implies(s->first, s->second, *order);
}

/// predicate_refuted_by_simple_clause().
bool simple_refutes(const PlannerInfo& root, const ExprPtr& predicate, const ExprPtr& clause,
                    Refutation refutation) {
  const auto is_null_test = [](const ExprPtr& e, bool is_null) {
    return e->kind == ExprKind::NullTest && e->test_is_null == is_null;
  };
  if (is_null_test(predicate, true)) {
    const ExprPtr& tested = predicate->args.front();
    return is_null_test(clause, false) ? equal(tested, clause->args.front())
                                       : strict_in(root, clause, tested);
  }
  if (is_null_test(clause, true)) {
    const ExprPtr& tested = clause->args.front();
    return is_null_test(predicate, false)
               ? equal(predicate->args.front(), tested)
               : refutation == Refutation::Weak && strict_in(root, predicate, tested);
  }
  const auto a = as_comparison(root, clause);
  const auto b = as_comparison(root, predicate);
  if (!a || !b || !equal(strip_relabel(a->variable), strip_relabel(b->variable))) {
    return false;
  }
  const auto s = strategies(root, a->op, b->op);
  const auto order = order_of(root, *a, *b);
  return s && order && refutes(s->first, s->second, *order);
}

/// predicate_implied_by_recurse(): AND and OR taken apart on both sides.
bool implied(const PlannerInfo& root, const ExprPtr& predicate, const ExprPtr& clause) {
  const auto implied_by = [&](const ExprPtr& c) { return implied(root, predicate, c); };
  const auto implied_too = [&](const ExprPtr& p) { return implied(root, p, clause); };
  const auto predicate_and = and_arms(root, predicate);
  if (const auto arms = and_arms(root, clause); arms) {
    if (predicate_and) {
      return std::all_of(predicate_and->begin(), predicate_and->end(), implied_too);
    }
    if (std::any_of(arms->begin(), arms->end(), implied_by)) {
      return true;
    }
    const auto predicate_or = or_arms(root, predicate);
    return predicate_or && std::any_of(predicate_or->begin(), predicate_or->end(), implied_too);
  }
  if (predicate_and) {
    return std::all_of(predicate_and->begin(), predicate_and->end(), implied_too);
  }
  if (const auto arms = or_arms(root, clause); arms) {
    return equal(predicate, clause) || std::all_of(arms->begin(), arms->end(), implied_by);
  }
  if (const auto arms = or_arms(root, predicate); arms) {
    return equal(predicate, clause) || std::any_of(arms->begin(), arms->end(), implied_too);
  }
  return simple_implies(root, predicate, clause);
}

/// extract_not_arg(): what a condition of this kind denies; null: it is none.
ExprPtr denied(const ExprPtr& expr) {
  const bool denies =
      expr->kind == ExprKind::Not ||
      (expr->kind == ExprKind::BooleanTest && (expr->boolean_test == BooleanTestKind::IsNotTrue ||
                                               expr->boolean_test == BooleanTestKind::IsFalse ||
                                               expr->boolean_test == BooleanTestKind::IsUnknown));
  return denies ? expr->args.front() : nullptr;
}

/// extract_strong_not_arg(): what must be false where the condition holds.
ExprPtr strongly_denied(const ExprPtr& expr) {
  const bool denies =
      expr->kind == ExprKind::Not ||
      (expr->kind == ExprKind::BooleanTest && expr->boolean_test == BooleanTestKind::IsFalse);
  return denies ? expr->args.front() : nullptr;
}

bool refuted(const PlannerInfo& root, const ExprPtr& predicate, const ExprPtr& clause,
             Refutation refutation);

using Arms = std::vector<ExprPtr>;

bool refutes_any(const PlannerInfo& root, const Arms& predicates, const ExprPtr& clause,
                 Refutation refutation) {
  return std::any_of(predicates.begin(), predicates.end(),
                     [&](const ExprPtr& p) { return refuted(root, p, clause, refutation); });
}

bool refutes_each(const PlannerInfo& root, const Arms& predicates, const ExprPtr& clause,
                  Refutation refutation) {
  return std::all_of(predicates.begin(), predicates.end(),
                     [&](const ExprPtr& p) { return refuted(root, p, clause, refutation); });
}

/// A predicate that is neither AND nor OR, where the clause implies what it denies.
bool denial_refuted(const PlannerInfo& root, const ExprPtr& predicate, const ExprPtr& clause) {
  const ExprPtr inner = denied(predicate);
  return inner && implied(root, inner, clause);
}

bool refuted_by_all(const PlannerInfo& root, const ExprPtr& predicate, const ExprPtr& clause,
                    const Arms& clause_arms, Refutation refutation) {
  if (const auto arms = or_arms(root, predicate); arms) {
    return refutes_each(root, *arms, clause, refutation);
  }
  if (const auto arms = and_arms(root, predicate); arms) {
    if (refutes_any(root, *arms, clause, refutation)) {
      return true;
    }
  } else if (denial_refuted(root, predicate, clause)) {
    return true;
  }
  return std::any_of(clause_arms.begin(), clause_arms.end(),
                     [&](const ExprPtr& c) { return refuted(root, predicate, c, refutation); });
}

bool refuted_by_either(const PlannerInfo& root, const ExprPtr& predicate, const ExprPtr& clause,
                       const Arms& clause_arms, Refutation refutation) {
  if (const auto arms = or_arms(root, predicate); arms) {
    return refutes_each(root, *arms, clause, refutation);
  }
  if (const auto arms = and_arms(root, predicate); arms) {
    return std::all_of(clause_arms.begin(), clause_arms.end(),
                       [&](const ExprPtr& c) { return refutes_any(root, *arms, c, refutation); });
  }
  return denial_refuted(root, predicate, clause) ||
         std::all_of(clause_arms.begin(), clause_arms.end(),
                     [&](const ExprPtr& c) { return refuted(root, predicate, c, refutation); });
}

bool refuted_by_atom(const PlannerInfo& root, const ExprPtr& predicate, const ExprPtr& clause,
                     Refutation refutation) {
  // A strong proof wants a weak implication here, of which equality is the case that occurs.
  const ExprPtr inner = strongly_denied(clause);
  if (inner && (equal(predicate, inner) ||
                (refutation == Refutation::Weak && implied(root, inner, predicate)))) {
    return true;
  }
  if (const auto arms = and_arms(root, predicate); arms) {
    return refutes_any(root, *arms, clause, refutation);
  }
  if (const auto arms = or_arms(root, predicate); arms) {
    return refutes_each(root, *arms, clause, refutation);
  }
  return denial_refuted(root, predicate, clause) ||
         simple_refutes(root, predicate, clause, refutation);
}

/// predicate_refuted_by_recurse().
bool refuted(const PlannerInfo& root, const ExprPtr& predicate, const ExprPtr& clause,
             Refutation refutation) {
  if (const auto arms = and_arms(root, clause); arms) {
    return refuted_by_all(root, predicate, clause, *arms, refutation);
  }
  if (const auto arms = or_arms(root, clause); arms) {
    return refuted_by_either(root, predicate, clause, *arms, refutation);
  }
  return refuted_by_atom(root, predicate, clause, refutation);
}

ExprPtr all_of(std::span<const ExprPtr> clauses) {
  if (clauses.size() == 1) {
    return clauses.front();
  }
  auto both = std::make_shared<Expr>();
  both->kind = ExprKind::And;
  both->type = type_oid::kBool;
  both->args.assign(clauses.begin(), clauses.end());
  return both;
}

}  // namespace

bool predicate_implied_by(const PlannerInfo& root, std::span<const ExprPtr> predicate,
                          std::span<const ExprPtr> clauses) {
  return predicate.empty() || predicate_implied_by(root, all_of(predicate), clauses);
}

bool predicate_implied_by(const PlannerInfo& root, const ExprPtr& predicate,
                          std::span<const ExprPtr> clauses) {
  return !clauses.empty() && implied(root, predicate, all_of(clauses));
}

bool predicate_refuted_by(const PlannerInfo& root, const std::vector<ExprPtr>& predicate,
                          const std::vector<ExprPtr>& clauses, Refutation refutation) {
  return !predicate.empty() && !clauses.empty() &&
         refuted(root, all_of(predicate), all_of(clauses), refutation);
}

}  // namespace quern::planner_model
