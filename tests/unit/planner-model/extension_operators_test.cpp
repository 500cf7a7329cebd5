#include "planner-model/selectivity/extension_operators.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace quern;
using namespace quern::planner_model;

namespace {

std::optional<bool> answer(std::string_view function, std::string_view left,
                           std::string_view right) {
  return evaluate_extension_function(function, make_text(left), make_text(right));
}

}  // namespace

TEST_CASE("paths of ltree above and below each other", "[planner-model][selectivity]") {
  CHECK(answer("ltree_isparent", "a.b", "a.b.c") == true);
  CHECK(answer("ltree_isparent", "a.b", "a.b") == true);
  CHECK(answer("ltree_isparent", "a.b", "a.bc") == false);
  CHECK(answer("ltree_isparent", "", "a") == true);
  CHECK(answer("ltree_risparent", "a.b.c", "a") == true);
  CHECK(answer("ltree_risparent", "a", "a.b") == false);
}

TEST_CASE("lquery: stars, alternatives, counts", "[planner-model][selectivity]") {
  CHECK(answer("ltq_regex", "a.b.c", "a.*") == true);
  CHECK(answer("ltq_regex", "a", "a.*") == true);
  CHECK(answer("ltq_regex", "a.b.c", "a.*{1}") == false);
  CHECK(answer("ltq_regex", "a.b.c", "a.*{2}") == true);
  CHECK(answer("ltq_regex", "a.b.c", "*{,2}.c") == true);
  CHECK(answer("ltq_regex", "a.b.b.c", "a.b{2,}.c") == true);
  CHECK(answer("ltq_regex", "a.b.c", "a.x|b.c") == true);
  CHECK(answer("ltq_regex", "a.b.c", "a.!x.c") == true);
  CHECK(answer("ltq_regex", "a.b.c", "a.!x|b.c") == false);
  CHECK(answer("ltq_regex", "a.Bcd", "a.b*@") == true);
  CHECK(answer("ltq_regex", "a.b_c", "a.b%") == std::nullopt);
  CHECK(answer("ltq_regex", "a", "a.{") == std::nullopt);
}

TEST_CASE("hstore: keys and pairs", "[planner-model][selectivity]") {
  const std::string_view value = R"("a"=>"1", "b c"=>NULL, "d"=>"x\"y")";
  CHECK(answer("exist", value, "b c") == true);
  CHECK(answer("exist", value, "b") == false);
  CHECK(answer("hs_contains", value, "a=>1") == true);
  CHECK(answer("hs_contains", value, "a=>2") == false);
  CHECK(answer("hs_contains", value, R"("b c"=>null)") == true);
  CHECK(answer("hs_contains", value, R"("b c"=>"null")") == false);
  CHECK(answer("hs_contained", "a=>1", value) == true);
  CHECK(answer("hs_contains", value, "a=") == std::nullopt);
  CHECK(answer("hs_contains", value, R"("a)") == std::nullopt);
  CHECK(count_hstore_pairs("a=>1, b=>2, a=>3") == 2);
  CHECK(count_hstore_pairs("") == 0);
  CHECK(answer("another", "a", "b") == std::nullopt);
}
