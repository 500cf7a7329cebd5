#include <algorithm>
#include <numeric>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "collector/plans/explain_formats.hpp"
#include "collector/plans/explain_output.hpp"
#include "collector/plans/insights.hpp"
#include "collector/plans/node_times.hpp"

namespace quern::collector {

namespace {

double sum_of_exclusive(const std::vector<NodeTimes>& nodes) {
  return std::accumulate(nodes.begin(), nodes.end(), 0.0,
                         [](double sum, const NodeTimes& node) { return sum + node.exclusive_ms; });
}

bool tells(const std::vector<PlanFinding>& findings, PlanInsight insight, const char* node = "") {
  return std::any_of(findings.begin(), findings.end(), [&](const PlanFinding& finding) {
    return finding.insight == insight && finding.node.find(node) != std::string::npos;
  });
}

// Each total is what EXPLAIN (ANALYZE) prints: a loop's average.
constexpr const char* kNested = R"(
Nested Loop  (cost=0.42..900.00 rows=10 width=8) (actual time=0.050..100.000 rows=5000 loops=1)
  ->  Seq Scan on orders o  (cost=0.00..400.00 rows=10 width=4) (actual time=0.010..20.000 rows=5000 loops=1)
        Filter: (status = 'open'::text)
        Rows Removed by Filter: 95000
  ->  Index Scan using items_pkey on items i  (cost=0.42..8.00 rows=1 width=4) (actual time=0.010..0.012 rows=1 loops=5000)
        Index Cond: (id = o.item_id)
)";

constexpr const char* kGather = R"(
Gather  (cost=1000.00..2000.00 rows=10 width=4) (actual time=1.000..60.000 rows=30 loops=1)
  Workers Planned: 3
  Workers Launched: 2
  ->  Parallel Seq Scan on t  (cost=0.00..1000.00 rows=10 width=4) (actual time=1.000..50.000 rows=10 loops=3)
)";

constexpr const char* kCte = R"(
Hash Join  (cost=10.00..20.00 rows=5 width=8) (actual time=30.000..50.000 rows=5 loops=1)
  Hash Cond: (a.id = b.id)
  CTE big
    ->  Seq Scan on t  (cost=0.00..9.00 rows=5 width=4) (actual time=0.010..25.000 rows=5 loops=1)
  ->  CTE Scan on big a  (cost=0.00..1.00 rows=5 width=4) (actual time=0.010..26.000 rows=5 loops=1)
  ->  Hash  (cost=1.00..1.00 rows=5 width=4) (actual time=20.000..20.000 rows=5 loops=1)
        Buckets: 1024  Batches: 4 (originally 1)  Memory Usage: 9kB
        ->  Sort  (cost=0.00..1.00 rows=5 width=4) (actual time=3.000..5.000 rows=5 loops=1)
              Sort Key: b.id
              Sort Method: external merge  Disk: 2048kB
              ->  CTE Scan on big b  (cost=0.00..1.00 rows=5 width=4) (actual time=0.010..1.000 rows=5 loops=1)
)";

}  // namespace

TEST_CASE("exclusive times: loops are multiplied, children are subtracted") {
  const auto plan = read_explain_text(kNested);
  REQUIRE(plan);
  const auto nodes = node_times(*plan);
  REQUIRE(nodes.size() == 3);
  CHECK(nodes[2].total_ms == Approx(60));
  CHECK(nodes[0].exclusive_ms == Approx(20));
  CHECK(sum_of_exclusive(nodes) == Approx(100));
}

TEST_CASE("exclusive times: processes that work at once do not add up") {
  const auto plan = read_explain_text(kGather);
  REQUIRE(plan);
  const auto nodes = node_times(*plan);
  REQUIRE(nodes.size() == 2);
  CHECK(nodes[1].processes == Approx(3));
  CHECK(nodes[1].total_ms == Approx(50));
  CHECK(nodes[0].exclusive_ms == Approx(10));
}

TEST_CASE("exclusive times: a CTE is paid for once, by the scan that waited for it") {
  const auto plan = read_explain_text(kCte);
  REQUIRE(plan);
  const auto nodes = node_times(*plan);
  REQUIRE(nodes.size() == 6);
  CHECK(node_title(*nodes[2].node) == "CTE Scan on big a");
  CHECK(nodes[2].exclusive_ms == Approx(1));
  CHECK(sum_of_exclusive(nodes) == Approx(50));
}

TEST_CASE("findings: misestimates at their root, nested loops, rows thrown away") {
  const auto findings = plan_findings(*read_explain_text(kNested));
  CHECK(tells(findings, PlanInsight::MisestimateRoot, "Seq Scan on orders o"));
  CHECK(tells(findings, PlanInsight::RowMisestimate, "Nested Loop"));
  CHECK(tells(findings, PlanInsight::NestedLoopBlowUp));
  CHECK(tells(findings, PlanInsight::SeqScanDiscards, "orders"));
}

TEST_CASE("findings: memory and workers") {
  const auto findings = plan_findings(*read_explain_text(kCte));
  CHECK(tells(findings, PlanInsight::SortSpill));
  CHECK(tells(findings, PlanInsight::HashSpill));
  CHECK_FALSE(tells(findings, PlanInsight::RowMisestimate));
  CHECK(tells(plan_findings(*read_explain_text(kGather)), PlanInsight::WorkersMissing));
}

