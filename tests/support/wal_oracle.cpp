#include "tests/support/wal_oracle.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <ostream>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "collector/catalog/read_catalog.hpp"

#include "planner-model/query/type_system.hpp"
#include "planner-model/writes/heap_row.hpp"
#include "planner-model/writes/write_ahead_log.hpp"
#include "planner-model/writes/write_time.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/random_writes.hpp"

namespace quern::testing {

namespace {

using planner_model::RowWal;
using planner_model::RowWrite;
using planner_model::WriteShape;

constexpr const char* kProcedures = R"(
CREATE PROCEDURE each_row(statement text, first bigint, last bigint) LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN first .. last LOOP
    EXECUTE statement USING i::bigint;
    COMMIT;
  END LOOP;
END $$)";

/// A transaction of its own for every row, or one for all.
enum class Unit { Row, Statement };

struct Operation {
  std::string name;
  WriteShape shape = {};
  Unit unit = Unit::Statement;
  std::string sql = {};  ///< of one row, which is $1, or of all
  std::int64_t first = 0;
  std::int64_t rows = 0;
  bool images = false;
};

class Server {
 public:
  explicit Server(const std::string& database) : dsn_{Cluster::instance().dsn(database)} {
    connection_ = std::make_unique<pqxx::connection>(dsn_);
    exec(
        "SET enable_seqscan = off; SET enable_bitmapscan = off; SET synchronous_commit = off; "
        "SET max_parallel_maintenance_workers = 0; SET client_min_messages = warning");
  }

  pqxx::result exec(const std::string& sql) { return pqxx::nontransaction{*connection_}.exec(sql); }

  std::string value(const std::string& sql) { return exec(sql).at(0).at(0).c_str(); }

  /// The checkpointer takes the new setting before it makes its next checkpoint.
  void full_page_writes(bool on) {
    exec(fmt::format("ALTER SYSTEM SET full_page_writes = {}", on ? "on" : "off"));
    exec("SELECT pg_reload_conf()");
    for (int i = 0; i < 1000 && value("SHOW full_page_writes") != (on ? "on" : "off"); ++i) {
      exec("SELECT pg_sleep(0.01)");
    }
    exec("CHECKPOINT");
    exec("CHECKPOINT");
  }

  CatalogSnapshot catalog() const { return collector::read_catalog(dsn_); }

 private:
  std::string dsn_;
  std::unique_ptr<pqxx::connection> connection_;
};

const Table& find_table(const CatalogSnapshot& catalog, const std::string& name) {
  return *std::find_if(catalog.tables.begin(), catalog.tables.end(),
                       [&](const Table& table) { return table.name == name; });
}

std::vector<const Index*> indexes_of(const CatalogSnapshot& catalog, const Table& table) {
  std::vector<const Index*> found;
  for (const Index& index : catalog.indexes) {
    if (index.table == table.oid) {
      found.push_back(&index);
    }
  }
  return found;
}

class TableRun {
 public:
  TableRun(Server& server, const WrittenTable& table, const WalRun& run, WalResults& results)
      : server_{server}, table_{table}, run_{run}, results_{results}, next_{table.rows + 1} {}

  void run() {
    fill();
    for (const bool images : {false, true}) {
      if (!images || run_.images) {
        server_.full_page_writes(images);
        each(inserts(Unit::Row, images));
        each(inserts(Unit::Statement, images));
        each(copy(images));
        if (table_.has_key) {
          each(update("HOT update", "counter", Unit::Row, images));
        }
        each(update("HOT update", "counter", Unit::Statement, images));
        if (!table_.settable.empty()) {
          if (table_.has_key) {
            each(update("update", table_.settable, Unit::Row, images));
          }
          each(update("update", table_.settable, Unit::Statement, images));
        }
        if (table_.has_key) {
          each(removal(Unit::Row, images));
        }
        each(removal(Unit::Statement, images));
      }
    }
    server_.full_page_writes(false);
    if (run_.times && !table_.indexes.empty()) {
      slowdowns();
    }
    server_.exec("DROP TABLE " + table_.name);
  }

