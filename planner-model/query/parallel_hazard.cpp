#include "planner-model/query/parallel_hazard.hpp"

#include <algorithm>

namespace quern::planner_model {

namespace {

class HazardWalk {
 public:
  explicit HazardWalk(const TypeSystem& types) : types_{types} {}

  [[nodiscard]] bool found(const Query& query) const {
    return query.command != Command::Select || !query.row_marks.empty() ||
           std::any_of(query.ctes.begin(), query.ctes.end(),
                       [&](const auto& cte) { return found(*cte.query); }) ||
           std::any_of(query.range_table.begin(), query.range_table.end(),
                       [&](const auto& entry) { return found(entry); }) ||
           found(query.join_tree) || found(query.targets) || found(query.having) ||
           found(query.limit) || found(query.offset);
  }

 private:
  [[nodiscard]] bool found(const ExprPtr& expr) const {
    return any_of(expr, [&](const Expr& e) {
      const auto* function = e.function != 0 ? types_.function(e.function) : nullptr;
      return (function != nullptr && function->parallel == 'u') ||
             (e.subquery && found(*e.subquery));
    });
  }

  [[nodiscard]] bool found(const std::vector<ExprPtr>& exprs) const {
    return std::any_of(exprs.begin(), exprs.end(),
                       [&](const ExprPtr& expr) { return found(expr); });
  }

  [[nodiscard]] bool found(const std::vector<TargetEntry>& targets) const {
    return std::any_of(targets.begin(), targets.end(),
                       [&](const TargetEntry& target) { return found(target.expr); });
  }

  [[nodiscard]] bool found(const JoinTree& tree) const {
    return found(tree.quals) || std::any_of(tree.children.begin(), tree.children.end(),
                                            [&](const JoinTree& child) { return found(child); });
  }

  [[nodiscard]] bool found(const RangeTableEntry& entry) const {
    return (entry.subquery && found(*entry.subquery)) || found(entry.functions) ||
           found(entry.security_quals) ||
           std::any_of(entry.values.begin(), entry.values.end(),
                       [&](const auto& row) { return found(row); });
  }

  const TypeSystem& types_;
};

}  // namespace

bool is_parallel_unsafe(const Query& query, const TypeSystem& types) {
  return HazardWalk{types}.found(query);
}

}  // namespace quern::planner_model
