#include "advisor/check/check.hpp"

#include <algorithm>
#include <tuple>

#include "advisor/check/impact.hpp"

namespace quern::advisor {

CheckResult check(const Workload& workload, const CatalogSnapshot& catalog,
                  const std::vector<MigrationFile>& migration, const AdviceOptions& options) {
  auto linted = check_detail::lint(workload, catalog, migration);
  CheckResult result;
  result.findings = std::move(linted.findings);
  result.caveats = linted.caveats;
  check_detail::add_impact(workload, catalog, linted, options, result);
  // Files keep the order in which they were given: that is the order in which they would run.
  const auto place = [&](const Finding& finding) {
    const auto found =
        std::find_if(migration.begin(), migration.end(),
                     [&](const MigrationFile& file) { return file.name == finding.where.file; });
    return std::tuple{found - migration.begin(), finding.where.line, finding.rule};
  };
  std::stable_sort(result.findings.begin(), result.findings.end(),
                   [&](const Finding& a, const Finding& b) { return place(a) < place(b); });
  return result;
}

}  // namespace quern::advisor