 private:
  void make_indexes() {
    if (table_.has_key) {
      server_.exec(fmt::format("ALTER TABLE {} ADD PRIMARY KEY (id)", table_.name));
    }
    for (const auto& index : table_.indexes) {
      server_.exec(index);
    }
  }

  void fill() {
    server_.exec(table_.create(table_.name));
    if (table_.aged) {
      make_indexes();
    }
    server_.exec(
        table_.insert(table_.name, fmt::format("generate_series(1::bigint, {}) i", table_.rows)));
    if (!table_.aged) {
      make_indexes();
    }
  }

  /// As an hour of vacuums would leave it; the indexes as built unless they are to be aged ones.
  void settle() {
    server_.exec("SELECT setseed(0.25)");
    server_.exec(fmt::format("VACUUM {}ANALYZE {}", table_.aged ? "" : "FULL ", table_.name));
    if (!table_.aged) {
      server_.exec("VACUUM " + table_.name);
    }
  }

  static std::string named(const std::string& what, Unit unit, bool images) {
    return fmt::format("{}{}{}", what, unit == Unit::Row ? ", a row a transaction" : "",
                       images ? " + images" : "");
  }

  [[nodiscard]] std::int64_t few() const {
    return std::clamp<std::int64_t>(table_.rows / 8, 200, 3000);
  }

