#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "collector/workload/workload.hpp"

namespace quern {

/// Statements that write, and the rows they changed as far as the log tells.
struct WriteCount {
  std::uint64_t statements = 0;
  std::uint64_t rows = 0;
  std::uint64_t with_rows = 0;  ///< of `statements`, those whose class tells its rows
  bool operator==(const WriteCount&) const = default;
};

/// What a workload writes to one table.
struct TableWrites {
  WriteCount inserts = {};
  WriteCount updates = {};
  WriteCount deletes = {};
  std::map<std::string, WriteCount> updated_columns = {};  ///< those that UPDATEs set, by name
  bool operator==(const TableWrites&) const = default;
};

/// Writes by table, as the statements name it ("orders", "sales.orders"): INSERT (with ON CONFLICT
/// DO UPDATE also as updates), UPDATE, DELETE, MERGE by its actions, and those of a WITH clause. A
/// class's rows count for its main statement alone.
[[nodiscard]] std::map<std::string, TableWrites> write_activity(const Workload& workload);

}  // namespace quern
