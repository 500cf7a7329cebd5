// Equivalence classes: sets of expressions known equal. Source: equivclass.c, PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/append_paths.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

bool same_families(std::span<const Oid> a, std::span<const Oid> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

EquivalenceMember* add_member(PlannerInfo& root, EquivalenceClass& ec, const ExprPtr& expr,
                              Relids relids, Relids nullable, Oid datatype) {
  auto& member = root.global->members.emplace_back();
  member.expr = expr;
  member.relids = relids;
  member.nullable_relids = nullable;
  member.datatype = datatype;
  if (relids == 0) {
    // A Param, a constant expression; volatile ones never get here.
    member.is_const = true;
    ec.has_const = true;
  } else {
    ec.relids |= relids;
  }
  ec.members.push_back(&member);
  return &member;
}

/// canonicalize_ec_expression(): members carry the operator's input type and collation.
ExprPtr canonical_expression(const ExprPtr& expr, Oid type, Oid collation,
                             const PlannerInfo& root) {
  const Oid own = expr->type;
  const auto* definition = root.global->types->type(type);
  const bool polymorphic = definition == nullptr || root.global->types->is_polymorphic(type);
  const Oid wanted = polymorphic || type == type_oid::kRecord ? own : type;
  if (own == wanted && (collation == 0 || expr->collation == collation)) {
    return expr;
  }
  ExprPtr inner = expr;
  while (inner->kind == ExprKind::RelabelType) {
    inner = inner->args.front();
  }
  if (inner->type == wanted && inner->collation == collation) {
    return inner;
  }
  auto relabel = std::make_shared<Expr>();
  relabel->kind = ExprKind::RelabelType;
  relabel->type = wanted;
  relabel->collation = collation;
  relabel->form = CoercionForm::ImplicitCast;
  relabel->args = {inner};
  return relabel;
}

EquivalenceClass& canonical(EquivalenceClass& ec) {
  EquivalenceClass* found = &ec;
  while (found->merged != nullptr) {
    found = found->merged;
  }
  return *found;
}

/// The cross-type equality of the class's families for two member types; 0: none. Where conditions
/// of row-level security go before the query's own, it must be leakproof.
Oid select_equality_operator(const PlannerInfo& root, const EquivalenceClass& ec, Oid left,
                             Oid right) {
  for (const Oid family : ec.opfamilies) {
    const auto& types = *root.global->types;
    const Oid op = types.operator_for(family, left, right, btree_strategy::kEqual);
    if (op != 0 && (ec.max_security == 0 || is_leakproof(*types.op(op), types))) {
      return op;
    }
  }
  return 0;
}

/// The clause that equates two members, made at most once: a clause keeps what is cached in it (its
/// bucket sizes, its selectivity) and the side on which each member was first written.
RestrictInfo* create_join_clause(PlannerInfo& root, EquivalenceClass& ec, Oid op,
                                 EquivalenceMember& left, EquivalenceMember& right,
                                 EquivalenceClass* parent) {
  const bool either_way = root.global->cost.server.shares_commuted_join_clauses();
  const auto equates = [&](const RestrictInfo& clause) {
    return clause.parent_ec == parent &&
           ((clause.left_em == &left && clause.right_em == &right) ||
            (either_way && clause.left_em == &right && clause.right_em == &left));
  };
  for (const auto* list : {&ec.sources, &ec.derives}) {
    for (auto* clause : *list) {
      if (equates(*clause)) {
        return clause;
      }
    }
  }
  const ExprPtr expr = make_op(op, left.expr, right.expr, ec.collation, root);
  auto* clause = make_restrictinfo(root, expr, true, false, false, left.relids | right.relids, 0,
                                   left.nullable_relids | right.nullable_relids, ec.min_security);
  clause->left_ec = clause->right_ec = &ec;
  clause->left_em = &left;
  clause->right_em = &right;
  clause->parent_ec = parent;
  ec.derives.push_back(clause);
  return clause;
}

/// add_child_rel_equivalences(): a member of a class as an arm of UNION ALL computes it.
EquivalenceMember* own_member(PlannerInfo& root, const RelOptInfo& rel, EquivalenceMember& member) {
  if (rel.kind != RelKind::Member || member.relids != rel.relids) {
    return &member;
  }
  const ExprPtr expr = in_member(rel, member.expr);
  if (expr == member.expr) {
    return &member;
  }
  EquivalenceMember*& child = member.children[&rel];
  if (child == nullptr) {
    child = &root.global->members.emplace_back();
    child->expr = expr;
    child->relids = member.relids;
    child->nullable_relids = member.nullable_relids;
    child->datatype = member.datatype;
  }
  return child;
}

/// process_implied_equality(): a derived clause goes where the clauses of the query go.
void push_implied_equality(PlannerInfo& root, EquivalenceClass& ec, Oid op, EquivalenceMember& left,
                           EquivalenceMember& right) {
  ExprPtr expr = make_op(op, left.expr, right.expr, ec.collation, root);
  Relids relids = left.relids | right.relids;
  const bool both_const = relids == 0;
  if (both_const) {
    // Two constants: true says nothing, false empties the whole query.
    expr = simplify(expr, *root.global->types);
    if (is_constant_true(*expr)) {
      return;
    }
    relids = ec.below_outer_join ? ec.relids : root.all_base;
    root.has_pseudoconstant = true;
  }
  auto* clause = make_restrictinfo(root, expr, true, false, both_const, relids, 0,
                                   left.nullable_relids | right.nullable_relids, ec.min_security);
  clause->left_ec = clause->right_ec = &ec;
  clause->left_em = &left;
  clause->right_em = &right;
  distribute_restriction_to_rels(root, clause);
}

}  // namespace

