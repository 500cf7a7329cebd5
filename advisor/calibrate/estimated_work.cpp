#include "advisor/calibrate/estimated_work.hpp"

#include <algorithm>
#include <cmath>

namespace quern::advisor {

namespace {

using planner_model::PlanNode;

std::string_view text_of(const PlanNode& plan, std::string_view name) {
  for (const auto& property : plan.properties) {
    if (property.name == name) {
      return property.text;
    }
  }
  return {};
}

bool is_value(const PlanNode& child) {
  return child.relationship == "InitPlan" || child.relationship == "SubPlan";
}

/// "(hashed SubPlan 1)": run once, then looked up.
bool is_hashed(const PlanNode& parent, const PlanNode& subplan) {
  return std::any_of(parent.properties.begin(), parent.properties.end(), [&](const auto& property) {
    return property.text.find("hashed " + subplan.subplan_name) != std::string::npos;
  });
}

/// Shares of a parallel node's rows: workers, and the leader as far as it helps
/// (get_parallel_divisor(), costsize.c).
double divisor(int workers) {
  return workers + std::max(0.0, 1.0 - 0.3 * workers);
}

/// Distinct pages of `pages` that `rows` rows on random pages touch (Mackert and Lohman, 1989, as
/// index_pages_fetched() has it for a cache that holds the table).
double distinct_pages(double pages, double rows) {
  return pages <= 1 ? 1 : std::min(pages, 2 * pages * rows / (2 * pages + rows));
}

bool gathers(const PlanNode& plan) {
  return plan.node_type == "Gather" || plan.node_type == "Gather Merge";
}

}  // namespace

/// Work before the first row and of all rows, and what parents need to know.
struct EstimatedWork::Node {
  Work start = {};
  Work total = {};
  double rows = 0;
  double input = 0;  ///< rows that its filter saw

  void run_after(const Node& child) {
    start.add(child.start);
    total.add(child.total);
  }

