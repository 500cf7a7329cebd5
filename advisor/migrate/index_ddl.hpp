#pragma once

#include <string>
#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "advisor/candidates/candidate_index.hpp"
#include "advisor/migrate/index_name.hpp"

namespace quern::advisor {

/// Complete statements in order, each to be sent on its own: CONCURRENTLY runs in no transaction.
struct Migration {
  std::vector<std::string> up = {};
  std::vector<std::string> down = {};
  std::vector<std::string> cautions = {};
};

/// "CREATE INDEX name ON table (...)": what the planner is asked about.
[[nodiscard]] std::string create_index_text(const IndexDefinition& index, const std::string& name,
                                            const Table& table, const CatalogSnapshot& catalog);

/// Built without blocking writes. A partitioned table gets an index ON ONLY the parent, one built
/// CONCURRENTLY on each leaf, and ATTACH PARTITION for each; the last makes the parent's valid.
/// The leaves' indexes take their names from `names`, which holds `name` already.
[[nodiscard]] Migration create_index(const IndexDefinition& index, const std::string& name,
                                     const CatalogSnapshot& catalog, IndexNames& names);

/// DROP INDEX CONCURRENTLY; a partitioned index, where that is not possible, under a short
/// lock_timeout. `down` builds it again exactly as it was.
[[nodiscard]] Migration drop_index(const Index& index, const CatalogSnapshot& catalog);

/// Leaves below a partitioned table in catalog order; the table itself when it is plain.
[[nodiscard]] std::vector<const Table*> leaves(const Table& table, const CatalogSnapshot& catalog);
/// As the statistics know them, over all leaves; of no table none.
[[nodiscard]] double rows_in(const Table* table, const CatalogSnapshot& catalog);

}  // namespace quern::advisor
