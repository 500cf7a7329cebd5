#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/cli/what_if_batch.hpp"

namespace quern::reports {
namespace {

using Json = nlohmann::ordered_json;

CatalogSnapshot catalog_of_one_table() {
  CatalogSnapshot catalog;
  Table table{.oid = 20000, .schema = "public", .name = "t", .pages = 1000, .relpages = 1000};
  table.reltuples = 100000;
  table.columns = {{.name = "id", .number = 1, .type = 23, .not_null = true},
                   {.name = "note", .number = 2, .type = 25, .collation = 100}};
  ColumnStatistics ids{.average_width = 4, .n_distinct = -1};
  ids.histogram_bounds = {"1", "50000", "100000"};
  ids.correlation = 1.0;
  table.columns[0].statistics = ids;
  catalog.tables = {table};
  return catalog;
}

std::vector<Json> run(const std::string& requests, WhatIfBatch::Summary* summary = nullptr) {
  const CatalogSnapshot catalog = catalog_of_one_table();
  WhatIfBatch batch{catalog, planner_model::SizeModel::AsBuilt};
  std::istringstream in{requests};
  std::ostringstream out;
  const auto counts = batch.run(in, out);
  if (summary) {
    *summary = counts;
  }
  std::vector<Json> results;
  std::istringstream lines{out.str()};
  for (std::string line; std::getline(lines, line);) {
    results.push_back(Json::parse(line));
  }
  return results;
}

}  // namespace

TEST_CASE("what-if answers each request line with one result line", "[what-if]") {
  const auto results = run(R"J({"id": "a", "sql": "SELECT * FROM t WHERE id = 5"}
{"id": 2, "sql": "SELECT * FROM t WHERE id = $1", "params": ["5"], "create": ["CREATE INDEX t_id ON t (id)"]}
)J");
  REQUIRE(results.size() == 2);
  std::vector<std::string> keys;
  for (const auto& [key, value] : results[0].items()) {
    keys.push_back(key);
  }
  CHECK(keys == std::vector<std::string>{"id", "startup_cost", "total_cost", "rows", "width",
                                         "indexes_used", "plan", "unmodelled"});
  CHECK(results[0]["id"] == "a");
  CHECK(results[0]["plan"]["Node Type"] == "Seq Scan");
  CHECK(results[0]["indexes_used"].empty());
  CHECK(results[1]["id"] == 2);
  CHECK(results[1]["indexes_used"] == Json{"t_id"});
  CHECK(results[1]["total_cost"] < results[0]["total_cost"]);
}

TEST_CASE("a bad request gets an error with its line, and the batch goes on", "[what-if]") {
  const std::string good = "{\"id\": 9, \"sql\": \"SELECT * FROM t\"}\n";
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"not json", "not a JSON object"},
      {"[1]", "a request is a JSON object"},
      {"{\"id\": 1}", "\"sql\" is missing"},
      {"{\"sql\": 5}", "\"sql\" must be a string"},
      {"{\"create\": []}", "\"sql\" is missing"},
      {"{\"create\": [\"CREATE INDEX ON t (id)\"], \"write\": {}}", "\"sql\" is missing"},
      {"{\"sql\": \"SELECT 1\", \"write\": {}}", "goes with an INSERT, UPDATE or DELETE"},
      {"{\"sql\": \"DELETE FROM t\", \"write\": {\"copy\": true}}", "goes with an INSERT"},
      {"{\"sql\": \"DELETE FROM t\", \"write\": 5}", "must be an object"},
      {"{\"sql\": \"DELETE FROM t\", \"write\": {\"rows\": -1}}", "must be a number, 0 or more"},
      {"{\"sql\": \"DELETE FROM t\", \"write\": {\"row\": 1}}", "unknown member \"row\""},
      {"{\"sql\": \"SELECT 1\", \"creates\": []}", "unknown member \"creates\""},
      {"{\"sql\": \"SELECT 1\", \"create\": \"x\"}", "\"create\" must be an array of strings"},
      {"{\"sql\": \"SELECT 1\", \"size_model\": \"x\"}", "use as-built or hypopg"},
      {"{\"sql\": \"SELECT 1\", \"drop\": [\"no_such_index\"]}", "no_such_index"},
      {"{\"sql\": \"SELECT * FROM missing\"}", "missing"},
      {"{\"sql\": \"SELEC 1\"}", "syntax error"},
      {"{\"sql\": \"SELECT 1\", \"id\": [[[1]]]}", "\"id\" must be a string or a number"},
      {"{\"sql\": \"\xff\xfe\"}", "not a JSON object"},
      {std::string(100000, '['), "not a JSON object"}};
  for (const auto& [line, message] : bad) {
    INFO(line.substr(0, 100));
    WhatIfBatch::Summary summary;
    const auto results = run("\n" + line + "\n" + good, &summary);
    REQUIRE(results.size() == 2);
    CHECK_THAT(results[0]["error"].get<std::string>(),
               Catch::StartsWith("line 2: ") && Catch::Contains(message));
    CHECK(results[0].contains("id"));
    CHECK(results[1]["id"] == 9);
    CHECK(results[1].contains("total_cost"));
    CHECK(summary.requests == 2);
    CHECK(summary.errors == 1);
  }
}

