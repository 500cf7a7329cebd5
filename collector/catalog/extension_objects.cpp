#include "collector/catalog/extension_objects.hpp"

#include <algorithm>
#include <iterator>

#include "collector/catalog/object_numbers.hpp"
#include "collector/catalog/snapshot_json.hpp"
#include "collector/sql/quote.hpp"

namespace quern::collector {

namespace {

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

/// What the recorded texts call the extension's schema.
constexpr std::string_view kRecordedSchema = "extension_schema.";

void name_schema(std::string& text, const std::string& schema) {
  const std::string name = quote_identifier(schema) + ".";
  for (auto at = text.find(kRecordedSchema); at != std::string::npos;
       at = text.find(kRecordedSchema, at + name.size())) {
    text.replace(at, kRecordedSchema.size(), name);
  }
}

template <class Objects>
void move_to_schema(Objects& objects, const std::string& schema) {
  for (auto& object : objects) {
    object.schema = schema;
  }
}

void move_to_schema(CatalogSnapshot& objects, const std::string& schema) {
  move_to_schema(objects.types, schema);
  move_to_schema(objects.functions, schema);
  move_to_schema(objects.operators, schema);
  move_to_schema(objects.operator_classes, schema);
  move_to_schema(objects.tables, schema);
  move_to_schema(objects.indexes, schema);
  for (FunctionDefinition& function : objects.functions) {
    name_schema(function.body, schema);
    for (std::string& value : function.argument_defaults) {
      name_schema(value, schema);
    }
  }
  for (Index& index : objects.indexes) {
    name_schema(index.definition, schema);
  }
}

/// What the types of a required extension are in the catalog, by their names.
void add_numbers_of(const std::string& required, const CatalogSnapshot& catalog,
                    ObjectNumbers& numbers) {
  const auto objects = extension_objects(required);
  if (!objects) {
    return;
  }
  for (const TypeDefinition& recorded : objects->types) {
    for (const TypeDefinition& type : catalog.types) {
      if (type.name == recorded.name) {
        numbers[recorded.oid] = type.oid;
      }
    }
  }
}

}  // namespace

std::optional<CatalogSnapshot> extension_objects(std::string_view name) {
  const std::string_view document = extension_document(name);
  if (document.empty()) {
    return std::nullopt;
  }
  CatalogSnapshot objects;
  snapshot_json::Reader{std::string{name}}.read(snapshot_json::Json::parse(document), objects, "");
  return objects;
}

bool add_extension(CatalogSnapshot& catalog, const std::string& name, const std::string& schema,
                   Oid& next_number) {
  auto& present = catalog.extensions;
  if (std::find(present.begin(), present.end(), name) != present.end()) {
    return true;
  }
  present.push_back(name);
  auto objects = extension_objects(name);
  if (!objects) {
    return false;
  }
  ObjectNumbers numbers;
  for (const std::string& required : objects->extensions) {
    add_extension(catalog, required, schema, next_number);
    add_numbers_of(required, catalog, numbers);
  }
  for (const Oid recorded : object_numbers(*objects)) {
    numbers[recorded] = next_number++;
  }
  renumber(*objects, numbers);
  move_to_schema(*objects, schema);
  append(catalog.types, objects->types);
  append(catalog.functions, objects->functions);
  append(catalog.operators, objects->operators);
  append(catalog.casts, objects->casts);
  append(catalog.operator_classes, objects->operator_classes);
  append(catalog.tables, objects->tables);
  append(catalog.indexes, objects->indexes);
  append(catalog.constraints, objects->constraints);
  auto& path = catalog.search_path;
  if (schema != "pg_catalog" && std::find(path.begin(), path.end(), schema) == path.end()) {
    path.push_back(schema);  // or nobody's SQL would find its operators
  }
  return true;
}

}  // namespace quern::collector
