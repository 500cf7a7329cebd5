#include "collector/plans/explain_output.hpp"

#include <catch2/catch.hpp>

#include "collector/plans/explain_formats.hpp"

namespace quern::collector {

namespace {

std::string plan_of(const char* text) {
  const auto document = read_explain_output(text);
  return document ? plan_json(*document) : std::string{};
}

constexpr const char* kBare =
    "Limit  (cost=0.00..0.04 rows=1 width=4)\n"
    "  ->  Seq Scan on p  (cost=0.00..32.60 rows=753 width=4)\n"
    "        Filter: (v < 5)\n";

}  // namespace

TEST_CASE("a plan is the same in whatever frame it was kept") {
  const std::string plan = plan_of(kBare);
  REQUIRE(plan.find("\"Filter\":\"(v < 5)\"") != std::string::npos);
  // psql
  CHECK(plan_of("                       QUERY PLAN                       \n"
                "--------------------------------------------------------\n"
                " Limit  (cost=0.00..0.04 rows=1 width=4)\n"
                "   ->  Seq Scan on p  (cost=0.00..32.60 rows=753 width=4)\n"
                "         Filter: (v < 5)\n"
                "(3 Zeilen)\n\n") == plan);
  // psql -P border=2 -P linestyle=unicode
  CHECK(plan_of("┌──────────────────────────────────────────────────────────┐\n"
                "│                        QUERY PLAN                        │\n"
                "├──────────────────────────────────────────────────────────┤\n"
                "│ Limit  (cost=0.00..0.04 rows=1 width=4)                  │\n"
                "│   ->  Seq Scan on p  (cost=0.00..32.60 rows=753 width=4) │\n"
                "│         Filter: (v < 5)                                  │\n"
                "└──────────────────────────────────────────────────────────┘\n"
                "(3 rows)\n") == plan);
  // psql -x
  CHECK(plan_of("-[ RECORD 1 ]-----------------------------------------\n"
                "QUERY PLAN | Limit  (cost=0.00..0.04 rows=1 width=4)\n"
                "-[ RECORD 2 ]-----------------------------------------\n"
                "QUERY PLAN |   ->  Seq Scan on p  (cost=0.00..32.60 rows=753 width=4)\n"
                "-[ RECORD 3 ]-----------------------------------------\n"
                "QUERY PLAN |         Filter: (v < 5)\n") == plan);
  // pgAdmin
  CHECK(plan_of("\"QUERY PLAN\"\n"
                "\"Limit  (cost=0.00..0.04 rows=1 width=4)\"\n"
                "\"  ->  Seq Scan on p  (cost=0.00..32.60 rows=753 width=4)\"\n"
                "\"        Filter: (v < 5)\"\n") == plan);
  // DBeaver
  CHECK(plan_of("QUERY PLAN                                              |\n"
                "--------------------------------------------------------+\n"
                "Limit  (cost=0.00..0.04 rows=1 width=4)                 |\n"
                "  ->  Seq Scan on p  (cost=0.00..32.60 rows=753 width=4)|\n"
                "        Filter: (v < 5)                                 |\n") == plan);
}

TEST_CASE("EXPLAIN's JSON as psql and pgAdmin show it") {
  const std::string plan = "{\"Plan\":{\"Node Type\":\"Result\",\"Total Cost\":0.01}}";
  CHECK(plan_of(R"([{"Plan": {"Node Type": "Result", "Total Cost": 0.01}}])") == plan);
  CHECK(plan_of("          QUERY PLAN           \n"
                "-------------------------------\n"
                " [                            +\n"
                "   {                          +\n"
                "     \"Plan\": {                +\n"
                "       \"Node Type\": \"Result\", +\n"
                "       \"Total Cost\": 0.01     +\n"
                "     }                        +\n"
                "   }                          +\n"
                " ]\n"
                "(1 row)\n") == plan);
  CHECK(plan_of("\"[\n  {\n    \"\"Plan\"\": {\n      \"\"Node Type\"\": \"\"Result\"\",\n"
                "      \"\"Total Cost\"\": 0.01\n    }\n  }\n]\"\n") == plan);
}

TEST_CASE("what holds no plan gives none") {
  for (const char* text :
       {"", "\n", "SELECT 1", "[]", "{}", "<explain", "- ", "\"", "(1 row)", "|"}) {
    CHECK(plan_of(text).empty());
  }
}

TEST_CASE("an object that holds only rules is left out like one that holds nothing") {
  const std::string plan = R"("Plan":{"Node Type":"Result","Startup Cost":0})";
  const auto tree = read_explain_json("{" + plan +
                                      R"(,"JIT":{"Timing":{"Deform":{"x":0}}},)"
                                      R"("Planning":{"Shared Hit Blocks":0}})");
  REQUIRE(tree);
  CHECK(plan_json(*tree) == "{" + plan + "}");
  const auto bare = read_explain_json(R"({"Plan":{"Operation":"Select"}})");
  REQUIRE(bare);
  CHECK(plan_json(*bare) == R"({"Plan":{}})");
}

}  // namespace quern::collector
