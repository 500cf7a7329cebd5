#include "collector/plans/insights.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "collector/plans/insight_context.hpp"

namespace quern::collector {

using namespace insights;

namespace {

/// In the order of PlanInsight: for programs, and for people.
constexpr std::array<std::pair<std::string_view, std::string_view>, 44> kNames = {{
    {"row_misestimate", "row misestimate"},
    {"misestimate_root", "root of a row misestimate"},
    {"nested_loop_blow_up", "nested loop over more rows than estimated"},
    {"seq_scan_discards", "sequential scan discards most rows"},
    {"index_scan_discards", "index scan's filter discards most rows"},
    {"order_only_index_scan", "index read for its order only"},
    {"lossy_bitmap", "lossy bitmap"},
    {"heap_fetches", "index-only scan reads the table"},
    {"bitmap_and", "several indexes combined"},
    {"sort_spill", "sort on disk"},
    {"hash_spill", "hash join in batches"},
    {"hash_aggregate_spill", "hash aggregate on disk"},
    {"temp_blocks", "temporary blocks"},
    {"slow_reads", "slow reads"},
    {"jit_overhead", "JIT compilation"},
    {"planning_share", "planning takes longer than execution"},
    {"trigger_time", "triggers"},
    {"subplan_repeated", "subplan run for every row"},
    {"cte_filtered", "CTE read and filtered"},
    {"memoize_misses", "Memoize misses"},
    {"workers_missing", "workers not launched"},
    {"join_filter_discards", "join filter discards most rows"},
    {"offset_waste", "rows skipped by OFFSET"},
    {"cast_on_column", "cast on a column"},
    {"disabled_node", "disabled node used"},
    {"generic_plan", "generic plan"},
    {"not_executed", "plan not executed"},
    {"join_misestimate", "join wrong beyond its inputs"},
    {"function_rows_default", "function's rows not known to the planner"},
    {"cost_time_mismatch", "cheap to the planner, long in fact"},
    {"avoidable_sort", "sort of what an index has in order"},
    {"blocks_per_row", "many pages read for each row"},
    {"partitions_unpruned", "no partition pruned"},
    {"hash_grows", "hash table grew beyond its estimate"},
    {"merge_join_rescans", "merge join reads its inner side again"},
    {"function_on_column", "function on a column in a filter"},
    {"foreign_filter", "rows filtered after they came from a foreign server"},
    {"write_time", "writing takes most of the time"},
    {"worker_skew", "one worker did most of the work"},
    {"outside_executor", "time outside of the executor"},
    {"settings_changed", "settings other than the defaults"},
    {"not_timed", "plan executed without timing"},
    {"not_buffered", "plan executed without BUFFERS"},
    {"serialization_time", "rows made into text for the client"},
}};

void joins(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  const double removed = number_in(*at.node, "Rows Removed by Join Filter") * at.loops;
  if (removed >= kManyRows && removed > 10 * rows_of(at) * at.loops) {
    c.add(PlanInsight::JoinFilterDiscards, at, {{"rows_removed", removed}});
  }
  if (!is(at, "Nested Loop")) {
    return;
  }
  const NodeTimes* outer = nullptr;
  const NodeTimes* inner = nullptr;
  for (std::size_t j = i + 1; j < c.nodes.size(); ++j) {
    if (c.nodes[j].parent == i) {
      const auto side = c.nodes[j].node->text_of("Parent Relationship");
      outer = side == "Outer" ? &c.nodes[j] : outer;
      inner = side == "Inner" ? &c.nodes[j] : inner;
    }
  }
  if (outer == nullptr || inner == nullptr || is(*inner, "Memoize") || is(*inner, "Materialize")) {
    return;
  }
  const double estimated = std::max(1.0, number_in(*outer->node, "Plan Rows"));
  const bool more = rows_of(*outer) > kMisestimate * estimated;
  if (inner->loops > 1 && inner->total_ms > kMuchTime * c.all_ms && more) {
    c.add(PlanInsight::NestedLoopBlowUp, at,
          {{"estimated_loops", estimated}, {"loops", inner->loops}, {"inner_ms", inner->total_ms}});
  }
}

void scans(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  const PlanValue& node = *at.node;
  const double kept = rows_of(at) * at.loops;
  const double removed = number_in(node, "Rows Removed by Filter") * at.loops;
  const bool wasteful =
      removed >= kManyRows && removed > 10 * kept && at.exclusive_ms > kMuchTime * c.all_ms;
  if (is(at, "Seq Scan") && wasteful) {
    c.add(PlanInsight::SeqScanDiscards, at, {{"rows_removed", removed}, {"rows_kept", kept}});
  }
  const bool index_scan = is(at, "Index Scan") || is(at, "Index Only Scan");
  const bool under_limit = is(c.nodes[at.parent], "Limit");
  if (index_scan && node.find("Index Cond") == nullptr && node.find("Filter") != nullptr &&
      under_limit) {
    c.add(PlanInsight::OrderOnlyIndexScan, at, {{"rows_removed", removed}, {"rows_kept", kept}});
  } else if (index_scan && wasteful) {
    c.add(PlanInsight::IndexScanDiscards, at, {{"rows_removed", removed}, {"rows_kept", kept}});
  }
  const double fetches = number_in(node, "Heap Fetches");
  if (is(at, "Index Only Scan") && fetches * at.loops >= 100 && fetches > 0.1 * rows_of(at)) {
    c.add(PlanInsight::HeapFetches, at, {{"heap_fetches", fetches}, {"rows", rows_of(at)}});
  }
  if (const double lossy = number_in(node, "Lossy Heap Blocks"); lossy > 0) {
    c.add(PlanInsight::LossyBitmap, at,
          {{"lossy_blocks", lossy},
           {"exact_blocks", number_in(node, "Exact Heap Blocks")},
           {"rows_removed", number_in(node, "Rows Removed by Index Recheck") * at.loops}});
  }
  if (is(at, "BitmapAnd")) {
    c.add(PlanInsight::BitmapAnd, at, {});
  }
  const std::string_view filter = node.text_of("Filter");
  if (filter.find(")::numeric") != std::string_view::npos ||
      filter.find(")::double precision") != std::string_view::npos) {
    c.add(PlanInsight::CastOnColumn, at, {{"rows_removed", removed}});
  }
  if (is(at, "CTE Scan") && wasteful) {
    c.add(PlanInsight::CteFiltered, at, {{"rows_removed", removed}, {"rows_kept", kept}});
  }
}

void memory(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  const PlanValue& node = *at.node;
  if (node.text_of("Sort Space Type") == "Disk") {
    c.add(PlanInsight::SortSpill, at, {{"disk_kb", number_in(node, "Sort Space Used")}});
  }
  if (const double batches = number_in(node, "Hash Batches"); batches > 1) {
    c.add(PlanInsight::HashSpill, at,
          {{"batches", batches},
           {"planned_batches", number_in(node, "Original Hash Batches")},
           {"memory_kb", number_in(node, "Peak Memory Usage")}});
  }
  if (const double disk = number_in(node, "Disk Usage");
      disk > 0 || number_in(node, "HashAgg Batches") > 1) {
    c.add(PlanInsight::HashAggregateSpill, at,
          {{"batches", number_in(node, "HashAgg Batches")}, {"disk_kb", disk}});
  }
  double temp = number_in(node, "Temp Written Blocks");
  for (std::size_t j = i + 1; j < c.nodes.size(); ++j) {
    temp -= c.nodes[j].parent == i ? number_in(*c.nodes[j].node, "Temp Written Blocks") : 0;
  }
  if (temp > 0) {
    c.add(PlanInsight::TempBlocks, at, {{"blocks_written", temp}});
  }
  const double hits = number_in(node, "Cache Hits");
  const double misses = number_in(node, "Cache Misses");
  if (is(at, "Memoize") && misses > 100 &&
      (misses > hits || number_in(node, "Cache Overflows") > 0)) {
    c.add(PlanInsight::MemoizeMisses, at,
          {{"hits", hits},
           {"misses", misses},
           {"evictions", number_in(node, "Cache Evictions")},
           {"overflows", number_in(node, "Cache Overflows")}});
  }
  const double read_ms = number_in(node, "I/O Read Time") + number_in(node, "Shared I/O Read Time");
  if (i == 0 && read_ms > 0.5 * c.all_ms) {
    c.add(PlanInsight::SlowReads, at,
          {{"read_ms", read_ms}, {"blocks_read", number_in(node, "Shared Read Blocks")}});
  }
}

void others(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  const PlanValue& node = *at.node;
  const double planned = number_in(node, "Workers Planned");
  const double launched = number_in(node, "Workers Launched");
  if (at.loops > 0 && launched < planned) {
    c.add(PlanInsight::WorkersMissing, at, {{"planned", planned}, {"launched", launched}});
  }
  if (node.text_of("Parent Relationship") == "SubPlan" && at.loops > 100 &&
      at.total_ms > kMuchTime * c.all_ms) {
    c.add(PlanInsight::SubPlanRepeated, at, {{"loops", at.loops}, {"total_ms", at.total_ms}});
  }
  if (is(at, "Limit") && i + 1 < c.nodes.size()) {
    const double skipped = rows_of(c.nodes[i + 1]) - rows_of(at);
    if (skipped >= kManyRows) {
      c.add(PlanInsight::OffsetWaste, at, {{"rows_skipped", skipped}, {"rows", rows_of(at)}});
    }
  }
  const PlanValue* disabled = node.find("Disabled");
  constexpr double kDisableCost = 1e10;  // added to costs before PostgreSQL 18
  if ((disabled != nullptr && disabled->scalar == "true") ||
      number_in(node, "Startup Cost") >= kDisableCost) {
    c.add(PlanInsight::DisabledNode, at, {});
  }
  for (const char* condition : {"Index Cond", "Filter", "Recheck Cond"}) {
    const std::string_view text = node.text_of(condition);
    const std::size_t at_dollar = text.find('$');
    // $0 and $1 are also what InitPlans and outer rows hand in: those plans have such a node.
    const bool handed_in = std::any_of(c.nodes.begin(), c.nodes.end(), [](const NodeTimes& other) {
      return other.node->find("Subplan Name") != nullptr;
    });
    if (at_dollar != std::string_view::npos && !handed_in) {
      c.add(PlanInsight::GenericPlan, at, {});
      break;
    }
  }
}

/// Constraints' triggers run when the plan is done (AfterTriggerEndQuery(), PostgreSQL 15,
/// src/backend/commands/trigger.c): the top node's time is without them.
double deferred_ms(const PlanValue& document) {
  double ms = 0;
  const PlanValue* triggers = document.find("Triggers");
  for (std::size_t i = 0; triggers != nullptr && i < triggers->items.size(); ++i) {
    const PlanValue& trigger = triggers->items[i];
    ms += trigger.find("Constraint Name") == nullptr ? 0 : number_in(trigger, "Time");
  }
  return ms;
}

double share_of(double ms, double execution) {
  return execution <= 0 ? 0 : std::min(1.0, ms / execution);
}

void settings(const PlanValue& document, std::vector<PlanFinding>& found) {
  const PlanValue* settings = document.find("Settings");
  if (settings == nullptr) {
    return;
  }
  std::string names;
  for (const auto& [name, value] : settings->members) {
    names += (names.empty() ? "" : ", ") + name + " = " + value.scalar;
  }
  found.push_back({PlanInsight::SettingsChanged,
                   std::move(names),
                   0,
                   {{"settings", static_cast<double>(settings->members.size())}}});
}

void triggers(const PlanValue& document, double execution, std::vector<PlanFinding>& found) {
  const PlanValue* triggers = document.find("Triggers");
  for (std::size_t i = 0; triggers != nullptr && i < triggers->items.size(); ++i) {
    const PlanValue& trigger = triggers->items[i];
    const double ms = number_in(trigger, "Time");
    if (ms <= kMuchTime * execution) {
      continue;
    }
    // Of a foreign key: mostly the missing index on the referencing columns.
    const std::string_view constraint = trigger.text_of("Constraint Name");
    std::string name = constraint.empty()
                           ? "trigger " + std::string{trigger.text_of("Trigger Name")}
                           : "constraint " + std::string{constraint};
    if (const std::string_view relation = trigger.text_of("Relation"); !relation.empty()) {
      name.append(" on ").append(relation);
    }
    found.push_back({PlanInsight::TriggerTime,
                     std::move(name),
                     share_of(ms, execution),
                     {{"ms", ms}, {"calls", number_in(trigger, "Calls")}}});
  }
}

void jit(const PlanValue& document, double execution, std::vector<PlanFinding>& found) {
  const PlanValue* jit = document.find("JIT");
  const PlanValue* timing = jit == nullptr ? nullptr : jit->find("Timing");
  const double total = timing == nullptr ? 0 : number_in(*timing, "Total");
  if (total > 0.1 * execution) {
    found.push_back({PlanInsight::JitOverhead,
                     {},
                     share_of(total, execution),
                     {{"jit_ms", total}, {"functions", number_in(*jit, "Functions")}}});
  }
}

void serialization(const PlanValue& document, double execution, std::vector<PlanFinding>& found) {
  const PlanValue* group = document.find("Serialization");
  const double ms = group == nullptr ? 0 : number_in(*group, "Time");
  if (ms > kMuchTime * execution && ms > 0) {
    found.push_back({PlanInsight::SerializationTime,
                     {},
                     share_of(ms, execution),
                     {{"ms", ms}, {"output_kb", number_in(*group, "Output Volume")}}});
  }
}

/// A node that read something has some count of pages, if any are counted.
bool counts_pages(const std::vector<NodeTimes>& nodes) {
  return std::any_of(nodes.begin(), nodes.end(), [](const NodeTimes& at) {
    const auto& members = at.node->members;
    return std::any_of(members.begin(), members.end(), [](const auto& member) {
      const std::string_view name = member.first;
      return name.size() > 7 && name.substr(name.size() - 7) == " Blocks" &&
             name.find("Heap Blocks") == std::string_view::npos;
    });
  });
}

bool reads_tables(const std::vector<NodeTimes>& nodes) {
  return std::any_of(nodes.begin(), nodes.end(), [](const NodeTimes& at) {
    return at.loops > 0 && at.node->find("Relation Name") != nullptr;
  });
}

void whole(const PlanValue& document, double all_ms, double statement_ms,
           std::vector<PlanFinding>& found) {
  const double execution =
      std::max(number_in(document, "Execution Time"), all_ms + deferred_ms(document));
  const double planning = number_in(document, "Planning Time");
  constexpr double kNoticedMs = 10;
  const double outside = statement_ms - execution - planning;
  if (outside > kNoticedMs && outside > execution) {
    found.push_back({PlanInsight::OutsideExecutor,
                     {},
                     std::min(1.0, outside / statement_ms),
                     {{"statement_ms", statement_ms}, {"execution_ms", execution}}});
  }
  if (planning > execution && planning > 1) {
    found.push_back({PlanInsight::PlanningShare,
                     {},
                     1,
                     {{"planning_ms", planning}, {"execution_ms", execution}}});
  }
  settings(document, found);
  jit(document, execution, found);
  triggers(document, execution, found);
  serialization(document, execution, found);
}

}  // namespace

std::string_view insight_name(PlanInsight insight) {
  return kNames.at(static_cast<std::size_t>(insight)).second;
}

std::string_view insight_id(PlanInsight insight) {
  return kNames.at(static_cast<std::size_t>(insight)).first;
}

std::vector<PlanFinding> plan_findings(const PlanValue& document, double statement_ms) {
  const PlanValue* inside = document.find("Plan");
  const PlanValue& top = inside == nullptr ? document : *inside;
  std::vector<PlanFinding> found;
  const std::vector<NodeTimes> nodes = node_times(top);
  if (nodes.empty()) {
    const bool executed = top.find("Actual Rows") != nullptr;
    found.push_back({executed ? PlanInsight::NotTimed : PlanInsight::NotExecuted, {}, 0, {}});
    settings(document, found);
    return found;
  }
  const Context context{nodes, nodes.front().total_ms, found};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    estimates(context, i);
    if (nodes[i].loops > 0) {
      joins(context, i);
      scans(context, i);
      memory(context, i);
      access(context, i);
    }
    others(context, i);
  }
  whole(document, nodes.front().total_ms, statement_ms, found);
  if (reads_tables(nodes) && !counts_pages(nodes)) {
    found.push_back({PlanInsight::NotBuffered, {}, 0, {}});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const PlanFinding& a, const PlanFinding& b) { return a.share > b.share; });
  return found;
}

}  // namespace quern::collector
