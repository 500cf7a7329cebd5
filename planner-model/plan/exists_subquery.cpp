#include "planner-model/plan/exists_subquery.hpp"

#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

bool simplify_exists_query(Query& query, const TypeSystem& types) {
  if (query.command != Command::Select || query.set_operation || query.has_aggregates ||
      query.has_grouping_sets || query.has_window_functions || query.has_returning_set ||
      query.having || query.offset || query.for_update) {
    return false;
  }
  if (query.limit) {
    const ExprPtr limit = simplify(query.limit, types);
    if (limit->kind != ExprKind::Const ||
        (!limit->is_null && (limit->text == "0" || limit->text.starts_with('-')))) {
      return false;
    }
    query.limit = nullptr;
  }
  query.targets.clear();
  query.group_by.clear();
  query.windows.clear();
  query.distinct.clear();
  query.order_by.clear();
  return true;
}

}  // namespace quern::planner_model
