#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/writes/write_ahead_log.hpp"

namespace quern::testing {

/// WAL records of one kind for one relation (the first that the record names), a row written.
struct RecordsOfKind {
  std::string relation;  ///< empty: none, as for commits
  std::string kind;      ///< "Btree/INSERT_LEAF"
  double count = 0;
  double bytes = 0;   ///< with alignment and the WAL pages' headers
  double images = 0;  ///< of them
};

/// One kind of write to one table, as the server answered it.
struct WalFacts {
  std::string table;
  std::string operation;
  CatalogSnapshot catalog = {};  ///< right before
  planner_model::WriteShape shape = {};
  double bytes = 0;  ///< of WAL, a row
  std::vector<RecordsOfKind> records = {};
};

/// The same rows inserted with the table's indexes and without: microseconds a row.
struct SlowdownFacts {
  std::string table;
  CatalogSnapshot catalog = {};
  planner_model::WriteShape shape = {};
  double without = 0;
  double with = 0;
};

/// A VACUUM that removed rows from one table and its indexes: records a dead row.
struct VacuumFacts {
  std::string table;
  CatalogSnapshot catalog = {};  ///< before the rows died
  double dead_rows = 0;
  std::vector<RecordsOfKind> records = {};
};

struct WrittenTables {
  std::vector<WalFacts> writes = {};
  std::vector<SlowdownFacts> slowdowns = {};
  std::vector<VacuumFacts> vacuums = {};
};

/// Into files that begin with `stem`.
void write_wal_facts(const std::string& stem, const WrittenTables& written);

/// What write_wal_facts() wrote, if it did.
[[nodiscard]] std::optional<WrittenTables> read_wal_facts(const std::string& stem);

}  // namespace quern::testing
