// What GIN indexes are asked for and made of, without a server.
#include <algorithm>

#include <catch2/catch.hpp>

#include "planner-model/plan/gin_query.hpp"
#include "planner-model/query/type_system.hpp"
#include "planner-model/selectivity/pattern_match.hpp"
#include "planner-model/size/gin_elements.hpp"
#include "planner-model/size/gist_classes.hpp"
#include "planner-model/size/gist_tree.hpp"
#include "planner-model/size/text_source.hpp"
#include "planner-model/size/trigrams.hpp"
#include "planner-model/size/word_entries.hpp"

using namespace quern;
using namespace quern::planner_model;

namespace {

GinKeys trigram_keys(const std::string& op, const std::string& text) {
  return gin_keys(op, "gin_trgm_ops", {.form = ValueForm::Text, .text = text});
}

GinKeys json_keys(const std::string& operator_class, const std::string& document) {
  return gin_keys("@>", operator_class, {.text = document});
}

}  // namespace

TEST_CASE("trigrams of a text are those of its words, blanks around them", "[gin]") {
  CHECK(trigrams("cat").size() == 4);  // "  c", " ca", "cat", "at "
  CHECK(trigrams("Cat cat").size() == 4);
  CHECK(trigrams("!").empty());
}

TEST_CASE("a LIKE pattern looks up the trigrams that every match has", "[gin]") {
  CHECK(trigram_keys("~~", "%abcd%").exact == 2);
  CHECK(trigram_keys("~~", "abcd%").exact == 4);
  CHECK(trigram_keys("~~", "abcd").exact == 5);
  CHECK(trigram_keys("~~*", "%foo bar%").exact == 5);  // "foo", "oo ", "  b", " ba", "bar"
  CHECK(trigram_keys("~~", "%ab%").whole);
  CHECK_FALSE(trigram_keys("~", "abcd").understood);
}

TEST_CASE("a jsonb document looks up its keys and values, or a hash of each path", "[gin]") {
  const std::string document = R"({"kind": 1, "tags": ["a", "b"]})";
  CHECK(json_keys("jsonb_ops", document).exact == 5);
  CHECK(json_keys("jsonb_path_ops", document).exact == 3);
  CHECK(json_keys("jsonb_path_ops", "{}").whole);
}

TEST_CASE("words of a tsquery are looked up, prefixes as a hundred keys", "[gin]") {
  const auto keys = gin_keys("@@", "tsvector_ops", {.text = "'cat' & 'do':* & 'it''s'"});
  CHECK(keys.exact == 2);
  CHECK(keys.partial == 100);
  CHECK(keys.lookups == 3);
  CHECK(gin_keys("@@", "tsvector_ops", {.text = "'cat' & !'dog'"}).lookups == 2);
  CHECK_FALSE(gin_keys("@@", "tsvector_ops", {.text = "'cat' & !'dog'"}).whole);
  CHECK(gin_keys("@@", "tsvector_ops", {.text = "'cat' | !'dog'"}).whole);
  CHECK_FALSE(gin_keys("@@", "tsvector_ops", {.text = ""}).satisfied);
}

TEST_CASE("texts are made like their examples", "[size]") {
  std::vector<std::string> examples;
  for (int i = 100; i < 900; i += 8) {
    examples.push_back("user" + std::to_string(i) + "@example.com");
  }
  const TextSource source{examples};
  Stream stream;
  for (int i = 0; i < 100; ++i) {
    const std::string text = source.next(stream);
    CHECK(text.starts_with("user"));
    CHECK(text.ends_with("@example.com"));
    CHECK(text.size() == examples.front().size());
  }
  CHECK(source.possible() == Approx(800).epsilon(0.05));
}

