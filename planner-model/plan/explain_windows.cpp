// What EXPLAIN tells of a window since version 18. Source: show_window_def(), explain.c, and
// get_window_frame_options(), ruleutils.c.
#include "collector/sql/quote.hpp"

#include "planner-model/plan/plan_explainer.hpp"
#include "planner-model/query/query.hpp"

namespace quern::planner_model {

void PlanExplainer::window_definition(PlanNode& node, PlannerInfo& root, const Path& path) {
  const auto& window = root.query.windows[static_cast<std::size_t>(path.window) - 1];
  const Path& input = *path.children.front();
  std::string parts;
  const auto append = [&](const std::string& words, const std::string& what) {
    if (!what.empty()) {
      parts += (parts.empty() ? "" : " ") + words + what;
    }
  };
  append("PARTITION BY ", window_keys(root, window.partition, input));
  append("ORDER BY ", window_keys(root, window.order, input));
  append("", window_frame(root, window));
  add(node, "Window", quote_identifier(window.name) + " AS (" + parts + ")");
}

std::string PlanExplainer::window_keys(PlannerInfo& root,
                                       const std::vector<SortGroupClause>& clauses,
                                       const Path& input) {
  const bool sorted = input.kind == PathKind::Sort || input.kind == PathKind::IncrementalSort;
  const auto deeper = below_window(sorted ? *input.children.front() : input);
  std::string list;
  for (const auto& expr : group_exprs(root, clauses)) {
    list += (list.empty() ? "" : ", ") +
            deparse(resolved(expr, root), key_context(root, nullptr, expr, deeper));
  }
  return list;
}

std::string PlanExplainer::window_frame(PlannerInfo& root, const WindowClause& window) {
  const int options = window.frame_options;
  const auto has = [&](int bit) { return (options & bit) != 0; };
  if (!has(frame::kNonDefault)) {
    return {};
  }
  const auto bound = [&](const ExprPtr& offset, bool preceding) {
    return text(root, offset, nullptr) + (preceding ? " PRECEDING" : " FOLLOWING");
  };
  std::string frame = has(frame::kRange) ? "RANGE" : has(frame::kRows) ? "ROWS" : "GROUPS";
  frame += has(frame::kBetween) ? " BETWEEN " : " ";
  frame += has(frame::kStartUnboundedPreceding) ? "UNBOUNDED PRECEDING"
           : has(frame::kStartCurrentRow)
               ? "CURRENT ROW"
               : bound(window.start_offset, has(frame::kStartOffsetPreceding));
  if (has(frame::kBetween)) {
    frame += " AND ";
    frame += has(frame::kEndUnboundedFollowing) ? "UNBOUNDED FOLLOWING"
             : has(frame::kEndCurrentRow)
                 ? "CURRENT ROW"
                 : bound(window.end_offset, has(frame::kEndOffsetPreceding));
  }
  return frame + (has(frame::kExcludeCurrentRow) ? " EXCLUDE CURRENT ROW"
                  : has(frame::kExcludeGroup)    ? " EXCLUDE GROUP"
                  : has(frame::kExcludeTies)     ? " EXCLUDE TIES"
                                                 : "");
}

}  // namespace quern::planner_model
