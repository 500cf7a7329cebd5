#include "collector/catalog/read_catalog.hpp"

#include <map>

#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/catalog/psql_output.hpp"
#include "collector/catalog/read_samples.hpp"
#include "collector/catalog/snapshot_document.hpp"
#include "collector/catalog/snapshot_queries.hpp"
#include "collector/postgres/session.hpp"

namespace quern::collector {

namespace {

constexpr int kOldestServer = 130000;

std::string single_value(const std::vector<ReadOnlySession::Row>& rows) {
  return rows.empty() || rows.front().empty() ? "null" : rows.front().front().value_or("null");
}

/// What the psql script does with \gset and \if.
void read_tree_heights(ReadOnlySession& session, std::map<std::string, std::string>& sections) {
  const auto found = session.query(pageinspect_query());
  if (found.empty() || found.front().at(1).value_or("f") != "t") {
    return;
  }
  std::string refusal;
  const auto rows = session.try_query(tree_height_query(found.front().at(0).value_or("")), refusal);
  if (rows) {
    sections["tree_heights"] = single_value(*rows);
  }
}

void read_range_statistics(ReadOnlySession& session, std::map<std::string, std::string>& sections) {
  if (single_value(session.query(may_read_statistics_query())) == "t") {
    sections["range_statistics"] = single_value(session.query(range_statistics_query()));
  }
}

/// One after the other, so that a column whose index can not be read in time costs only its part.
/// `refusal`: why some are missing, if they are.
std::vector<std::string> read_column_ends(ReadOnlySession& session, std::string& refusal) {
  std::vector<std::string> parts;
  for (const std::string& setting : column_ends_settings()) {
    static_cast<void>(session.query(setting));
  }
  const auto queries = session.try_query(column_ends_queries(), refusal);
  for (const auto& row : queries.value_or(std::vector<ReadOnlySession::Row>{})) {
    if (const auto part = session.try_query(row.front().value_or(""), refusal)) {
      parts.push_back(single_value(*part));
    }
  }
  return parts;
}

struct Read {
  std::string name;  ///< of the server
  std::map<std::string, std::string> sections = {};
  std::string refused_ends = {};  ///< why some are missing, if they are
};

Read read_sections(const std::string& dsn) {
  ReadOnlySession session{dsn, snapshot_session_settings()};
  const int version = std::stoi(single_value(session.query("SHOW server_version_num")));
  if (version < kOldestServer) {
    throw UserError{fmt::format("{} is PostgreSQL {}; quern reads 13 and newer", session.name(),
                                version / 10000)};
  }
  Read read{.name = session.name()};
  for (const SnapshotQuery& query : snapshot_queries()) {
    if (version >= query.minimum_version) {
      read.sections[query.section] = single_value(session.query(query.sql));
    }
  }
  read_tree_heights(session, read.sections);
  read_range_statistics(session, read.sections);
  read.sections["column_ends"] =
      fmt::format("[{}]", fmt::join(read_column_ends(session, read.refused_ends), ","));
  return read;
}

}  // namespace

CatalogSnapshot read_catalog(const std::string& dsn, std::optional<std::chrono::seconds> sampling) {
  Read read = read_sections(dsn);
  std::vector<std::string> caveats;
  if (sampling) {
    read.sections["samples"] =
        fmt::format("[{}]", fmt::join(read_samples(dsn, *sampling, caveats), ","));
  }
  if (!read.refused_ends.empty()) {
    caveats.push_back(fmt::format(
        "the ends of some columns could not be read ({}): those of the statistics stand "
        "for them",
        read.refused_ends));
  }
  CatalogSnapshot snapshot = assemble_snapshot(read.sections, read.name);
  snapshot.caveats.insert(snapshot.caveats.end(), caveats.begin(), caveats.end());
  sort_snapshot(snapshot);
  return snapshot;
}

}  // namespace quern::collector
