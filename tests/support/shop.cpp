#include "tests/support/shop.hpp"

#include "collector/catalog/snapshot_document.hpp"
#include "collector/collect.hpp"

namespace quern::testing {

const CatalogSnapshot& shop() {
  static const CatalogSnapshot kShop =
      collector::read_snapshot(QUERN_SOURCE_DIR "/samples/shop/catalog.json.gz");
  return kShop;
}

Workload workload_of(const std::string& sql) {
  collector::CollectOptions options;
  options.format = collector::LogFormat::Sql;
  return collector::collect_text(sql, options);
}

}  // namespace quern::testing
