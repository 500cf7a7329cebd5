#pragma once

#include "advisor/check/state.hpp"

namespace quern::advisor::check_detail {

/// What the files show without planning a query, and the state they lead to.
struct LintResult {
  std::vector<Finding> findings = {};
  std::vector<std::string> caveats = {};
  State state = {};

  /// Where each created (DDL) and dropped (name) index stands, for the findings about queries.
  struct Change {
    std::string ddl = {}, dropped = {};
    TextPosition where = {};
    std::set<std::string> ignored = {};
  };

  std::vector<Change> changes = {};
};

[[nodiscard]] LintResult lint(const Workload& workload, const CatalogSnapshot& catalog,
                              const std::vector<MigrationFile>& files);

}  // namespace quern::advisor::check_detail
