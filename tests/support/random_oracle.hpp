#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "tests/support/oracle.hpp"
#include "tests/support/random_schema.hpp"

namespace quern::testing {

struct RandomRun {
  std::uint64_t seed = 1;        ///< of the schema; statement i has its own seed
  std::size_t statements = 100;  ///< each under one of two or three index sets
  std::size_t only = SIZE_MAX;   ///< only this statement's number
  bool shrink = false;           ///< make the worst cases small
  std::size_t shrunk_cases = 5;
  bool keep = false;  ///< leave the database where it is
  int server = 15;    ///< major version
};

/// Makes the seed's database on the throwaway server, plans its statements there and in the model.
/// Statements that the server refuses are the generator's fault: reported on `notes`, left out.
[[nodiscard]] std::vector<OracleCase> run_random_oracle(const RandomRun& run, std::ostream& notes);

/// The smallest list of choices, found greedily, for which `fails` still holds.
[[nodiscard]] std::vector<std::uint32_t> shrunk(
    std::vector<std::uint32_t> choices,
    const std::function<bool(const std::vector<std::uint32_t>&)>& fails);

}  // namespace quern::testing
