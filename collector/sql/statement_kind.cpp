#include "collector/sql/statement_kind.hpp"

#include <algorithm>
#include <cctype>

#include "collector/sql/lexer.hpp"
#include "collector/sql/parse_tree.hpp"

namespace quern::collector {

namespace {

StatementKind kind_of(const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_SELECT_STMT:
      return StatementKind::Select;
    case PG_QUERY__NODE__NODE_INSERT_STMT:
      return StatementKind::Insert;
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
      return StatementKind::Update;
    case PG_QUERY__NODE__NODE_DELETE_STMT:
      return StatementKind::Delete;
    case PG_QUERY__NODE__NODE_MERGE_STMT:
      return StatementKind::Merge;
    default:
      return StatementKind::Utility;
  }
}

bool mentions_password(std::string_view sql) {
  constexpr std::string_view kWord = "password";
  return std::search(sql.begin(), sql.end(), kWord.begin(), kWord.end(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == b;
         }) != sql.end();
}

/// Every literal as '***'.
std::string without_literals(std::string_view sql) {
  std::string text;
  Lexer lexer{sql};
  for (Token token = lexer.next(); token.kind != TokenKind::End; token = lexer.next()) {
    text += text.empty() ? "" : " ";
    text += token.kind == TokenKind::String ? std::string_view{"'***'"} : token.text;
  }
  return text;
}

}  // namespace

std::optional<StatementIdentity> identify(std::string_view sql) {
  SyntaxError error;
  const auto tree = ParseTree::parse(sql, error);
  if (!tree || tree->statements().empty()) {
    return std::nullopt;
  }
  auto print = fingerprint(sql);
  if (!print) {
    return std::nullopt;
  }
  StatementIdentity identity{.fingerprint = std::move(*print)};
  identity.kind = kind_of(*tree->statements().front().node);
  for (const ParseTree::Statement& statement : tree->statements()) {
    if (kind_of(*statement.node) != identity.kind) {
      identity.kind = StatementKind::Other;
    }
  }
  const bool data =
      identity.kind != StatementKind::Utility && identity.kind != StatementKind::Other;
  if (!data && mentions_password(sql)) {
    identity.holds_secret = true;
    identity.text = without_literals(sql);
  }
  return identity;
}

bool may_hold_secret(std::string_view sql) {
  if (!mentions_password(sql)) {
    return false;
  }
  const auto identity = identify(sql);
  return !identity || identity->holds_secret;
}

}  // namespace quern::collector
