// LIMIT without ORDER BY: a likely bug where several rows may come back, none where statistics say
// that one does, as in what object-relational mappers send to find a row by what is no declared
// key.
#include <catch2/catch.hpp>

#include "collector/catalog/snapshot_document.hpp"

#include "advisor/rewrite/propose.hpp"

using namespace quern;
using namespace quern::advisor;

namespace {

/// The recorded shop, where nothing declares that an address of mail is one customer's.
CatalogSnapshot shop_without_keys_of_mail() {
  auto catalog = collector::read_snapshot(QUERN_SOURCE_DIR "/samples/shop/catalog.json.gz");
  std::erase_if(catalog.indexes,
                [](const Index& index) { return index.name == "customers_email_key"; });
  return catalog;
}

std::vector<std::string> titles_for(const std::string& sql) {
  const auto catalog = shop_without_keys_of_mail();
  const planner_model::Planner planner{catalog};
  Workload workload;
  workload.classes.push_back(
      {.fingerprint = "0123456789abcdef", .sql = sql, .kind = StatementKind::Select, .calls = 1});
  std::vector<std::string> titles;
  for (const auto& proposal : propose_rewrites(workload, catalog, planner, {})) {
    titles.push_back(proposal.title);
  }
  return titles;
}

}  // namespace

TEST_CASE("a row found by a value that statistics say is unique needs no ORDER BY") {
  CHECK(
      titles_for("SELECT c.* FROM customers c WHERE c.email = 'ann@example.org' LIMIT 1").empty());
  CHECK(titles_for("SELECT c.* FROM customers c WHERE c.email = $1 LIMIT $2").empty());
}

TEST_CASE("one of many rows without ORDER BY is any of them") {
  CHECK(titles_for("SELECT o.* FROM orders o WHERE o.customer_id > 17 LIMIT 1") ==
        std::vector<std::string>{"Likely bug: LIMIT without ORDER BY on orders"});
}
