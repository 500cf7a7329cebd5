#include "planner-model/query/key_classes.hpp"

#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "collector/catalog/from_schema.hpp"

namespace quern::planner_model {
namespace {

TEST_CASE("keys of a schema file that are expressions have the class of their type") {
  CatalogSnapshot catalog = collector::snapshot_from_schema_text(
      R"(CREATE EXTENSION btree_gist;
         CREATE EXTENSION earthdistance CASCADE;
         CREATE TABLE thing (id bigint, name text, data jsonb, tags text[], at timestamptz);
         CREATE INDEX by_length ON thing (length(name));
         CREATE INDEX by_lower ON thing (lower(name));
         CREATE INDEX by_pattern ON thing (lower(name) text_pattern_ops);
         CREATE INDEX by_day ON thing (date(at AT TIME ZONE 'UTC'), (data ->> 'kind'));
         CREATE INDEX by_document ON thing USING gin ((data -> 'labels'));
         CREATE INDEX by_paths ON thing USING gin ((data -> 'labels') jsonb_path_ops);
         CREATE INDEX by_words ON thing USING gin (to_tsvector('english', name));
         CREATE INDEX by_half ON thing USING hash ((id / 2));
         CREATE INDEX by_name ON thing USING gist (lower(name));
         CREATE INDEX by_place ON thing USING gist (ll_to_earth(id, id));
         CREATE INDEX by_missing ON thing (unheard_of(name));)",
      "test.sql");
  settle_key_classes(catalog);
  std::map<std::string, std::string> classes;
  for (const Index& index : catalog.indexes) {
    for (const IndexKey& key : index.keys) {
      classes[index.name] += key.operator_class_name + " ";
    }
  }
  CHECK(classes.at("by_length") == "int4_ops ");
  CHECK(classes.at("by_lower") == "text_ops ");
  CHECK(classes.at("by_pattern") == "text_pattern_ops ");
  CHECK(classes.at("by_day") == "date_ops text_ops ");
  CHECK(classes.at("by_document") == "jsonb_ops ");
  CHECK(classes.at("by_paths") == "jsonb_path_ops ");
  CHECK(classes.at("by_words") == "tsvector_ops ");
  CHECK(classes.at("by_half") == "int8_ops ");
  CHECK(classes.at("by_name") == "gist_text_ops ");
  CHECK(classes.at("by_place") == "gist_cube_ops ");
  CHECK(classes.at("by_missing") == "text_ops ");
  for (const Index& index : catalog.indexes) {
    const bool is_text =
        index.name == "by_lower" || index.name == "by_pattern" || index.name == "by_name";
    CHECK((index.keys.front().collation != 0) == (is_text || index.name == "by_missing"));
  }
}

}  // namespace
}  // namespace quern::planner_model
