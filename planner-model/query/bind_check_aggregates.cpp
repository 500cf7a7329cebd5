// parseCheckAggregates() (parse_agg.c).
#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

void Analyzer::check_aggregates(Scope& scope) {
  (void)scope;
}

}  // namespace quern::planner_model
