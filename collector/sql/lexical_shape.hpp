#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quern::collector {

/// What the fast pass over a statement's tokens finds.
struct LexicalShape {
  std::uint64_t hash = 0;                   ///< equal hash: equal fingerprint (never the other way)
  std::vector<std::uint32_t> list_lengths;  ///< of IN lists of constants and ARRAY[...]
  std::uint32_t value_rows = 0;             ///< rows of constants after VALUES
};

/// Groups statements without parsing them: a hash of the tokens, with constants and parameters
/// dropped, words in lower case, and IN lists and further rows of VALUES folded into one, as
/// libpg_query's fingerprint does. It may tell apart what the fingerprint does not, never the
/// reverse; so one parse a shape is enough. Statements other than SELECT, INSERT, UPDATE, DELETE
/// and MERGE keep their constants, which the fingerprint looks at.
class LexicalShaper {
 public:
  const LexicalShape& shape(std::string_view sql);

  /// What the last call found.
  [[nodiscard]] const LexicalShape& last() const { return shape_; }

 private:
  LexicalShape shape_;
  std::string buffer_;
};

/// The text of a shape: constants and parameters as $1, $2, ..., keywords in capitals, other words
/// in lower case, one blank between tokens where it reads well. A function of the shape alone.
[[nodiscard]] std::string normalized_text(std::string_view sql);

}  // namespace quern::collector
