#include "collector/sql/text_skeleton.hpp"

#include <map>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "collector/sql/lexical_shape.hpp"

namespace quern::collector {

TEST_CASE("statements with the same skeleton have the same lexical shape and list lengths") {
  const std::vector<std::string> pieces = {"a",       "1",       "23", "'x'", "'it''s'", "''",
                                           "\"a 1\"", "\"a 2\"", " ",  " ",   ",",       "(",
                                           ")",       "e5",      ".",  "-",   "--",      "/*",
                                           "*/",      "$1",      "$2", "$$",  "E'",      "'",
                                           "\\'",     " IN",     "::", "/",   "0x1F",    "$a",
                                           "U&'",     "\n",      "7a", "=",   "_9 ",     "array["};
  std::mt19937 random{5};
  std::map<std::uint64_t, std::pair<LexicalShape, std::string>> seen;
  TextSkeleton skeleton;
  LexicalShaper shaper;
  std::size_t met_again = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string sql = "SELECT ";
    const std::size_t length = 1 + random() % 6;
    for (std::size_t j = 0; j < length; ++j) {
      sql += pieces[random() % pieces.size()];
    }
    const auto hash = skeleton.hash(sql);
    if (!hash) {
      continue;
    }
    const LexicalShape shape = shaper.shape(sql);
    const auto [place, fresh] = seen.try_emplace(*hash, shape, sql);
    if (!fresh) {
      ++met_again;
      const bool same = place->second.first.hash == shape.hash &&
                        place->second.first.list_lengths == shape.list_lengths;
      if (!same) {
        CAPTURE(sql, place->second.second);
        FAIL("the skeleton joins what the shape tells apart");
      }
    }
  }
  CHECK(met_again > 10'000);
}

TEST_CASE("a skeleton forgets numbers and strings, and nothing else") {
  TextSkeleton skeleton;
  const auto hash = [&](const char* sql) { return skeleton.hash(sql); };
  CHECK(hash("SELECT a FROM t WHERE id = 17") == hash("SELECT a FROM t WHERE id = 4"));
  CHECK(hash("SELECT a FROM t WHERE b = 'x'") == hash("SELECT a FROM t WHERE b = 'yy; 5'"));
  CHECK(hash("SELECT a FROM t1 WHERE id = 1") != hash("SELECT a FROM t2 WHERE id = 1"));
  CHECK_FALSE(hash("SELECT 1 -- don't"));
  CHECK_FALSE(hash("SELECT E'\\''"));
  CHECK_FALSE(hash("SET work_mem = 1000"));
}

}  // namespace quern::collector
