#include <algorithm>

#include <catch2/catch.hpp>

#include "collector/plans/auto_explain.hpp"
#include "collector/plans/explain_formats.hpp"
#include "collector/plans/insights.hpp"

namespace quern::collector {

namespace {

// One execution on PostgreSQL 15, as auto_explain writes it with log_triggers and log_settings; its
// times made the same.
constexpr const char* kText = R"plan(Query Text: delete from p where v < 5;
Delete on p  (cost=0.00..38.25 rows=0 width=0) (actual time=2.500..2.500 rows=0 loops=1)
  ->  Seq Scan on p  (cost=0.00..38.25 rows=753 width=6) (actual time=2.500..2.500 rows=4 loops=1)
        Filter: (v < 5)
        Rows Removed by Filter: 16
Settings: enable_hashjoin = 'off', jit_above_cost = '0', jit_inline_above_cost = '-1', work_mem = '64kB'
Trigger for constraint c_pid_fkey: time=2.500 calls=4
Trigger tg: time=2.500 calls=4
JIT:
  Functions: 3
  Options: Inlining false, Optimization false, Expressions true, Deforming true
  Timing: Generation 2.500 ms, Inlining 2.500 ms, Optimization 2.500 ms, Emission 2.500 ms, Total 2.500 ms)plan";

constexpr const char* kJson = R"plan({
  "Query Text": "delete from p where v < 5;",
  "Plan": {
    "Node Type": "ModifyTable",
    "Operation": "Delete",
    "Parallel Aware": false,
    "Async Capable": false,
    "Relation Name": "p",
    "Alias": "p",
    "Startup Cost": 0.00,
    "Total Cost": 38.25,
    "Plan Rows": 0,
    "Plan Width": 0,
    "Actual Startup Time": 2.500,
    "Actual Total Time": 2.500,
    "Actual Rows": 0,
    "Actual Loops": 1,
    "Plans": [
      {
        "Node Type": "Seq Scan",
        "Parent Relationship": "Outer",
        "Parallel Aware": false,
        "Async Capable": false,
        "Relation Name": "p",
        "Alias": "p",
        "Startup Cost": 0.00,
        "Total Cost": 38.25,
        "Plan Rows": 753,
        "Plan Width": 6,
        "Actual Startup Time": 2.500,
        "Actual Total Time": 2.500,
        "Actual Rows": 4,
        "Actual Loops": 1,
        "Filter": "(v < 5)",
        "Rows Removed by Filter": 16
      }
    ]
  },
  "Settings": {
    "enable_hashjoin": "off",
    "jit_above_cost": "0",
    "jit_inline_above_cost": "-1",
    "work_mem": "64kB"
  },
  "Triggers": [
    {
      "Trigger Name": "RI_ConstraintTrigger_a_16395",
      "Constraint Name": "c_pid_fkey",
      "Relation": "p",
      "Time": 2.500,
      "Calls": 4
    },
    {
      "Trigger Name": "tg",
      "Relation": "p",
      "Time": 2.500,
      "Calls": 4
    }
  ],
  "JIT": {
    "Functions": 3,
    "Options": {
      "Inlining": false,
      "Optimization": false,
      "Expressions": true,
      "Deforming": true
    },
    "Timing": {
      "Generation": 2.500,
      "Inlining": 2.500,
      "Optimization": 2.500,
      "Emission": 2.500,
      "Total": 2.500
    }
  }
})plan";

constexpr const char* kYaml = R"plan(Query Text: "delete from p where v < 5;"
Plan:
  Node Type: "ModifyTable"
  Operation: "Delete"
  Parallel Aware: false
  Async Capable: false
  Relation Name: "p"
  Alias: "p"
  Startup Cost: 0.00
  Total Cost: 38.25
  Plan Rows: 0
  Plan Width: 0
  Actual Startup Time: 2.500
  Actual Total Time: 2.500
  Actual Rows: 0
  Actual Loops: 1
  Plans:
    - Node Type: "Seq Scan"
      Parent Relationship: "Outer"
      Parallel Aware: false
      Async Capable: false
      Relation Name: "p"
      Alias: "p"
      Startup Cost: 0.00
      Total Cost: 38.25
      Plan Rows: 753
      Plan Width: 6
      Actual Startup Time: 2.500
      Actual Total Time: 2.500
      Actual Rows: 4
      Actual Loops: 1
      Filter: "(v < 5)"
      Rows Removed by Filter: 16
