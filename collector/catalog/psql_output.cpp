#include "collector/catalog/psql_output.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/catalog/snapshot_document.hpp"
#include "collector/catalog/snapshot_json.hpp"

namespace quern::collector {

namespace {

using snapshot_json::Json;
using Sections = std::map<std::string, Json>;

constexpr std::string_view kFirstLine = "{\"format\" : \"quern-catalog-psql\"";
constexpr int kScriptVersion = 1;
/// Sections that are attached to what other sections give.
constexpr std::array<std::string_view, 5> kApart = {"expression_statistics", "tree_heights",
                                                    "range_statistics", "column_ends", "samples"};

/// pg_stats_ext_exprs comes apart from its statistics objects: matched by name and text.
void attach_expression_statistics(CatalogSnapshot& snapshot, const Json& rows,
                                  const snapshot_json::Reader& reader) {
  for (const Json& row : rows) {
    for (ExtendedStatistics& statistics : snapshot.extended_statistics) {
      if (row.value("schema", "") != statistics.schema ||
          row.value("name", "") != statistics.name ||
          row.value("inherited", false) != statistics.inherited) {
        continue;
      }
      const auto& expressions = statistics.expressions;
      const auto place =
          std::find(expressions.begin(), expressions.end(), row.value("expression", ""));
      if (place != expressions.end() && row.contains("statistics")) {
        statistics.expression_statistics.resize(expressions.size());
        const auto number = static_cast<std::size_t>(place - expressions.begin());
        reader.read(row["statistics"], statistics.expression_statistics[number],
                    "expression_statistics");
      }
    }
  }
}

void attach_tree_heights(CatalogSnapshot& snapshot, const Json& heights) {
  for (Index& index : snapshot.indexes) {
    const auto height = heights.find(std::to_string(index.oid));
    if (height != heights.end() && height->is_number_integer()) {
      index.tree_height = height->get<int>();
    }
  }
}

/// The statistics of a column of a table, or of an index's expression; null when there are none.
std::optional<ColumnStatistics>* statistics_of(CatalogSnapshot& snapshot, Oid relation,
                                               std::int16_t number, bool inherited) {
  for (Table& table : snapshot.tables) {
    for (Column& column : table.columns) {
      if (table.oid == relation && column.number == number) {
        return inherited ? &column.inherited_statistics : &column.statistics;
      }
    }
  }
  for (Index& index : snapshot.indexes) {
    const auto key = static_cast<std::size_t>(number) - 1;
    if (index.oid == relation && key < index.keys.size()) {
      return &index.keys[key].statistics;
    }
  }
  return nullptr;
}

/// A row of the sections "range_statistics" and "column_ends": the members that these know.
struct FurtherStatistics {
  Oid relation = 0;
  std::int16_t column = 0;
  bool inherited = false;
  ColumnStatistics statistics = {};
};

template <class F>
void describe_fields(F&& field, const FurtherStatistics*) {
  field("relation", &FurtherStatistics::relation);
  field("column", &FurtherStatistics::column);
  field("inherited", &FurtherStatistics::inherited);
  field("statistics", &FurtherStatistics::statistics);
}

void attach_range_statistics(CatalogSnapshot& snapshot, std::vector<FurtherStatistics> rows) {
  for (FurtherStatistics& row : rows) {
    auto* known = statistics_of(snapshot, row.relation, row.column, row.inherited);
    if (known != nullptr && *known) {
      ColumnStatistics& column = **known;
      column.range_bounds_histogram = std::move(row.statistics.range_bounds_histogram);
      column.range_length_histogram = std::move(row.statistics.range_length_histogram);
      column.range_empty_fraction = row.statistics.range_empty_fraction;
    }
  }
}

void attach_column_ends(CatalogSnapshot& snapshot, std::vector<FurtherStatistics> rows) {
  for (FurtherStatistics& row : rows) {
    auto* known = statistics_of(snapshot, row.relation, row.column, false);
    if (known != nullptr && *known) {
      (*known)->lowest = std::move(row.statistics.lowest);
      (*known)->highest = std::move(row.statistics.highest);
    }
  }
}

/// A part of the section "samples".
struct SampledColumn {
  Oid relation = 0;
  std::int16_t column = 0;
  ColumnSample sample = {};
};

template <class F>
void describe_fields(F&& field, const SampledColumn*) {
  field("relation", &SampledColumn::relation);
  field("column", &SampledColumn::column);
  field("sample", &SampledColumn::sample);
}

void attach_samples(CatalogSnapshot& snapshot, std::vector<SampledColumn> samples) {
  for (SampledColumn& one : samples) {
    for (Table& table : snapshot.tables) {
      for (Column& column : table.columns) {
        if (table.oid == one.relation && column.number == one.column) {
          column.samples.push_back(std::move(one.sample));
        }
      }
    }
  }
}

CatalogSnapshot assemble(const Sections& sections, const std::string& source) {
  Json document = Json::object();
  for (const auto& [name, value] : sections) {
    if (name == "server") {
      document.update(value);
    } else if (std::count(kApart.begin(), kApart.end(), name) == 0) {
      document[name] = value;
    }
  }
  const snapshot_json::Reader reader{source};
  CatalogSnapshot snapshot;
  reader.read(document, snapshot, "");
  if (const auto rows = sections.find("expression_statistics"); rows != sections.end()) {
    attach_expression_statistics(snapshot, rows->second, reader);
  }
  if (const auto heights = sections.find("tree_heights"); heights != sections.end()) {
    attach_tree_heights(snapshot, heights->second);
  }
  if (const auto rows = sections.find("range_statistics"); rows != sections.end()) {
    std::vector<FurtherStatistics> ranges;
    reader.read(rows->second, ranges, "range_statistics");
    attach_range_statistics(snapshot, std::move(ranges));
  }
  if (const auto parts = sections.find("column_ends"); parts != sections.end()) {
    std::vector<std::vector<FurtherStatistics>> ends;
    reader.read(parts->second, ends, "column_ends");
    for (auto& part : ends) {
      attach_column_ends(snapshot, std::move(part));
    }
  }
  if (const auto parts = sections.find("samples"); parts != sections.end()) {
    std::vector<SampledColumn> samples;
    reader.read(parts->second, samples, "samples");
    attach_samples(snapshot, std::move(samples));
  }
  sort_snapshot(snapshot);
  return snapshot;
}

}  // namespace

bool is_psql_output(std::string_view text) {
  return text.substr(0, kFirstLine.size()) == kFirstLine;
}

CatalogSnapshot parse_psql_output(std::string_view text, const std::string& file) {
  Sections sections;
  bool ended = false;
  std::size_t line_number = 0;
  while (!text.empty()) {
    const auto length = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    ++line_number;
    const Json json = Json::parse(line, nullptr, false);
    if (line_number == 1 && json.is_object() && json.value("version", 0) > kScriptVersion) {
      throw UserError{file + ": written by a newer quern's psql script; use that quern to read it"};
    }
    if (json.is_object() && json.contains("section") && json["section"].is_string() &&
        json.contains("value")) {
      ended = json["section"] == "end";
      const auto name = json["section"].get<std::string>();
      if (name == "column_ends" || name == "samples") {  // come in parts
        sections.emplace(name, Json::array()).first->second.push_back(json["value"]);
      } else {
        sections.emplace(json["section"].get<std::string>(), json["value"]);
      }
    } else if (line_number > 1 && !line.empty()) {
      throw UserError{
          fmt::format("{}:{}: not a line of the snapshot script's output (cut short, or "
                      "psql ran without -XAtq?)",
                      file, line_number)};
    }
  }
  if (!ended) {
    throw UserError{
        fmt::format("{}:{}: the output ends before the script's last line: it was cut "
                    "short, or the script failed; run it again",
                    file, line_number)};
  }
  sections.erase("end");
  return assemble(sections, file);
}

CatalogSnapshot assemble_snapshot(const std::map<std::string, std::string>& sections,
                                  const std::string& source) {
  Sections parsed;
  for (const auto& [name, text] : sections) {
    Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) {
      throw UserError{
          fmt::format("{}: the server's answer about {} is not UTF-8 JSON; is the "
                      "database's encoding SQL_ASCII?",
                      source, name)};
    }
    parsed.emplace(name, std::move(json));
  }
  return assemble(parsed, source);
}

}  // namespace quern::collector
