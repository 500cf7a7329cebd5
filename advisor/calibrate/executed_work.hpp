#pragma once

#include <string>
#include <vector>

#include "advisor/calibrate/work.hpp"

namespace quern::advisor {

/// What one node of an executed plan did on its own, and how long that took.
struct NodeWork {
  Work work = {};
  double milliseconds = 0;
};

struct ExecutedPlan {
  std::vector<NodeWork> nodes = {};
  double milliseconds = 0;  ///< of the whole
};

/// From EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) text. No nodes where the plan was not executed, not
/// timed or lacks the buffer counters, nor where it writes: that waits for locks and triggers.
[[nodiscard]] ExecutedPlan executed_work(const std::string& explain_json);

}  // namespace quern::advisor
