#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "advisor/advise.hpp"

namespace CLI {
class App;
}

namespace quern::reports {

/// What `advise` and `check` have in common, as typed.
struct AdviceArguments {
  std::string budget = {};
  std::uint32_t max_indexes = 1000;
  std::uint32_t max_indexes_per_table = 1000;
  std::optional<double> max_write_overhead = {};  ///< percent
  std::string max_wal = {};
  std::string max_build_time = {};
  std::uint32_t max_width = 4;
  double time_limit_seconds = 60;
  std::string size_model = "as-built";
  std::string cost = {};  ///< empty: by the size model
  std::string role = {};
  std::vector<std::string> keep = {};
  std::vector<std::string> never = {};
  std::vector<std::string> must_have = {};
};

void add_advice_arguments(CLI::App& command, AdviceArguments& options);
void add_size_model(CLI::App& command, std::string& size_model);

/// As meant. Throws UserError for a size that is none.
[[nodiscard]] advisor::AdviceOptions advice_options(const AdviceArguments& options);

}  // namespace quern::reports
