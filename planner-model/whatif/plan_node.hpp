#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/units.hpp"

namespace quern::planner_model {

/// A word of EXPLAIN's: text that never ends, as a literal does.
struct Word : std::string_view {
  Word() = default;

  Word(const char* literal) : std::string_view{literal} {}
};

/// One node of an estimated plan, in the words of EXPLAIN (FORMAT JSON). Strings are finished text.
struct PlanNode {
  Word node_type;                 ///< "Seq Scan", "Index Only Scan", "Nested Loop" ...
  Word relationship = {};         ///< "Outer", "Inner", "Member", "InitPlan", "SubPlan", "Subquery"
  std::string subplan_name = {};  ///< "InitPlan 1 (returns $0)", "CTE x"
  bool parallel_aware = false;
  Word join_type = {};     ///< "Inner", "Left", "Semi", "Anti", ...
  Word strategy = {};      ///< "Plain", "Sorted", "Hashed", "Mixed"
  Word partial_mode = {};  ///< "Simple", "Partial", "Finalize"
  Word operation = {};     ///< "Insert", "Update", "Delete" of ModifyTable
  Word command = {};       ///< of SetOp
  std::string schema = {};
  std::string relation = {};
  std::string alias = {};
  std::string index = {};
  Word scan_direction = {};  ///< "Forward", "Backward", "NoMovement"
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
    Word name;
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
