#pragma once

#include <optional>
#include <string_view>

#include "collector/plans/plan_value.hpp"

namespace quern::collector {

/// EXPLAIN's text format: the tree by indentation and `->`, one node a line with its costs, then
/// its properties. Nothing when no node is found.
[[nodiscard]] std::optional<PlanValue> read_explain_text(std::string_view text);

/// The same with what stands below the tree (triggers, JIT, settings, times), as the JSON format
/// has it: an object with `Plan`.
[[nodiscard]] std::optional<PlanValue> read_explain_text_document(std::string_view text);

/// True for a line that a plan's first node could be: it holds `  (cost=`.
[[nodiscard]] bool looks_like_plan_node(std::string_view line);

/// Whole documents, as auto_explain writes them: an object with `Query Text` and `Plan`; of
/// EXPLAIN's own list the first. Nothing when the text was cut or is no such document.
[[nodiscard]] std::optional<PlanValue> read_explain_json(std::string_view text);
[[nodiscard]] std::optional<PlanValue> read_explain_yaml(std::string_view text);
[[nodiscard]] std::optional<PlanValue> read_explain_xml(std::string_view text);

/// EXPLAIN prints these as numbers, these as true or false: XML does not tell.
[[nodiscard]] bool is_number_property(std::string_view name, std::string_view value);
[[nodiscard]] bool is_bool_property(std::string_view name);

}  // namespace quern::collector