  /// What comes before the node's own first row.
  void block() { start = total; }
};

EstimatedWork::EstimatedWork(const CatalogSnapshot& catalog,
                             const std::vector<SizedCandidate>& candidates)
    : catalog_{catalog} {
  for (const Index& index : catalog.indexes) {
    indexes_[index.name] = &index;
  }
  for (const SizedCandidate& candidate : candidates) {
    for (const auto& part : candidate.parts) {
      indexes_[part.definition.name] = &part.definition;
    }
  }
  for (const Table& table : catalog.tables) {
    tables_[{table.schema, table.name}] = &table;
    tables_.try_emplace({"", table.name}, &table);
  }
}

double EstimatedWork::setting(const char* name, double otherwise) const {
  const auto found = catalog_.settings.find(name);
  return found == catalog_.settings.end() ? otherwise : std::strtod(found->second.c_str(), nullptr);
}

/// Entries, of which each one leads to a page of the table unless the table follows the index's
/// order (cost_index()). What a filter throws away shows in the cost alone.
void EstimatedWork::index_scan(const PlanNode& plan, Node& node) const {
  const auto found = indexes_.find(plan.index);
  const Index* index = found == indexes_.end() ? nullptr : found->second;
  const Table* table = index == nullptr ? nullptr : find_table(catalog_, index->table);
  double entries = node.rows;
  if (!text_of(plan, "Filter").empty()) {
    const double row = setting("cpu_tuple_cost", 0.01) + setting("cpu_index_tuple_cost", 0.005) +
                       2 * setting("cpu_operator_cost", 0.0025) +
                       (plan.node_type == "Index Scan" ? setting("random_page_cost", 4.0) : 0);
    entries = std::max(entries, (plan.total - plan.startup).value() / row);
  }
  node.input = entries;
  double pages = 1;
  if (index != nullptr && table != nullptr) {
    const double all = std::max(1.0, index->reltuples >= 0 ? index->reltuples : table->reltuples);
    entries = std::min(entries, all);
    pages = index->tree_height.value_or(2) + 1 +
            std::floor(entries * static_cast<double>(index->pages) / all);
    double correlation = 0;
    if (const Column* column = find_column(*table, index->keys.front().column)) {
      correlation = column->statistics ? column->statistics->correlation.value_or(0) : 0;
    }
    const auto heap = static_cast<double>(table->pages);
    const double in_order = std::ceil(entries * heap / std::max(1.0, table->reltuples));
    const double visited =
        entries + correlation * correlation * (std::min(entries, in_order) - entries);
    const double hidden =
        heap > 0 ? std::clamp(1 - static_cast<double>(table->all_visible) / heap, 0.0, 1.0) : 1;
    pages += plan.node_type == "Index Scan"        ? visited
             : plan.node_type == "Index Only Scan" ? hidden * visited
                                                   : 0;
  }
  node.total[Component::IndexEntry] = entries;
  node.total[Component::RandomPage] = pages;
}

void EstimatedWork::scan(const PlanNode& plan, double processes, Node& node) const {
  if (is_index_scan(plan.node_type)) {
    index_scan(plan, node);
    if (plan.node_type == "Bitmap Index Scan") {
      node.block();
    }
    return;
  }
  const auto found = tables_.find({plan.schema, plan.relation});
  const Table* table = found == tables_.end() ? nullptr : found->second;
  const double pages = table == nullptr ? 1 : static_cast<double>(table->pages);
  if (plan.node_type == "Seq Scan") {
    const double all = table == nullptr ? node.rows : std::max(node.rows, table->reltuples);
    node.input = std::max(node.rows, all / processes);
    node.total[Component::SequentialPage] = pages / processes;
  } else {
    node.total[Component::RandomPage] += distinct_pages(pages, node.input) / processes;
    node.input /= processes;
  }
  node.total[Component::ScannedRow] += node.input;
}

void EstimatedWork::join(const PlanNode& plan, const std::vector<Node>& children,
                         Node& node) const {
  const Node& outer = children[0];
  const Node& inner = children[1];
  node.input = node.rows;
  if (plan.node_type == "Nested Loop") {
    double loops = std::max(1.0, outer.rows);
    if (plan.children[1].node_type == "Memoize") {
      // The join's cost has it: outer rows times the inner side's share that is not remembered.
      const double spent = (plan.total - plan.children[0].total).value();
      loops = std::clamp(spent / std::max(1e-9, plan.children[1].total.value()), 1.0, loops);
    }
    node.run_after(outer);
    node.total.add(inner.total, loops);
    node.start.add(inner.start);
    node.input = std::max(node.rows, outer.rows * inner.rows);
  } else if (plan.node_type == "Hash Join") {
    node.run_after(outer);
    node.start.add(inner.total);
    node.total.add(inner.total);
    node.total[Component::HashedRow] += outer.rows;
  } else {
    node.run_after(outer);
    node.run_after(inner);
    node.total[Component::Comparison] += outer.rows + inner.rows;
  }
}

void EstimatedWork::upper(const PlanNode& plan, Node& node) {
  const std::string_view type = plan.node_type;
  if (type == "Sort") {
    node.total[Component::Comparison] += comparisons(node.input, false);
    node.block();
  } else if (type == "Incremental Sort") {
    sort_by_groups(plan, node);
  } else if (type == "Hash") {
    node.total[Component::HashedRow] += node.input;
    node.block();
  } else if (type == "Unique" || type == "Merge Append") {
    node.total[Component::Comparison] += node.input;
  } else if (type == "Aggregate" || type == "WindowAgg" || type == "Group") {
    node.total[Component::AggregatedRow] += node.input;
    const bool hashed = plan.strategy == "Hashed" || plan.strategy == "Mixed";
    node.total[Component::HashedRow] += hashed ? node.input : 0;
    if (plan.strategy != "Sorted" && type == "Aggregate") {
      node.block();
    }
  } else if (gathers(plan)) {
    node.start[Component::WorkerStart] += plan.workers_planned;
    node.total[Component::WorkerStart] += plan.workers_planned;
  } else if (type == "Limit" && node.input > node.rows) {
    limit(plan, node);
  }
}

/// Rows that are equal in the first columns are sorted together: before the first row comes what
/// its group takes, whose share of the whole the planner's startup cost tells
/// (cost_incremental_sort(), costsize.c).
void EstimatedWork::sort_by_groups(const PlanNode& plan, Node& node) {
  const PlanNode& below = plan.children.front();
  const double first = (plan.startup - below.startup).value();
  const double all = (plan.total - below.startup).value();
  const double share = all > 0 ? std::clamp(first / all, 1e-6, 1.0) : 1;
  node.total[Component::Comparison] += comparisons(node.input * share, false) / share;
  Work before;
  before.add(node.start, 1 - share).add(node.total, share);
  node.start = before;
}

/// All that comes before the first row, and of the rest the share of the rows.
void EstimatedWork::limit(const PlanNode& plan, Node& node) {
  if (plan.children.front().node_type == "Sort") {
    // A sort that keeps the first few compares each row about once.
    const double less = comparisons(node.input, false) - comparisons(node.input, true);
    node.start[Component::Comparison] -= less;
    node.total[Component::Comparison] -= less;
  }
  const double share = node.rows / node.input;
  Work limited;
  limited.add(node.start, 1 - share).add(node.total, share);
  node.total = limited;
}

EstimatedWork::Node EstimatedWork::node(const PlanNode& plan, double processes) const {
  const double below = gathers(plan) ? processes * divisor(plan.workers_planned) : processes;
  Node node{.rows = plan.rows.value()};
  std::vector<Node> children;
  for (const PlanNode& child : plan.children) {
    if (!is_value(child)) {
      children.push_back(this->node(child, below));
    }
  }
  const std::string_view type = plan.node_type;
  if (children.size() == 2 &&
      (type == "Nested Loop" || type == "Hash Join" || type == "Merge Join")) {
    join(plan, children, node);
  } else {
    for (const Node& child : children) {
      node.run_after(child);
      node.input += child.rows;
    }
  }
  if (type == "Seq Scan" || type == "Bitmap Heap Scan" || is_index_scan(type)) {
    scan(plan, plan.parallel_aware ? processes : 1, node);
  } else {
    upper(plan, node);
  }
  const double conditions =
      conditions_in(text_of(plan, "Filter")) + conditions_in(text_of(plan, "Join Filter"));
  const double seen = std::max(node.input, node.rows);
  node.total[Component::NodeStart] += 1;
  node.total[Component::Row] += node.rows;
  node.total[Component::Condition] += conditions * seen;
  for (const PlanNode& child : plan.children) {
    if (is_value(child)) {
      const bool once = child.relationship == "InitPlan" || is_hashed(plan, child);
      node.total.add(this->node(child, 1).total, once ? 1 : seen);
    }
  }
  return node;
}

Work EstimatedWork::of(const PlanNode& plan, double pages_read) const {
  Work work = node(plan, 1).total;
  work[Component::PageRead] =
      pages_read * (work[Component::SequentialPage] + work[Component::RandomPage]);
  return work;
}

}  // namespace quern::advisor
