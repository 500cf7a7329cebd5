#pragma once

#include "collector/logs/log_ends.hpp"
#include "collector/workload/workload.hpp"

namespace quern::collector {

/// What a log, or a piece of one, gave: what is decided whatever came before and after it, and what
/// hangs over its ends.
struct WorkloadPiece {
  Workload decided = {};
  LogEnds ends = {};
};

/// What the ends alone give, when nothing comes before or after.
[[nodiscard]] Workload ends_of_log(const WorkloadPiece& piece);

/// The workload when nothing comes before or after: the ends stand as they are.
[[nodiscard]] Workload settled(const WorkloadPiece& piece);

/// Both pieces as one. Where `b` goes on with the log of `a` the ends between them are joined, so
/// that pieces cut anywhere and joined in their order give what the whole log gives; joining is
/// associative. Pieces of different logs may come in any order.
[[nodiscard]] WorkloadPiece join(WorkloadPiece a, const WorkloadPiece& b);

}  // namespace quern::collector
