#include <cctype>

#include "collector/plans/insight_context.hpp"

namespace quern::collector::insights {

namespace {

/// Of the node itself, without its children's.
double own(const Context& c, std::size_t i, std::string_view name) {
  double sum = number_in(*c.nodes[i].node, name);
  for (std::size_t j = i + 1; j < c.nodes.size(); ++j) {
    sum -= c.nodes[j].parent == i ? number_in(*c.nodes[j].node, name) : 0;
  }
  return std::max(0.0, sum);
}

const NodeTimes* only_child(const Context& c, std::size_t i) {
  const NodeTimes* child = nullptr;
  for (std::size_t j = i + 1; j < c.nodes.size(); ++j) {
    if (c.nodes[j].parent == i) {
      if (child != nullptr) {
        return nullptr;
      }
      child = &c.nodes[j];
    }
  }
  return child;
}

/// A sort right over a scan of one table, by its columns.
void sorts(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  const NodeTimes* below = is(at, "Sort") ? only_child(c, i) : nullptr;
  const PlanValue* keys = at.node->find("Sort Key");
  const double rows = below == nullptr ? 0 : rows_of(*below) * below->loops;
  if (rows < kManyRows || keys == nullptr || below->node->find("Relation Name") == nullptr ||
      at.exclusive_ms <= kMuchTime * c.all_ms) {
    return;
  }
  const bool columns = std::none_of(keys->items.begin(), keys->items.end(), [](const auto& key) {
    return key.scalar.find('(') != std::string::npos;
  });
  if (columns) {
    c.add(PlanInsight::AvoidableSort, at, {{"rows", rows}, {"sort_ms", at.exclusive_ms}});
  }
}

/// Pages that hold few of the rows wanted: bloat, rows scattered, or an index of little use.
void pages(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  if (at.node->find("Relation Name") == nullptr || is(at, "ModifyTable")) {
    return;
  }
  const double blocks = own(c, i, "Shared Hit Blocks") + own(c, i, "Shared Read Blocks");
  const double rows = std::max(1.0, rows_of(at) * at.loops);
  constexpr double kMany = 1000;
  constexpr double kPerRow = 100;
  if (blocks >= kMany && blocks > kPerRow * rows) {
    c.add(PlanInsight::BlocksPerRow, at, {{"blocks", blocks}, {"rows", rows}});
  }
}

/// `lower((email)::text) = ...` in a filter that throws most rows away.
void functions(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  const double removed = number_in(*at.node, "Rows Removed by Filter") * at.loops;
  const std::string_view filter = at.node->text_of("Filter");
  if (removed < kManyRows || removed <= 10 * rows_of(at) * at.loops) {
    return;
  }
  for (std::size_t open = filter.find('('); open != std::string_view::npos;
       open = filter.find('(', open + 1)) {
    const bool called = open > 0 && (std::islower(static_cast<unsigned char>(filter[open - 1])) ||
                                     filter[open - 1] == '_');
    if (called && open + 1 < filter.size() && filter[open + 1] != ')') {
      c.add(PlanInsight::FunctionOnColumn, at, {{"rows_removed", removed}});
      return;
    }
  }
}

void partitions(const Context& c, std::size_t i) {
  constexpr double kMany = 8;
  const NodeTimes& at = c.nodes[i];
  if (!is(at, "Append") && !is(at, "Merge Append")) {
    return;
  }
  double children = 0;
  double empty = 0;
  for (std::size_t j = i + 1; j < c.nodes.size(); ++j) {
    if (c.nodes[j].parent == i && c.nodes[j].node->find("Relation Name") != nullptr) {
      children += 1;
      empty += c.nodes[j].loops > 0 && rows_of(c.nodes[j]) == 0 ? 1 : 0;
    }
  }
  if (number_in(*at.node, "Subplans Removed") == 0 && children >= kMany && empty * 2 > children) {
    c.add(PlanInsight::PartitionsUnpruned, at, {{"scanned", children}, {"without_rows", empty}});
  }
}

void joins(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  const double buckets = number_in(*at.node, "Hash Buckets");
  const double planned = number_in(*at.node, "Original Hash Buckets");
  if (planned > 0 && buckets > planned) {
    c.add(PlanInsight::HashGrows, at, {{"buckets", buckets}, {"planned_buckets", planned}});
  }
  const bool inner = at.node->text_of("Parent Relationship") == "Inner";
  const double estimated = std::max(1.0, number_in(*at.node, "Plan Rows"));
  if (inner && is(c.nodes[at.parent], "Merge Join") && is(at, "Materialize") &&
      rows_of(at) >= kManyRows && rows_of(at) > kMisestimate * estimated) {
    c.add(PlanInsight::MergeJoinRescans, c.nodes[at.parent],
          {{"inner_rows", estimated}, {"inner_reads", rows_of(at)}});
  }
}

void foreign(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  const double removed = number_in(*at.node, "Rows Removed by Filter") * at.loops;
  if (is(at, "Foreign Scan") && removed >= kManyRows) {
    c.add(PlanInsight::ForeignFilter, at,
          {{"rows_removed", removed}, {"rows_kept", rows_of(at) * at.loops}});
  }
}

void writes(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  constexpr double kMost = 0.5;
  constexpr double kNoticedMs = 10;
  if (is(at, "ModifyTable") && at.exclusive_ms > kNoticedMs && at.exclusive_ms > kMost * c.all_ms) {
    c.add(PlanInsight::WriteTime, at,
          {{"write_ms", at.exclusive_ms},
           {"wal_bytes", number_in(*at.node, "WAL Bytes")},
           {"full_page_images", number_in(*at.node, "WAL FPI")},
           {"conflicting_rows", number_in(*at.node, "Conflicting Tuples")}});
  }
}

/// The rows of a parallel scan by worker (EXPLAIN's VERBOSE).
void workers(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  const PlanValue* list = at.node->find("Workers");
  if (list == nullptr || list->items.size() < 2) {
    return;
  }
  double all = 0;
  double most = 0;
  for (const PlanValue& worker : list->items) {
    const double rows = number_in(worker, "Actual Rows") * number_in(worker, "Actual Loops");
    all += rows;
    most = std::max(most, rows);
  }
  constexpr double kMost = 0.8;
  if (all >= kManyRows && most > kMost * all) {
    c.add(PlanInsight::WorkerSkew, at,
          {{"rows", all},
           {"rows_of_one", most},
           {"workers", static_cast<double>(list->items.size())}});
  }
}

}  // namespace

void access(const Context& c, std::size_t i) {
  sorts(c, i);
  pages(c, i);
  functions(c, i);
  partitions(c, i);
  joins(c, i);
  foreign(c, i);
  writes(c, i);
  workers(c, i);
}

}  // namespace quern::collector::insights
