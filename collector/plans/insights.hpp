#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/plans/plan_value.hpp"

namespace quern::collector {

/// What an executed plan tells beyond its tree.
enum class PlanInsight : std::uint8_t {
  RowMisestimate,
  MisestimateRoot,  ///< the deepest node that is wrong though what it reads is right
  NestedLoopBlowUp,
  SeqScanDiscards,     ///< a sequential scan that throws most rows away
  IndexScanDiscards,   ///< an index scan whose filter throws most rows away
  OrderOnlyIndexScan,  ///< an index read for its order, under a LIMIT, with a filter
  LossyBitmap,
  HeapFetches,  ///< an index-only scan that goes to the table
  BitmapAnd,
  SortSpill,
  HashSpill,
  HashAggregateSpill,
  TempBlocks,
  SlowReads,
  JitOverhead,
  PlanningShare,
  TriggerTime,
  SubPlanRepeated,
  CteFiltered,
  MemoizeMisses,
  WorkersMissing,
  JoinFilterDiscards,
  OffsetWaste,
  CastOnColumn,
  DisabledNode,
  GenericPlan,
  NotExecuted,      ///< no actual figures: the others can not be told
  JoinMisestimate,  ///< further from its estimate than both inputs together
  FunctionRowsDefault,
  CostTimeMismatch,
  AvoidableSort,
  BlocksPerRow,
  PartitionsUnpruned,
  HashGrows,
  MergeJoinRescans,
  FunctionOnColumn,
  ForeignFilter,
  WriteTime,
  WorkerSkew,
  OutsideExecutor,  ///< lock waits, the client, sending rows
  SettingsChanged,
  NotTimed,
  NotBuffered,        ///< no pages are told: neither are reads, temporary blocks and pages a row
  SerializationTime,  ///< rows made into what the client gets, as EXPLAIN (SERIALIZE) measures it
};

/// For people, and for programs: "sort on disk", "sort_spill".
[[nodiscard]] std::string_view insight_name(PlanInsight insight);
[[nodiscard]] std::string_view insight_id(PlanInsight insight);

struct PlanFinding {
  PlanInsight insight;
  std::string node;                                          ///< its title; empty: the whole plan
  double share = 0;                                          ///< of the execution's time
  std::vector<std::pair<std::string, double>> numbers = {};  ///< what it was told from, by name
};

/// Findings on a plan document (an object with `Plan`) or on its top node, those with the greatest
/// share of the time first. `statement_ms`: what the whole statement took; 0: not known.
[[nodiscard]] std::vector<PlanFinding> plan_findings(const PlanValue& document,
                                                     double statement_ms = 0);

}  // namespace quern::collector
