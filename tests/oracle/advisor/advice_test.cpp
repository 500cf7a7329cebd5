// Is the advice true? The proposed indexes are built in a copy of the sample database, and the
// workload's own statements run before and after.
#include <algorithm>
#include <map>
#include <set>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include "collector/catalog/read_catalog.hpp"
#include "collector/collect.hpp"

#include "planner-model/writes/index_write_cost.hpp"

#include "advisor/advise.hpp"

#include "tests/support/cluster.hpp"

using namespace quern;
using namespace quern::advisor;
using quern::testing::Cluster;

namespace {

struct Run {
  std::int64_t blocks = 0;  ///< hit or read: buffers touched, not time
  std::set<std::string> indexes = {};
};

void collect_indexes(const nlohmann::json& node, std::set<std::string>& names) {
  if (node.contains("Index Name")) {
    names.insert(node["Index Name"].get<std::string>());
  }
  for (const auto& child : node.value("Plans", nlohmann::json::array())) {
    collect_indexes(child, names);
  }
}

/// Statements that change nothing that a second run would see: writes are rolled back.
class Replay {
 public:
  explicit Replay(const std::string& dsn) : connection_{dsn} {
    execute("SET statement_timeout = '60s'");
  }

  Run run(const SampleExecution& sample) {
    pqxx::work transaction{connection_};
    Run result;
    const auto explained = transaction.exec("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " +
                                            with_values(sample, transaction));
    const auto plan = nlohmann::json::parse(explained[0][0].as<std::string>())[0]["Plan"];
    result.blocks = plan.value("Shared Hit Blocks", 0) + plan.value("Shared Read Blocks", 0);
    collect_indexes(plan, result.indexes);
    transaction.abort();
    return result;
  }

  void execute(const std::string& statement) {
    pqxx::nontransaction session{connection_};
    session.exec(statement);
  }

 private:
  /// $n replaced by quoted literals, the highest number first.
  static std::string with_values(const SampleExecution& sample, pqxx::work& transaction) {
    std::string sql = sample.sql;
    for (std::size_t n = sample.parameters.size(); n > 0; --n) {
      const auto& value = sample.parameters[n - 1];
      const std::string literal = value ? transaction.quote(*value) : "NULL";
      const std::string mark = "$" + std::to_string(n);
      for (auto at = sql.find(mark); at != std::string::npos;
           at = sql.find(mark, at + literal.size())) {
        sql.replace(at, mark.size(), literal);
      }
    }
    return sql;
  }

  pqxx::connection connection_;
};

struct Total {
  double blocks = 0;
  std::set<std::string> indexes = {};
  std::map<std::string, double> by_class = {};
};

/// One execution of each sample, weighted by what it stands for.
Total replay(const Workload& workload, const std::string& dsn) {
  Total total;
  Replay server{dsn};
  for (const auto& query : workload.classes) {
    if (query.kind == StatementKind::Utility || query.kind == StatementKind::Other ||
        query.calls == 0 || query.samples.empty()) {
      continue;
    }
    for (const auto& sample : query.samples) {
      if (!sample.parameters_complete) {
        continue;
      }
      try {
        const Run run = server.run(sample);
        const double weight =
            static_cast<double>(query.calls) / static_cast<double>(query.samples.size());
        total.blocks += weight * static_cast<double>(run.blocks);
        total.by_class[query.sql] += weight * static_cast<double>(run.blocks);
        total.indexes.insert(run.indexes.begin(), run.indexes.end());
      } catch (const pqxx::sql_error& error) {
        WARN("not replayed: " << query.sql << ": " << error.what());
        break;
      }
    }
  }
  return total;
}

Workload sample_workload() {
  return collector::collect(
      {std::string{QUERN_SOURCE_DIR} + "/samples/shop/logs/postgresql.csv.gz"}, {});
}

struct Advised {
  Workload workload;
  CatalogSnapshot catalog;
  Advice advice;
};

const Advised& advised() {
  static const Advised kAdvised = [] {
    const Cluster& cluster = Cluster::instance();
    const std::string database = cluster.copy_of("shop", "shop_advised");
    Advised result{.workload = sample_workload(),
                   .catalog = collector::read_catalog(cluster.dsn(database))};
    result.advice = advise(result.workload, result.catalog, {});
    return result;
  }();
  return kAdvised;
}

bool creates(const Proposal& proposal) {
  return proposal.kind == ProposalKind::CreateIndex || proposal.kind == ProposalKind::ReplaceIndex;
}

/// The created index itself and, of a partitioned one, its parts: names in its DDL.
bool is_used(const Proposal& proposal, const std::set<std::string>& used) {
  return std::any_of(proposal.ddl_up.begin(), proposal.ddl_up.end(), [&](const std::string& ddl) {
    return std::any_of(used.begin(), used.end(), [&](const std::string& name) {
      return ddl.find(" " + name + " ON ") != std::string::npos;
    });
  });
}

}  // namespace