bool orders_nothing(const PlannerInfo& root, const EquivalenceClass& ec) {
  return ec.has_const &&
         (!ec.below_outer_join || root.global->cost.server.constants_order_nothing_anywhere());
}

bool process_equivalence(PlannerInfo& root, RestrictInfo*& clause, bool below_outer_join) {
  const auto& types = *root.global->types;
  const auto& expr = clause->clause;
  const auto* op = types.op(expr->op);
  if (op == nullptr) {
    return false;
  }
  if (clause->security_level > 0 && contains_leaked_vars(expr, root)) {
    return false;
  }
  const Oid collation = expr->input_collation;
  const ExprPtr item1 = canonical_expression(expr->args[0], op->left, collation, root);
  const ExprPtr item2 = canonical_expression(expr->args[1], op->right, collation, root);
  const Relids relids1 = clause->left_relids;
  const Relids relids2 = clause->right_relids;
  // X = X is only X IS NOT NULL.
  if (equal(item1, item2)) {
    if (types.is_strict(op->function) && !contains_volatile(item1, root)) {
      auto test = std::make_shared<Expr>();
      test->kind = ExprKind::NullTest;
      test->type = type_oid::kBool;
      test->test_is_null = false;
      test->args = {item1};
      clause = make_restrictinfo(root, test, clause->is_pushed_down, clause->outerjoin_delayed,
                                 clause->pseudoconstant, 0, clause->outer_relids,
                                 clause->nullable_relids, clause->security_level);
    }
    return false;
  }
  if (below_outer_join) {
    const auto strict_enough = [&](const ExprPtr& item, Relids relids) {
      return relids == 0 || nonnullable_relids(item, false, root) == relids;
    };
    if (!strict_enough(item1, relids1) || !strict_enough(item2, relids2)) {
      return false;
    }
  }
  const Relids nullable1 = clause->nullable_relids & relids1;
  const Relids nullable2 = clause->nullable_relids & relids2;

  EquivalenceClass* ec1 = nullptr;
  EquivalenceClass* ec2 = nullptr;
  EquivalenceMember* em1 = nullptr;
  EquivalenceMember* em2 = nullptr;
  for (auto* ec : root.classes) {
    if (ec->has_volatile || ec->collation != collation ||
        !same_families(ec->opfamilies, clause->merge_opfamilies)) {
      continue;
    }
    for (auto* member : ec->members) {
      // Below an outer join constants are not as constant as they look.
      if (member->is_const && (below_outer_join || ec->below_outer_join)) {
        continue;
      }
      if (ec1 == nullptr && member->datatype == op->left && equal(item1, member->expr)) {
        ec1 = ec;
        em1 = member;
      }
      if (ec2 == nullptr && member->datatype == op->right && equal(item2, member->expr)) {
        ec2 = ec;
        em2 = member;
      }
    }
    if (ec1 != nullptr && ec2 != nullptr) {
      break;
    }
  }
  EquivalenceClass* target = nullptr;
  if (ec1 != nullptr && ec2 != nullptr) {
    target = ec1;
    if (ec1 != ec2) {
      ec1->members.insert(ec1->members.end(), ec2->members.begin(), ec2->members.end());
      ec1->sources.insert(ec1->sources.end(), ec2->sources.begin(), ec2->sources.end());
      ec1->derives.insert(ec1->derives.end(), ec2->derives.begin(), ec2->derives.end());
      ec1->relids |= ec2->relids;
      ec1->has_const |= ec2->has_const;
      ec1->below_outer_join |= ec2->below_outer_join;
      ec1->min_security = std::min(ec1->min_security, ec2->min_security);
      ec1->max_security = std::max(ec1->max_security, ec2->max_security);
      ec2->merged = ec1;
      std::erase(root.classes, ec2);
    }
  } else if (ec1 != nullptr) {
    target = ec1;
    em2 = add_member(root, *ec1, item2, relids2, nullable2, op->right);
  } else if (ec2 != nullptr) {
    target = ec2;
    em1 = add_member(root, *ec2, item1, relids1, nullable1, op->left);
  } else {
    auto& ec = root.global->classes.emplace_back();
    ec.opfamilies = clause->merge_opfamilies;
    ec.collation = collation;
    em1 = add_member(root, ec, item1, relids1, nullable1, op->left);
    em2 = add_member(root, ec, item2, relids2, nullable2, op->right);
    root.classes.push_back(&ec);
    target = &ec;
  }
  target->sources.push_back(clause);
  target->below_outer_join |= below_outer_join;
  target->min_security = std::min(target->min_security, clause->security_level);
  target->max_security = std::max(target->max_security, clause->security_level);
  clause->left_ec = clause->right_ec = target;
  clause->left_em = em1;
  clause->right_em = em2;
  return true;
}

