#include "collector/sql/parse_tree.hpp"

#include <cctype>
#include <exception>
#include <functional>
#include <utility>

#include <fmt/format.h>
#include <pg_query.h>

#include "collector/base/failure.hpp"
#include "collector/sql/message_arena.hpp"
#include "collector/sql/nesting.hpp"
#include "collector/sql/passing_tree.hpp"

namespace {

/// What is shown the tree that the library is about to write as protobuf bytes, instead of that.
using Look = std::function<void(const PgQuery__ParseResult& tree)>;

/// What a look throws waits until the library, which is C, has returned.
struct Capture {
  const Look& look;
  std::exception_ptr failure = {};
};

thread_local Capture* capture = nullptr;

}  // namespace

// The library builds the whole message, measures it, packs it, frees it; we would unpack it. A Node
// is a oneof of some 230 members, each looked at in each pass: two thirds of the time of a parse.
// The linker (--wrap, see CMakeLists.txt) leads the library's two calls here.
extern "C" {
std::size_t __real_pg_query__parse_result__get_packed_size(const PgQuery__ParseResult* message);
std::size_t __real_pg_query__parse_result__pack(const PgQuery__ParseResult* message,
                                                std::uint8_t* out);

std::size_t __wrap_pg_query__parse_result__get_packed_size(const PgQuery__ParseResult* message) {
  return capture != nullptr ? 0 : __real_pg_query__parse_result__get_packed_size(message);
}

std::size_t __wrap_pg_query__parse_result__pack(const PgQuery__ParseResult* message,
                                                std::uint8_t* out) {
  if (capture == nullptr) {
    return __real_pg_query__parse_result__pack(message, out);
  }
  if (message->n_stmts == 0) {  // of a text without a statement, or one that does not parse
    return 0;
  }
  // While it looks, nothing is captured: it may parse, and write trees, itself.
  Capture& shown = *std::exchange(capture, nullptr);
  try {
    shown.look(*message);
  } catch (...) {
    shown.failure = std::current_exception();
  }
  return 0;
}
}

namespace quern::collector {

namespace {

/// Runs a library result's own release function when the scope ends.
template <class Result, void (*Free)(Result)>
class Released {
 public:
  explicit Released(Result result) : result_{result} {}

  ~Released() { Free(result_); }

  Released(const Released&) = delete;
  Released& operator=(const Released&) = delete;

  const Result* operator->() const { return &result_; }

 private:
  Result result_;
};

/// From here to the end of the scope this thread's next parse is shown to `shown`.
class Capturing {
 public:
  explicit Capturing(Capture& shown) : outer_{std::exchange(capture, &shown)} {}

  ~Capturing() { capture = outer_; }

  Capturing(const Capturing&) = delete;
  Capturing& operator=(const Capturing&) = delete;

