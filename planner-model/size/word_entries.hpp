#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "planner-model/size/gin_elements.hpp"

namespace quern::planner_model {

/// Adds the entries of a column of tsvector: the most common words, and as many others as the width
/// leaves room for, by what ANALYZE leaves out of its list. `filled_rows`: not NULL.
void add_word_entries(const IndexColumn& column, double filled_rows,
                      std::vector<GinEntries>& answer);

/// The words of a tsvector as tsvectorout() writes it ("'fox':3 'it''s':1A").
[[nodiscard]] std::vector<std::string> words_of(std::string_view tsvector);

}  // namespace quern::planner_model
