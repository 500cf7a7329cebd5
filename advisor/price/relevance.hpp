#pragma once

#include "planner-model/whatif/planner.hpp"

#include "advisor/candidates/candidate_index.hpp"

namespace quern::advisor {

/// Whether an index could change how this table occurrence is read: its first key is searched,
/// ordered or grouped by, or it holds every column that is needed. A cheap filter before the
/// planner; when in doubt, yes.
[[nodiscard]] bool can_matter(const IndexDefinition& index, const planner_model::TableUse& use);

}  // namespace quern::advisor
