#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace quern::fuzz {

/// Changes SQL text by its own pieces: tokens, bracketed groups, whole statements, taken from a
/// collection of seeds. Most of what it makes still parses.
class SqlMutator {
 public:
  explicit SqlMutator(std::vector<std::string> seeds);

  [[nodiscard]] std::string mutate(std::string_view sql, std::uint32_t seed);
  [[nodiscard]] std::string cross(std::string_view one, std::string_view other, std::uint32_t seed);

 private:
  std::vector<std::string> seeds_;
  std::vector<std::string> tokens_;  ///< of the seeds, as often as they come
  std::vector<std::string> groups_;  ///< what stands in brackets in the seeds
  std::minstd_rand random_{1};

  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

  std::string replace_tokens(std::string_view sql);
  std::string replace_group(std::string_view sql, const std::vector<std::string>& with);
  std::string wrap(std::string_view sql);
  std::string repeat_piece(std::string_view sql);
};

/// Statements between semicolons that end a line; comment lines are left out.
[[nodiscard]] std::vector<std::string> split_statements(std::string_view text);

}  // namespace quern::fuzz
