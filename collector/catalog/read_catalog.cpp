#include "collector/catalog/read_catalog.hpp"

#include <map>

#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/catalog/psql_output.hpp"
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

}  // namespace

CatalogSnapshot read_catalog(const std::string& dsn) {
  ReadOnlySession session{dsn, snapshot_session_settings()};
  const int version = std::stoi(single_value(session.query("SHOW server_version_num")));
  if (version < kOldestServer) {
    throw UserError{fmt::format("{} is PostgreSQL {}; quern reads 13 and newer", session.name(),
                                version / 10000)};
  }
  std::map<std::string, std::string> sections;
  for (const SnapshotQuery& query : snapshot_queries()) {
    if (version >= query.minimum_version) {
      sections[query.section] = single_value(session.query(query.sql));
    }
  }
  read_tree_heights(session, sections);
  return assemble_snapshot(sections, session.name());
}

}  // namespace quern::collector
