#include "tests/support/wal_facts.hpp"

#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/catalog/snapshot_document.hpp"

namespace quern::testing {

namespace {

using nlohmann::json;
using planner_model::RowWrite;
using planner_model::WriteShape;

json shape_document(const WriteShape& shape) {
  json document = {{"kind", static_cast<int>(shape.kind)},
                   {"columns", shape.columns},
                   {"rows", shape.rows},
                   {"rows_per_transaction", shape.rows_per_transaction},
                   {"rows_between_checkpoints", shape.rows_between_checkpoints}};
  if (shape.hot_share) {
    document["hot_share"] = *shape.hot_share;
  }
  return document;
}

WriteShape read_shape(const json& document) {
  WriteShape shape{.kind = static_cast<RowWrite>(document.at("kind").get<int>())};
  document.at("columns").get_to(shape.columns);
  document.at("rows").get_to(shape.rows);
  document.at("rows_per_transaction").get_to(shape.rows_per_transaction);
  document.at("rows_between_checkpoints").get_to(shape.rows_between_checkpoints);
  if (document.contains("hot_share")) {
    shape.hot_share = document.at("hot_share").get<double>();
  }
  return shape;
}

json records_document(const std::vector<RecordsOfKind>& records) {
  json document = json::array();
  for (const RecordsOfKind& kind : records) {
    document.push_back({kind.relation, kind.kind, kind.count, kind.bytes, kind.images});
  }
  return document;
}

std::vector<RecordsOfKind> read_records(const json& document) {
  std::vector<RecordsOfKind> records;
  for (const json& kind : document) {
    records.push_back({kind.at(0), kind.at(1), kind.at(2).get<double>(), kind.at(3), kind.at(4)});
  }
  return records;
}

std::string catalog_file(const std::string& stem, std::size_t number) {
  return fmt::format("{}.{}.catalog.json", stem, number);
}

}  // namespace

void write_wal_facts(const std::string& stem, const WrittenTables& written) {
  json document = {
      {"writes", json::array()}, {"slowdowns", json::array()}, {"vacuums", json::array()}};
  std::size_t catalogs = 0;
  const auto write_catalog = [&](const CatalogSnapshot& catalog) {
    std::ofstream{catalog_file(stem, ++catalogs)} << collector::write_snapshot(catalog);
  };
  for (const WalFacts& one : written.writes) {
    write_catalog(one.catalog);
    document["writes"].push_back({{"table", one.table},
                                  {"operation", one.operation},
                                  {"shape", shape_document(one.shape)},
                                  {"bytes", one.bytes},
                                  {"records", records_document(one.records)}});
  }
  for (const SlowdownFacts& one : written.slowdowns) {
    write_catalog(one.catalog);
    document["slowdowns"].push_back({{"table", one.table},
                                     {"shape", shape_document(one.shape)},
                                     {"without", one.without},
                                     {"with", one.with}});
  }
  for (const VacuumFacts& one : written.vacuums) {
    write_catalog(one.catalog);
    document["vacuums"].push_back({{"table", one.table},
                                   {"dead_rows", one.dead_rows},
                                   {"records", records_document(one.records)}});
  }
  std::ofstream{stem + ".json"} << document.dump(1) << '\n';
}

std::optional<WrittenTables> read_wal_facts(const std::string& stem) {
  std::ifstream file{stem + ".json"};
  if (!file) {
    return std::nullopt;
  }
  const json document = json::parse(file);
  std::size_t catalogs = 0;
  const auto next_catalog = [&] {
    return collector::read_snapshot(catalog_file(stem, ++catalogs));
  };
  WrittenTables written;
  for (const json& one : document.at("writes")) {
    WalFacts& facts = written.writes.emplace_back();
    facts.catalog = next_catalog();
    one.at("table").get_to(facts.table);
    one.at("operation").get_to(facts.operation);
    facts.shape = read_shape(one.at("shape"));
    one.at("bytes").get_to(facts.bytes);
    facts.records = read_records(one.at("records"));
  }
  for (const json& one : document.at("slowdowns")) {
    SlowdownFacts& facts = written.slowdowns.emplace_back();
    facts.catalog = next_catalog();
    one.at("table").get_to(facts.table);
    facts.shape = read_shape(one.at("shape"));
    one.at("without").get_to(facts.without);
    one.at("with").get_to(facts.with);
  }
  for (const json& one : document.value("vacuums", json::array())) {
    VacuumFacts& facts = written.vacuums.emplace_back();
    facts.catalog = next_catalog();
    one.at("table").get_to(facts.table);
    one.at("dead_rows").get_to(facts.dead_rows);
    facts.records = read_records(one.at("records"));
  }
  return written;
}

}  // namespace quern::testing