TEST_CASE("a GiST of networks keeps every page within its room", "[size]") {
  GistTree<NetworkGist> tree;
  for (int i = 0; i < 20'000; ++i) {
    tree.insert(
        NetworkGist::key("10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256)));
  }
  // 366 entries fill a page to nine tenths; splits by the next bit leave 256 behind.
  CHECK(tree.pages() > 20'000 / 366);
  CHECK(tree.pages() < 20'000 / 200);
}

TEST_CASE("repetitions within repetitions are not compiled", "[regex]") {
  CHECK(pattern_is_understood(PatternKind::Regex, "^(ab+c?)*[0-9]{2,4}$"));
  CHECK_FALSE(
      pattern_is_understood(PatternKind::Regex, "(((((((((((a+|)+|)+|)+|)+|)+|)+|)+|)+|)+|)+|)+"));
  std::string empty_branches;
  for (int i = 0; i < 60; ++i) {
    empty_branches += "(((a)+|)+|)+";
  }
  CHECK(pattern_is_understood(PatternKind::Regex, empty_branches));
  CHECK_FALSE(pattern_is_understood(PatternKind::Regex, "((a{99}){99}){99}"));
  CHECK_FALSE(
      pattern_is_understood(PatternKind::Regex, "^abcd*(((((^(a c(e?d)a+|)+|)+|)+|)+|a)+|)"));
  CHECK(pattern_is_understood(PatternKind::Regex, "(^|,)(abc)+(,|$)"));
  CHECK_FALSE(pattern_is_understood(PatternKind::Regex, R"((a)\1)"));
}

TEST_CASE("tags that a histogram shows unevenly by chance are taken to come evenly", "[size]") {
  const CatalogSnapshot catalog;
  const TypeSystem types{catalog};
  ColumnStatistics statistics{.average_width = 20, .n_distinct = -1};
  unsigned long long random = 1;
  for (int i = 0; i <= 100; ++i) {
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    statistics.histogram_bounds.push_back("{\"id\": " + std::to_string(i * 1000) +
                                          ", \"tag\": \"t" + std::to_string((random >> 33) % 20) +
                                          "\"}");
  }
  const IndexColumn column{.type = type_oid::kJsonb,
                           .statistics = &statistics,
                           .table_rows = 60'000,
                           .all_rows = 60'000};
  // The keys "id" and "tag" are in every document, a tag in a twentieth, a number in one.
  double tags = 0;
  for (const GinEntries& one : gin_entries(column, "jsonb_ops", types, 60'000)) {
    if (one.rows > 100 && one.rows < 50'000) {
      CHECK(one.rows == Approx(3000).epsilon(0.25));
      tags += one.entries;
    }
  }
  CHECK(tags == Approx(20).epsilon(0.1));
}

TEST_CASE("words of a tsvector as text are read, quotes doubled in them", "[gin]") {
  CHECK(words_of("'fox':3 'it''s':1A,4 'quick'") ==
        std::vector<std::string>{"fox", "it's", "quick"});
  CHECK(words_of(R"('a\\b' '''')") == std::vector<std::string>{R"(a\b)", "'"});
  CHECK(words_of("").empty());
  CHECK(words_of("'torn").size() == 1);
  CHECK(words_of("'").size() == 1);
}

TEST_CASE("texts that hold each number once have a trigram for each of them", "[gin]") {
  const CatalogSnapshot catalog;
  const TypeSystem types{catalog};
  ColumnStatistics statistics{.average_width = 4, .n_distinct = -1, .correlation = 0.67};
  constexpr int kRows = 765;
  std::vector<std::string> texts;
  for (int i = 0; i < kRows; ++i) {
    texts.push_back("n" + std::to_string(i));
  }
  std::sort(texts.begin(), texts.end());
  for (std::size_t i = 0; i <= 100; ++i) {
    statistics.histogram_bounds.push_back(texts[i * (texts.size() - 1) / 100]);
  }
  const IndexColumn column{
      .type = type_oid::kText, .statistics = &statistics, .table_rows = kRows, .all_rows = kRows};
  // PostgreSQL 15's index of them has 876 entries.
  double entries = 0;
  for (const GinEntries& one : gin_entries(column, "gin_trgm_ops", types, kRows)) {
    entries += one.entries;
  }
  CHECK(entries == Approx(876).epsilon(0.05));
}
