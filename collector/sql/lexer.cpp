#include "collector/sql/lexer.hpp"

#include <array>

namespace quern::collector {

namespace {

enum CharacterClass : std::uint8_t {
  kOther = 0,
  kSpace = 1,
  kWordStart = 2,
  kDigit = 4,
  kOperator = 8,
};

constexpr std::array<std::uint8_t, 256> character_classes() {
  std::array<std::uint8_t, 256> table{};
  for (const char c : {' ', '\t', '\n', '\r', '\f'}) {  // scan.l: no vertical tab before 16
    table[static_cast<unsigned char>(c)] = kSpace;
  }
  for (int c = 'a'; c <= 'z'; ++c) {
    table[static_cast<std::size_t>(c)] = kWordStart;
    table[static_cast<std::size_t>(c - 'a' + 'A')] = kWordStart;
  }
  table['_'] = kWordStart;
  for (std::size_t c = 128; c < 256; ++c) {
    table[c] = kWordStart;
  }
  for (int c = '0'; c <= '9'; ++c) {
    table[static_cast<std::size_t>(c)] = kDigit;
  }
  for (const char c :
       {'~', '!', '@', '#', '^', '&', '|', '`', '?', '+', '-', '*', '/', '%', '<', '>', '='}) {
    table[static_cast<unsigned char>(c)] = kOperator;
  }
  return table;
}

constexpr std::array<std::uint8_t, 256> kClasses = character_classes();

bool is(char c, int classes) {
  return (kClasses[static_cast<unsigned char>(c)] & classes) != 0;
}

}  // namespace

Token Lexer::take(TokenKind kind, std::size_t from) {
  return Token{kind, sql_.substr(from, position_ - from), from};
}

void Lexer::skip_quoted(char quote, bool backslashes) {
  ++position_;  // the opening quote
  while (position_ < sql_.size()) {
    const char c = sql_[position_];
    if (c == quote) {
      if (at(position_ + 1) != quote) {
        ++position_;
        return;
      }
      position_ += 2;
    } else if (backslashes && c == '\\') {
      position_ += 2;
    } else {
      ++position_;
    }
  }
  position_ = sql_.size();
  unterminated_ = true;
}

bool Lexer::skip_dollar_quoted() {
  std::size_t end = position_ + 1;
  if (is(at(end), kDigit)) {
    return false;
  }
  while (end < sql_.size() && is(sql_[end], kWordStart | kDigit)) {
    ++end;
  }
  if (at(end) != '$') {
    return false;
  }
  const std::string_view tag = sql_.substr(position_, end + 1 - position_);
  const std::size_t close = sql_.find(tag, end + 1);
  unterminated_ = unterminated_ || close == std::string_view::npos;
  position_ = close == std::string_view::npos ? sql_.size() : close + tag.size();
  return true;
}

void Lexer::skip_block_comment() {
  int depth = 0;
  while (position_ < sql_.size()) {
    if (sql_[position_] == '/' && at(position_ + 1) == '*') {
      ++depth;
      position_ += 2;
    } else if (sql_[position_] == '*' && at(position_ + 1) == '/') {
      position_ += 2;
      if (--depth == 0) {
        return;
      }
    } else {
      ++position_;
    }
  }
  unterminated_ = true;
}

void Lexer::skip_number() {
  const auto digits = [this] {
    while (is(at(position_), kDigit)) {
      ++position_;
    }
  };
  digits();
  if (at(position_) == '.' && at(position_ + 1) != '.') {
    ++position_;
    digits();
  }
  if (at(position_) == 'e' || at(position_) == 'E') {
    const std::size_t sign =
        at(position_ + 1) == '+' || at(position_ + 1) == '-' ? position_ + 2 : position_ + 1;
    if (is(at(sign), kDigit)) {
      position_ = sign;
      digits();
    }
  }
}

void Lexer::skip_operator() {
  while (position_ < sql_.size() && is(sql_[position_], kOperator)) {
    const char following = at(position_ + 1);
    if ((sql_[position_] == '-' && following == '-') ||
        (sql_[position_] == '/' && following == '*')) {
      return;
    }
    ++position_;
  }
}

Token Lexer::next() {
  for (;;) {
    const Token token = next_with_comments();
    if (token.kind != TokenKind::Comment) {
      return token;
    }
  }
}

Token Lexer::next_with_comments() {
  while (position_ < sql_.size() && is(sql_[position_], kSpace)) {
    ++position_;
  }
  if (position_ >= sql_.size()) {
    position_ = sql_.size();
    return Token{TokenKind::End, {}, position_};
  }
  const std::size_t from = position_;
  const char c = sql_[position_];
  const char following = at(position_ + 1);
  if (is(c, kWordStart)) {
    if (following == '\'' && std::string_view{"eEbBxXnN"}.find(c) != std::string_view::npos) {
      ++position_;
      skip_quoted('\'', c == 'e' || c == 'E');
      return take(TokenKind::String, from);
    }
    if ((c == 'u' || c == 'U') && following == '&' &&
        (at(position_ + 2) == '\'' || at(position_ + 2) == '"')) {
      position_ += 2;
      const bool string = sql_[position_] == '\'';
      skip_quoted(sql_[position_], false);
      return take(string ? TokenKind::String : TokenKind::QuotedIdentifier, from);
    }
    while (position_ < sql_.size() &&
           (is(sql_[position_], kWordStart | kDigit) || sql_[position_] == '$')) {
      ++position_;
    }
    return take(TokenKind::Word, from);
  }
  if (is(c, kDigit) || (c == '.' && is(following, kDigit))) {
    skip_number();
    return take(TokenKind::Number, from);
  }
  if (c == '\'') {
    skip_quoted('\'', false);
    return take(TokenKind::String, from);
  }
  if (c == '"') {
    skip_quoted('"', false);
    return take(TokenKind::QuotedIdentifier, from);
  }
  if (c == '$') {
    if (is(following, kDigit)) {
      ++position_;
      while (is(at(position_), kDigit)) {
        ++position_;
      }
      return take(TokenKind::Parameter, from);
    }
    if (skip_dollar_quoted()) {
      return take(TokenKind::String, from);
    }
  }
  if (c == '-' && following == '-') {
    const std::size_t end = sql_.find('\n', position_);
    position_ = end == std::string_view::npos ? sql_.size() : end;
    return take(TokenKind::Comment, from);
  }
  if (c == '/' && following == '*') {
    skip_block_comment();
    return take(TokenKind::Comment, from);
  }
  if (is(c, kOperator)) {
    skip_operator();
    return take(TokenKind::Operator, from);
  }
  if (c == ':' && following == ':') {
    position_ += 2;
    return take(TokenKind::Operator, from);
  }
  ++position_;
  return take(TokenKind::Punctuation, from);
}

}  // namespace quern::collector
