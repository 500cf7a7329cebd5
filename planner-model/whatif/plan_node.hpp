#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/units.hpp"

namespace quern::planner_model {

/// One node of an estimated plan, in the words of EXPLAIN (FORMAT JSON). Strings are finished text;
/// views are of words that never end.
struct PlanNode {
  std::string_view node_type;  ///< "Seq Scan", "Index Only Scan", "Nested Loop" ...
  std::string_view relationship =
      {};                         ///< "Outer", "Inner", "Member", "InitPlan", "SubPlan", "Subquery"
  std::string subplan_name = {};  ///< "InitPlan 1 (returns $0)", "CTE x"
  bool parallel_aware = false;
  std::string_view join_type = {};     ///< "Inner", "Left", "Semi", "Anti", ...
  std::string_view strategy = {};      ///< "Plain", "Sorted", "Hashed", "Mixed"
  std::string_view partial_mode = {};  ///< "Simple", "Partial", "Finalize"
  std::string_view operation = {};     ///< "Insert", "Update", "Delete" of ModifyTable
  std::string_view command = {};       ///< of SetOp
  std::string schema = {};
  std::string relation = {};
  std::string alias = {};
  std::string index = {};
  std::string_view scan_direction = {};  ///< "Forward", "Backward", "NoMovement"
  std::string cte_name = {};
  std::string function_name = {};
  int workers_planned = 0;
  bool single_copy = false;
  bool inner_unique = false;
  Cost startup;
  Cost total;
  Rows rows;
  int width = 0;                      ///< bytes
  std::optional<bool> disabled = {};  ///< by an enable_ setting; said since PostgreSQL 18

  /// EXPLAIN's other properties in the server's order: {"Index Cond", "(id = 5)"}, {"Filter", ...},
  /// {"Sort Key", "a, b DESC"}, {"Group Key", ...}, {"Hash Cond", ...}.
  struct Property {
    std::string_view name;
    std::string text;                     ///< joined by ", " when a list
    std::vector<std::string> items = {};  ///< when EXPLAIN prints a list
  };

  std::vector<Property> properties = {};
  std::vector<PlanNode> children = {};
};

/// EXPLAIN's text output (without "QUERY PLAN"), lines separated by \n, as the server prints it.
[[nodiscard]] std::string explain_text(const PlanNode& plan);

/// EXPLAIN (FORMAT JSON)'s array with one element {"Plan": {...}}, indented as the server does.
[[nodiscard]] std::string explain_json(const PlanNode& plan);

}  // namespace quern::planner_model
