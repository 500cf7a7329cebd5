#pragma once

#include <string_view>

#include "collector/workload/workload.hpp"

namespace quern::collector {

/// `checkpoint complete: wrote 5 buffers (0.1%); ... write=0.5 s, sync=0.1 s, ...; distance=16 kB`
/// (LogCheckpointEnd(), PostgreSQL 15, src/backend/access/transam/xlog.c). Counts it with its
/// figures, as far as the version logs them.
void count_checkpoint(std::string_view message, ServerEvents& events);

/// `automatic vacuum of table "shop.public.orders": index scans: 1 ...`, `automatic analyze of ...`
/// (heap_vacuum_rel(), src/backend/access/heap/vacuumlazy.c; do_analyze_rel(),
/// src/backend/commands/analyze.c): the layouts of all versions keep these words. False: no more
/// tables can be held, and the run was counted without its table.
[[nodiscard]] bool count_autovacuum(std::string_view message, ServerEvents& events);

}  // namespace quern::collector
