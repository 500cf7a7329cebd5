#include "collector/sql/statement_kind.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <xxhash.h>

#include "collector/sql/lexer.hpp"
#include "collector/sql/parse_tree.hpp"
#include "collector/sql/visit_messages.hpp"

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

/// A table's name as far as pg_query_fingerprint() leaves it out: that drops all runs of two digits
/// and more, which would make t12 and t21 one table. Runs of six and more (dates, generated
/// numbers) stay dropped; nothing when nothing is left out.
std::string numbered_name(std::string_view name) {
  constexpr std::size_t kGenerated = 6;
  std::string kept;
  bool numbered = false;
  for (std::size_t i = 0; i < name.size();) {
    std::size_t end = i;
    while (end < name.size() && name[end] >= '0' && name[end] <= '9') {
      ++end;
    }
    const std::size_t run = end - i;
    if (run == 0) {
      kept += name[i++];
      continue;
    }
    numbered = numbered || (run > 1 && run < kGenerated);
    kept += run < kGenerated ? name.substr(i, run) : std::string_view{"0"};
    i = end;
  }
  return numbered ? kept : std::string{};
}

/// The library's fingerprint, and the table names that it does not tell apart.
std::string with_numbered_names(std::string print, const ParseTree& tree) {
  std::string names;
  for (const auto& statement : tree.statements()) {
    visit_messages(statement.node->base, [&](const ProtobufCMessage& message) {
      if (message.descriptor == &pg_query__range_var__descriptor) {
        const auto& range = reinterpret_cast<const PgQuery__RangeVar&>(message);
        const std::string name = numbered_name(range.relname);
        names += name.empty() ? "" : "\n" + name;
      }
    });
  }
  if (names.empty()) {
    return print;
  }
  const std::string both = print + names;
  return fmt::format("{:016x}", XXH64(both.data(), both.size(), 0));
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
  StatementIdentity identity{.fingerprint = with_numbered_names(std::move(*print), *tree)};
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