Settings:
  enable_hashjoin: "off"
  jit_above_cost: "0"
  jit_inline_above_cost: "-1"
  work_mem: "64kB"
Triggers:
  - Trigger Name: "RI_ConstraintTrigger_a_16395"
    Constraint Name: "c_pid_fkey"
    Relation: "p"
    Time: 2.500
    Calls: 4
  - Trigger Name: "tg"
    Relation: "p"
    Time: 2.500
    Calls: 4
JIT:
  Functions: 3
  Options:
    Inlining: false
    Optimization: false
    Expressions: true
    Deforming: true
  Timing:
    Generation: 2.500
    Inlining: 2.500
    Optimization: 2.500
    Emission: 2.500
    Total: 2.500)plan";

constexpr const char* kXml = R"plan(<explain xmlns="http://www.postgresql.org/2009/explain">
  <Query-Text>delete from p where v &lt; 5;</Query-Text>
  <Plan>
    <Node-Type>ModifyTable</Node-Type>
    <Operation>Delete</Operation>
    <Parallel-Aware>false</Parallel-Aware>
    <Async-Capable>false</Async-Capable>
    <Relation-Name>p</Relation-Name>
    <Alias>p</Alias>
    <Startup-Cost>0.00</Startup-Cost>
    <Total-Cost>38.25</Total-Cost>
    <Plan-Rows>0</Plan-Rows>
    <Plan-Width>0</Plan-Width>
    <Actual-Startup-Time>2.500</Actual-Startup-Time>
    <Actual-Total-Time>2.500</Actual-Total-Time>
    <Actual-Rows>0</Actual-Rows>
    <Actual-Loops>1</Actual-Loops>
    <Plans>
      <Plan>
        <Node-Type>Seq Scan</Node-Type>
        <Parent-Relationship>Outer</Parent-Relationship>
        <Parallel-Aware>false</Parallel-Aware>
        <Async-Capable>false</Async-Capable>
        <Relation-Name>p</Relation-Name>
        <Alias>p</Alias>
        <Startup-Cost>0.00</Startup-Cost>
        <Total-Cost>38.25</Total-Cost>
        <Plan-Rows>753</Plan-Rows>
        <Plan-Width>6</Plan-Width>
        <Actual-Startup-Time>2.500</Actual-Startup-Time>
        <Actual-Total-Time>2.500</Actual-Total-Time>
        <Actual-Rows>4</Actual-Rows>
        <Actual-Loops>1</Actual-Loops>
        <Filter>(v &lt; 5)</Filter>
        <Rows-Removed-by-Filter>16</Rows-Removed-by-Filter>
      </Plan>
    </Plans>
  </Plan>
  <Settings>
    <enable_hashjoin>off</enable_hashjoin>
    <jit_above_cost>0</jit_above_cost>
    <jit_inline_above_cost>-1</jit_inline_above_cost>
    <work_mem>64kB</work_mem>
  </Settings>
  <Triggers>
    <Trigger>
      <Trigger-Name>RI_ConstraintTrigger_a_16395</Trigger-Name>
      <Constraint-Name>c_pid_fkey</Constraint-Name>
      <Relation>p</Relation>
      <Time>2.500</Time>
      <Calls>4</Calls>
    </Trigger>
    <Trigger>
      <Trigger-Name>tg</Trigger-Name>
      <Relation>p</Relation>
      <Time>2.500</Time>
      <Calls>4</Calls>
    </Trigger>
  </Triggers>
  <JIT>
    <Functions>3</Functions>
    <Options>
      <Inlining>false</Inlining>
      <Optimization>false</Optimization>
      <Expressions>true</Expressions>
      <Deforming>true</Deforming>
    </Options>
    <Timing>
      <Generation>2.500</Generation>
      <Inlining>2.500</Inlining>
      <Optimization>2.500</Optimization>
      <Emission>2.500</Emission>
      <Total>2.500</Total>
    </Timing>
  </JIT>
</explain>)plan";

std::string document(const char* logged) {
  LoggedPlanReader reader;
  const auto plan = reader.read(logged);
  REQUIRE(plan.has_value());
  return plan_document(*plan);
}

PlanValue text_document(const char* text) {
  const auto read = read_explain_text_document(text);
  REQUIRE(read.has_value());
  return *read;
}

