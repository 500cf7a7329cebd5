#pragma once

#include <string>
#include <vector>

#include "advisor/candidates/rules.hpp"

namespace quern::advisor {

/// "text_pattern_ops" and relatives where the column does not compare bytes; empty in the C locale.
[[nodiscard]] std::string pattern_operator_class(const RuleInput& input,
                                                 const planner_model::ClauseUse& clause);

/// Whether btree can hold these columns: not json, xml, points, nor arrays, jsonb and long texts,
/// whose entries may exceed a third of a page ("index row size exceeds btree maximum").
[[nodiscard]] bool keys_allowed(const RuleInput& input, const KeyList& keys);

/// A text this wide on average has btree entries near the limit of 2704 bytes.
inline constexpr int kWidestKey = 400;

/// Of the statistics, in bytes; 0 without them.
[[nodiscard]] int average_width(const Column& column);

}  // namespace quern::advisor
