// A golden pair: the same two statements, ten times as many reads. ./dev bench break-even runs both
// with and without the index.
#include <algorithm>

#include <catch2/catch.hpp>

#include "collector/catalog/snapshot_document.hpp"
#include "collector/collect.hpp"

#include "advisor/advise.hpp"

using namespace quern;

namespace {

bool indexes_the_score(const std::string& side) {
  const std::string folder = QUERN_SOURCE_DIR "/tests/golden/advisor/break_even/";
  const Workload workload =
      collector::collect({folder + side}, {.format = collector::LogFormat::Sql});
  const CatalogSnapshot catalog = collector::read_snapshot(folder + "catalog.json");
  const advisor::Advice advice = advisor::advise(workload, catalog, {});
  return std::any_of(advice.proposals.begin(), advice.proposals.end(), [](const auto& proposal) {
    return proposal.kind == advisor::ProposalKind::CreateIndex &&
           proposal.index.find("score") != std::string::npos;
  });
}

}  // namespace

TEST_CASE(
    "a heavily updated column gets an index where the reads outweigh the writes, and only there",
    "[writes]") {
  CHECK_FALSE(indexes_the_score("below.sql"));
  CHECK(indexes_the_score("above.sql"));
}