EquivalenceClass* eclass_for_sort_expr(PlannerInfo& root, const ExprPtr& raw, Relids nullable,
                                       std::span<const Oid> opfamilies, Oid opcintype,
                                       Oid collation, int sort_ref, bool create) {
  const ExprPtr expr = canonical_expression(raw, opcintype, collation, root);
  const bool is_volatile = contains_volatile(expr, root);
  for (auto* ec : root.classes) {
    if (ec->has_volatile && (sort_ref == 0 || sort_ref != ec->sort_ref)) {
      continue;
    }
    if (is_volatile && !ec->has_volatile) {
      continue;
    }
    if (ec->collation != collation || !same_families(ec->opfamilies, opfamilies)) {
      continue;
    }
    for (const auto* member : ec->members) {
      if (ec->below_outer_join && member->is_const) {
        continue;
      }
      if (member->datatype == opcintype && equal(expr, member->expr)) {
        return ec;
      }
    }
  }
  if (!create) {
    return nullptr;
  }
  auto& ec = root.global->classes.emplace_back();
  ec.opfamilies = opfamilies;
  ec.collation = collation;
  ec.has_volatile = is_volatile;
  ec.sort_ref = is_volatile ? sort_ref : 0;
  const Relids relids = relids_of(expr);
  auto* member = add_member(root, ec, expr, relids, nullable & relids, opcintype);
  if (member->is_const && (is_volatile || any_of(expr, [](const Expr& e) {
                             return e.kind == ExprKind::Aggref || e.kind == ExprKind::WindowFunc ||
                                    e.returns_set;
                           }))) {
    ec.has_const = false;
    member->is_const = false;
  }
  root.classes.push_back(&ec);
  return &ec;
}

