#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quern::collector {

enum class TokenKind : std::uint8_t {
  End,
  Word,              ///< unquoted identifier or keyword
  QuotedIdentifier,  ///< "..." or U&"..."
  String,            ///< '...', E'...', B'...', X'...', N'...', U&'...', $tag$...$tag$
  Number,
  Parameter,    ///< $1
  Operator,     ///< one or more operator characters
  Punctuation,  ///< one of ( ) [ ] , ; . :
  Comment,      ///< only from next_with_comments()
};

struct Token {
  TokenKind kind = TokenKind::End;
  std::string_view text = {};
  std::size_t offset = 0;
};

/// PostgreSQL's lexical rules (src/backend/parser/scan.l) as far as the borders of tokens go.
/// Never fails: an unterminated literal or comment ends with the text.
class Lexer {
 public:
  explicit Lexer(std::string_view sql) : sql_{sql} {}

  /// The next token that is not white space or a comment.
  Token next();
  Token next_with_comments();

  /// A literal, name or comment that was met is open at the end of the text.
  [[nodiscard]] bool unterminated() const { return unterminated_; }

 private:
  Token take(TokenKind kind, std::size_t from);
  void skip_quoted(char quote, bool backslashes);
  bool skip_dollar_quoted();
  void skip_block_comment();
  void skip_number();
  void skip_operator();

  [[nodiscard]] char at(std::size_t i) const { return i < sql_.size() ? sql_[i] : '\0'; }

  std::string_view sql_;
  std::size_t position_ = 0;
  bool unterminated_ = false;
};

}  // namespace quern::collector
