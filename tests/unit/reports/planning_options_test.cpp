#include "reports/cli/planning_options.hpp"

#include <catch2/catch.hpp>

#include "collector/base/failure.hpp"

using namespace quern;
using namespace quern::reports;

namespace {

CatalogSnapshot with(const std::vector<std::string>& settings) {
  CatalogSnapshot catalog;
  catalog.settings = {{"work_mem", "4096"},
                      {"effective_cache_size", "524288"},
                      {"random_page_cost", "4"},
                      {"enable_seqscan", "on"}};
  apply_settings(catalog, settings);
  return catalog;
}

}  // namespace

TEST_CASE("--set takes settings as SET does", "[reports]") {
  CHECK(with({"work_mem=64MB"}).settings.at("work_mem") == "65536");
  CHECK(with({"work_mem=512"}).settings.at("work_mem") == "512");
  CHECK(with({"effective_cache_size=12 GB"}).settings.at("effective_cache_size") == "1572864");
  CHECK(with({"random_page_cost=1.1"}).settings.at("random_page_cost") == "1.1");
  CHECK(with({"enable_seqscan=off"}).settings.at("enable_seqscan") == "off");
  CHECK(with({"app.tenant=a=b"}).settings.at("app.tenant") == "a=b");
}

TEST_CASE("--set names what it does not take", "[reports]") {
  using Catch::Matchers::Contains;
  CHECK_THROWS_WITH(with({"work_mem"}), Contains("expected name=value"));
  CHECK_THROWS_WITH(with({"wrok_mem=1"}), Contains("wrok_mem"));
  CHECK_THROWS_WITH(with({"work_mem=64 megabytes"}), Contains("unit"));
  CHECK_THROWS_WITH(with({"work_mem=much"}), Contains("work_mem is 4096"));
  CHECK_THROWS_WITH(with({"enable_seqscan=maybe"}), Contains("enable_seqscan is on"));
}
