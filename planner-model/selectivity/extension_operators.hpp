#pragma once

#include <optional>
#include <string_view>

#include "planner-model/selectivity/value.hpp"

namespace quern::planner_model {

/// What a function under an operator of the extensions ltree and hstore answers, by its name:
/// ltree_isparent, ltree_risparent, ltq_regex, exist, exists_any, exists_all, hs_contains,
/// hs_contained. nullopt: another function, or operands that it does not read.
[[nodiscard]] std::optional<bool> evaluate_extension_function(std::string_view function,
                                                              const Value& left,
                                                              const Value& right);

/// Pairs of an hstore in its text form; nullopt: not one.
[[nodiscard]] std::optional<std::size_t> count_hstore_pairs(std::string_view text);

}  // namespace quern::planner_model
