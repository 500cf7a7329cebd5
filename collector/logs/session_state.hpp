#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collector/plans/auto_explain.hpp"
#include "collector/workload/aggregate.hpp"

namespace quern::collector {

/// Who and when: what an execution keeps of the record that told it.
struct Origin {
  std::uint64_t line = 0;
  const std::string* file = nullptr;
  std::int64_t at_us = 0;
  std::string user = {}, database = {}, application = {};
};

/// An execution that later records of the session may still add to.
struct OpenExecution {
  bool present = false;
  bool simple = false;    ///< simple protocol: its plan came before it
  bool awaiting = false;  ///< logged at its start; duration or error to come
  bool timed = false;
  bool planned = false;
  std::string sql = {};
  std::string parameters = {};
  Microseconds duration{0};
  LoggedPlan plan = {};
  Origin origin = {};
};

struct PendingPlan {
  LoggedPlan plan = {};
  Microseconds duration{0};
  Origin origin = {};
};

/// Executions of one class in a row.
struct ClassRun {
  ClassNumber number = kNoClass;
  ClassNumber before = kNoClass;
  std::uint64_t length = 0;
  std::uint64_t last_values = 0;
  bool values_vary = false;
  Microseconds total{0};
};

struct SessionState {
  OpenExecution open = {};
  std::vector<PendingPlan> pending = {};
  ClassRun run = {};
  std::uint64_t last_seen = 0;
};

/// Whether the plan ran within the execution, by their ends and lengths.
enum class Overlap : std::uint8_t { Inside, Outside, Unclear };
[[nodiscard]] Overlap overlap(std::int64_t plan_end_us, Microseconds plan, std::int64_t end_us,
                              Microseconds duration);

}  // namespace quern::collector
