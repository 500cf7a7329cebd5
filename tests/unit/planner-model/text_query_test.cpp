#include "planner-model/selectivity/text_query.hpp"

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "planner-model/selectivity/english_stem.hpp"

namespace quern::planner_model {
namespace {

std::string made(std::string_view function, std::string_view text,
                 std::string_view configuration = "english") {
  const auto query = make_text_query(function, configuration, text);
  return query ? print_text_query(*query) : "?";
}

}  // namespace

// The right sides are PostgreSQL 15.18's answers.
TEST_CASE("English words have the server's stems", "[text_query]") {
  CHECK(english_stem("generously") == "generous");
  CHECK(english_stem("communities") == "communiti");
  CHECK(english_stem("hopping") == "hop");
  CHECK(english_stem("hoping") == "hope");
  CHECK(english_stem("cries") == "cri");
  CHECK(english_stem("ties") == "tie");
  CHECK(english_stem("relational") == "relat");
  CHECK(english_stem("agreed") == "agre");
  CHECK(english_stem("skies") == "sky");
  CHECK(english_stem("proceed") == "proceed");
  CHECK(english_stem("gas") == "gas");
  CHECK(is_english_stop_word("themselves"));
  CHECK_FALSE(is_english_stop_word("order"));
}

TEST_CASE("a tsquery is read and printed as the server does", "[text_query]") {
  const auto printed = [](std::string_view text) {
    const auto query = parse_text_query(text);
    return query ? print_text_query(*query) : "?";
  };
  CHECK(printed("fat & (rat | !cat:*ab)") == "'fat' & ( 'rat' | !'cat':*AB )");
  CHECK(printed("a <-> (b <2> c)") == "'a' <-> ( 'b' <2> 'c' )");
  CHECK(printed("'it''s' | !!x") == "'it''s' | !!'x'");
  CHECK(printed("").empty());
  CHECK(printed("a &") == "?");
  CHECK(printed("(a") == "?");
}

TEST_CASE("queries are made of words as the server does", "[text_query]") {
  CHECK(made("to_tsquery", "invoices | refund:*") == "'invoic' | 'refund':*");
  CHECK(made("to_tsquery", "the & cats") == "'cat'");
  CHECK(made("to_tsquery", "'cats of the order'") == "'cat' <3> 'order'");
  CHECK(made("plainto_tsquery", "Questions about a refund") == "'question' & 'refund'");
  CHECK(made("phraseto_tsquery", "question about the refunds") == "'question' <3> 'refund'");
  CHECK(made("websearch_to_tsquery", "\"password reset\" or api -export") ==
        "'password' <-> 'reset' | 'api' & !'export'");
  CHECK(made("plainto_tsquery", "The cats", "simple") == "'the' & 'cats'");
  CHECK(made("to_tsquery", "the").empty());
  CHECK(made("plainto_tsquery", "mail to me@example.com") == "?");
  CHECK(made("plainto_tsquery", "un mot", "french") == "?");
}

TEST_CASE("a query too long to walk is not read", "[text_query]") {
  const std::string nots = std::string(300'000, '!') + "cat";
  CHECK_FALSE(parse_text_query(nots));
  CHECK_FALSE(make_text_query("to_tsquery", "simple", nots));
  CHECK_FALSE(
      make_text_query("websearch_to_tsquery", "english", std::string(300'000, '-') + "cat"));
  CHECK(parse_text_query(std::string(1000, '!') + "cat"));
}

}  // namespace quern::planner_model