void generate_base_implied_equalities(PlannerInfo& root) {
  root.ec_merging_done = true;
  for (std::size_t i = 0; i < root.classes.size(); ++i) {
    EquivalenceClass& ec = *root.classes[i];
    bool can_generate_join_clause = false;
    if (ec.members.size() > 1) {
      if (ec.has_const) {
        // A single original clause "x = constant" is used as it stands.
        if (ec.members.size() == 2 && ec.sources.size() == 1) {
          distribute_restriction_to_rels(root, ec.sources.front());
        } else {
          EquivalenceMember* constant = nullptr;
          // The first that is a literal, else the last.
          for (auto* member : ec.members) {
            if (member->is_const) {
              constant = member;
              if (member->expr->kind == ExprKind::Const) {
                break;
              }
            }
          }
          for (auto* member : ec.members) {
            if (member == constant) {
              continue;
            }
            const Oid op = select_equality_operator(root, ec, member->datatype, constant->datatype);
            if (op == 0) {
              for (auto* source : ec.sources) {
                distribute_restriction_to_rels(root, source);
              }
              break;
            }
            push_implied_equality(root, ec, op, *member, *constant);
          }
        }
      } else {
        // Members of one relation are checked against one another at its scan.
        std::map<int, EquivalenceMember*> previous;
        for (auto* member : ec.members) {
          if (!is_singleton(member->relids)) {
            continue;
          }
          const int range = lowest(member->relids);
          if (const auto it = previous.find(range); it != previous.end()) {
            const Oid op =
                select_equality_operator(root, ec, it->second->datatype, member->datatype);
            if (op != 0) {
              push_implied_equality(root, ec, op, *it->second, *member);
            }
          }
          previous[range] = member;
        }
        for (auto* member : ec.members) {
          need_vars(root, member->expr, ec.relids);
        }
      }
      can_generate_join_clause = count(ec.relids) > 1;
    }
    if (can_generate_join_clause) {
      for (Relids left = ec.relids; left != 0; left &= left - 1) {
        if (auto* rel = root.base[static_cast<std::size_t>(lowest(left))]; rel != nullptr) {
          rel->has_ec_joins = true;
        }
      }
    }
  }
}

