#include "collector/catalog/snapshot_document.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <xxhash.h>

#include "collector/base/failure.hpp"
#include "collector/catalog/psql_output.hpp"
#include "collector/catalog/snapshot_json.hpp"
#include "collector/input/byte_source.hpp"

namespace quern::collector {

namespace {

using snapshot_json::Json;

constexpr const char* kFormat = "quern-catalog";

Json parse_json(std::string_view text, const std::string& file) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    if (error.byte >= text.size()) {
      throw UserError{fmt::format(
          "{}: the catalog ends in the middle (after {} bytes): it was cut short; take it again "
          "with `quern snapshot`",
          file, text.size())};
    }
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<long>(error.byte), '\n');
    throw UserError{fmt::format(
        "{}:{}: not a catalog: no JSON at byte {}; expected the output of `quern snapshot`", file,
        line, error.byte)};
  }
}

void check_format(const Json& json, const std::string& file) {
  const auto format = json.is_object() ? json.find("format") : json.end();
  if (!json.is_object() || format == json.end() || !format->is_string()) {
    throw UserError{
        file + ": not a catalog: it has no \"format\"; expected the output of `quern snapshot`"};
  }
  if (*format != kFormat) {
    throw UserError{fmt::format("{}: a \"{}\" document where a \"{}\" is needed", file,
                                format->get<std::string>(), kFormat)};
  }
  const auto version = json.find("version");
  if (version == json.end() || !version->is_number_integer()) {
    throw UserError{file + ": the catalog has no \"version\": it is damaged"};
  }
  if (version->get<std::int64_t>() > CatalogSnapshot::kFormatVersion) {
    throw UserError{fmt::format(
        "{}: catalog format version {} is newer than this quern reads ({}); use a newer quern",
        file, version->get<std::int64_t>(), CatalogSnapshot::kFormatVersion)};
  }
}

}  // namespace

std::string write_snapshot(const CatalogSnapshot& snapshot) {
  Json json = snapshot_json::to_json(snapshot);
  json["format"] = kFormat;
  json["version"] = CatalogSnapshot::kFormatVersion;
  // Members that a reader looks at first are there even at their default.
  json["server_version"] = snapshot.server_version;
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

CatalogSnapshot parse_snapshot(std::string_view text, const std::string& file) {
  if (text.empty()) {
    throw UserError{file + ": empty; expected the output of `quern snapshot`"};
  }
  if (is_psql_output(text)) {
    return parse_psql_output(text, file);
  }
  const Json json = parse_json(text, file);
  check_format(json, file);
  CatalogSnapshot snapshot;
  snapshot_json::Reader{file}.read(json, snapshot, "");
  sort_snapshot(snapshot);
  return snapshot;
}

CatalogSnapshot read_snapshot(const std::string& path) {
  return parse_snapshot(read_document(path), path == "-" ? "standard input" : path);
}

std::string identity(const CatalogSnapshot& snapshot) {
  const std::string text = write_snapshot(snapshot);
  return fmt::format("{:016x}", XXH64(text.data(), text.size(), 0));
}

void sort_snapshot(CatalogSnapshot& snapshot) {
  const auto by_name = [](auto& objects) {
    std::sort(objects.begin(), objects.end(), [](const auto& a, const auto& b) {
      return std::tie(a.schema, a.name, a.oid) < std::tie(b.schema, b.name, b.oid);
    });
  };
  by_name(snapshot.tables);
  by_name(snapshot.indexes);
  by_name(snapshot.types);
  by_name(snapshot.functions);
  by_name(snapshot.operators);
  by_name(snapshot.operator_classes);
  std::sort(snapshot.casts.begin(), snapshot.casts.end(), [](const auto& a, const auto& b) {
    return std::tie(a.source, a.target) < std::tie(b.source, b.target);
  });
  std::sort(snapshot.extended_statistics.begin(), snapshot.extended_statistics.end(),
            [](const auto& a, const auto& b) {
              return std::tie(a.schema, a.name, a.inherited) <
                     std::tie(b.schema, b.name, b.inherited);
            });
  std::sort(snapshot.constraints.begin(), snapshot.constraints.end(),
            [](const auto& a, const auto& b) {
              return std::tie(a.table, a.name) < std::tie(b.table, b.name);
            });
  for (Table& table : snapshot.tables) {
    std::sort(table.columns.begin(), table.columns.end(),
              [](const Column& a, const Column& b) { return a.number < b.number; });
    for (Column& column : table.columns) {
      std::sort(column.samples.begin(), column.samples.end(),
                [](const auto& a, const auto& b) { return a.keys_of < b.keys_of; });
    }
    const auto in_order = [](const auto& a, const auto& b) { return a.name < b.name; };
    std::sort(table.policies.begin(), table.policies.end(), in_order);
    std::sort(table.rules.begin(), table.rules.end(), in_order);
  }
  std::sort(snapshot.roles.begin(), snapshot.roles.end(),
            [](const Role& a, const Role& b) { return a.name < b.name; });
  std::sort(snapshot.extensions.begin(), snapshot.extensions.end());
  std::sort(snapshot.caveats.begin(), snapshot.caveats.end());
}

}  // namespace quern::collector
