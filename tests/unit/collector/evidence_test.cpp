// What a workload tells beyond its classes: chatty transactions, plans that flip, writes by column.
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/collect.hpp"
#include "collector/logs/transaction_runs.hpp"
#include "collector/pieces/piece_document.hpp"
#include "collector/workload/plan_periods.hpp"
#include "collector/workload/workload_document.hpp"
#include "collector/workload/write_activity.hpp"

using namespace quern;
using namespace quern::collector;

namespace {

/// Messages of one session, a second apart from each other.
class Session {
 public:
  std::string log;

  void statement(const std::string& sql, double ms = 0.5) {
    message(fmt::format("duration: {:.3f} ms  statement: {}", ms, sql));
  }

  void message(const std::string& text) {
    log += fmt::format("2026-11-21 10:{:02}:{:02}.000 UTC [7] LOG:  {}\n", second_ / 60,
                       second_ % 60, text);
    ++second_;
  }

  void wait(int seconds) { second_ += seconds; }

 private:
  int second_ = 0;
};

CollectOptions options() {
  CollectOptions options;
  options.prefix = "%m [%p] ";
  return options;
}

Workload read(const std::string& log) {
  return collect_text(log, options());
}

std::string transaction_of(std::uint64_t statements, const char* end = "COMMIT") {
  Session session;
  session.statement("BEGIN");
  for (std::uint64_t i = 0; i < statements; ++i) {
    session.statement(i % 2 == 0 ? fmt::format("SELECT a FROM t WHERE b = {}", i)
                                 : fmt::format("UPDATE t SET a = {} WHERE b = 1", i));
  }
  session.statement(end);
  return session.log;
}

}  // namespace

