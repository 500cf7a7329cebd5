#pragma once

#include "advisor/check/lint.hpp"

namespace quern::advisor::check_detail {

/// Plans every recorded query before and after the migration's index changes: M18 (a dropped index
/// was needed), M33 (a new index is used by no recorded query), and the costs in total.
void add_impact(const Workload& workload, const CatalogSnapshot& catalog, const LintResult& linted,
                const AdviceOptions& options, CheckResult& result);

}  // namespace quern::advisor::check_detail