  [[nodiscard]] std::int64_t many() const {
    return std::clamp<std::int64_t>(table_.rows / 3, 1000, 30'000);
  }

  Operation inserts(Unit unit, bool images) {
    const std::int64_t rows = unit == Unit::Row ? few() : many();
    Operation one{.name = named("insert", unit, images), .unit = unit, .rows = rows};
    one.first = next_;
    one.images = images;
    one.sql = table_.insert(table_.name, unit == Unit::Row
                                             ? "(SELECT $1 AS i) s"
                                             : fmt::format("generate_series({}::bigint, {}) i",
                                                           next_, next_ + rows - 1));
    next_ += rows;
    return one;
  }

  Operation copy(bool images) {
    Operation one{.name = named("copy", Unit::Statement, images), .rows = many()};
    one.shape.kind = RowWrite::Copy;
    one.images = images;
    const std::string file = server_.value("SELECT current_setting('data_directory')") + "/rows";
    server_.exec(fmt::format("COPY ({}) TO '{}'",
                             table_.select(fmt::format("generate_series({}::bigint, {}) i", next_,
                                                       next_ + one.rows - 1)),
                             file));
    next_ += one.rows;
    one.sql = fmt::format("COPY {} FROM '{}'", table_.name, file);
    return one;
  }

  Operation update(const std::string& what, const std::string& column, Unit unit, bool images) {
    Operation one{.name = named(what, unit, images), .unit = unit, .first = ++salt_ * 100'000};
    one.shape.kind = RowWrite::Update;
    one.images = images;
    setting_ = column;
    const std::string number = fmt::format("(id + {})", 7'000'000 * ++salt_);
    const std::string value = column == "counter" ? "counter + 1" : table_.value(column, number);
    if (unit == Unit::Row) {
      one.rows = few();
      one.sql = fmt::format(
          "UPDATE {} SET {} = {} WHERE id = 1 + abs(hashint8($1)::bigint) % {} AND {} IS DISTINCT "
          "FROM {}",
          table_.name, column, value, next_ - 1, column, value);
    } else {
      one.sql = fmt::format(
          "UPDATE {} SET {} = {} WHERE hashint8(id) % 10 = {} AND {} IS DISTINCT FROM {}",
          table_.name, column, value, ++salt_ % 10, column, value);
    }
    return one;
  }

  Operation removal(Unit unit, bool images) {
    Operation one{.name = named("delete", unit, images), .unit = unit};
    one.shape.kind = RowWrite::Delete;
    one.images = images;
    if (unit == Unit::Row) {
      one.rows = few();
      one.first = ++salt_ * 100'000;
      one.sql = fmt::format("DELETE FROM {} WHERE id = 1 + abs(hashint8($1)::bigint) % {}",
                            table_.name, next_ - 1);
    } else {
      one.sql =
          fmt::format("DELETE FROM {} WHERE hashint8(id) % 12 = {}", table_.name, images ? 3 : 5);
    }
    return one;
  }

  /// HOT updates and all rows written so far.
  std::pair<double, double> counted(const std::string& counters) {
    server_.exec("SELECT pg_stat_force_next_flush()");
    server_.exec("SELECT pg_stat_clear_snapshot()");
    const auto row = server_.exec(counters).at(0);
    return {row.at(1).as<double>(), row.at(2).as<double>()};
  }

  void each(Operation operation) {
    settle();
    if (operation.images) {
      server_.exec("CHECKPOINT");
    }
    const CatalogSnapshot catalog = server_.catalog();
    const std::string counters = fmt::format(
        "SELECT pg_stat_force_next_flush(), n_tup_hot_upd, n_tup_ins + n_tup_upd + n_tup_del FROM "
        "pg_stat_user_tables WHERE relname = '{}'",
        table_.name);
    const auto before = counted(counters);
    if (operation.images) {
      server_.exec("CHECKPOINT");
    }
    const std::string start = server_.value("SELECT pg_current_wal_insert_lsn()");
    if (operation.unit == Unit::Row) {
      server_.exec(fmt::format("CALL each_row($sql${}$sql$, {}, {})", operation.sql,
                               operation.first, operation.first + operation.rows - 1));
    } else {
      server_.exec(operation.sql);
    }
    // What the writes left in pending lists belongs to them.
    server_.exec(fmt::format(
        "SELECT gin_clean_pending_list(indexrelid) FROM pg_index JOIN pg_class c ON c.oid = "
        "indexrelid WHERE indrelid = '{}'::regclass AND relam = (SELECT oid FROM pg_am WHERE "
        "amname = 'gin')",
        table_.name));
    const std::string end = server_.value("SELECT pg_current_wal_insert_lsn()");
    const auto after = counted(counters);
    operation.rows = static_cast<std::int64_t>(after.second - before.second);
    // Written out, so that it can be read.
    server_.exec(
        "BEGIN; SET LOCAL synchronous_commit = on; SELECT pg_logical_emit_message(true, 'written', "
        "''); COMMIT");
    compare(catalog, operation, start, end, after.first - before.first);
  }

  void compare(const CatalogSnapshot& catalog, Operation& operation, const std::string& start,
               const std::string& end, double hot_rows) {
    if (operation.rows == 0) {
      return;
    }
    const auto rows = static_cast<double>(operation.rows);
    const Table& table = find_table(catalog, table_.name);
    const auto indexes = indexes_of(catalog, table);
    WriteShape& shape = operation.shape;
    shape.rows = rows;
    shape.rows_per_transaction = operation.unit == Unit::Row ? 1 : rows;
    shape.rows_between_checkpoints = operation.images ? rows : 0;
    if (shape.kind == RowWrite::Update) {
      shape.columns = {
          std::find_if(table.columns.begin(), table.columns.end(), [&](const Column& one) {
            return one.name == setting_;
          })->number};
      shape.hot_share = hot_rows / rows;
    }
    const RowWal model = row_wal(catalog, table, indexes, shape);
    WalCase one{.table = table_.name, .operation = operation.name, .indexes = indexes.size()};
    one.rows = rows;
    one.real =
        std::stod(server_.value(fmt::format("SELECT '{}'::pg_lsn - '{}'", end, start))) / rows;
    one.model = model.total();
    one.model_images = model.heap.images;
    const planner_model::TypeSystem types{catalog};
    const planner_model::HeapRow heap = planner_model::heap_row(table, types);
    one.detail = fmt::format(
        "    rows of {:.1f} bytes, {:.1f} on each of {} pages of fillfactor {}, {:.0f} bytes free, "
        "{:.1f} holes\n",
        heap.length, heap.rows_per_page, table.pages, table_.fillfactor, heap.free_bytes,
        heap.holes);
    one.detail += fmt::format("    model: heap {:.1f} + {:.1f}, commit {:.1f}", model.heap.records,
                              model.heap.images, model.commit);
    if (shape.hot_share) {
      one.detail += fmt::format(", HOT {:.2f}", *shape.hot_share);
    }
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      one.model_images += model.indexes[i].images;
      one.detail += fmt::format("\n      {:.1f} + {:.1f}: {} [{} pages, {:.0f} rows]",
                                model.indexes[i].records, model.indexes[i].images,
                                indexes[i]->definition, indexes[i]->pages, indexes[i]->reltuples);
    }
    one.detail += "\n    server:";
    for (const auto& row : server_.exec(fmt::format(
             "SELECT \"resource_manager/record_type\", count, record_size, fpi_size FROM "
             "pg_get_wal_stats('{}', '{}', true) WHERE count > 0 ORDER BY 3 + 4 DESC",
             start, end))) {
      one.real_images += row.at(3).as<double>() / rows;
      one.detail += fmt::format(" {} {:.3f}x {:.1f}+{:.1f};", row.at(0).c_str(),
                                row.at(1).as<double>() / rows, row.at(2).as<double>() / rows,
                                row.at(3).as<double>() / rows);
    }
    results_.cases.push_back(std::move(one));
  }

  double milliseconds(const std::string& sql) {
    const auto start = std::chrono::steady_clock::now();
    server_.exec(sql);
    const std::chrono::duration<double, std::milli> spent =
        std::chrono::steady_clock::now() - start;
    return spent.count();
  }

  /// The same rows into the table and into one like it without indexes, by turns.
  void slowdowns() {
    settle();
    const CatalogSnapshot catalog = server_.catalog();
    const Table& table = find_table(catalog, table_.name);
    const auto indexes = indexes_of(catalog, table);
    server_.exec(table_.create("bare"));
    server_.exec("INSERT INTO bare SELECT * FROM " + table_.name);
    server_.exec("VACUUM ANALYZE bare");
    server_.exec("CREATE TABLE source (LIKE bare)");
    const std::int64_t rows = std::clamp<std::int64_t>(table_.rows / 4, 2500, 20'000);
    // The fastest of some rounds: other work on the machine only ever adds.
    double with = HUGE_VAL;
    double without = HUGE_VAL;
    constexpr int kRounds = 5;
    for (int round = 0; round < kRounds; ++round) {
      server_.exec("TRUNCATE source");
      server_.exec(table_.insert(
          "source", fmt::format("generate_series({}::bigint, {}) i", next_, next_ + rows - 1)));
      next_ += rows;
      without = std::min(without, milliseconds("INSERT INTO bare SELECT * FROM source"));
      with = std::min(
          with, milliseconds(fmt::format("INSERT INTO {} SELECT * FROM source", table_.name)));
    }
    WriteShape shape{.rows = static_cast<double>(kRounds * rows)};
    shape.rows_per_transaction = static_cast<double>(rows);
    const planner_model::RowTime time = row_time(catalog, table, indexes, shape);
    const auto written = static_cast<double>(rows);
    results_.slowdowns.push_back({.table = table_.name,
                                  .operation = "insert",
                                  .real = with / without,
                                  .model = time.total() / time.heap,
                                  .real_without = 1000 * without / written,
                                  .real_with = 1000 * with / written,
                                  .model_without = time.heap,
                                  .model_with = time.total()});
    server_.exec("DROP TABLE bare, source");
  }

  Server& server_;
  const WrittenTable& table_;
  const WalRun& run_;
  WalResults& results_;
  std::int64_t next_;
  std::int64_t salt_ = 0;
  std::string setting_ = {};
};

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> rank(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    rank[order[i]] = static_cast<double>(i);
  }
  return rank;
}

}  // namespace

WalResults run_wal(const WalRun& run, std::ostream& progress) {
  WalResults results;
  const std::string database = fmt::format("wal_{}", run.seed);
  {
    pqxx::connection administration{Cluster::instance().dsn("postgres")};
    pqxx::nontransaction outside{administration};
    outside.exec("DROP DATABASE IF EXISTS " + database);
    outside.exec("CREATE DATABASE " + database);
  }
  {
    Server server{database};
    server.exec("CREATE EXTENSION pg_trgm");
    server.exec("CREATE EXTENSION pg_walinspect");
    server.exec(kProcedures);
    for (std::size_t i = 0; i < run.tables; ++i) {
      Choices choices{run.seed * 1000 + i};
      const WrittenTable table =
          random_written_table(choices, fmt::format("w{}", i), run.largest_table);
      progress << fmt::format("{}: {} rows, fillfactor {}, {} indexes{}\n", table.name, table.rows,
                              table.fillfactor, table.indexes.size() + (table.has_key ? 1 : 0),
                              table.aged ? ", aged" : "");
      TableRun{server, table, run, results}.run();
    }
  }
  pqxx::connection administration{Cluster::instance().dsn("postgres")};
  pqxx::nontransaction{administration}.exec("DROP DATABASE " + database);
  return results;
}

double rank_correlation(const std::vector<Slowdown>& slowdowns) {
  std::vector<double> real;
  std::vector<double> model;
  for (const Slowdown& one : slowdowns) {
    real.push_back(one.real);
    model.push_back(one.model);
  }
  const auto a = ranks(real);
  const auto b = ranks(model);
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    squares += (a[i] - b[i]) * (a[i] - b[i]);
  }
  const auto n = static_cast<double>(a.size());
  return n < 2 ? 1 : 1 - 6 * squares / (n * (n * n - 1));
}

