#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A snapshot is UTF-8 whatever the server's encoding: characters are counted as UTF-8 has them.
namespace quern::planner_model {

[[nodiscard]] std::vector<std::string_view> characters_of(std::string_view text);

[[nodiscard]] std::int64_t count_characters(std::string_view text);

/// The characters from one number up to another, counted from 0.
[[nodiscard]] std::string_view characters_between(std::string_view text, std::int64_t from,
                                                  std::int64_t to);

/// Of one character; nullopt: not UTF-8.
[[nodiscard]] std::optional<std::uint32_t> code_point(std::string_view character);

/// nullopt: there is no such character.
[[nodiscard]] std::optional<std::string> character_of(std::int64_t code_point);

}  // namespace quern::planner_model
