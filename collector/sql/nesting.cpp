#include "collector/sql/nesting.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "collector/sql/lexer.hpp"

namespace quern::collector {

namespace {

enum class Word { Plain, Link, LastingLink, Opens, Closes, Resets };

/// What a word does to the depth of the tree at its level.
Word word_effect(std::string_view text) {
  if (text.size() < 2 || text.size() > 9) {
    return Word::Plain;
  }
  std::array<char, 9> buffer{};
  std::transform(text.begin(), text.end(), buffer.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  const std::string_view word{buffer.data(), text.size()};
  if (word == "and" || word == "or") {
    return Word::Resets;
  }
  if (word == "not" || word == "collate" || word == "zone" || word == "is" || word == "isnull" ||
      word == "notnull") {
    return Word::Link;
  }
  if (word == "union" || word == "intersect" || word == "except" || word == "join" ||
      word == "setof" || word == "else") {
    return Word::LastingLink;
  }
  if (word == "case") {
    return Word::Opens;
  }
  return word == "end" ? Word::Closes : Word::Plain;
}

/// One open bracket: links of the expression at hand, and those that no comma ends.
struct Level {
  int chain = 0;
  int lasting = 0;
};

class Bound {
 public:
  void open() {
    levels_.push_back({});
    total_ += 1;
    note();
  }

  void close() {
    if (levels_.size() > 1) {
      total_ -= 1 + levels_.back().chain + levels_.back().lasting;
      levels_.pop_back();
    }
  }

  void link() {
    ++levels_.back().chain;
    ++total_;
    note();
  }

  void lasting_link() {
    ++levels_.back().lasting;
    ++total_;
    note();
  }

  void end_chain() {
    total_ -= levels_.back().chain;
    levels_.back().chain = 0;
  }

  void end_statement() {
    levels_.assign(1, {});
    total_ = 0;
  }

  [[nodiscard]] int maximum() const { return maximum_; }

 private:
  void note() { maximum_ = std::max(maximum_, total_); }

  std::vector<Level> levels_ = {Level{}};
  int total_ = 0;
  int maximum_ = 0;
};

void apply_word(std::string_view text, Bound& bound) {
  switch (word_effect(text)) {
    case Word::Plain:
      break;
    case Word::Link:
      bound.link();
      break;
    case Word::LastingLink:
      bound.lasting_link();
      break;
    case Word::Opens:
      bound.open();
      break;
    case Word::Closes:
      bound.close();
      break;
    case Word::Resets:
      bound.end_chain();
      break;
  }
}

}  // namespace

int nesting_bound(std::string_view sql) {
  Lexer lexer{sql};
  Bound bound;
  for (Token token = lexer.next(); token.kind != TokenKind::End; token = lexer.next()) {
    if (token.kind == TokenKind::Word) {
      apply_word(token.text, bound);
    } else if (token.kind == TokenKind::Operator) {
      bound.link();
    } else if (token.kind == TokenKind::Punctuation) {
      switch (token.text.front()) {
        case '(':
        case '[':
          bound.open();
          break;
        case ')':
        case ']':
          bound.close();
          break;
        case ',':
          bound.end_chain();
          break;
        case ';':
          bound.end_statement();
          break;
        default:
          break;
      }
    }
  }
  return bound.maximum();
}

}  // namespace quern::collector