void print_wal(std::ostream& out, const WalResults& results, std::size_t worst) {
  std::vector<const WalCase*> order;
  std::vector<std::string> names;
  for (const WalCase& one : results.cases) {
    order.push_back(&one);
    if (std::find(names.begin(), names.end(), one.operation) == names.end()) {
      names.push_back(one.operation);
    }
  }
  std::stable_sort(order.begin(), order.end(), [](const WalCase* a, const WalCase* b) {
    return std::abs(a->error()) > std::abs(b->error());
  });
  for (std::size_t i = 0; i < std::min(worst, order.size()); ++i) {
    const WalCase& one = *order[i];
    out << fmt::format(
        "{:+.1f} %  {} {}: {:.0f} rows, {:.1f} bytes a row ({:.1f} images), model "
        "{:.1f} ({:.1f})\n{}\n",
        100 * one.error(), one.table, one.operation, one.rows, one.real, one.real_images, one.model,
        one.model_images, one.detail);
  }
  out << fmt::format("\n{:<42} {:>6} {:>9} {:>8} {:>8} {:>8} {:>8}\n", "WAL bytes a row", "cases",
                     "real mean", "<= 5 %", "<= 15 %", "median", "worst");
  for (const std::string& name : names) {
    std::vector<double> errors;
    double sum = 0;
    for (const WalCase& one : results.cases) {
      if (one.operation == name) {
        errors.push_back(one.error());
        sum += one.real;
      }
    }
    std::sort(errors.begin(), errors.end(),
              [](double a, double b) { return std::abs(a) < std::abs(b); });
    const auto within = [&](double bound) {
      return std::count_if(errors.begin(), errors.end(),
                           [&](double error) { return std::abs(error) <= bound; });
    };
    out << fmt::format("{:<42} {:>6} {:>9.1f} {:>8} {:>8} {:>6.1f} % {:>+6.1f} %\n", name,
                       errors.size(), sum / static_cast<double>(errors.size()), within(0.05),
                       within(0.15), 100 * std::abs(errors[errors.size() / 2]),
                       100 * errors.back());
  }
  if (!results.slowdowns.empty()) {
    out << fmt::format("\nslowdown by the indexes: rank correlation {:.3f} over {} tables\n",
                       rank_correlation(results.slowdowns), results.slowdowns.size());
    for (const Slowdown& one : results.slowdowns) {
      out << fmt::format(
          "  {:<6} {:<8} measured {:6.2f} ({:.1f} us, {:.1f} without them)  model {:6.2f} ({:.1f}, "
          "{:.1f})\n",
          one.table, one.operation, one.real, one.real_with, one.real_without, one.model,
          one.model_with, one.model_without);
    }
  }
}

}  // namespace quern::testing
