#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "advisor/rewrite/rule.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/ddl_catalog.hpp"

// Every rewrite of the golden file that claims to be proven is run beside its original on random
// small tables full of NULLs, duplicates and days' borders, and compared as a bag by the server
// itself.

namespace quern::advisor::rewrite {

namespace {

constexpr int kSeeds = 40;

struct Pair {
  std::string rule, original, replacement;
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::vector<Pair> proven_pairs(const std::string& golden, const CatalogSnapshot& catalog) {
  std::vector<Pair> pairs;
  std::istringstream lines{golden};
  for (std::string line; std::getline(lines, line);) {
    // LIMIT over an order with ties has more than one right answer.
    const bool is_query = line.starts_with("SELECT") || line.starts_with("WITH");
    if (!is_query || line.find("LIMIT 3") != std::string::npos) {
      continue;
    }
    for (const Rule& rule : rules()) {
      auto query = Query::read(line, catalog);
      const auto finding = rule.apply(*query);
      if (finding && finding->equivalence == Equivalence::Proven && !finding->replacement.empty()) {
        for (const char* value : {"0", "5", "NULL"}) {
          pairs.push_back(
              {rule.id, replaced(line, "$1", value), replaced(finding->replacement, "$1", value)});
          if (line.find("$1") == std::string::npos) {
            break;
          }
        }
      }
    }
  }
  return pairs;
}

/// Rows of few distinct values; about a fifth of what may be NULL is NULL.
std::string random_rows(int seed) {
  const std::string null_or = "CASE WHEN random() < 0.2 THEN NULL ELSE ";
  const std::string time =
      "(ARRAY['2024-05-01 00:00', '2024-04-30 23:59:59.999999', '2024-05-31 23:59', '2024-06-01 "
      "00:00', "
      "'2023-12-31 23:59:59', '2024-01-01 00:00', '2025-01-01 00:00', 'infinity', '-infinity'])"
      "[1 + floor(random() * 9)::int]";
  return "SELECT setseed(" + std::to_string(seed / static_cast<double>(kSeeds)) + ");" +
         (seed % 2 == 0 ? "SET TimeZone = 'America/Sao_Paulo';" : "SET TimeZone = 'UTC';") +
         "INSERT INTO customers SELECT i, 'c' || i, " + null_or + "floor(random() * 8)::int END, " +
         null_or + "(ARRAY['x', 'y'])[1 + floor(random() * 2)::int] END, " + null_or +
         "('00000000-0000-0000-0000-00000000000' || to_hex(floor(random() * 16)::int))::uuid END "
         "FROM generate_series(1, 1 + floor(random() * 9)::int) i;"
         "INSERT INTO orders SELECT i, 1 + floor(random() * n)::int, " +
         null_or + "1 + floor(random() * n)::int END, " + null_or +
         "(ARRAY['open', 'paid', 'new', 'x', 'void'])[1 + floor(random() * 5)::int] END, " +
         null_or + "floor(random() * 12)::int END, 7, " + null_or + time + "::timestamp END, " +
         null_or + time +
         "::timestamptz END, NULL FROM (SELECT count(*) AS n FROM customers) c, "
         "generate_series(1, floor(random() * 14)::int) i;"
         "INSERT INTO items SELECT 1 + floor(random() * 9)::int, i, 1, NULL FROM "
         "generate_series(1, 5) i;";
}

}  // namespace

TEST_CASE("proven rewrites give the same bag of rows on random tables") {
  std::ifstream file{QUERN_SOURCE_DIR "/tests/golden/advisor/rewrites/rewrites.golden"};
  std::stringstream text;
  text << file.rdbuf();
  const std::string golden = text.str();
  const std::string schema = golden.substr(0, golden.find("\n\n"));
  const auto pairs = proven_pairs(golden, testing::catalog_of(schema));
  REQUIRE(pairs.size() > 20);

  const auto& cluster = testing::Cluster::instance();
  // Temporary tables hide the sample's own of the same name and are gone with the session.
  const std::string tables = replaced(schema, "CREATE TABLE", "CREATE TEMP TABLE");
  for (int seed = 0; seed < kSeeds; ++seed) {
    std::string compare;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const std::string a = "(" + pairs[i].original + ")";
      const std::string b = "(" + pairs[i].replacement + ")";
      compare += (i == 0 ? "SELECT " : " UNION ALL SELECT ") + std::to_string(i) +
                 ", count(*) FROM ((" + a + " EXCEPT ALL " + b + ") UNION ALL (" + b +
                 " EXCEPT ALL " + a + ")) AS difference";
    }
    for (const auto& row : cluster.query(tables + random_rows(seed) + compare)) {
      const Pair& pair = pairs.at(std::stoul(*row.at(0)));
      INFO(pair.rule << ", seed " << seed << "\n" << pair.original << "\n" << pair.replacement);
      CHECK(*row.at(1) == "0");
    }
  }
}

}  // namespace quern::advisor::rewrite
