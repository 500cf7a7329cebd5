// CREATE EXTENSION of a schema file.
#include <algorithm>
#include <iterator>

#include "collector/catalog/extension_objects.hpp"
#include "collector/catalog/object_numbers.hpp"
#include "collector/catalog/schema_builder.hpp"
#include "collector/catalog/schema_nodes.hpp"
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

}  // namespace

void SchemaBuilder::create_extension(const std::string& name, const std::string& schema) {
  auto& known = snapshot_.extensions;
  if (std::find(known.begin(), known.end(), name) != known.end()) {
    return;
  }
  auto objects = extension_objects(name);
  known.push_back(name);
  if (!objects) {
    unknown_extensions_.push_back(name);
    return;
  }
  for (const std::string& required : objects->extensions) {  // CASCADE, or it is there already
    create_extension(required, schema);
  }
  for (const Oid recorded : object_numbers(*objects)) {
    extension_numbers_[recorded] = next_oid_++;
  }
  renumber(*objects, extension_numbers_);
  move_to_schema(*objects, schema);
  append(snapshot_.types, objects->types);
  append(snapshot_.functions, objects->functions);
  append(snapshot_.operators, objects->operators);
  append(snapshot_.casts, objects->casts);
  append(snapshot_.operator_classes, objects->operator_classes);
  append(snapshot_.tables, objects->tables);
  append(snapshot_.indexes, objects->indexes);
  append(snapshot_.constraints, objects->constraints);
  auto& path = snapshot_.search_path;
  if (schema != "pg_catalog" && std::find(path.begin(), path.end(), schema) == path.end()) {
    path.push_back(schema);  // or nobody's SQL would find its operators
  }
}

void SchemaBuilder::create_extension(const PgQuery__CreateExtensionStmt& statement) {
  std::string schema = "public";
  for (std::size_t i = 0; i < statement.n_options; ++i) {
    const PgQuery__DefElem& option = *statement.options[i]->def_elem;
    if (option.defname == std::string_view{"schema"}) {
      schema = option_text(option.arg);
    }
  }
  create_extension(statement.extname, schema);
}

}  // namespace quern::collector
