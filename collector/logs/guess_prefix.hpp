#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace quern::collector {

/// Names that `connection authorized: user=web database=shop application_name=psql` tells.
struct KnownNames {
  std::set<std::string> users, databases, applications;

  explicit KnownNames(const std::vector<std::string_view>& lines);
};

/// Which escape of log_line_prefix a name in `name=value` stands for; 0: none known.
[[nodiscard]] char escape_of_name(std::string_view name);

/// Reads the text before a message's tag from left to right and writes the escapes it would come
/// from. `words`: a word that says nothing by its form may be another one in the next line.
[[nodiscard]] std::string guess_prefix(std::string_view text, const KnownNames& names, bool words);

}  // namespace quern::collector
