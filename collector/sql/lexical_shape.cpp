#include "collector/sql/lexical_shape.hpp"

#include <algorithm>
#include <array>

#include <xxhash.h>

#include "collector/sql/lexer.hpp"

namespace quern::collector {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool same_word(std::string_view text, std::string_view lower_case) {
  return text.size() == lower_case.size() &&
         std::equal(text.begin(), text.end(), lower_case.begin(),
                    [](char a, char b) { return lower(a) == b; });
}

bool is_constant(const Token& token) {
  return token.kind == TokenKind::String || token.kind == TokenKind::Number ||
         token.kind == TokenKind::Parameter;
}

bool is_mark(const Token& token, char mark) {
  return token.kind == TokenKind::Punctuation && token.text.front() == mark;
}

/// Constants between brackets, the opening one read already: how many, or 0 when anything else
/// stands there. `lexer` moves behind the closing bracket only on success.
std::uint32_t constants_until(Lexer& lexer, char closing) {
  Lexer ahead = lexer;
  std::uint32_t count = 0;
  for (;;) {
    if (!is_constant(ahead.next())) {
      return 0;
    }
    ++count;
    const Token after = ahead.next();
    if (is_mark(after, closing)) {
      lexer = ahead;
      return count;
    }
    if (!is_mark(after, ',')) {
      return 0;
    }
  }
}

/// `, (c, c)` with as many constants as the row before.
bool further_row(Lexer& lexer, std::uint32_t arity) {
  Lexer ahead = lexer;
  if (!is_mark(ahead.next(), ',') || !is_mark(ahead.next(), '(') ||
      constants_until(ahead, ')') != arity) {
    return false;
  }
  lexer = ahead;
  return true;
}

bool drops_constants(std::string_view sql) {
  Lexer lexer{sql};
  Token first = lexer.next();
  while (is_mark(first, '(')) {
    first = lexer.next();
  }
  constexpr std::array kWords = {"select", "insert", "update", "delete", "with", "values", "merge"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](const char* word) { return same_word(first.text, word); });
}

/// Calls `emit(token)` for every token of the folded statement. Returns whether a literal is open
/// at its end.
template <class Emit>
bool walk(std::string_view sql, LexicalShape& shape, Emit&& emit) {
  Lexer lexer{sql};
  const Token comma{TokenKind::Punctuation, ",", 0};
  const Token constant{TokenKind::Number, "0", 0};
  const Token close{TokenKind::Punctuation, ")", 0};
  for (Token token = lexer.next(); token.kind != TokenKind::End; token = lexer.next()) {
    emit(token);
    if (token.kind != TokenKind::Word) {
      continue;
    }
    if (token.text.size() != 2 && token.text.size() != 5 && token.text.size() != 6) {
      continue;  // neither IN nor ARRAY nor VALUES
    }
    const bool values = same_word(token.text, "values");
    const bool list = !values && same_word(token.text, "in");
    if (!values && !list) {
      if (same_word(token.text, "array")) {
        Lexer ahead = lexer;
        if (is_mark(ahead.next(), '[')) {
          if (const std::uint32_t length = constants_until(ahead, ']'); length > 0) {
            shape.list_lengths.push_back(length);
          }
        }
      }
      continue;
    }
    Lexer inside = lexer;
    const Token open = inside.next();
    if (!is_mark(open, '(')) {
      continue;
    }
    const std::uint32_t count = constants_until(inside, ')');
    if (count == 0) {
      continue;
    }
    lexer = inside;
    emit(open);
    if (list) {
      shape.list_lengths.push_back(count);
    }
    for (std::uint32_t i = 0; i < (list ? 1 : count); ++i) {
      if (i > 0) {
        emit(comma);
      }
      emit(constant);
    }
    emit(close);
    if (values) {
      shape.value_rows = 1;
      while (further_row(lexer, count)) {
        ++shape.value_rows;
      }
    }
  }
  return lexer.unterminated();
}

