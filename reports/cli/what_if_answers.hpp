#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "planner-model/whatif/planner.hpp"

namespace quern::reports {

/// How a statement that writes is repeated: what its WAL depends on beside the statement itself.
struct RepeatedWrite {
  double rows = 0;  ///< written in the stretch; 0: a long time
  double rows_per_transaction = 1;
  double rows_between_checkpoints = 0;  ///< 0: full-page images are not counted
  bool copy = false;                    ///< rows of an INSERT come by COPY
  /// Share of the rows of INSERT ... ON CONFLICT that find one of the same key. Nothing: of DO
  /// UPDATE as the table's counters tell, of DO NOTHING none.
  std::optional<double> conflicts = {};
};

/// What each index would be if it were built now: pages, bytes, rows, levels, what its size cannot
/// be sure of, and what it adds to a row inserted.
[[nodiscard]] nlohmann::ordered_json index_facts(
    const planner_model::Planner& planner,
    const std::vector<planner_model::HypotheticalIndex>& created);

/// WAL of one row of an INSERT, UPDATE or DELETE under a set of indexes, by relation. Throws
/// UserError for other statements.
[[nodiscard]] nlohmann::ordered_json written_wal(
    const planner_model::Planner& planner, const planner_model::BoundQuery& query,
    const planner_model::PlanNode& plan, const planner_model::IndexConfiguration& configuration,
    const RepeatedWrite& write);

}  // namespace quern::reports
