// Source: optimize_window_clauses(), planner.c.
#include <algorithm>
#include <array>
#include <string_view>

#include "planner-model/plan/query_walk.hpp"
#include "planner-model/plan/upper_planner.hpp"

namespace quern::planner_model {

namespace {

/// Functions of the row's place alone: the frame does not matter to them.
bool ignores_frame(const Expr& function, const TypeSystem& types) {
  static constexpr std::array<std::string_view, 6> kNames = {
      "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile"};
  const auto* definition = types.function(function.function);
  return definition != nullptr &&
         std::find(kNames.begin(), kNames.end(), definition->name) != kNames.end();
}

}  // namespace

void UpperPlanner::optimize_window_frames() {
  if (!root_.global->cost.server.optimizes_window_frames()) {
    return;
  }
  for (std::size_t w = 0; w < query_.windows.size(); ++w) {
    bool used = false;
    bool all = true;
    const auto look = [&](const Expr& e) {
      if (e.kind == ExprKind::WindowFunc && e.window == static_cast<int>(w) + 1) {
        used = true;
        all = all && ignores_frame(e, *root_.global->types);
      }
      return false;
    };
    for (const auto& target : query_.targets) {
      (void)any_of(target.expr, look);
    }
    if (used && all) {
      query_.windows[w].frame_options = frame::kNonDefault | frame::kRows |
                                        frame::kStartUnboundedPreceding | frame::kEndCurrentRow;
    }
  }
}

}  // namespace quern::planner_model
