// Which join clauses are a foreign key. Source: initsplan.c (match_foreign_keys_to_quals),
// PostgreSQL 15.

#include <algorithm>

#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

/// An equivalence class that holds both columns.
bool match_by_class(const PlannerInfo& root, ForeignKeyMatch& match, std::size_t column) {
  const auto& key = *match.constraint;
  for (auto* ec : root.classes) {
    if (ec->has_volatile) {
      continue;
    }
    bool has_referencing = false;
    EquivalenceMember* referenced = nullptr;
    for (auto* member : ec->members) {
      const ExprPtr var = strip_relabel(member->expr);
      if (var->kind != ExprKind::Var) {
        continue;
      }
      if (var->varno == match.referencing && var->attno == key.columns[column]) {
        has_referencing = true;
      } else if (var->varno == match.referenced && var->attno == key.referenced_columns[column]) {
        referenced = member;
      }
    }
    if (has_referencing && referenced != nullptr) {
      match.ec[column] = ec;
      match.referenced_member[column] = referenced;
      ++match.matched_ec;
      match.const_ec += ec->has_const;
      return true;
    }
  }
  return false;
}

/// Join clauses that belong to no class: those of outer joins.
bool match_by_clauses(const PlannerInfo& root, const RelOptInfo& referencing,
                      ForeignKeyMatch& match, std::size_t column) {
  const auto& key = *match.constraint;
  const auto is_pair = [&](const ExprPtr& a, const ExprPtr& b) {
    return a->kind == ExprKind::Var && b->kind == ExprKind::Var && a->varno == match.referencing &&
           a->attno == key.columns[column] && b->varno == match.referenced &&
           b->attno == key.referenced_columns[column];
  };
  for (auto* clause : referencing.join_info) {
    if (clause->outerjoin_delayed || clause->clause->kind != ExprKind::OpExpr ||
        clause->clause->args.size() != 2) {
      continue;
    }
    const ExprPtr left = strip_relabel(clause->clause->args[0]);
    const ExprPtr right = strip_relabel(clause->clause->args[1]);
    const auto* op = root.global->types->op(clause->clause->op);
    if (op != nullptr && op->name == "=" && (is_pair(left, right) || is_pair(right, left))) {
      match.clauses[column].push_back(clause);
    }
  }
  match.matched_clauses += !match.clauses[column].empty();
  return !match.clauses[column].empty();
}

void match_key(PlannerInfo& root, const Constraint& constraint, const RelOptInfo& referencing,
               const RelOptInfo& referenced) {
  const auto columns = std::min(constraint.columns.size(), constraint.referenced_columns.size());
  ForeignKeyMatch match;
  match.constraint = &constraint;
  match.referencing = referencing.range;
  match.referenced = referenced.range;
  match.ec.assign(columns, nullptr);
  match.referenced_member.assign(columns, nullptr);
  match.clauses.assign(columns, {});
  for (std::size_t i = 0; i < columns; ++i) {
    if (!match_by_class(root, match, i) && !match_by_clauses(root, referencing, match, i)) {
      return;
    }
  }
  root.foreign_keys.push_back(std::move(match));
}

/// RelationGetFKeyList(): by name.
std::vector<const Constraint*> foreign_keys_of(const PlannerInfo& root, Oid table) {
  std::vector<const Constraint*> result;
  for (const auto& constraint : root.global->catalog->constraints) {
    if (constraint.kind == 'f' && constraint.table == table) {
      result.push_back(&constraint);
    }
  }
  std::sort(result.begin(), result.end(),
            [](const Constraint* a, const Constraint* b) { return a->name < b->name; });
  return result;
}

}  // namespace

void match_foreign_keys(PlannerInfo& root) {
  if (root.global->catalog->constraints.empty() || count(root.all_base) < 2) {
    return;
  }
  // The order matters where two keys explain the same clause: the first takes it.
  for (const auto* referencing : root.base) {
    if (referencing == nullptr || referencing->table == nullptr || referencing->is_append) {
      continue;
    }
    for (const auto* constraint : foreign_keys_of(root, referencing->table->oid)) {
      for (const auto* referenced : root.base) {
        if (referenced != nullptr && referenced != referencing && referenced->table != nullptr &&
            referenced->table->oid == constraint->referenced_table && !referenced->is_append) {
          match_key(root, *constraint, *referencing, *referenced);
        }
      }
    }
  }
}

}  // namespace quern::planner_model
