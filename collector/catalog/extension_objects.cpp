#include "collector/catalog/extension_objects.hpp"

#include "collector/catalog/snapshot_json.hpp"

namespace quern::collector {

std::optional<CatalogSnapshot> extension_objects(std::string_view name) {
  const std::string_view document = extension_document(name);
  if (document.empty()) {
    return std::nullopt;
  }
  CatalogSnapshot objects;
  snapshot_json::Reader{std::string{name}}.read(snapshot_json::Json::parse(document), objects, "");
  return objects;
}

}  // namespace quern::collector
