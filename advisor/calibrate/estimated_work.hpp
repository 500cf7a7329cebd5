#pragma once

#include <map>
#include <string>
#include <vector>

#include "planner-model/whatif/plan_node.hpp"

#include "advisor/calibrate/work.hpp"
#include "advisor/price/sized_candidate.hpp"

namespace quern::advisor {

/// The work of an estimated plan, in the components of executed ones. Rows and loops are the
/// plan's; pages of scans follow from tables and indexes, as costsize.c has them. What EXPLAIN does
/// not tell is derived: rows that an index scan's filter throws away from the scan's cost, the
/// share of its inner side that a Memoize runs from the join's. A LIMIT takes its share of what
/// runs below it.
class EstimatedWork {
 public:
  /// Both must outlive this.
  EstimatedWork(const CatalogSnapshot& catalog, const std::vector<SizedCandidate>& candidates);

  /// `pages_read`: share of the pages that are not in shared buffers.
  [[nodiscard]] Work of(const planner_model::PlanNode& plan, double pages_read) const;

 private:
  struct Node;
  [[nodiscard]] Node node(const planner_model::PlanNode& plan, double processes) const;
  void scan(const planner_model::PlanNode& plan, double processes, Node& node) const;
  void index_scan(const planner_model::PlanNode& plan, Node& node) const;
  void join(const planner_model::PlanNode& plan, const std::vector<Node>& children,
            Node& node) const;
  static void upper(const planner_model::PlanNode& plan, Node& node);
  static void sort_by_groups(const planner_model::PlanNode& plan, Node& node);
  static void limit(const planner_model::PlanNode& plan, Node& node);
  [[nodiscard]] double setting(const char* name, double otherwise) const;

  const CatalogSnapshot& catalog_;
  std::map<std::string, const Index*> indexes_;
  std::map<std::pair<std::string, std::string>, const Table*> tables_;
};

}  // namespace quern::advisor
