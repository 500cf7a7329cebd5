#include "planner-model/selectivity/value_json.hpp"

#include <catch2/catch.hpp>

using namespace quern::planner_model;

namespace {

constexpr const char* kDocument =
    R"({"a": "x\"y", "b": 12, "c": true, "d": 1.50, "e": null, "list": [1, {"deep": [2.5]}, "z"]})";

}  // namespace

TEST_CASE("A step into a document gives jsonb's own text", "[fold]") {
  CHECK(json_at(kDocument, {"a"}).text == R"("x\"y")");
  CHECK(json_at(kDocument, {"d"}).text == "1.50");
  CHECK(json_at(kDocument, {"e"}).text == "null");
  CHECK(json_at(kDocument, {"list", std::int64_t{1}}).text == R"({"deep": [2.5]})");
  CHECK(json_at(kDocument, {"list", std::int64_t{-1}}).text == R"("z")");
  CHECK(json_at(kDocument, {"list", std::int64_t{1}, "deep", std::int64_t{0}}).text == "2.5");
  for (const auto& nowhere : std::vector<std::vector<JsonStep>>{
           {"f"}, {std::int64_t{0}}, {"list", "a"}, {"list", std::int64_t{3}}, {"b", "c"}}) {
    const JsonFound found = json_at(kDocument, nowhere);
    CHECK(found.known);
    CHECK_FALSE(found.text);
  }
}

TEST_CASE("Another spelling is brought into jsonb's, or not known", "[fold]") {
  CHECK(json_at(R"({"b":1,"a":{"k":[ 1,2 ]}})", {"a"}).text == R"({"k": [1, 2]})");
  CHECK(json_at(R"({"a": 1, "a": 2})", {"a"}).text == "2");
  CHECK_FALSE(json_at(R"({"a":1.5})", {"a"}).known);  // its digits might not be kept
  CHECK_FALSE(json_at(R"({"a": 1e3})", {"a"}).known);
  CHECK_FALSE(json_at("{", {"a"}).known);
}

TEST_CASE("As text, strings lose their quotes and null is NULL", "[fold]") {
  CHECK(json_as_text(R"("x\"y")") == "x\"y");
  CHECK(json_as_text("12") == "12");
  CHECK(json_as_text(R"({"k": [1, 2]})") == R"({"k": [1, 2]})");
  CHECK_FALSE(json_as_text("null"));
}
