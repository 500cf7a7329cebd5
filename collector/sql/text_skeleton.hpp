#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quern::collector {

/// A cheap first look at a statement: the hash of its bytes with digits and plain quoted strings
/// taken out. Texts with the same skeleton have the same LexicalShape (never the other way), so
/// that a statement that differs in its literals only needs no lexer.
class TextSkeleton {
 public:
  /// Nothing where telling strings from the rest takes a lexer: comments, dollar quotes, escapes;
  /// and for statements other than SELECT, INSERT, UPDATE and DELETE.
  [[nodiscard]] std::optional<std::uint64_t> hash(std::string_view sql);

 private:
  std::string buffer_;
};

}  // namespace quern::collector
