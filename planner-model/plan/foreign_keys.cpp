// Which join clauses are a foreign key. Source: initsplan.c (match_foreign_keys_to_quals),
// PostgreSQL 15.

#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

void match_foreign_keys(PlannerInfo& root) {
  for (const auto& constraint : root.global->catalog->constraints) {
    if (constraint.kind != 'f') {
      continue;
    }
    for (auto* referencing : root.base) {
      if (referencing == nullptr || referencing->table == nullptr ||
          referencing->table->oid != constraint.table || referencing->is_append) {
        continue;
      }
      for (auto* referenced : root.base) {
        if (referenced == nullptr || referenced == referencing || referenced->table == nullptr ||
            referenced->table->oid != constraint.referenced_table || referenced->is_append) {
          continue;
        }
        ForeignKeyMatch match;
        match.constraint = &constraint;
        match.referencing = referencing->range;
        match.referenced = referenced->range;
        const auto n = constraint.columns.size();
        match.ec.assign(n, nullptr);
        match.referencing_member.assign(n, nullptr);
        match.clauses.assign(n, {});
        std::size_t matched = 0;
        for (std::size_t i = 0; i < n && i < constraint.referenced_columns.size(); ++i) {
          for (auto* ec : root.classes) {
            if (ec->has_volatile) {
              continue;
            }
            EquivalenceMember* item1 = nullptr;
            EquivalenceMember* item2 = nullptr;
            for (auto* member : ec->members) {
              const ExprPtr var = strip_relabel(member->expr);
              if (var->kind != ExprKind::Var) {
                continue;
              }
              if (var->varno == match.referencing && var->attno == constraint.columns[i]) {
                item1 = member;
              } else if (var->varno == match.referenced &&
                         var->attno == constraint.referenced_columns[i]) {
                item2 = member;
              }
            }
            if (item1 != nullptr && item2 != nullptr) {
              match.ec[i] = ec;
              match.referencing_member[i] = item1;
              ++match.matched_ec;
              match.const_ec += ec->has_const;
              ++matched;
              break;
            }
          }
          if (match.ec[i] != nullptr) {
            continue;
          }
          for (auto* clause : referencing->join_info) {
            if (clause->outerjoin_delayed || clause->clause->kind != ExprKind::OpExpr ||
                clause->clause->args.size() != 2) {
              continue;
            }
            const ExprPtr l = strip_relabel(clause->clause->args[0]);
            const ExprPtr r = strip_relabel(clause->clause->args[1]);
            const auto is_pair = [&](const ExprPtr& a, const ExprPtr& b) {
              return a->kind == ExprKind::Var && b->kind == ExprKind::Var &&
                     a->varno == match.referencing && a->attno == constraint.columns[i] &&
                     b->varno == match.referenced && b->attno == constraint.referenced_columns[i];
            };
            const auto* op = root.global->types->op(clause->clause->op);
            if (op != nullptr && op->name == "=" && (is_pair(l, r) || is_pair(r, l))) {
              match.clauses[i].push_back(clause);
            }
          }
          if (!match.clauses[i].empty()) {
            ++match.matched_clauses;
            ++matched;
          }
        }
        if (matched == n) {
          root.foreign_keys.push_back(std::move(match));
        }
      }
    }
  }
}

}  // namespace quern::planner_model
