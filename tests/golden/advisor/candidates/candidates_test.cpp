// Which indexes the numbered rules propose for a statement, as a database person would review them.
// candidates.golden holds blocks: the statement, "----", then "rule  definition" by table.
// To accept a change: QUERN_GOLDEN_WRITE=1 build/debug/tests/advisor_tests "candidates golden".
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "planner-model/whatif/planner.hpp"

#include "advisor/candidates/find_candidates.hpp"

#include "tests/support/shop.hpp"

using namespace quern;
using namespace quern::advisor;
using quern::testing::shop;

namespace {

const std::string kGolden =
    std::string{QUERN_SOURCE_DIR} + "/tests/golden/advisor/candidates/candidates.golden";

std::string answer_to(const planner_model::Planner& planner, const std::string& sql) {
  const CatalogSnapshot& catalog = planner.catalog();
  const auto bound = planner.bind(sql);
  const CandidateSet set = find_candidates(
      {{.fingerprint = "q", .weight = 1, .uses = planner.table_uses(*bound)}}, catalog, {});
  std::string text;
  for (const auto& candidate : set.candidates) {
    const Table& table = *find_table(catalog, candidate.definition.table);
    text += candidate.rule + ": " + table.name + " " +
            definition_text(candidate.definition, table) + "\n";
  }
  return text.empty() ? "none\n" : text;
}

}  // namespace

TEST_CASE("candidates golden") {
  const planner_model::Planner planner{shop()};
  std::ifstream file{kGolden};
  REQUIRE(file);
  std::string updated;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') {
      updated += line + "\n";
      continue;
    }
    const std::string sql = line;
    std::string expected;
    std::getline(file, line);
    REQUIRE(line == "----");
    while (std::getline(file, line) && !line.empty()) {
      expected += line + "\n";
    }
    const std::string answer = answer_to(planner, sql);
    updated += sql + "\n----\n" + answer + "\n";
    INFO(sql);
    CHECK(answer == expected);
  }
  if (std::getenv("QUERN_GOLDEN_WRITE") != nullptr) {
    file.close();
    std::ofstream{kGolden} << updated;
  }
}
