#include "planner-model/selectivity/json_path.hpp"

#include <catch2/catch.hpp>

namespace quern::planner_model {
namespace {

std::string printed(const char* text) {
  const auto path = parse_json_path(text);
  return path ? print_json_path(*path) : "none";
}

int keys(const char* text, bool exists, bool path_ops) {
  return json_path_keys(parse_json_path(text).value(), exists, path_ops);
}

TEST_CASE("A jsonpath is printed as the server prints it") {
  CHECK(printed("$.wait == \"CC\" && true == $.public") ==
        "($.\"wait\" == \"CC\" && true == $.\"public\")");
  CHECK(printed("$ ? (@.a.b [*] > 25.0)") == "$?(@.\"a\".\"b\"[*] > 25.0)");
  CHECK(printed("strict $[0,1 to last].**{1 to 3}.type()") ==
        "strict $[0,1 to last].**{1 to 3}.type()");
  for (const char* text : {"", "$.", "$[", "$ ? (@", "a", "$.a b", "$ == ", "((((", "$.\"a",
                           "\"\\u0041\"", "$.a like_regex", "1a", "$.nothing()"}) {
    INFO(text);
    CHECK(printed(text) == "none");
  }
  CHECK(printed(std::string(5'000, '(').c_str()) == "none");
}

TEST_CASE("Equalities of a jsonpath are keys of a GIN index") {
  CHECK(keys("$.wait == \"CC\"", false, false) == 3);  // the key, and the text as key or value
  CHECK(keys("$.wait == null", false, false) == 2);
  CHECK(keys("$.wait == null", false, true) == 1);
  CHECK(keys("strict $.tags[0] == \"x\"", false, false) == 2);
  CHECK(keys("$.a == 1 || $.b > 2", false, true) == 0);
  CHECK(keys("$.a == 1 && $.b > 2", false, true) == 1);
  CHECK(keys("$.* == 1", false, true) == 0);
  CHECK(keys("$ ? (@.a == 1).b", true, true) == 1);
  CHECK(keys("$.a", true, false) == 0);
  CHECK(keys("!(!($.a == 1))", false, true) == 1);
}

}  // namespace
}  // namespace quern::planner_model
