#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "advisor/advise.hpp"

namespace quern::advisor {

enum class Severity : std::uint8_t { Info, Warning, Error };

/// One thing to say about a migration. `rule` is an id of index-ddl-rules: M01 ...
struct Finding {
  std::string rule;
  Severity severity = Severity::Warning;
  std::string message;   ///< one or two sentences with figures
  std::string fix = {};  ///< what to write instead
  TextPosition where;
  std::string statement = {};
  std::vector<QueryEffect> queries = {};  ///< who gets faster or slower, when that is the point
};

struct MigrationFile {
  std::string name;
  std::string text;
};

struct CheckResult {
  std::vector<Finding> findings = {};  ///< in order of file, line, rule
  WorkloadCost cost;                   ///< workload before and after the migration's index changes
  std::vector<QueryEffect> queries = {};
  std::vector<std::string> caveats = {};
};

[[nodiscard]] CheckResult check(const Workload& workload, const CatalogSnapshot& catalog,
                                const std::vector<MigrationFile>& migration,
                                const AdviceOptions& options);

}  // namespace quern::advisor
