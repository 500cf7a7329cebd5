#pragma once

#include <optional>
#include <string_view>

#include "collector/plans/explain_node.hpp"

namespace quern::collector {

/// EXPLAIN's text format: the tree by indentation and `->`, one node a line with its costs; other
/// lines (conditions, buffers) are passed over. Nothing when no node is found.
[[nodiscard]] std::optional<ExplainNode> read_explain_text(std::string_view text);

/// True for a line that a plan's first node could be: it holds `  (cost=`.
[[nodiscard]] bool looks_like_plan_node(std::string_view line);

}  // namespace quern::collector
