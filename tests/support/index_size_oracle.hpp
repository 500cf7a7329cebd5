#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace quern::testing {

/// One index: really built, and sized by the model beforehand.
struct SizedCase {
  std::string definition;
  std::string method;
  double real_pages = 0;
  double model_pages = 0;
  double real_rows = 0;  ///< reltuples after the build
  double model_rows = 0;
  std::optional<int> real_height = {};
  std::optional<int> model_height = {};
  double milliseconds = 0;  ///< the model's own time

  [[nodiscard]] double error() const { return model_pages / real_pages - 1; }

  /// Sizes are whole pages: one page off is within, however small the index.
  [[nodiscard]] bool within(double fraction) const;
};

struct SizeRun {
  std::uint64_t seed = 1;
  std::size_t definitions = 200;
  std::size_t tables = 10;
  std::int64_t largest_table = 500'000;
  /// A folder for what the server answered: a second run of the seed then needs no server.
  std::string facts = {};
};

/// The same definitions sized from a snapshot without and with samples of the tables.
struct SizedIndexes {
  std::vector<SizedCase> by_statistics = {};
  std::vector<SizedCase> by_samples = {};
};

/// Makes the seed's tables on the throwaway server, sizes every definition from their statistics
/// and builds it.
[[nodiscard]] SizedIndexes run_index_sizes(const SizeRun& run);

/// Shares within 5 and 15 % by access method, and the `worst` definitions.
void print_sizes(std::ostream& out, const std::vector<SizedCase>& cases, std::size_t worst);

}  // namespace quern::testing
