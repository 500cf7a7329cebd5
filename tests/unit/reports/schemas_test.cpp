#include <fstream>
#include <set>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "collector/catalog/snapshot_document.hpp"
#include "collector/catalog/snapshot_fields.hpp"

using namespace quern;
using nlohmann::json;

namespace {

json schema() {
  std::ifstream file{QUERN_SOURCE_DIR "/reports/schemas/catalog.schema.json"};
  return json::parse(file);
}

std::set<std::string> keys_of(const json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.at("properties").items()) {
    keys.insert(key);
  }
  return keys;
}

template <class T>
void compare(const json& described, std::set<std::string> more = {}) {
  collector::describe_fields([&](const char* key, auto) { more.insert(key); },
                             static_cast<const T*>(nullptr));
  CHECK(keys_of(described) == more);
  CHECK(described.at("additionalProperties") == false);
}

}  // namespace

TEST_CASE("the catalog's schema has exactly the members of the snapshot", "[reports][schemas]") {
  const json whole = schema();
  const json& defs = whole.at("$defs");
  compare<CatalogSnapshot>(whole, {"format", "version"});
  compare<AggregateDefinition>(defs.at("AggregateDefinition"));
  compare<CastDefinition>(defs.at("CastDefinition"));
  compare<Column>(defs.at("Column"));
  compare<ColumnSample>(defs.at("ColumnSample"));
  compare<ColumnStatistics>(defs.at("ColumnStatistics"));
  compare<Constraint>(defs.at("Constraint"));
  compare<ExtendedStatistics>(defs.at("ExtendedStatistics"));
  compare<FunctionDefinition>(defs.at("FunctionDefinition"));
  compare<Index>(defs.at("Index"));
  compare<IndexKey>(defs.at("IndexKey"));
  compare<OperatorClass::Member>(defs.at("Member"));
  compare<OperatorClass>(defs.at("OperatorClass"));
  compare<OperatorDefinition>(defs.at("OperatorDefinition"));
  compare<FunctionDefinition::ResultColumn>(defs.at("ResultColumn"));
  compare<RewriteRule>(defs.at("RewriteRule"));
  compare<Role>(defs.at("Role"));
  compare<RowPolicy>(defs.at("RowPolicy"));
  compare<SampledKeys>(defs.at("SampledKeys"));
  compare<Table>(defs.at("Table"));
  compare<TableActivity>(defs.at("TableActivity"));
  compare<ToastTable>(defs.at("ToastTable"));
  compare<TypeDefinition>(defs.at("TypeDefinition"));
  compare<TypeField>(defs.at("TypeField"));
  CHECK(defs.size() == 23);
  CHECK(whole.at("properties").at("version").at("const") == CatalogSnapshot::kFormatVersion);
}
