#include "tests/support/sample_advice.hpp"

#include <fmt/format.h>

namespace quern::testing {

namespace {

using advisor::Confidence;
using advisor::Proposal;
using advisor::ProposalKind;
using advisor::QueryEffect;
using planner_model::PlanNode;

constexpr std::int64_t kStart = 1714550400;  // 2024-05-01 08:00:00 UTC

PlanNode sequential_scan() {
  return {.node_type = "Seq Scan",
          .schema = "public",
          .relation = "orders",
          .alias = "orders",
          .startup = Cost{0},
          .total = Cost{21346.0},
          .rows = Rows{10},
          .width = 97,
          .properties = {{"Filter", "(customer_id = $1)"}}};
}

PlanNode index_scan() {
  return {.node_type = "Index Scan",
          .schema = "public",
          .relation = "orders",
          .alias = "orders",
          .index = "orders_customer_id_created_at_idx",
          .scan_direction = "Forward",
          .startup = Cost{0.42},
          .total = Cost{44.6},
          .rows = Rows{10},
          .width = 97,
          .properties = {{"Index Cond", "(customer_id = $1)"}}};
}

QueryEffect orders_of_customer() {
  return {.fingerprint = "00000000000000a1",
          .sql = "SELECT * FROM orders WHERE customer_id = $1 ORDER BY created_at DESC LIMIT $2",
          .calls = 4200,
          .before = Cost{21346.0},
          .after = Cost{44.6},
          .measured_mean = Microseconds{48200},
          .time = advisor::TimeEffect{48.2, 0.12, 0.05, 0.31},
          .evidence_factor = 1.5,
          .uses_index = true,
          .plan_before = sequential_scan(),
          .plan_after = index_scan(),
          .guessed_before = Cost{2134.6},
          .analyzed = {"orders_customer_id_created_at_idx"}};
}

QueryEffect insert_order() {
  return {.fingerprint = "00000000000000a2",
          .sql = "INSERT INTO orders (customer_id, status) VALUES ($1, $2)",
          .calls = 900,
          .before = Cost{0.01},
          .after = Cost{0.02}};
}

Proposal create_index() {
  return {.id = "create-orders-customer_id-created_at",
          .kind = ProposalKind::CreateIndex,
          .title = "Create an index on orders (customer_id, created_at DESC)",
          .rationale =
              "One query class reads the whole table to find one customer's orders; the index "
              "finds them and returns them in order, so that the sort goes too.",
          .table = "orders",
          .index = "orders_customer_id_created_at_idx",
          .rule = "E2",
          .ddl_up = {"CREATE INDEX CONCURRENTLY orders_customer_id_created_at_idx ON public.orders "
                     "(customer_id, created_at DESC);"},
          .ddl_down = {"DROP INDEX CONCURRENTLY public.orders_customer_id_created_at_idx;"},
          .size = Bytes{24.0 * 1024 * 1024},
          .build_seconds = 2.5,
          .read_benefit = Cost{89465880},
          .net_benefit = Cost{89465000},
          .share_of_workload = 0.913,
          .time = advisor::TimeGain{201936, 201138, 202230},
          .leave_one_out = Cost{89000000},
          .writes = advisor::WriteEffect{.rows_inserted = 900,
                                         .wal_per_insert = Bytes{96},
                                         .time_per_insert =
                                             std::chrono::duration<double, std::micro>{1.25},
                                         .wal_total = Bytes{86400},
                                         .cost_total = Cost{9}},
          .queries = {orders_of_customer(), insert_order()},
          .robustness = advisor::Robustness{0.998, 1, {{"rows", 10, 0.981}}, true},
          .confidence = Confidence::High,
          .evidence = {"Measured: 4,200 calls took 202 s in all, 48.2 ms on average."},
          .warnings = {"orders holds 1,000,000 rows: the build reads all of them once."}};
}

Proposal drop_index() {
  return {.id = "drop-orders_status_idx",
          .kind = ProposalKind::DropIndex,
          .title = "Drop orders_status_idx, a prefix of orders_status_created_at_idx",
          .rationale = "Every query that could use it can use the wider index.",
          .table = "orders",
          .index = "orders_status_idx",
          .ddl_up = {"DROP INDEX CONCURRENTLY public.orders_status_idx;"},
          .ddl_down = {"CREATE INDEX CONCURRENTLY orders_status_idx ON public.orders (status);"},
          .size = Bytes{7.0 * 1024 * 1024},
          .confidence = Confidence::Medium,
          .evidence = {"Measured: 0 scans since the statistics were reset."}};
}

Proposal rewrite() {
  return {
      .id = "rewrite-R01-00000000000000a3",
      .kind = ProposalKind::RewriteQuery,
      .title = "Write NOT EXISTS in place of NOT IN",
      .rationale = "NOT IN over a subquery is run once a row; NOT EXISTS is an anti join.",
      .table = "customers",
      .share_of_workload = 0.04,
      .rewrite =
          advisor::Rewrite{
              .rule = "R01",
              .name = "NOT IN to NOT EXISTS",
              .equivalence = advisor::Equivalence::Proven,
              .original =
                  "SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)",
              .replacement = "SELECT id FROM customers c WHERE NOT EXISTS (SELECT FROM orders o "
                             "WHERE o.customer_id = c.id)",
              .conditions = {"orders.customer_id is NOT NULL: it is, by its column definition"}},
      .confidence = Confidence::High};
}

QueryClass query_class(const std::string& fingerprint, const std::string& sql, std::uint64_t calls,
                       Microseconds each) {
  QueryClass query{.fingerprint = fingerprint,
                   .sql = sql,
                   .kind = StatementKind::Select,
                   .calls = calls,
                   .rows = 10 * calls,
                   .total = Microseconds{each.count() * static_cast<std::int64_t>(calls)},
                   .minimum = each,
                   .maximum = each};
  query.durations.add(each, calls);
  for (std::int64_t bucket = 0; bucket < 60; ++bucket) {
    const std::uint64_t share = calls / 60 + static_cast<std::uint64_t>(bucket % 7);
    query.by_time[kStart + 60 * bucket] = {
        share, Microseconds{each.count() * static_cast<std::int64_t>(share)}};
  }
  return query;
}

}  // namespace

Workload sample_workload() {
  Workload workload{.from_us = kStart * 1000000, .until_us = (kStart + 3600) * 1000000};
  workload.classes.push_back(
      query_class("00000000000000a1", orders_of_customer().sql, 4200, Microseconds{48200}));
  workload.classes.push_back(
      query_class("00000000000000a2", insert_order().sql, 900, Microseconds{310}));
  workload.classes.back().kind = StatementKind::Insert;
  workload.classes.back().lock_waits = 2;
  workload.classes.back().parse_and_bind = workload.classes.back().total + Microseconds{1000};
  workload.classes.back().lock_wait_time = Microseconds{1500000};
  workload.patterns.push_back({.fingerprint = "00000000000000a1",
                               .runs = 12,
                               .calls = 480,
                               .longest = 50,
                               .total = Microseconds{23000000}});
  workload.skipped.add("line cut off", {"server.log", 118}, 3);
  return workload;
}

CatalogSnapshot sample_catalog() {
  return {.database = "shop", .taken_at = "2024-05-01T09:00:00Z"};
}

advisor::Advice sample_advice() {
  return {.proposals = {create_index(), drop_index(), rewrite()},
          .cost = {.reads_before = Cost{98000000},
                   .reads_after = Cost{8534120},
                   .writes_before = Cost{9},
                   .writes_after = Cost{18},
                   .lower_bound = Cost{8450000},
                   .gap = 0.0099,
                   .gap_basis = "integer program, optimal within 1 %"},
          .storage_added = Bytes{24.0 * 1024 * 1024},
          .storage_freed = Bytes{7.0 * 1024 * 1024},
          .queries = {orders_of_customer(), insert_order()},
          .unplanned = {{.fingerprint = "00000000000000a9",
                         .sql = "SELECT * FROM dblink($1, $2) AS t (id integer)",
                         .calls = 7,
                         .reason = "function dblink is not in the catalog"}},
          .unmodelled = {"XMLTABLE (1 query class)"},
          .candidates = {{.ddl = create_index().ddl_up.front(),
                          .rule = "E2",
                          .size = Bytes{24.0 * 1024 * 1024},
                          .chosen = true},
                         {.ddl = "CREATE INDEX ON public.orders (status)",
                          .rule = "E1",
                          .size = Bytes{7.0 * 1024 * 1024},
                          .verdict = "no plan uses it"}},
          .pareto = {{Bytes{0}, Cost{98000009}, 0}, {Bytes{24.0 * 1024 * 1024}, Cost{8534138}, 1}},
          .write_pareto = {{Cost{0}, Cost{98000000}, 0}, {Cost{9}, Cost{8534120}, 1}},
          .caveats = {"The log covers one hour; a day would weigh nightly jobs too."}};
}

advisor::CheckResult sample_check() {
  return {.findings = {{.rule = "M01",
                        .severity = advisor::Severity::Error,
                        .message =
                            "CREATE INDEX without CONCURRENTLY blocks writes to orders for about "
                            "4 s.",
                        .fix = "CREATE INDEX CONCURRENTLY ..., in a file of its own",
                        .where = {"db/042 index.sql", 3},
                        .statement = "CREATE INDEX ON orders (status)"},
                       {.rule = "M33",
                        .severity = advisor::Severity::Info,
                        .message = "No query of the workload uses the new index.",
                        .where = {"db/042 index.sql", 3},
                        .queries = {orders_of_customer()}}},
          .cost = {.reads_before = Cost{98000000}, .reads_after = Cost{98000000}},
          .caveats = {}};
}

}  // namespace quern::testing
