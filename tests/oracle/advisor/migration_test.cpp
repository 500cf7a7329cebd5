// The emitted migration on a live server: run, reverted, and cut off in the middle.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <pqxx/pqxx>

#include "collector/catalog/read_catalog.hpp"
#include "collector/collect.hpp"

#include "advisor/advise.hpp"

#include "reports/migration/migration_files.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/program.hpp"

using namespace quern;
using quern::testing::Cluster;

namespace {

constexpr const char* kDatabase = "migrated";

/// Names that need quotes, a name of 63 bytes, partitions of partitions, one index too many.
constexpr const char* kSchema = R"(
CREATE TABLE "Order Lines" (id bigint PRIMARY KEY, "Customer Id" int NOT NULL, "placed At" timestamptz NOT NULL, note text);
CREATE INDEX "Order Lines by customer" ON "Order Lines" ("Customer Id");
CREATE INDEX "Order Lines again" ON "Order Lines" ("Customer Id");
INSERT INTO "Order Lines" SELECT i, i * 7919 % 4000, timestamptz '2025-01-01 00:00+00' + i * interval '1 minute', repeat('x', 60) FROM generate_series(1, 40000) i;
CREATE TABLE measurements_of_every_sensor_in_every_building_of_the_company (sensor int, taken timestamptz, value float8, site int) PARTITION BY RANGE (taken);
CREATE TABLE m_2025 PARTITION OF measurements_of_every_sensor_in_every_building_of_the_company FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (site);
CREATE TABLE m_2025_1 PARTITION OF m_2025 FOR VALUES IN (1);
CREATE TABLE m_2025_2 PARTITION OF m_2025 FOR VALUES IN (2);
CREATE TABLE m_2026 (value float8, site int, taken timestamptz, sensor int);
ALTER TABLE measurements_of_every_sensor_in_every_building_of_the_company ATTACH PARTITION m_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO measurements_of_every_sensor_in_every_building_of_the_company SELECT i * 7919 % 3000, timestamptz '2025-01-01 00:00+00' + i * interval '12 minutes', i, 1 + i % 2 FROM generate_series(1, 60000) i;
VACUUM ANALYZE;
)";

constexpr const char* kStatements = R"(
-- quern: calls=5000
SELECT id, note FROM "Order Lines" WHERE "placed At" = '2025-01-09 12:00+00';
-- quern: calls=5000
SELECT value FROM measurements_of_every_sensor_in_every_building_of_the_company WHERE sensor = 17;
-- quern: calls=5000
SELECT note FROM "Order Lines" WHERE "Customer Id" = 17;
)";

void make_database() {
  pqxx::connection administration{Cluster::instance().dsn("postgres")};
  {
    pqxx::nontransaction outside{administration};
    outside.exec(fmt::format("DROP DATABASE IF EXISTS {}", kDatabase));
    outside.exec(fmt::format("CREATE DATABASE {}", kDatabase));
  }
  pqxx::connection connection{Cluster::instance().dsn(kDatabase)};
  pqxx::nontransaction session{connection};
  std::istringstream lines{kSchema};
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) {
      session.exec(line);
    }
  }
}

/// Standard output of a program; fails the test when it fails.
std::string output_of(const std::string& command, int wanted = 0) {
  const std::filesystem::path out = std::filesystem::path{QUERN_BINARY_DIR} / "tests/program/sent";
  std::filesystem::create_directories(out.parent_path());
  const int status = std::system((command + " >'" + out.string() + "' 2>&1").c_str());
  std::ifstream file{out};
  std::ostringstream text;
  text << file.rdbuf();
  INFO(command << "\n" << text.str());
  CHECK((status == 0) == (wanted == 0));
  return text.str();
}

std::string schema_now() {
  std::istringstream dump{
      output_of(fmt::format("pg_dump -s -d '{}'", Cluster::instance().dsn(kDatabase)))};
  std::string kept;
  for (std::string line; std::getline(dump, line);) {
    if (line.rfind("\\restrict", 0) != 0 && line.rfind("\\unrestrict", 0) != 0) {
      kept += line + "\n";
    }
  }
  return kept;
}

std::string psql(const std::string& file) {
  return fmt::format("PGAPPNAME=migration psql -X -q -v ON_ERROR_STOP=1 -d '{}' -f '{}'",
                     Cluster::instance().dsn(kDatabase), file);
}

struct Files {
  std::vector<std::string> up = {};
  std::vector<std::string> down = {};
  std::string clean_up = {};
};