 private:
  Capture* outer_;
};

/// What would make the library read past the text's end or overrun its stack.
std::optional<SyntaxError> refusal(std::string_view sql) {
  if (const auto nul = sql.find('\0'); nul != std::string_view::npos) {
    return SyntaxError{"the text holds a NUL byte", nul};
  }
  // A level takes at least a character.
  if (sql.size() > ParseTree::kMaximumNesting && nesting_bound(sql) > ParseTree::kMaximumNesting) {
    return SyntaxError{fmt::format("nests deeper than {} levels", ParseTree::kMaximumNesting), 0};
  }
  return std::nullopt;
}

SyntaxError from_library(const PgQueryError& error) {
  return SyntaxError{error.message == nullptr ? "syntax error" : error.message,
                     error.cursorpos > 0 ? static_cast<std::size_t>(error.cursorpos - 1) : 0};
}

/// The library leaves white space around a statement to its neighbours.
ParseTree::Statement trimmed(const PgQuery__RawStmt& raw, std::string_view text) {
  std::size_t from = std::min(static_cast<std::size_t>(raw.stmt_location), text.size());
  std::size_t end = raw.stmt_len > 0
                        ? std::min(from + static_cast<std::size_t>(raw.stmt_len), text.size())
                        : text.size();
  const auto space = [&](std::size_t i) {
    return std::isspace(static_cast<unsigned char>(text[i])) != 0;
  };
  while (from < end && space(from)) {
    ++from;
  }
  while (end > from && (space(end - 1) || text[end - 1] == ';')) {
    --end;
  }
  return ParseTree::Statement{raw.stmt, from, end - from};
}

/// Nothing when the text parses. One without a statement is not shown.
std::optional<SyntaxError> parse_and_show(const std::string& text, const Look& look) {
  if (auto refused = refusal(text)) {
    return refused;
  }
  Capture shown{look};
  const Capturing capturing{shown};
  const Released<PgQueryProtobufParseResult, pg_query_free_protobuf_parse_result> result{
      pg_query_parse_protobuf(text.c_str())};
  if (shown.failure) {
    std::rethrow_exception(shown.failure);
  }
  return result->error == nullptr ? std::nullopt : std::optional{from_library(*result->error)};
}

UserError refused_text(std::string_view sql, const SyntaxError& error) {
  constexpr std::size_t kShown = 200;
  return UserError{fmt::format("cannot parse SQL: {} (at byte {}): {}", error.message,
                               error.position + 1, sql.substr(0, kShown))};
}

}  // namespace

std::optional<ParseTree> ParseTree::parse(std::string_view sql, SyntaxError& error) {
  const auto text = std::make_shared<const std::string>(sql);
  const auto arena = std::make_shared<MessageArena>();
  const PgQuery__ParseResult* parsed = nullptr;
  if (auto refused = parse_and_show(*text, [&](const PgQuery__ParseResult& passing) {
        parsed = reinterpret_cast<const PgQuery__ParseResult*>(arena->copy(passing.base));
      })) {
    error = std::move(*refused);
    return std::nullopt;
  }
  ParseTree tree;
  tree.text_ = text;
  tree.memory_ = arena;
  for (std::size_t i = 0; parsed != nullptr && i < parsed->n_stmts; ++i) {
    if (parsed->stmts[i]->stmt != nullptr) {
      tree.statements_.push_back(trimmed(*parsed->stmts[i], *tree.text_));
    }
  }
  return tree;
}

bool look_at_tree(std::string_view sql,
                  const std::function<void(const PgQuery__ParseResult& tree)>& look) {
  return !parse_and_show(std::string{sql}, look);
}

void look_at_tree_or_throw(std::string_view sql,
                           const std::function<void(const PgQuery__ParseResult& tree)>& look) {
  if (const auto error = parse_and_show(std::string{sql}, look)) {
    throw refused_text(sql, *error);
  }
}

ParseTree ParseTree::parse_or_throw(std::string_view sql) {
  SyntaxError error;
  auto tree = parse(sql, error);
  if (!tree) {
    throw refused_text(sql, error);
  }
  return std::move(*tree);
}

std::string library_text(const PgQuery__ParseResult& tree) {
  std::string packed(pg_query__parse_result__get_packed_size(&tree), '\0');
  pg_query__parse_result__pack(&tree, reinterpret_cast<std::uint8_t*>(packed.data()));
  const Released<PgQueryDeparseResult, pg_query_free_deparse_result> result{
      pg_query_deparse_protobuf(PgQueryProtobuf{packed.size(), packed.data()})};
  if (result->error != nullptr) {
    throw UserError{fmt::format("cannot write the changed statement as SQL: {}",
                                from_library(*result->error).message)};
  }
  return result->query;
}

std::optional<std::string> fingerprint(std::string_view sql) {
  if (refusal(sql)) {
    return std::nullopt;
  }
  const std::string text{sql};
  const Released<PgQueryFingerprintResult, pg_query_free_fingerprint_result> result{
      pg_query_fingerprint(text.c_str())};
  if (result->error != nullptr || result->fingerprint_str == nullptr) {
    return std::nullopt;
  }
  return std::string{result->fingerprint_str};
}

std::optional<std::string> normalize(std::string_view sql) {
  if (refusal(sql)) {
    return std::nullopt;
  }
  const std::string text{sql};
  const Released<PgQueryNormalizeResult, pg_query_free_normalize_result> result{
      pg_query_normalize(text.c_str())};
  if (result->error != nullptr || result->normalized_query == nullptr) {
    return std::nullopt;
  }
  return std::string{result->normalized_query};
}

}  // namespace quern::collector
