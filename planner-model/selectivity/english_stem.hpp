#pragma once

#include <string>
#include <string_view>

namespace quern::planner_model {

/// The stem of an English word of lower-case ASCII letters, as the server's english_stem
/// dictionary has it (dict_snowball.c): both take it from Snowball.
[[nodiscard]] std::string english_stem(std::string_view word);

/// tsearch_data/english.stop: words that are not looked up.
[[nodiscard]] bool is_english_stop_word(std::string_view word);

}  // namespace quern::planner_model