namespace {

std::vector<RestrictInfo*> join_equalities(PlannerInfo& root, EquivalenceClass& ec,
                                           Relids join_relids, Relids outer_relids,
                                           const RelOptInfo& inner_rel) {
  std::vector<RestrictInfo*> result;
  std::vector<EquivalenceMember*> outer;
  std::vector<EquivalenceMember*> inner;
  std::vector<EquivalenceMember*> fresh;
  for (auto* member : ec.members) {
    if (member->is_const || !is_subset(member->relids, join_relids)) {
      continue;
    }
    if (is_subset(member->relids, outer_relids)) {
      outer.push_back(member);
    } else if (is_subset(member->relids, inner_rel.relids)) {
      inner.push_back(own_member(root, inner_rel, *member));
    } else {
      fresh.push_back(member);
    }
  }
  if (!outer.empty() && !inner.empty()) {
    EquivalenceMember* best_outer = nullptr;
    EquivalenceMember* best_inner = nullptr;
    Oid best_op = 0;
    int best_score = -1;
    for (auto* a : outer) {
      for (auto* b : inner) {
        const Oid op = select_equality_operator(root, ec, a->datatype, b->datatype);
        if (op == 0) {
          continue;
        }
        int score = 0;
        score += a->expr->kind == ExprKind::Var || (a->expr->kind == ExprKind::RelabelType &&
                                                    a->expr->args.front()->kind == ExprKind::Var);
        score += b->expr->kind == ExprKind::Var || (b->expr->kind == ExprKind::RelabelType &&
                                                    b->expr->args.front()->kind == ExprKind::Var);
        const auto* definition = root.global->types->op(op);
        score += definition != nullptr &&
                 (!definition->hashes || root.global->types->is_hashable(op, a->expr->type));
        if (score > best_score) {
          best_outer = a;
          best_inner = b;
          best_op = op;
          best_score = score;
        }
        if (best_score == 3) {
          break;
        }
      }
      if (best_score == 3) {
        break;
      }
    }
    if (best_score < 0) {
      for (auto* source : ec.sources) {  // broken class: the query's own clauses
        if (is_subset(source->required_relids, join_relids) &&
            !is_subset(source->required_relids, outer_relids) &&
            !is_subset(source->required_relids, inner_rel.relids)) {
          result.push_back(source);
        }
      }
      return result;
    }
    result.push_back(create_join_clause(root, ec, best_op, *best_outer, *best_inner, &ec));
  }
  if (!fresh.empty()) {
    std::vector<EquivalenceMember*> all = fresh;
    EquivalenceMember* previous = nullptr;
    // One of the others is enough: those are equated already.
    if (!outer.empty() || !inner.empty()) {
      all.push_back(outer.empty() ? inner.front() : outer.front());
    }
    for (auto* member : all) {
      if (previous != nullptr) {
        const Oid op = select_equality_operator(root, ec, previous->datatype, member->datatype);
        if (op != 0) {
          result.push_back(create_join_clause(root, ec, op, *previous, *member, nullptr));
        }
      }
      previous = member;
    }
  }
  return result;
}

}  // namespace

std::vector<RestrictInfo*> generate_join_implied_equalities(PlannerInfo& root, Relids join_relids,
                                                            Relids outer_relids,
                                                            const RelOptInfo& inner) {
  std::vector<RestrictInfo*> result;
  for (auto* ec : root.classes) {
    if (ec->has_const || ec->members.size() <= 1 || !overlaps(ec->relids, inner.relids)) {
      continue;
    }
    for (auto* clause : join_equalities(root, *ec, join_relids, outer_relids, inner)) {
      result.push_back(clause);
    }
  }
  return result;
}

std::vector<RestrictInfo*> generate_implied_equalities_for_column(PlannerInfo& root,
                                                                  RelOptInfo& rel,
                                                                  const MatchesMember& matches,
                                                                  Relids prohibited) {
  std::vector<RestrictInfo*> result;
  for (auto* ec : root.classes) {
    if (ec->has_const || ec->members.size() <= 1 || !overlaps(ec->relids, rel.relids)) {
      continue;
    }
    EquivalenceMember* own = nullptr;
    for (auto* member : ec->members) {
      if (member->relids != rel.relids) {
        continue;
      }
      EquivalenceMember* candidate = own_member(root, rel, *member);
      if (matches(*ec, *candidate)) {
        own = candidate;
        break;
      }
    }
    if (own == nullptr) {
      continue;
    }
    for (auto* other : ec->members) {
      if (other == own || overlaps(other->relids, rel.relids) ||
          overlaps(other->relids, prohibited)) {
        continue;
      }
      const Oid op = select_equality_operator(root, *ec, own->datatype, other->datatype);
      if (op != 0) {
        result.push_back(create_join_clause(root, *ec, op, *own, *other, ec));
      }
    }
    if (!result.empty()) {
      break;
    }
  }
  return result;
}

