#pragma once

// The one door to libpg_query (PostgreSQL 15's own grammar). Other folders include this header,
// never the library's: the tree's structs (PgQuery__SelectStmt ...) are the server's parse nodes
// field for field, so that code over them can be read beside src/include/nodes/parsenodes.h.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pg_query/pg_query.pb-c.h>

namespace quern::collector {

class MessageArena;

struct SyntaxError {
  std::string message;       ///< the server's words: syntax error at or near "..."
  std::size_t position = 0;  ///< byte offset from 0
};

/// A parsed SQL text of one or more statements. Immutable; copies share the tree.
class ParseTree {
 public:
  /// Returns nothing and fills `error` when the text is not PostgreSQL SQL, or nests deeper than
  /// kMaximumNesting (the library would overrun the stack).
  static std::optional<ParseTree> parse(std::string_view sql, SyntaxError& error);

  /// As parse(), but throws UserError.
  static ParseTree parse_or_throw(std::string_view sql);

  static constexpr int kMaximumNesting = 1000;

  struct Statement {
    const PgQuery__Node* node;
    std::size_t offset;  ///< into text()
    std::size_t length;
  };

  [[nodiscard]] const std::vector<Statement>& statements() const { return statements_; }

  [[nodiscard]] const std::string& text() const { return *text_; }

  [[nodiscard]] std::string_view statement_text(const Statement& s) const {
    return std::string_view{*text_}.substr(s.offset, s.length);
  }

 private:
  std::shared_ptr<const std::string> text_;
  std::shared_ptr<const MessageArena> memory_;  ///< holds the tree
  std::vector<Statement> statements_;
};

/// What libpg_query's own deparser makes of a tree (pg_query_deparse_protobuf), which may lack
/// parentheses: deparse() of deparse.hpp is what others call.
[[nodiscard]] std::string library_text(const PgQuery__ParseResult& tree);

/// 16 hex digits, equal for statements that differ in constants, white space, comments and IN-list
/// length only. Nothing when `sql` does not parse.
[[nodiscard]] std::optional<std::string> fingerprint(std::string_view sql);

/// Constants replaced by $n (pg_query_normalize). Nothing when `sql` does not parse.
[[nodiscard]] std::optional<std::string> normalize(std::string_view sql);

}  // namespace quern::collector
