#include "tests/support/wal_server.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <ostream>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "collector/catalog/read_catalog.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/random_writes.hpp"

namespace quern::testing {

namespace {

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

class TableRun {
 public:
  TableRun(Server& server, const WrittenTable& table, const WalRun& run, WrittenTables& written)
      : server_{server}, table_{table}, run_{run}, written_{written}, next_{table.rows + 1} {}

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
    if (run_.vacuums && !table_.indexes.empty()) {
      vacuum();
    }
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
    CatalogSnapshot catalog = server_.catalog();
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
    flush();
    keep(std::move(catalog), operation, start, end, after.first - before.first);
  }

  /// WAL written out, so that it can be read.
  void flush() {
    server_.exec(
        "BEGIN; SET LOCAL synchronous_commit = on; SELECT pg_logical_emit_message(true, 'written', "
        "''); COMMIT");
  }

  /// As autovacuum finds a table with default settings: a fifth of the rows dead, here and there.
  void vacuum() {
    settle();
    CatalogSnapshot catalog = server_.catalog();
    const double rows =
        server_.exec(fmt::format("DELETE FROM {} WHERE hashint8(id) % 5 = 1", table_.name))
            .affected_rows();
    const std::string start = server_.value("SELECT pg_current_wal_insert_lsn()");
    server_.exec("VACUUM " + table_.name);
    const std::string end = server_.value("SELECT pg_current_wal_insert_lsn()");
    flush();
    if (rows > 0) {
      written_.vacuums.push_back({.table = table_.name,
                                  .catalog = std::move(catalog),
                                  .dead_rows = rows,
                                  .records = records(start, end, rows)});
    }
  }

  /// Records by the relation that they name first and by kind.
  std::vector<RecordsOfKind> records(const std::string& start, const std::string& end,
                                     double rows) {
    std::vector<RecordsOfKind> found;
    for (const auto& row : server_.exec(fmt::format(
             "SELECT coalesce(relname, ''), resource_manager || '/' || record_type, count(*), "
             "sum((record_length + 7) / 8 * 8) * 8192.0 / 8168, sum(fpi_length) "
             "FROM pg_get_wal_records_info('{}', '{}') LEFT JOIN pg_class ON relfilenode = "
             "substring(block_ref FROM 'rel [0-9]+/[0-9]+/([0-9]+)')::oid "
             "GROUP BY 1, 2 ORDER BY 4 DESC",
             start, end))) {
      found.push_back({row.at(0).c_str(), row.at(1).c_str(), row.at(2).as<double>() / rows,
                       row.at(3).as<double>() / rows, row.at(4).as<double>() / rows});
    }
    return found;
  }

  void keep(CatalogSnapshot catalog, Operation& operation, const std::string& start,
            const std::string& end, double hot_rows) {
    if (operation.rows == 0) {
      return;
    }
    const auto rows = static_cast<double>(operation.rows);
    WriteShape& shape = operation.shape;
    shape.rows = rows;
    shape.rows_per_transaction = operation.unit == Unit::Row ? 1 : rows;
    shape.rows_between_checkpoints = operation.images ? rows : 0;
    if (shape.kind == RowWrite::Update) {
      const auto& columns = find_table(catalog, table_.name).columns;
      shape.columns = {std::find_if(columns.begin(), columns.end(), [&](const Column& one) {
                         return one.name == setting_;
                       })->number};
      shape.hot_share = hot_rows / rows;
    }
    const double bytes =
        std::stod(server_.value(fmt::format("SELECT '{}'::pg_lsn - '{}'", end, start)));
    written_.writes.push_back({.table = table_.name,
                               .operation = operation.name,
                               .catalog = std::move(catalog),
                               .shape = shape,
                               .bytes = bytes / rows,
                               .records = records(start, end, rows)});
  }

  /// Of the server process on a processor, in milliseconds: what other work on the machine takes is
  /// not in it. By the clock where the system does not tell (/proc is Linux's).
  std::optional<double> processor_time() {
    const std::string told = server_.value(
        "SELECT split_part(pg_read_file('/proc/self/schedstat', 0, 100, true), ' ', 1)::float8 / "
        "1e6");
    return told.empty() ? std::nullopt : std::optional{std::stod(told)};
  }

  double milliseconds(const std::string& sql) {
    const auto before = processor_time();
    const auto start = std::chrono::steady_clock::now();
    server_.exec(sql);
    const std::chrono::duration<double, std::milli> spent =
        std::chrono::steady_clock::now() - start;
    const auto after = processor_time();
    return before && after ? *after - *before : spent.count();
  }

  /// The same rows into the table and into one like it without indexes, by turns.
  void slowdowns() {
    settle();
    CatalogSnapshot catalog = server_.catalog();
    server_.exec(table_.create("bare"));
    server_.exec("INSERT INTO bare SELECT * FROM " + table_.name);
    server_.exec("VACUUM ANALYZE bare");
    server_.exec("CREATE TABLE source (LIKE bare)");
    const std::int64_t rows = std::clamp<std::int64_t>(table_.rows / 4, 2500, 20'000);
    // The fastest of some rounds: other work's traces in the caches only ever add.
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
    const auto written = static_cast<double>(rows);
    written_.slowdowns.push_back({.table = table_.name,
                                  .catalog = std::move(catalog),
                                  .shape = shape,
                                  .without = 1000 * without / written,
                                  .with = 1000 * with / written});
    server_.exec("DROP TABLE bare, source");
  }

  Server& server_;
  const WrittenTable& table_;
  const WalRun& run_;
  WrittenTables& written_;
  std::int64_t next_;
  std::int64_t salt_ = 0;
  std::string setting_ = {};
};

}  // namespace

WrittenTables write_tables(const WalRun& run, std::ostream& progress) {
  WrittenTables written;
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
      if (run.only.value_or(i) != i) {
        continue;
      }
      Choices choices{run.seed * 1000 + i};
      const WrittenTable table =
          random_written_table(choices, fmt::format("w{}", i), run.largest_table);
      progress << fmt::format("{}: {} rows, fillfactor {}, {} indexes{}\n", table.name, table.rows,
                              table.fillfactor, table.indexes.size() + (table.has_key ? 1 : 0),
                              table.aged ? ", aged" : "");
      TableRun{server, table, run, written}.run();
    }
  }
  pqxx::connection administration{Cluster::instance().dsn("postgres")};
  pqxx::nontransaction{administration}.exec("DROP DATABASE " + database);
  return written;
}

}  // namespace quern::testing
