// Conditions on one relation drawn out of an OR over several. Source: orclauses.c, PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

void extract_restriction_or_clauses(PlannerInfo& root) {
  for (auto* rel : root.base) {
    if (rel == nullptr || rel->kind != RelKind::Base) {
      continue;
    }
    const auto join_info = rel->join_info;
    for (auto* clause : join_info) {
      if (clause->or_arms.empty() || !movable_to(*clause, *rel)) {
        continue;
      }
      std::vector<ExprPtr> arms;
      for (const auto& arm : clause->or_arms) {
        std::vector<ExprPtr> own;
        for (const auto* part : arm) {
          if (part->clause_relids == rel->relids && !contains_volatile(part->clause, root)) {
            own.push_back(part->clause);
          }
        }
        if (own.empty()) {
          break;
        }
        arms.push_back(make_and(own));
      }
      if (arms.size() != clause->or_arms.size()) {
        continue;
      }
      auto* extracted = make_restrictinfo(root, make_or(arms), true, false, false, rel->relids, 0,
                                          0, clause->security_level);
      const double selectivity = clause_selectivity(root, *extracted, 0, JoinType::Inner, nullptr);
      if (selectivity > 0.9) {
        continue;
      }
      rel->restrictions.push_back(extracted);
      // The join clause's own estimate is corrected for what is already counted here.
      if (selectivity > 0) {
        SpecialJoin inner;
        inner.type = JoinType::Inner;
        inner.min_left = inner.syn_left = clause->clause_relids & ~rel->relids;
        inner.min_right = inner.syn_right = rel->relids;
        const double original = clause_selectivity(root, *clause, 0, JoinType::Inner, &inner);
        clause->norm_selectivity = std::min(1.0, original / selectivity);
      }
    }
  }
}

}  // namespace quern::planner_model