bool have_relevant_eclass_joinclause(PlannerInfo& root, const RelOptInfo& a, const RelOptInfo& b) {
  return std::any_of(root.classes.begin(), root.classes.end(), [&](const EquivalenceClass* ec) {
    return ec->members.size() > 1 && overlaps(ec->relids, a.relids) &&
           overlaps(ec->relids, b.relids);
  });
}

bool has_relevant_eclass_joinclause(PlannerInfo& root, const RelOptInfo& rel) {
  return std::any_of(root.classes.begin(), root.classes.end(), [&](const EquivalenceClass* ec) {
    return ec->members.size() > 1 && overlaps(ec->relids, rel.relids) &&
           !is_subset(ec->relids, rel.relids);
  });
}

bool eclass_useful_for_merging(const EquivalenceClass& raw, const RelOptInfo& rel) {
  const EquivalenceClass& ec = canonical(const_cast<EquivalenceClass&>(raw));
  if (ec.has_const || ec.members.size() <= 1 || is_subset(ec.relids, rel.relids)) {
    return false;
  }
  return std::any_of(ec.members.begin(), ec.members.end(), [&](const EquivalenceMember* member) {
    return !overlaps(member->relids, rel.relids);
  });
}

bool exprs_known_equal(PlannerInfo& root, const ExprPtr& a, const ExprPtr& b) {
  for (const auto* ec : root.classes) {
    if (ec->has_volatile) {
      continue;
    }
    bool first = false;
    bool second = false;
    for (const auto* member : ec->members) {
      first = first || equal(a, member->expr);
      second = second || equal(b, member->expr);
    }
    if (first && second) {
      return true;
    }
  }
  return false;
}