Files write_migration() {
  const std::string statements = test::written("migration_statements.sql", kStatements);
  const Workload workload = collector::collect({statements}, {.format = collector::LogFormat::Sql});
  const CatalogSnapshot catalog = collector::read_catalog(Cluster::instance().dsn(kDatabase));
  const advisor::Advice advice = advisor::advise(workload, catalog, {});
  Files files;
  for (const auto& file : reports::migration_files(advice)) {
    const std::string path = test::written("migration_" + file.name, file.text);
    INFO(file.name);
    if (file.name == "clean_up.sql") {
      files.clean_up = path;
    } else if (file.name.find(".up.sql") != std::string::npos) {
      files.up.push_back(path);
    } else {
      files.down.push_back(path);
    }
  }
  return files;
}

std::string count(const std::string& condition) {
  return Cluster::instance().value(
      "SELECT count(*) FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE relnamespace = "
      "'public'::regnamespace AND " +
          condition,
      kDatabase);
}

/// Runs a step while another transaction holds the table, which the build has to wait for, and ends
/// the session that waits.
void run_and_interrupt(const std::string& file, const std::string& table) {
  pqxx::connection holder{Cluster::instance().dsn(kDatabase)};
  pqxx::work holding{holder};
  holding.exec("LOCK TABLE " + table + " IN ROW EXCLUSIVE MODE");
  int status = 0;
  std::thread run{[&] { status = std::system((psql(file) + " >/dev/null 2>&1").c_str()); }};
  bool ended = false;
  constexpr int kTries = 3000;
  for (int i = 0; i < kTries && !ended; ++i) {
    ended = Cluster::instance().value(
                "SELECT pg_terminate_backend(p.pid) FROM pg_stat_progress_create_index p JOIN "
                "pg_stat_activity USING (pid) WHERE application_name = 'migration' AND phase LIKE "
                "'waiting%' AND relid = '" +
                    table + "'::regclass",
                kDatabase) == "t";
    Cluster::instance().query("SELECT pg_sleep(0.01)", kDatabase);
  }
  holding.abort();
  run.join();
  CHECK(ended);
  CHECK(status != 0);
}

std::size_t step_with(const Files& files, const std::string& word) {
  for (std::size_t i = 0; i < files.up.size(); ++i) {
    std::ifstream file{files.up[i]};
    std::ostringstream text;
    text << file.rdbuf();
    if (text.str().find(word) != std::string::npos) {
      return i;
    }
  }
  FAIL("no step with " << word);
  return 0;
}

}  // namespace

TEST_CASE("the migration runs on a live server, and its way back leaves the schema as it was",
          "[migration]") {
  make_database();
  const std::string before = schema_now();
  const Files files = write_migration();
  REQUIRE(files.up.size() >= 3);  // two to create, one to drop
  REQUIRE(files.up.size() == files.down.size());
  for (const std::string& file : files.up) {
    output_of(psql(file));
  }
  CHECK(count("NOT indisvalid") == "0");
  CHECK(count("length(relname::text) > 63") == "0");
  CHECK(schema_now() != before);
  for (auto file = files.down.rbegin(); file != files.down.rend(); ++file) {
    output_of(psql(*file));
  }
  CHECK(schema_now() == before);
}

TEST_CASE("a build cut off in the middle is cleaned up and runs again", "[migration]") {
  make_database();
  const std::string before = schema_now();
  const Files files = write_migration();
  const std::size_t step = step_with(files, "\"placed At\"");
  run_and_interrupt(files.up[step], "\"Order Lines\"");
  CHECK(count("NOT indisvalid") == "1");
  output_of(psql(files.up[step]), 1);  // the name is taken by the invalid index
  output_of(psql(files.clean_up));
  CHECK(schema_now() == before);
  output_of(psql(files.up[step]));
  output_of(psql(files.clean_up));  // and what is complete it leaves alone
  CHECK(count("NOT indisvalid") == "0");
  CHECK(schema_now() != before);
  output_of(psql(files.down[step]));
  CHECK(schema_now() == before);
}

TEST_CASE("so is the recipe for a partitioned table, at any of its partitions", "[migration]") {
  make_database();
  const std::string before = schema_now();
  const Files files = write_migration();
  const std::size_t step = step_with(files, "ATTACH PARTITION");
  for (const char* partition : {"m_2025_1", "m_2026"}) {
    run_and_interrupt(files.up[step], partition);
    CHECK(schema_now() != before);
    output_of(psql(files.clean_up));
    CHECK(schema_now() == before);
  }
  output_of(psql(files.up[step]));
  CHECK(count("NOT indisvalid") == "0");
  output_of(psql(files.clean_up));
  CHECK(count("NOT indisvalid") == "0");
  output_of(psql(files.down[step]));
  CHECK(schema_now() == before);
}
