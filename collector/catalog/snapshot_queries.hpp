#pragma once

#include <string>
#include <vector>

namespace quern::collector {

/// One section of a snapshot: a query that returns one row with one JSON value, whose members bear
/// the document's own keys. The live reader and the psql script run the same texts, hence their
/// documents are the same.
struct SnapshotQuery {
  std::string section;  ///< the document's key; "server" holds those of the top level
  std::string sql;
  int minimum_version = 0;  ///< server_version_num below which the section is not asked for
};

[[nodiscard]] const std::vector<SnapshotQuery>& snapshot_queries();

/// SET commands that make text output the same for every user: time zone, date style, digits, and
/// the timeouts under which the whole snapshot must come.
[[nodiscard]] const std::vector<std::string>& snapshot_session_settings();

/// JSON object {index oid: height of its fast root} by contrib/pageinspect in schema
/// `pageinspect_schema` (quoted already). Only a superuser or pg_read... member may run it.
[[nodiscard]] std::string tree_height_query(const std::string& pageinspect_schema);

/// One row: the schema of contrib/pageinspect (empty: not there), and whether this user may run it.
[[nodiscard]] const std::string& pageinspect_query();

/// One psql script that prints every section as a line of JSON:
///   psql -XAtq -f snapshot.sql -o prod.psql.json "..."
[[nodiscard]] std::string snapshot_psql_script();

}  // namespace quern::collector
