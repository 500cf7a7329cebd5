#pragma once

#include <functional>
#include <string>
#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/whatif/planner.hpp"

#include "advisor/candidates/candidate_index.hpp"

namespace quern::advisor {

/// What a rule sees: one occurrence of one table in one statement.
struct RuleInput {
  const planner_model::TableUse& use;
  const Table& table;
  const CatalogSnapshot& catalog;
  std::size_t max_width;
};

using KeyList = std::vector<KeyPart>;

struct CandidateRule {
  std::string name;  ///< "C01 equality": as printed, credited and kept in the goldens
  std::function<std::vector<KeyList>(const RuleInput&)> apply;
};

/// Applied in this order; the first rule that proposes an index is credited.
[[nodiscard]] const std::vector<CandidateRule>& candidate_rules();

inline constexpr const char* kCoveringRule = "C06 covering";
inline constexpr const char* kPartialRule = "C07 partial";
inline constexpr const char* kExpressionRule = "C08 expression";
inline constexpr const char* kPatternRule = "C09 pattern";
inline constexpr const char* kMergeRule = "C10 merge";
inline constexpr const char* kContainmentRule = "C11 containment";
inline constexpr const char* kForeignKeyRule = "C12 foreign key";
inline constexpr const char* kBrinRule = "C13 block ranges";
inline constexpr const char* kHashRule = "C14 hash";
inline constexpr const char* kNearestRule = "C15 nearest first";

/// What the btree rules say of one table occurrence, made partial and covering as well, and what
/// the other access methods offer.
[[nodiscard]] std::vector<CandidateIndex> apply_rules(const RuleInput& input);

}  // namespace quern::advisor
