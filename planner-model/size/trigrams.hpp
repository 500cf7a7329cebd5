#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "planner-model/size/gin_elements.hpp"

namespace quern::planner_model {

/// The different trigrams of a text as generate_trgm() of contrib/pg_trgm takes them: of its words
/// in lower case, two blanks before and one behind. Three letters in one number; of letters beyond
/// ASCII a hash stands for the trigram, as on the server. Sorted.
[[nodiscard]] std::vector<std::uint32_t> trigrams(std::string_view text);

/// Those that a match of a LIKE pattern has at least: between wildcards, with blanks only where a
/// word begins or ends for certain (generate_wildcard_trgm()). Sorted.
[[nodiscard]] std::vector<std::uint32_t> pattern_trigrams(std::string_view pattern);

/// The entries of a trigram index: the trigrams of the most common values, and those of texts like
/// the histogram's bounds.
[[nodiscard]] std::vector<GinEntries> trigram_entries(const IndexColumn& column,
                                                      double rows_indexed);

}  // namespace quern::planner_model