constexpr std::array kKeywords = {
    "all",       "analyze",   "and",       "any",       "array",     "as",        "asc",
    "begin",     "between",   "both",      "by",        "case",      "cast",      "collate",
    "commit",    "conflict",  "create",    "cross",     "delete",    "desc",      "distinct",
    "do",        "drop",      "else",      "end",       "except",    "exists",    "explain",
    "false",     "fetch",     "filter",    "first",     "following", "for",       "from",
    "full",      "group",     "having",    "ilike",     "in",        "inner",     "insert",
    "intersect", "into",      "is",        "join",      "last",      "lateral",   "left",
    "like",      "limit",     "merge",     "natural",   "not",       "nothing",   "null",
    "nulls",     "offset",    "on",        "only",      "or",        "order",     "outer",
    "over",      "partition", "preceding", "recursive", "returning", "right",     "rollback",
    "row",       "rows",      "select",    "set",       "share",     "similar",   "skip",
    "some",      "table",     "then",      "true",      "truncate",  "unbounded", "union",
    "update",    "using",     "values",    "when",      "where",     "window",    "with",
    "within",
};

bool is_keyword(std::string_view lower_case) {
  return std::binary_search(kKeywords.begin(), kKeywords.end(), lower_case,
                            [](std::string_view a, std::string_view b) { return a < b; });
}

/// Puts tokens one after another as a person would write them.
class TextWriter {
 public:
  explicit TextWriter(bool keep_constants) : keep_constants_{keep_constants} {}

  void operator()(const Token& token) {
    std::string text = word_of(token);
    if (!text_.empty() && wants_blank(token)) {
      text_.push_back(' ');
    }
    text_ += text;
    previous_ = token;
    previous_is_keyword_ = keyword_;
  }

  std::string take() { return std::move(text_); }

 private:
  std::string word_of(const Token& token) {
    keyword_ = false;
    if (is_constant(token) && !keep_constants_) {
      return "$" + std::to_string(++constants_);
    }
    std::string text{token.text};
    if (token.kind == TokenKind::Word) {
      std::transform(text.begin(), text.end(), text.begin(), lower);
      keyword_ = is_keyword(text);
      if (keyword_) {
        std::transform(text.begin(), text.end(), text.begin(), [](char c) {
          return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
        });
      }
    }
    return text;
  }

  [[nodiscard]] bool wants_blank(const Token& token) const {
    const auto glued_after = [](const Token& t) {
      return t.text == "::" || is_mark(t, '.') || is_mark(t, '(') || is_mark(t, '[');
    };
    if (glued_after(previous_) || token.text == "::" || is_mark(token, '.') ||
        is_mark(token, ',') || is_mark(token, ';') || is_mark(token, ')') || is_mark(token, ']') ||
        is_mark(token, '[')) {
      return false;
    }
    const bool name_before = (previous_.kind == TokenKind::Word && !previous_is_keyword_) ||
                             previous_.kind == TokenKind::QuotedIdentifier;
    return !(is_mark(token, '(') && name_before);
  }

  bool keep_constants_;
  bool keyword_ = false;
  bool previous_is_keyword_ = false;
  int constants_ = 0;
  Token previous_;
  std::string text_;
};

}  // namespace

const LexicalShape& LexicalShaper::shape(std::string_view sql) {
  shape_.list_lengths.clear();
  shape_.value_rows = 0;
  buffer_.clear();
  const bool drop = drops_constants(sql);
  constexpr char kSeparator = '\x1f';
  const bool cut = walk(sql, shape_, [&](const Token& token) {
    if (drop && is_constant(token)) {
      buffer_.push_back('\x01');
      return;
    }
    if (token.kind == TokenKind::Word) {
      const std::size_t from = buffer_.size();
      buffer_.append(token.text);
      for (std::size_t i = from; i < buffer_.size(); ++i) {
        buffer_[i] = lower(buffer_[i]);
      }
    } else {
      buffer_.append(token.text);
    }
    buffer_.push_back(kSeparator);
  });
  if (cut) {
    buffer_.push_back('\x02');  // it does not parse, where another with this constant may
  }
  shape_.hash = XXH3_64bits(buffer_.data(), buffer_.size());
  return shape_;
}

std::string normalized_text(std::string_view sql) {
  LexicalShape shape;
  TextWriter writer{!drops_constants(sql)};
  walk(sql, shape, writer);
  std::string text = writer.take();
  while (!text.empty() && (text.back() == ';' || text.back() == ' ')) {
    text.pop_back();
  }
  return text;
}

}  // namespace quern::collector