TEST_CASE("what-if without a statement tells what the indexes would be", "[what-if]") {
  const auto results = run(
      R"J({"id": 1, "create": ["CREATE INDEX ON t (id)", "CREATE INDEX n ON t (note) WITH (fillfactor = 50)"]})J"
      "\n");
  REQUIRE(results.size() == 1);
  REQUIRE(results[0]["indexes"].size() == 2);
  const Json& ids = results[0]["indexes"][0];
  CHECK(ids["name"] == "t_id_idx");
  CHECK(ids["bytes"] == ids["pages"].get<int>() * 8192);
  CHECK(ids["pages"] == 276);  // 100,000 tuples of 20 bytes, 367 a leaf, and two levels above
  CHECK(ids["rows"] == 100000);
  CHECK(ids["tree_height"] == 1);
  CHECK(ids["wal_bytes_per_insert"] > 64);
  CHECK(ids["microseconds_per_insert"] > 0);
  CHECK_FALSE(ids.contains("rough_because"));
  CHECK(results[0]["indexes"][1]["name"] == "n");
  CHECK(results[0]["indexes"][1]["rough_because"] == "a column has no statistics");
}

TEST_CASE("what-if tells the WAL of a row that a statement writes", "[what-if]") {
  const auto results =
      run(R"J({"sql": "INSERT INTO t VALUES (1)", "write": {"rows_per_transaction": 1}}
{"sql": "INSERT INTO t VALUES (1)", "write": {}, "create": ["CREATE INDEX x ON t (note)"]}
{"sql": "INSERT INTO t VALUES (1)", "write": {"copy": true, "rows": 1000, "rows_per_transaction": 1000}}
{"sql": "UPDATE t SET note = 'x'", "write": {}, "create": ["CREATE INDEX x ON t (id)"]}
{"sql": "UPDATE t SET note = 'x'", "write": {}, "create": ["CREATE INDEX x ON t (note)"]}
{"sql": "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", "write": {}}
)J");
  REQUIRE(results.size() == 6);
  const auto bytes = [&](std::size_t i) {
    return results[i]["wal"]["bytes_per_row"].get<double>();
  };
  const Json& one = results[0]["wal"];
  CHECK(one["table"].get<double>() + one["transaction"].get<double>() == Approx(bytes(0)));
  CHECK(bytes(1) - bytes(0) == Approx(results[1]["wal"]["indexes"]["x"].get<double>()));
  CHECK(bytes(2) < bytes(0) - 40);
  CHECK(results[3]["wal"]["indexes"]["x"] < results[4]["wal"]["indexes"]["x"]);
  CHECK(bytes(5) - bytes(0) == Approx(48).epsilon(0.01));
}

TEST_CASE("a request line that does not end is refused in bounded memory", "[what-if]") {
  std::string endless = "{\"sql\": \"" + std::string(WhatIfBatch::kLongestLine, 'x');
  const auto results = run(endless + "\n{\"id\": 1, \"sql\": \"SELECT * FROM t\"}\n");
  REQUIRE(results.size() == 2);
  CHECK(results[0]["error"] == "line 1: longer than 16 MiB");
  CHECK(results[1].contains("plan"));
}

}  // namespace quern::reports