TEST_CASE("the advised indexes make the recorded workload read fewer blocks") {
  const Advised& all = advised();
  const Cluster& cluster = Cluster::instance();
  const std::string dsn = cluster.dsn("shop_advised");
  Replay{dsn}.execute("VACUUM ANALYZE");
  const Total before = replay(all.workload, dsn);
  std::size_t created = 0;
  for (const auto& proposal : all.advice.proposals) {
    if (creates(proposal)) {
      Replay server{dsn};
      for (const auto& statement : proposal.ddl_up) {
        server.execute(statement);
      }
      ++created;
    }
  }
  REQUIRE(created > 0);
  Replay{dsn}.execute("ANALYZE");
  const Total after = replay(all.workload, dsn);

  fmt::print("advice on the sample: {} indexes, {:.0f} kB; blocks {:.0f} -> {:.0f} ({:.1f} %)\n",
             created, all.advice.storage_added.value() / 1024, before.blocks, after.blocks,
             100 * after.blocks / before.blocks);
  std::size_t used = 0;
  for (const auto& proposal : all.advice.proposals) {
    if (creates(proposal)) {
      const bool read = is_used(proposal, after.indexes);
      fmt::print("  {} {}: {}\n", read ? "used    " : "NOT USED", proposal.rule, proposal.title);
      used += read ? 1 : 0;
    }
  }
  // The ANALYZE after the change draws another sample than the advice was made on.
  CHECK(static_cast<double>(used) >= 0.95 * static_cast<double>(created));
  CHECK(after.blocks < 0.9 * before.blocks);

  // Asked again on the same log, when all is built, there is next to nothing left to advise.
  const WorkloadCost left = advise(all.workload, collector::read_catalog(dsn), {}).cost;
  fmt::print("advice on the sample once more: reads {:.0f} -> {:.0f}\n", left.reads_before.value(),
             left.reads_after.value());
  CHECK(left.reads_after.value() > 0.97 * left.reads_before.value());
}

TEST_CASE("the predicted WAL of an index entry has the right direction and size") {
  const Cluster& cluster = Cluster::instance();
  const Advised& all = advised();
  const std::string database = cluster.copy_of("shop", "shop_writes");
  const auto wal_per_row = [&](Replay& server) {
    constexpr int kRows = 20000;
    server.execute("CHECKPOINT");
    const auto position = [&] {
      return std::stod(
          cluster.value("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn", database));
    };
    const double start = position();
    server.execute(fmt::format(
        "INSERT INTO orders (customer_id, status, total, placed_at) SELECT 1 + (i * 7919) % 3000, "
        "'paid', i % 500, timestamptz '2025-07-01 00:00+00' + (i * 7919 % 100000) * interval '1 "
        "minute' FROM generate_series(1, {}) i",
        kRows));
    return (position() - start) / kRows;
  };
  Replay server{cluster.dsn(database)};
  const double before = wal_per_row(server);
  server.execute("CREATE INDEX orders_probe_idx ON orders (placed_at, customer_id)");
  const double after = wal_per_row(server);
  const planner_model::Planner planner{all.catalog};
  const auto index =
      planner.hypothetical("CREATE INDEX orders_probe_idx ON orders (placed_at, customer_id)");
  const auto orders = std::find_if(all.catalog.tables.begin(), all.catalog.tables.end(),
                                   [](const Table& table) { return table.name == "orders"; });
  const double predicted = planner_model::index_write_cost(index.definition, *orders, all.catalog)
                               .wal_per_insert.value();
  fmt::print("WAL of one more index: measured {:.1f} bytes a row, predicted {:.1f}\n",
             after - before, predicted);
  CHECK(after > before);
  CHECK(predicted > 0.5 * (after - before));
  CHECK(predicted < 2 * (after - before));
}
