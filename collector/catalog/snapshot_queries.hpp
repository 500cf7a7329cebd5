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

/// One row: whether pg_stats leaves out the histograms of ranges (it does before PostgreSQL 17) and
/// this user may read pg_statistic itself, as superusers and members of pg_read_all_data may.
[[nodiscard]] const std::string& may_read_statistics_query();

/// The section "range_statistics" from there.
[[nodiscard]] const std::string& range_statistics_query();

/// One row a query, whose one JSON value is a part of the section "column_ends": the least and the
/// greatest value of columns that lead a btree, read from its ends. To be run under
/// column_ends_settings(), where a failure does no harm.
[[nodiscard]] const std::string& column_ends_queries();
[[nodiscard]] const std::vector<std::string>& column_ends_settings();

/// One psql script that prints every section as a line of JSON:
///   psql -XAtq -f snapshot.sql -o prod.psql.json "..."
/// `samples`: those of sample_queries() too, each in a transaction of its own.
[[nodiscard]] std::string snapshot_psql_script(bool samples = false);

}  // namespace quern::collector