namespace {

/// reconsider_outer_join_clause(): outer = constant lets inner = constant be derived.
bool reconsider_clause(PlannerInfo& root, RestrictInfo& clause, bool outer_on_left) {
  const auto& expr = clause.clause;
  const auto* op = root.global->types->op(expr->op);
  if (op == nullptr) {
    return false;
  }
  const ExprPtr& outer = expr->args[outer_on_left ? 0 : 1];
  const ExprPtr& inner = expr->args[outer_on_left ? 1 : 0];
  const Oid outer_type = outer_on_left ? op->left : op->right;
  const Oid inner_type = outer_on_left ? op->right : op->left;
  const Relids inner_relids = outer_on_left ? clause.right_relids : clause.left_relids;
  for (auto* ec : root.classes) {
    if (!ec->has_const || ec->has_volatile || ec->collation != expr->input_collation ||
        !same_families(ec->opfamilies, clause.merge_opfamilies)) {
      continue;
    }
    const bool has_outer =
        std::any_of(ec->members.begin(), ec->members.end(), [&](const EquivalenceMember* member) {
          return member->datatype == outer_type &&
                 equal(strip_relabel(outer), strip_relabel(member->expr));
        });
    if (!has_outer) {
      continue;
    }
    bool matched = false;
    for (const auto* member : std::vector<EquivalenceMember*>{ec->members}) {
      if (!member->is_const) {
        continue;
      }
      const Oid equality = select_equality_operator(root, *ec, inner_type, member->datatype);
      if (equality == 0) {
        continue;
      }
      const ExprPtr derived = make_op(equality, inner, member->expr, ec->collation, root);
      auto* info = make_restrictinfo(root, derived, true, clause.outerjoin_delayed, false,
                                     inner_relids, 0, clause.nullable_relids & inner_relids);
      if (process_equivalence(root, info, true)) {
        matched = true;
      }
    }
    return matched;
  }
  return false;
}

/// The member that is COALESCE(left side, right side) of a full join's condition, as USING puts it
/// out; null: there is none.
const EquivalenceMember* merged_column(const EquivalenceClass& ec, const Expr& condition) {
  for (const EquivalenceMember* member : ec.members) {
    const Expr& expr = *member->expr;
    if (expr.kind == ExprKind::CoalesceExpr && expr.args.size() == 2 &&
        equal(expr.args[0], condition.args[0]) && equal(expr.args[1], condition.args[1])) {
      return member;
    }
  }
  return nullptr;
}

/// Puts one side of a full join's condition into a class with the constants of `ec`. False: there
/// is no operator for any of them.
bool equate_side(PlannerInfo& root, const EquivalenceClass& ec, const RestrictInfo& clause,
                 bool left) {
  const auto* op = root.global->types->op(clause.clause->op);
  const Relids relids = left ? clause.left_relids : clause.right_relids;
  bool matched = false;
  for (const auto* member : std::vector<EquivalenceMember*>{ec.members}) {
    const Oid equality =
        member->is_const
            ? select_equality_operator(root, ec, left ? op->left : op->right, member->datatype)
            : 0;
    if (equality == 0) {
      continue;
    }
    const ExprPtr derived =
        make_op(equality, clause.clause->args[left ? 0 : 1], member->expr, ec.collation, root);
    auto* info = make_restrictinfo(root, derived, true, clause.outerjoin_delayed, false, relids, 0,
                                   clause.nullable_relids & relids);
    matched = process_equivalence(root, info, true) || matched;
  }
  return matched;
}

/// reconsider_full_join_clause(): a constant that the merged column equals, both sides equal.
bool reconsider_full_clause(PlannerInfo& root, const RestrictInfo& clause) {
  const Expr& condition = *clause.clause;
  if (clause.outerjoin_delayed || root.global->types->op(condition.op) == nullptr) {
    return false;
  }
  for (auto* ec : root.classes) {
    if (!ec->has_const || ec->has_volatile || ec->collation != condition.input_collation ||
        !same_families(ec->opfamilies, clause.merge_opfamilies)) {
      continue;
    }
    const EquivalenceMember* merged = merged_column(*ec, condition);
    if (merged == nullptr) {
      continue;
    }
    const bool left = equate_side(root, *ec, clause, true);
    const bool both = equate_side(root, *ec, clause, false) && left;
    if (both) {
      std::erase(ec->members, merged);
    }
    return both;
  }
  return false;
}

/// What is left of an outer-join condition whose sides both equal a constant: no condition on rows,
/// yet the two sides are still joined by one.
RestrictInfo* redundant_join_clause(PlannerInfo& root, RestrictInfo& clause) {
  if (!root.global->cost.server.drops_redundant_join_clauses()) {
    clause.norm_selectivity = 2.0;
    clause.outer_selectivity = 1.0;
    return &clause;
  }
  return make_restrictinfo(root, boolean_constant(true), clause.is_pushed_down,
                           clause.outerjoin_delayed, false, clause.required_relids,
                           clause.outer_relids, clause.nullable_relids);
}

}  // namespace

void reconsider_outer_join_clauses(PlannerInfo& root) {
  bool found = true;
  while (found) {
    found = false;
    const auto sweep = [&](std::vector<RestrictInfo*>& clauses, const auto& reconsider) {
      for (std::size_t i = 0; i < clauses.size();) {
        if (reconsider(*clauses[i])) {
          auto* clause = clauses[i];
          clauses.erase(clauses.begin() + static_cast<std::ptrdiff_t>(i));
          distribute_restriction_to_rels(root, redundant_join_clause(root, *clause));
          found = true;
        } else {
          ++i;
        }
      }
    };
    sweep(root.left_join_clauses,
          [&](RestrictInfo& clause) { return reconsider_clause(root, clause, true); });
    sweep(root.right_join_clauses,
          [&](RestrictInfo& clause) { return reconsider_clause(root, clause, false); });
    sweep(root.full_join_clauses,
          [&](RestrictInfo& clause) { return reconsider_full_clause(root, clause); });
  }
  for (auto* list : {&root.left_join_clauses, &root.right_join_clauses, &root.full_join_clauses}) {
    for (auto* clause : *list) {
      distribute_restriction_to_rels(root, clause);
    }
    list->clear();
  }
}

}  // namespace quern::planner_model