TEST_CASE("findings: a join wrong beyond its inputs, and a sort over one table") {
  const auto findings = plan_findings(*read_explain_text(R"(
Sort  (cost=900.00..910.00 rows=50 width=8) (actual time=95.000..100.000 rows=500000 loops=1)
  Sort Key: o.placed_at
  Sort Method: quicksort  Memory: 80000kB
  ->  Hash Join  (cost=0.42..900.00 rows=50 width=8) (actual time=0.050..60.000 rows=500000 loops=1)
        Hash Cond: (o.id = i.order_id)
        ->  Seq Scan on orders o  (cost=0.00..400.00 rows=50 width=4) (actual time=0.010..20.000 rows=1000 loops=1)
        ->  Hash  (cost=0.00..400.00 rows=1000 width=4) (actual time=9.000..9.000 rows=1000 loops=1)
              Buckets: 4096 (originally 1024)  Batches: 1 (originally 1)  Memory Usage: 90kB
              ->  Seq Scan on items i  (cost=0.00..400.00 rows=1000 width=4) (actual time=0.010..8.000 rows=1000 loops=1)
)"));
  CHECK(tells(findings, PlanInsight::JoinMisestimate, "Hash Join"));
  CHECK(tells(findings, PlanInsight::HashGrows));
  CHECK_FALSE(tells(findings, PlanInsight::AvoidableSort));
  CHECK(tells(plan_findings(*read_explain_text(R"(
Sort  (cost=900.00..910.00 rows=5000 width=8) (actual time=95.000..100.000 rows=25 loops=1)
  Sort Key: placed_at DESC
  Sort Method: top-N heapsort  Memory: 25kB
  ->  Seq Scan on orders o  (cost=0.00..400.00 rows=5000 width=4) (actual time=0.010..20.000 rows=5000 loops=1)
)")),
              PlanInsight::AvoidableSort));
}

TEST_CASE("findings: writes, foreign rows, functions of unknown size") {
  CHECK(tells(plan_findings(*read_explain_text(R"(
Update on orders  (cost=0.00..400.00 rows=0 width=0) (actual time=90.000..90.000 rows=0 loops=1)
  ->  Seq Scan on orders  (cost=0.00..400.00 rows=50 width=4) (actual time=0.010..20.000 rows=50 loops=1)
)")),
              PlanInsight::WriteTime));
  CHECK(tells(plan_findings(*read_explain_text(R"(
Foreign Scan on far  (cost=100.00..400.00 rows=50 width=4) (actual time=0.010..20.000 rows=50 loops=1)
  Filter: (lower(name) = 'x'::text)
  Rows Removed by Filter: 9000
)")),
              PlanInsight::ForeignFilter));
  CHECK(tells(plan_findings(*read_explain_text(R"(
Function Scan on found f  (cost=0.25..10.25 rows=1000 width=4) (actual time=0.010..20.000 rows=90000 loops=1)
)")),
              PlanInsight::FunctionRowsDefault));
}

TEST_CASE("findings: time outside of the executor, and plans without timing") {
  const auto plan = read_explain_text(
      "Seq Scan on t  (cost=0.00..400.00 rows=10 width=4) (actual time=0.010..2.000 rows=10 "
      "loops=1)");
  CHECK(tells(plan_findings(*plan, 500), PlanInsight::OutsideExecutor));
  CHECK_FALSE(tells(plan_findings(*plan, 3), PlanInsight::OutsideExecutor));
  CHECK(tells(plan_findings(*read_explain_text(
                  "Seq Scan on t  (cost=0.00..400.00 rows=10 width=4) (actual rows=10 loops=1)")),
              PlanInsight::NotTimed));
}

TEST_CASE("findings: what the client waits for, and what can not be told without BUFFERS") {
  const std::string plan =
      "Seq Scan on t  (cost=0.00..400.00 rows=10 width=4) (actual time=0.010..2.000 rows=10 "
      "loops=1)\n";
  const std::string after =
      "Planning Time: 0.1 ms\nSerialization: time=1.500 ms  output=120kB  format=text\n"
      "Execution Time: 3.5 ms\n";
  const auto findings = plan_findings(*read_explain_output(plan + after));
  CHECK(tells(findings, PlanInsight::SerializationTime));
  CHECK(tells(findings, PlanInsight::NotBuffered));
  const auto counted =
      plan_findings(*read_explain_output(plan + "  Buffers: shared hit=5\n" + after));
  CHECK_FALSE(tells(counted, PlanInsight::NotBuffered));
  const auto json = read_explain_output(
      R"([{"Plan": {"Node Type": "Seq Scan", "Relation Name": "t", "Actual Rows": 3,)"
      R"( "Actual Loops": 1, "Actual Startup Time": 0.1, "Actual Total Time": 1.0},)"
      R"( "Serialization": {"Time": 0.9, "Output Volume": 12, "Format": "text"}}])");
  CHECK(tells(plan_findings(*json), PlanInsight::SerializationTime));
}

TEST_CASE("every insight has a name of its own, for people and for programs") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(PlanInsight::SerializationTime); ++i) {
    names.insert(insight_id(static_cast<PlanInsight>(i)));
    names.insert(insight_name(static_cast<PlanInsight>(i)));
  }
  CHECK(names.size() == 2 * (static_cast<std::size_t>(PlanInsight::SerializationTime) + 1));
}

TEST_CASE("findings: a plan that was not executed says only that") {
  const auto findings =
      plan_findings(*read_explain_text("Seq Scan on t  (cost=0.00..400.00 rows=10 width=4)"));
  REQUIRE(findings.size() == 1);
  CHECK(findings.front().insight == PlanInsight::NotExecuted);
}

}  // namespace quern::collector
