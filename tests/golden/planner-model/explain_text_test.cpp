#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "planner-model/whatif/plan_node.hpp"

#include "tests/support/plan_reader.hpp"

namespace quern::planner_model {
namespace {

struct RecordedPlan {
  std::string statement;
  std::string json;
  std::string text;
};

/// Blocks "=== statement", JSON, "---", text: see record_explain.sh.
std::vector<RecordedPlan> recorded_plans() {
  std::ifstream file{QUERN_SOURCE_DIR "/tests/golden/planner-model/explain_plans.txt"};
  std::vector<RecordedPlan> plans;
  std::string* part = nullptr;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("=== ")) {
      plans.push_back({.statement = line.substr(4)});
      part = &plans.back().json;
    } else if (line == "---") {
      part = &plans.back().text;
    } else {
      part->append(part->empty() ? "" : "\n").append(line);
    }
  }
  return plans;
}

}  // namespace

TEST_CASE("a plan prints as the server prints it, to the byte", "[explain]") {
  const std::vector<RecordedPlan> plans = recorded_plans();
  REQUIRE(plans.size() >= 120);
  for (const RecordedPlan& recorded : plans) {
    INFO(recorded.statement);
    const PlanNode plan = testing::read_plan(recorded.json);
    CHECK(explain_text(plan) == recorded.text);
    CHECK(explain_json(plan) == recorded.json);
  }
}

TEST_CASE("the recorded plans hold every node kind that the model makes", "[explain]") {
  std::set<std::string> kinds;
  const auto collect = [&](const auto& self, const PlanNode& node) -> void {
    kinds.emplace(node.node_type);
    for (const PlanNode& child : node.children) {
      self(self, child);
    }
  };
  for (const RecordedPlan& recorded : recorded_plans()) {
    collect(collect, testing::read_plan(recorded.json));
  }
  for (const char* kind : {"Seq Scan",
                           "Index Scan",
                           "Index Only Scan",
                           "Bitmap Heap Scan",
                           "Bitmap Index Scan",
                           "BitmapOr",
                           "Tid Scan",
                           "Nested Loop",
                           "Hash Join",
                           "Merge Join",
                           "Materialize",
                           "Memoize",
                           "Sort",
                           "Incremental Sort",
                           "Aggregate",
                           "WindowAgg",
                           "Unique",
                           "SetOp",
                           "Limit",
                           "Append",
                           "Merge Append",
                           "Gather",
                           "Gather Merge",
                           "CTE Scan",
                           "Subquery Scan",
                           "Function Scan",
                           "Values Scan",
                           "Result",
                           "ModifyTable",
                           "LockRows",
                           "Recursive Union"}) {
    CHECK(kinds.count(kind) == 1);
  }
}

}  // namespace quern::planner_model
