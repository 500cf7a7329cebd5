#include "advisor/calibrate/executed_work.hpp"

#include <algorithm>

#include "collector/plans/explain_formats.hpp"
#include "collector/plans/node_times.hpp"

namespace quern::advisor {

namespace {

using collector::NodeTimes;
using collector::number_in;
using collector::PlanValue;

/// A node's rows over all its loops, in all processes.
double rows_of(const PlanValue& node) {
  return number_in(node, "Actual Rows") * number_in(node, "Actual Loops");
}

const std::vector<PlanValue>& children_of(const PlanValue& node) {
  static const std::vector<PlanValue> kNone;
  const PlanValue* plans = node.find("Plans");
  return plans == nullptr ? kNone : plans->items;
}

/// Rows that its children handed to it; those of an InitPlan or SubPlan are values.
double rows_into(const PlanValue& node) {
  double rows = 0;
  for (const PlanValue& child : children_of(node)) {
    const std::string_view relationship = child.text_of("Parent Relationship");
    rows += relationship == "InitPlan" || relationship == "SubPlan" ? 0 : rows_of(child);
  }
  return rows;
}

/// Blocks that a node itself touched: EXPLAIN counts those of its children too.
double own_blocks(const PlanValue& node, std::string_view counter) {
  double blocks = number_in(node, counter);
  for (const PlanValue& child : children_of(node)) {
    blocks -= number_in(child, counter);
  }
  return std::max(0.0, blocks);
}

double removed(const PlanValue& node, std::string_view by) {
  return number_in(node, by) * number_in(node, "Actual Loops");
}

void add_scan(const PlanValue& node, std::string_view type, Work& work) {
  const double read = own_blocks(node, "Shared Read Blocks");
  const double pages = own_blocks(node, "Shared Hit Blocks") + read;
  const double seen = rows_of(node) + removed(node, "Rows Removed by Filter") +
                      removed(node, "Rows Removed by Index Recheck");
  work[Component::PageRead] = read;
  if (type == "Seq Scan") {
    work[Component::SequentialPage] = pages;
  } else {
    work[Component::RandomPage] = pages;
  }
  if (is_index_scan(type)) {
    work[Component::IndexEntry] = seen;
  } else {
    work[Component::ScannedRow] = seen;
  }
}

Work work_of(const PlanValue& node) {
  Work work;
  const std::string_view type = node.text_of("Node Type");
  const double rows = rows_of(node);
  const double into = rows_into(node);
  work[Component::NodeStart] = number_in(node, "Actual Loops");
  work[Component::Row] = rows;
  work[Component::Condition] =
      conditions_in(node.text_of("Filter")) * (rows + removed(node, "Rows Removed by Filter")) +
      conditions_in(node.text_of("Join Filter")) *
          (rows + removed(node, "Rows Removed by Join Filter"));
  if (type == "Seq Scan" || type == "Bitmap Heap Scan" || is_index_scan(type)) {
    add_scan(node, type, work);
  } else if (type == "Sort" || type == "Incremental Sort") {
    work[Component::Comparison] =
        comparisons(into, node.text_of("Sort Method").substr(0, 5) == "top-N");
  } else if (type == "Merge Join" || type == "Merge Append" || type == "Unique") {
    work[Component::Comparison] = into;
  } else if (type == "Hash") {
    work[Component::HashedRow] = into;
  } else if (type == "Hash Join") {
    work[Component::HashedRow] = children_of(node).empty() ? 0 : rows_of(children_of(node)[0]);
  } else if (type == "Aggregate" || type == "WindowAgg" || type == "Group") {
    work[Component::AggregatedRow] = into;
    const std::string_view strategy = node.text_of("Strategy");
    work[Component::HashedRow] = strategy == "Hashed" || strategy == "Mixed" ? into : 0;
  } else if (type == "Gather" || type == "Gather Merge") {
    work[Component::WorkerStart] = number_in(node, "Workers Launched");
  }
  return work;
}

}  // namespace

ExecutedPlan executed_work(const std::string& explain_json) {
  const auto document = collector::read_explain_json(explain_json);
  const PlanValue* top = document ? document->find("Plan") : nullptr;
  ExecutedPlan plan;
  if (top == nullptr || top->find("Shared Hit Blocks") == nullptr) {
    return plan;
  }
  const std::vector<NodeTimes> nodes = collector::node_times(*top);
  if (std::any_of(nodes.begin(), nodes.end(), [](const NodeTimes& times) {
        return times.node->text_of("Node Type") == "ModifyTable";
      })) {
    return plan;
  }
  for (const NodeTimes& times : nodes) {
    if (times.loops <= 0) {
      continue;
    }
    Work work;
    work.add(work_of(*times.node), 1 / times.processes);
    plan.nodes.push_back({work, times.exclusive_ms});
  }
  plan.milliseconds = nodes.empty() ? 0 : nodes.front().total_ms;
  return plan;
}

}  // namespace quern::advisor
