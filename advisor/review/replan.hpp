#pragma once

#include <set>
#include <string>
#include <vector>

#include "advisor/advice.hpp"
#include "advisor/review/review.hpp"

namespace quern::advisor {

/// A table, what it is a part of, and its parts: a query on any of them may use its index.
[[nodiscard]] std::set<Oid> family_of(Oid table, const CatalogSnapshot& catalog);
[[nodiscard]] bool uses_any(const PlannedClass& query, const std::set<Oid>& tables);

/// Query classes on the table that cost more than kTolerance more under the chosen set without the
/// indexes `after` than without those of `before`, with both plans.
[[nodiscard]] std::vector<QueryEffect> slower_without(const ReviewInput& input,
                                                      const std::vector<std::string>& before,
                                                      const std::vector<std::string>& after,
                                                      Oid table);

}  // namespace quern::advisor
