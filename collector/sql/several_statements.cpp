#include "collector/sql/several_statements.hpp"

#include <algorithm>
#include <array>

#include "collector/sql/lexer.hpp"

namespace quern::collector {

namespace {

bool same_word(std::string_view word, std::string_view upper) {
  return word.size() == upper.size() &&
         std::equal(word.begin(), word.end(), upper.begin(), [](char a, char b) {
           return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 32) : a) == b;
         });
}

/// Most texts hold no semicolon but at their end.
bool may_hold_several(std::string_view sql) {
  const std::size_t semicolon = sql.find(';');
  return semicolon != std::string_view::npos &&
         sql.find_first_not_of("; \t\r\n", semicolon) != std::string_view::npos;
}

}  // namespace

std::vector<std::string_view> several_statements(std::string_view sql) {
  std::vector<std::string_view> statements;
  if (!may_hold_several(sql)) {
    return statements;
  }
  Lexer lexer{sql};
  std::size_t from = sql.size();
  std::size_t to = 0;
  int depth = 0;
  const auto end_statement = [&] {
    if (from < to) {
      statements.push_back(sql.substr(from, to - from));
    }
    from = sql.size();
    to = 0;
  };
  for (Token token = lexer.next(); token.kind != TokenKind::End; token = lexer.next()) {
    // Parentheses hold the actions of a rule; the body of a function may be BEGIN ATOMIC ... END.
    depth += token.text == "(" ? 1 : token.text == ")" && depth > 0 ? -1 : 0;
    if (token.kind == TokenKind::Word && same_word(token.text, "ATOMIC")) {
      return {};
    }
    if (token.text == ";" && token.kind == TokenKind::Punctuation && depth == 0) {
      end_statement();
      continue;
    }
    from = std::min(from, token.offset);
    to = token.offset + token.text.size();
  }
  end_statement();
  if (statements.size() < 2) {
    statements.clear();
  }
  return statements;
}

bool is_data_statement(std::string_view sql) {
  constexpr std::array<std::string_view, 8> kWords = {"SELECT", "INSERT", "UPDATE", "DELETE",
                                                      "MERGE",  "WITH",   "VALUES", "TABLE"};
  Lexer lexer{sql};
  Token token = lexer.next();
  while (token.text == "(") {
    token = lexer.next();
  }
  return token.kind == TokenKind::Word &&
         std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return same_word(token.text, word); });
}

std::string_view principal_statement(std::string_view sql) {
  std::string_view principal;
  for (const std::string_view statement : several_statements(sql)) {
    if (is_data_statement(statement)) {
      if (!principal.empty()) {
        return sql;
      }
      principal = statement;
    }
  }
  return principal.empty() ? sql : principal;
}

bool is_empty_statement(std::string_view sql) {
  Lexer lexer{sql};
  Token token = lexer.next();
  while (token.text == ";") {
    token = lexer.next();
  }
  return token.kind == TokenKind::End;
}

}  // namespace quern::collector
