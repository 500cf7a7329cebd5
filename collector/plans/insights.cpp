#include "collector/plans/insights.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "collector/plans/node_times.hpp"

namespace quern::collector {

namespace {

using Numbers = std::vector<std::pair<std::string, double>>;

constexpr std::array<std::string_view, 27> kNames = {
    "row misestimate",
    "root of a row misestimate",
    "nested loop over more rows than estimated",
    "sequential scan discards most rows",
    "index scan's filter discards most rows",
    "index read for its order only",
    "lossy bitmap",
    "index-only scan reads the table",
    "several indexes combined",
    "sort on disk",
    "hash join in batches",
    "hash aggregate on disk",
    "temporary blocks",
    "slow reads",
    "JIT compilation",
    "planning takes longer than execution",
    "triggers",
    "subplan run for every row",
    "CTE read and filtered",
    "Memoize misses",
    "workers not launched",
    "join filter discards most rows",
    "rows skipped by OFFSET",
    "cast on a column",
    "disabled node used",
    "generic plan",
    "plan not executed",
};

/// Thresholds below which a finding would be noise.
constexpr double kMuchTime = 0.05;   // of the execution
constexpr double kManyRows = 1000;   // thrown away
constexpr double kMisestimate = 10;  // pev2's and pgAdmin's first class

struct Context {
  const std::vector<NodeTimes>& nodes;
  double all_ms;
  std::vector<PlanFinding>& found;

  void add(PlanInsight insight, const NodeTimes& at, Numbers numbers) const {
    found.push_back({insight, node_title(*at.node),
                     all_ms <= 0 ? 0 : std::min(1.0, at.exclusive_ms / all_ms),
                     std::move(numbers)});
  }
};

bool is(const NodeTimes& at, std::string_view type) {
  return at.node->text_of("Node Type") == type;
}

double rows_of(const NodeTimes& at) {
  return number_in(*at.node, "Actual Rows");
}

/// A row's average over loops may round to 0.
double q_error(const NodeTimes& at) {
  const double estimated = std::max(1.0, number_in(*at.node, "Plan Rows"));
  const double actual = std::max(1.0, rows_of(at));
  return std::max(estimated / actual, actual / estimated);
}

/// Nodes that may have been stopped before their last row say nothing about estimates.
bool ran_to_the_end(const std::vector<NodeTimes>& nodes, std::size_t i) {
  if (nodes[i].loops == 0) {
    return false;
  }
  for (std::size_t at = i; at != 0; at = nodes[at].parent) {
    const NodeTimes& parent = nodes[nodes[at].parent];
    const std::string_view join = parent.node->text_of("Join Type");
    const bool inner = nodes[at].node->text_of("Parent Relationship") == "Inner";
    if (is(parent, "Limit") || is(parent, "Merge Join") ||
        (inner && (join == "Semi" || join == "Anti" || is(parent, "Nested Loop"))) ||
        nodes[at].node->text_of("Parent Relationship") == "SubPlan") {
      return false;
    }
  }
  return true;
}

void estimates(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  const double error = q_error(at);
  if (error < kMisestimate || !ran_to_the_end(c.nodes, i)) {
    return;
  }
  bool inputs_right = true;
  for (std::size_t j = i + 1; j < c.nodes.size(); ++j) {
    inputs_right = inputs_right && (c.nodes[j].parent != i || q_error(c.nodes[j]) < kMisestimate);
  }
  c.add(inputs_right ? PlanInsight::MisestimateRoot : PlanInsight::RowMisestimate, at,
        {{"estimated_rows", number_in(*at.node, "Plan Rows")},
         {"actual_rows", rows_of(at)},
         {"q_error", error}});
}

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

void whole(const PlanValue& document, double all_ms, std::vector<PlanFinding>& found) {
  const double execution = std::max(number_in(document, "Execution Time"), all_ms);
  const double planning = number_in(document, "Planning Time");
  if (planning > execution && planning > 1) {
    found.push_back({PlanInsight::PlanningShare,
                     {},
                     1,
                     {{"planning_ms", planning}, {"execution_ms", execution}}});
  }
  if (const PlanValue* jit = document.find("JIT")) {
    const PlanValue* timing = jit->find("Timing");
    const double total = timing == nullptr ? 0 : number_in(*timing, "Total");
    if (total > 0.1 * execution) {
      found.push_back({PlanInsight::JitOverhead,
                       {},
                       execution <= 0 ? 0 : std::min(1.0, total / execution),
                       {{"jit_ms", total}, {"functions", number_in(*jit, "Functions")}}});
    }
  }
  if (const PlanValue* triggers = document.find("Triggers")) {
    for (const PlanValue& trigger : triggers->items) {
      const double ms = number_in(trigger, "Time");
      if (ms > kMuchTime * execution) {
        const std::string_view constraint = trigger.text_of("Constraint Name");
        found.push_back(
            {PlanInsight::TriggerTime,
             std::string{constraint.empty() ? trigger.text_of("Trigger Name") : constraint},
             execution <= 0 ? 0 : std::min(1.0, ms / execution),
             {{"ms", ms}, {"calls", number_in(trigger, "Calls")}}});
      }
    }
  }
}

}  // namespace

std::string_view insight_name(PlanInsight insight) {
  return kNames.at(static_cast<std::size_t>(insight));
}

std::vector<PlanFinding> plan_findings(const PlanValue& document) {
  const PlanValue* inside = document.find("Plan");
  const PlanValue& top = inside == nullptr ? document : *inside;
  std::vector<PlanFinding> found;
  const std::vector<NodeTimes> nodes = node_times(top);
  if (nodes.empty()) {
    found.push_back({PlanInsight::NotExecuted, {}, 0, {}});
    return found;
  }
  const Context context{nodes, nodes.front().total_ms, found};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    estimates(context, i);
    if (nodes[i].loops > 0) {
      joins(context, i);
      scans(context, i);
      memory(context, i);
    }
    others(context, i);
  }
  whole(document, nodes.front().total_ms, found);
  std::stable_sort(found.begin(), found.end(),
                   [](const PlanFinding& a, const PlanFinding& b) { return a.share > b.share; });
  return found;
}

}  // namespace quern::collector
