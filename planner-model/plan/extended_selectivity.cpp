#include "planner-model/plan/extended_selectivity.hpp"

namespace quern::planner_model {

namespace {

bool has_statistics(const PlannerInfo& root, const RelOptInfo& rel) {
  if (rel.table == nullptr) {
    return false;
  }
  for (const auto& statistics : root.global->catalog->extended_statistics) {
    if (statistics.table == rel.table->oid) {
      return true;
    }
  }
  return false;
}

}  // namespace

double extended_selectivity(PlannerInfo& root, const std::vector<RestrictInfo*>& clauses, int,
                            JoinType, const SpecialJoin*, std::vector<bool>&) {
  Relids relids = 0;
  for (const auto* clause : clauses) {
    relids |= clause->clause_relids;
  }
  if (is_singleton(relids)) {
    const auto* rel = root.base[static_cast<std::size_t>(lowest(relids))];
    if (rel != nullptr && has_statistics(root, *rel)) {
      root.global->unmodelled.insert("extended statistics (clauses taken as independent)");
    }
  }
  return 1.0;
}

double extended_or_selectivity(PlannerInfo&, RestrictInfo&, int, JoinType, const SpecialJoin*,
                               const std::function<double()>& plain) {
  return plain();
}

const ParsedStatistics* extended_expression_statistics(PlannerInfo&, const RelOptInfo&,
                                                       const ExprPtr&) {
  return nullptr;
}

std::vector<std::vector<DistinctItem>> extended_distinct(PlannerInfo&, const RelOptInfo&) {
  return {};
}

}  // namespace quern::planner_model
