// An index on an expression and a rewrite that needs no index answer the same query: the advice
// says that one of them is enough.
#include "advisor/rewrite/instead.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "collector/catalog/snapshot_document.hpp"

#include "advisor/advise.hpp"

using namespace quern;
using namespace quern::advisor;

namespace {

const char* const kCast = "SELECT id, amount FROM payments WHERE order_id::text = '48831'";

/// Warnings at the index on an expression that the advice for these statements creates.
std::vector<std::string> warnings_for(const std::vector<std::string>& statements) {
  const auto catalog = collector::read_snapshot(QUERN_SOURCE_DIR "/samples/shop/catalog.json.gz");
  Workload workload;
  for (const auto& sql : statements) {
    const std::string fingerprint = std::to_string(workload.classes.size());
    workload.classes.push_back({.fingerprint = fingerprint,
                                .sql = sql,
                                .kind = StatementKind::Select,
                                .calls = 100,
                                .samples = {{.sql = sql}}});
  }
  const Advice advice = advise(workload, catalog, {});
  const auto created =
      std::find_if(advice.proposals.begin(), advice.proposals.end(), [](const Proposal& proposal) {
        return proposal.kind == ProposalKind::CreateIndex &&
               proposal.title.find("(order_id)::text") != std::string::npos;
      });
  REQUIRE(created != advice.proposals.end());
  return created->warnings;
}

bool names_the_rewrite(const std::vector<std::string>& warnings) {
  return std::any_of(warnings.begin(), warnings.end(), [](const std::string& warning) {
    return warning.find("Rewrite: cast of a column on payments") != std::string::npos;
  });
}

}  // namespace

TEST_CASE("an index on a cast is not needed by a query whose rewrite needs no cast") {
  CHECK(names_the_rewrite(warnings_for({kCast})));
}

TEST_CASE("it is needed by another query that has no such rewrite") {
  CHECK_FALSE(
      names_the_rewrite(warnings_for({kCast,
                                      "SELECT id FROM payments WHERE order_id::text = '0' || method"
                                      " AND order_id::text = '048831'"})));
}
