#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collector/base/failure.hpp"
#include "collector/logs/class_runs.hpp"
#include "collector/logs/log_record.hpp"
#include "collector/logs/transaction_runs.hpp"
#include "collector/plans/auto_explain.hpp"

namespace quern::collector {

/// Who and when: what an execution keeps of the record that told it.
struct Origin {
  TextPosition where = {};
  std::int64_t at_us = 0;
  std::string user = {}, database = {}, application = {};
  std::int64_t query_id = 0;  ///< 0: not known
};

/// An execution that later records of the session may still add to.
struct OpenExecution {
  bool present = false;
  bool simple = false;    ///< simple protocol: its plan came before it
  bool awaiting = false;  ///< logged at its start; duration or error to come
  bool timed = false;
  bool planned = false;
  bool further = false;  ///< more rows of a portal whose execution has been told
  std::string sql = {};
  std::string parameters = {};
  Microseconds duration{0};
  Microseconds plan_time{0};  ///< of its plan, where no duration has come yet
  LoggedPlan plan = {};
  Origin origin = {};
};

struct PendingPlan {
  LoggedPlan plan = {};
  Microseconds duration{0};
  Origin origin = {};
};

/// A session within a piece of a log. What its first records say may hang on records before the
/// piece (a plan that belongs to an execution there); they wait in `head`. From the first place on
/// where the past no longer matters it is `decided`, and open, pending and runs tell what has
/// become of it since that place.
struct SessionState {
  std::string id = {};
  bool from_start = true;  ///< may go on from the piece before; false: it began within the piece
  bool to_end = true;      ///< may go on in the piece after; false: nothing of it is open
  bool decided = false;
  std::vector<HeldRecord> head = {};
  OpenExecution open = {};
  std::vector<PendingPlan> pending = {};
  bool pending_known = false;  ///< no plan from before the piece can be pending
  ClassRuns runs = {};
  TransactionRuns transactions = {};
  /// Hashes of the portals that were executed, and of the cursors that were declared: what comes of
  /// them later is no execution of its own. The last kMostPortals of either.
  std::vector<std::uint64_t> portals = {}, cursors = {};
  /// Hash of the execution before the statement at hand, where its plan may be still to come: its
  /// portal is closed within that statement. 0: none.
  std::uint64_t unplanned = 0;
  std::int64_t first_us = 0, last_us = 0;
  std::uint64_t last_seen = 0;
};

/// Whether the plan ran within the execution, by their ends and lengths.
enum class Overlap : std::uint8_t { Inside, Outside, Unclear };
[[nodiscard]] Overlap overlap(std::int64_t plan_end_us, Microseconds plan, std::int64_t end_us,
                              Microseconds duration);

}  // namespace quern::collector