TEST_CASE("many small statements in one transaction are evidence of a chatty client") {
  const Workload w = read(transaction_of(24));
  REQUIRE(w.chatty.size() == 1);
  const ChattyTransactions& chatty = w.chatty.front();
  CHECK(chatty.transactions == 1);
  CHECK(chatty.statements == 24);
  CHECK(chatty.longest == 24);
  CHECK(chatty.total == Microseconds{12'000});
  CHECK(chatty.elapsed == Microseconds{23'000'500});
  CHECK(std::any_of(w.classes.begin(), w.classes.end(), [&](const QueryClass& c) {
    return c.fingerprint == chatty.fingerprint && c.kind == StatementKind::Select;
  }));
}

TEST_CASE("few statements, long ones, or ones outside of a transaction are not") {
  CHECK(read(transaction_of(kChattyStatements - 1)).chatty.empty());
  CHECK(read(transaction_of(24, "ROLLBACK TO SAVEPOINT s")).chatty.empty());
  Session session;
  for (int i = 0; i < 30; ++i) {
    session.statement(fmt::format("SELECT a FROM t WHERE b = {}", i));
  }
  session.statement("BEGIN");
  for (int i = 0; i < 30; ++i) {
    session.statement(fmt::format("SELECT a FROM t WHERE b = {}", i), 5);
  }
  session.statement("END");
  CHECK(read(session.log).chatty.empty());
}

TEST_CASE("a transaction cut anywhere is one transaction") {
  const std::string log = transaction_of(24) + transaction_of(30);
  const std::string whole = write_workload(read(log));
  for (std::size_t cut = 100; cut + 100 < log.size(); cut += 97) {
    INFO(cut);
    const auto first = write_piece(collect_piece_text(log.substr(0, cut), options()));
    const auto second = write_piece(collect_piece_text(log.substr(cut), options()));
    CHECK(write_workload(settled(join(read_piece(first, "a"), read_piece(second, "b")))) == whole);
  }
}

TEST_CASE("words that begin and end transactions") {
  CHECK(transaction_step("begin isolation level serializable") == TransactionStep::Begin);
  CHECK(transaction_step("/* rails */ START TRANSACTION") == TransactionStep::Begin);
  CHECK(transaction_step("Commit") == TransactionStep::End);
  CHECK(transaction_step("ROLLBACK WORK") == TransactionStep::End);
  CHECK(transaction_step("ROLLBACK WORK TO s1") == TransactionStep::None);
  CHECK(transaction_step("SAVEPOINT s1") == TransactionStep::None);
}

TEST_CASE("a plan that flips is told with its times") {
  Session session;
  const auto run = [&](const char* scan, double ms) {
    session.message(
        fmt::format("duration: {:.3f} ms  plan:\n\tQuery Text: SELECT a FROM t WHERE b = 1\n\t{}  "
                    "(cost=0.15..8.17 "
                    "rows=1 width=4) (actual time=0.010..{:.3f} rows=1 loops=1)",
                    ms, scan, ms));
    session.statement("SELECT a FROM t WHERE b = 1", ms + 0.1);
    session.wait(58);
  };
  run("Index Scan using t_b on t", 1);
  run("Index Scan using t_b on t", 2);
  run("Seq Scan on t", 40);
  run("Index Scan using t_b on t", 1);
  const Workload w = read(session.log);
  REQUIRE(w.classes.size() == 1);
  REQUIRE(w.classes.front().plans.size() == 2);
  const auto periods = plan_periods(w.classes.front(), w.bucket_seconds);
  REQUIRE(periods.size() == 3);
  CHECK(periods[0].calls == 2);
  CHECK(periods[0].shape == periods[2].shape);
  CHECK(periods[1].shape != periods[0].shape);
  CHECK(periods[1].from - periods[0].from == 120);
  CHECK(periods[1].total == Microseconds{40'100});
  const auto document = nlohmann::json::parse(write_workload(w));
  CHECK(document.at("classes").at(0).at("plan_periods").size() == 3);
  CHECK(read_workload(write_workload(w), "again") == w);
}

TEST_CASE("a plan's findings stand in the document with their numbers") {
  Session session;
  session.message(
      "duration: 90.000 ms  plan:\n\tQuery Text: SELECT a FROM t WHERE lower(b) = 'x'\n"
      "\tSeq Scan on t  (cost=0.00..800.00 rows=500 width=4) (actual time=0.010..90.000 rows=10 "
      "loops=1)\n\t  Filter: (lower(b) = 'x'::text)\n\t  Rows Removed by Filter: 99990");
  const auto document = nlohmann::json::parse(write_workload(read(session.log)));
  const auto& findings = document.at("classes").at(0).at("plans").at(0).at("findings");
  const auto numbers_of = [&](const char* insight) {
    for (const auto& finding : findings) {
      if (finding.at("insight") == insight) {
        return finding.at("numbers");
      }
    }
    return nlohmann::json{};
  };
  CHECK(numbers_of("seq_scan_discards").value("rows_removed", 0.0) == 99'990);
  CHECK(numbers_of("misestimate_root").value("q_error", 0.0) == 50);
  CHECK(numbers_of("function_on_column").value("rows_removed", 0.0) == 99'990);
}

TEST_CASE("writes are counted by table and by the columns that updates set") {
  Session session;
  session.statement(
      "INSERT INTO shop.orders (id, total) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET "
      "total = excluded.total");
  session.statement("UPDATE orders SET total = 1, status = 'x' WHERE id = 4");
  session.statement("UPDATE orders SET (total, note) = (2, 'y') WHERE id = 5");
  session.statement(
      "WITH gone AS (DELETE FROM items WHERE id = 3 RETURNING id) SELECT * FROM gone");
  session.statement("SELECT 1 FROM orders FOR UPDATE");
  const auto writes = write_activity(read(session.log));
  REQUIRE(writes.size() == 3);
  const TableWrites& orders = writes.at("orders");
  CHECK(orders.inserts.statements == 0);
  CHECK(orders.updates.statements == 2);
  CHECK(orders.updated_columns.at("total").statements == 2);
  CHECK(orders.updated_columns.at("status").statements == 1);
  CHECK(orders.updated_columns.at("note").statements == 1);
  CHECK(writes.at("shop.orders").inserts.statements == 1);
  CHECK(writes.at("shop.orders").updated_columns.count("total") == 1);
  CHECK(writes.at("items").deletes.statements == 1);
}

TEST_CASE("ever new names of applications are counted together beyond a thousand") {
  std::string log;
  for (int i = 0; i < 1200; ++i) {
    log += fmt::format(
        "2026-11-21 10:00:00.000 UTC [7] worker-{} LOG:  duration: 1.000 ms  statement: SELECT 1\n",
        i);
  }
  CollectOptions options;
  options.prefix = "%m [%p] %a ";
  const Workload w = collect_text(log, options);
  REQUIRE(w.classes.size() == 1);
  const auto& names = w.classes.front().applications;
  CHECK(names.at("(others)") >= 190);
  CHECK(names.size() < 1010);  // what hangs over the log's ends is counted apart
}
