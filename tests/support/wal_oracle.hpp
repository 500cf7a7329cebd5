#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace quern::testing {

/// One kind of write to one random table: WAL bytes a row as the server wrote them and as the model
/// says.
struct WalCase {
  std::string table;
  std::string operation;  ///< "insert", "copy", "HOT update", "update", "delete"; "+ images"
  std::size_t indexes = 0;
  double rows = 0;
  double real = 0;
  double real_images = 0;  ///< of them, full-page images
  double model = 0;
  double model_images = 0;
  std::string detail = {};  ///< by resource manager, and the model's parts

  [[nodiscard]] double error() const { return model / real - 1; }
};

/// How much slower the indexes make a bulk statement: time with them over time without.
struct Slowdown {
  std::string table;
  std::string operation;
  double real = 1;
  double model = 1;
  double real_without = 0;  ///< microseconds a row
  double real_with = 0;
  double model_without = 0;
  double model_with = 0;
  std::string detail = {};  ///< the model's time of each index
};

/// WAL of one index, a dead row that VACUUM removes.
struct VacuumCase {
  std::string table;
  std::string index;   ///< its definition
  std::string method;  ///< access method
  double dead_rows = 0;
  double real = 0;
  double model = 0;
  std::string detail = {};

  [[nodiscard]] double error() const { return model / real - 1; }
};

struct WalRun {
  std::uint64_t seed = 1;
  std::size_t tables = 0;
  std::optional<std::size_t> only = {};  ///< the table of this number
  std::int64_t largest_table = 200'000;
  bool images = true;  ///< also right after checkpoints, with full_page_writes on
  bool times = true;
  bool vacuums = true;
  /// A folder for what the server answered: a second run of the seed then needs no server.
  std::string facts = {};
};

struct WalResults {
  std::vector<WalCase> cases = {};
  std::vector<Slowdown> slowdowns = {};
  std::vector<VacuumCase> vacuums = {};
};

/// Writes to the seed's tables on the throwaway server (write_tables()), and compares.
[[nodiscard]] WalResults run_wal(const WalRun& run, std::ostream& progress);

/// Spearman's: 1 when the model puts the slowdowns in the server's order.
[[nodiscard]] double rank_correlation(const std::vector<Slowdown>& slowdowns);

/// Errors by operation, and the `worst` cases with their details.
void print_wal(std::ostream& out, const WalResults& results, std::size_t worst);

}  // namespace quern::testing
