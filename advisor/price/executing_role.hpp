#pragma once

#include <string>

#include "collector/workload/workload.hpp"

#include "planner-model/whatif/planner.hpp"

namespace quern::advisor {

/// The role whose policies of row-level security a class is planned under: `asked`, or else the
/// user whom the log names for most of its executions. Empty, that is one who bypasses them, where
/// the catalog does not know that user, or where no policy lets him see a row of some table of the
/// class: he must have taken another role first (SET ROLE), which the log does not tell.
[[nodiscard]] std::string executing_role(const QueryClass& query,
                                         const planner_model::Planner& planner,
                                         const std::string& asked);

}  // namespace quern::advisor
