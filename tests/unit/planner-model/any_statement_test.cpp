// Any statement that parses ends in a plan or in a refusal by name, in bounded time.

#include <chrono>
#include <cmath>
#include <iostream>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/catalog/snapshot_document.hpp"

#include "planner-model/whatif/planner.hpp"

#include "tests/support/oracle.hpp"

using namespace quern;
using namespace quern::planner_model;

namespace {

const std::string kFolder = QUERN_SOURCE_DIR "/tests/fuzz/planner/";

const Planner& planner() {
  static const CatalogSnapshot catalog =
      collector::read_snapshot(kFolder + "everything.catalog.json.gz");
  static const Planner instance{catalog};
  return instance;
}

/// "plan", or the words of the refusal. Anything else that is thrown fails the test.
std::string outcome(const std::string& sql) {
  try {
    const auto result = planner().plan(*planner().bind(sql));
    CHECK(std::isfinite(result.total.value()));
    CHECK(result.rows.value() >= 0);
    CHECK_FALSE(explain_text(result.plan).empty());
    return "plan";
  } catch (const UserError& refusal) {
    const std::string words = refusal.what();
    CHECK_FALSE(words.empty());
    return words;
  }
}

}  // namespace

TEST_CASE("Every kind of statement ends in a plan or a refusal by name", "[any-statement]") {
  int planned = 0;
  int refused = 0;
  for (const auto& statement : testing::read_statements(kFolder + "statements.sql")) {
    INFO(statement.sql);
    const std::string answer = outcome(statement.sql);
    (answer == "plan" ? planned : refused) += 1;
    if (answer != "plan") {
      std::cout << answer << "\n    " << statement.sql << '\n';
    }
  }
  std::cout << planned << " planned, " << refused << " refused by name\n";
}
