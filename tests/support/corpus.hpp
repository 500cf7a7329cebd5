#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/support/cluster.hpp"
#include "tests/support/oracle.hpp"

namespace quern::testing {

/// A sample's statements (queries.sql) and the sets they are planned under (index_sets.sql).
struct Corpus {
  std::string name;
  std::vector<NamedStatement> statements = {};
  std::vector<IndexSet> sets = {};
};

[[nodiscard]] Corpus read_corpus(const std::string& sample);

/// The sample's database on this server, made by its load.sh when it is missing or was made by
/// other files; a connection string. A scale under 1 is a database of its own.
[[nodiscard]] std::string sample_database(const Cluster& cluster, const std::string& sample,
                                          const std::string& scale = "1");

/// Every statement under every set, or only those under the sets named.
[[nodiscard]] std::vector<OracleCase> run_corpus(const Corpus& corpus, const std::string& dsn,
                                                 const CatalogSnapshot& catalog,
                                                 const std::vector<std::string>& only_sets = {});

/// The server's plans of every statement under every set, one JSON object a line, with the settings
/// that each set changed.
void record_plans(const Corpus& corpus, const std::string& dsn, const CatalogSnapshot& catalog,
                  const std::string& path);

/// The model beside plans recorded so; no server is asked. The file may be compressed.
[[nodiscard]] std::vector<OracleCase> compare_recorded(const Corpus& corpus,
                                                       const CatalogSnapshot& catalog,
                                                       const std::string& path);

}  // namespace quern::testing