const PlanFinding* finding(const std::vector<PlanFinding>& all, PlanInsight insight) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const PlanFinding& f) { return f.insight == insight; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("triggers, JIT and settings of a logged plan are kept, the same from four formats") {
  const std::string json = document(kJson);
  CHECK(document(kText) == json);
  CHECK(document(kYaml) == json);
  CHECK(document(kXml) == json);
  CHECK(json.find(R"("Triggers":[{"Calls":4,"Constraint Name":"c_pid_fkey","Relation":"p",)"
                  R"("Time":2.5},{"Calls":4,"Relation":"p","Time":2.5,"Trigger Name":"tg"}])") !=
        std::string::npos);
  CHECK(json.find(R"("JIT":{"Functions":3,"Options":{"Deforming":true,"Expressions":true},)"
                  R"("Timing":{"Emission":2.5,)") != std::string::npos);
  CHECK(json.find(R"("Settings":{"enable_hashjoin":"off",)") != std::string::npos);
}

TEST_CASE("what stands below the tree, in the ways of other versions") {
  const PlanValue document = text_document(R"(
Seq Scan on t  (cost=0.00..4.00 rows=10 width=4) (actual time=0.010..2.000 rows=10 loops=1)
Settings: search_path = '"$user", it's', temp_buffers = '1MB'
Query Identifier: -2372361722088869857
Planning:
  Buffers: shared hit=51 read=3
  Memory: used=17kB  allocated=32kB
Planning Time: 7.250 ms
JIT:
  Functions: 8
  Options: Inlining true, Optimization true, Expressions true, Deforming true
  Timing: Generation 1.500 ms (Deform 0.250 ms), Inlining 2.000 ms, Emission 3.000 ms, Total 6.500 ms
Trigger audit on t_2024: calls=3
Execution Time: 2.125 ms)");
  CHECK(document.find("Settings")->text_of("search_path") == "\"$user\", it's");
  CHECK(document.find("Settings")->text_of("temp_buffers") == "1MB");
  CHECK(document.text_of("Query Identifier") == "-2372361722088869857");
  CHECK(document.find("Planning")->text_of("Shared Hit Blocks") == "51");
  CHECK(document.text_of("Planning Time") == "7.250");
  CHECK(document.text_of("Execution Time") == "2.125");
  const PlanValue* timing = document.find("JIT")->find("Timing");
  CHECK(timing->find("Generation")->text_of("Deform") == "0.250");
  CHECK(timing->text_of("Total") == "6.500");
  const PlanValue& trigger = document.find("Triggers")->items.at(0);
  CHECK(trigger.text_of("Trigger Name") == "audit");
  CHECK(trigger.text_of("Relation") == "t_2024");
  CHECK(trigger.text_of("Calls") == "3");
}

TEST_CASE("findings: a foreign key's trigger, JIT and planning that take longer than the plan") {
  const auto findings = plan_findings(text_document(R"(
Delete on orders  (cost=0.00..38.25 rows=0 width=0) (actual time=1.000..1.000 rows=0 loops=1)
  ->  Seq Scan on orders  (cost=0.00..38.25 rows=75 width=6) (actual time=0.500..0.900 rows=40 loops=1)
Planning Time: 150.000 ms
Trigger for constraint items_order_id_fkey: time=90.000 calls=40
JIT:
  Functions: 8
  Timing: Generation 1.000 ms, Inlining 0.000 ms, Optimization 4.000 ms, Emission 45.000 ms, Total 50.000 ms
)"),
                                      100);
  const PlanFinding* trigger = finding(findings, PlanInsight::TriggerTime);
  REQUIRE(trigger != nullptr);
  CHECK(trigger->node == "constraint items_order_id_fkey on orders");
  CHECK(trigger->share == Approx(90.0 / 91));  // it runs after the plan, in the statement's time
  REQUIRE(finding(findings, PlanInsight::JitOverhead) != nullptr);
  CHECK(finding(findings, PlanInsight::PlanningShare) != nullptr);
  CHECK(finding(findings, PlanInsight::OutsideExecutor) == nullptr);
}

TEST_CASE("findings: settings are told of plans that were not executed, too") {
  const auto findings = plan_findings(text_document(
      "Seq Scan on t  (cost=0.00..4.00 rows=10 width=4)\nSettings: work_mem = '64kB'\n"));
  CHECK(finding(findings, PlanInsight::NotExecuted) != nullptr);
  CHECK(finding(findings, PlanInsight::SettingsChanged) != nullptr);
}

}  // namespace quern::collector
