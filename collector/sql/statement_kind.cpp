#include "collector/sql/statement_kind.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/format.h>
#include <xxhash.h>

#include "collector/sql/lexer.hpp"
#include "collector/sql/passing_tree.hpp"
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

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// False only when numbered_name() is empty for every name that the text can hold: no digits stand
/// side by side after a letter, nor, where there are quoted names, anywhere.
bool may_number_names(std::string_view sql) {
  const bool quoted = sql.find('"') != std::string_view::npos;
  bool in_word = quoted;
  for (std::size_t i = 0; i + 1 < sql.size(); ++i) {
    const char c = sql[i];
    if (is_digit(c)) {
      if (in_word && is_digit(sql[i + 1])) {
        return true;
      }
    } else {
      in_word = quoted || c == '_' || (static_cast<unsigned char>(c) | 0x20U) >= 'a';
    }
  }
  return false;
}

/// Of a text that is one statement on data, where its first word tells so.
std::optional<StatementKind> kind_by_first_word(std::string_view sql) {
  if (sql.find(';') != std::string_view::npos) {
    return std::nullopt;
  }
  constexpr std::array<std::pair<std::string_view, StatementKind>, 4> kWords = {
      {{"select", StatementKind::Select},
       {"insert", StatementKind::Insert},
       {"update", StatementKind::Update},
       {"delete", StatementKind::Delete}}};
  const std::string_view word = Lexer{sql}.next().text;
  for (const auto& [lower, kind] : kWords) {
    if (std::equal(word.begin(), word.end(), lower.begin(), lower.end(),
                   [](char a, char b) { return (a | 0x20) == b; })) {
      return kind;
    }
  }
  return std::nullopt;
}

/// What identify() takes from a parse tree.
struct Looked {
  std::optional<StatementKind> kind = {};  ///< nothing: no statement
  std::string numbered_names = {};  ///< as numbered_name() tells them, a line feed before each
};

std::optional<Looked> look_at(std::string_view sql) {
  Looked looked{kind_by_first_word(sql)};
  if (looked.kind && !may_number_names(sql)) {
    return looked;  // most statements, and a parse costs as much as the fingerprint
  }
  looked = Looked{};
  const bool parses = look_at_tree(sql, [&](const PgQuery__ParseResult& tree) {
    for (std::size_t i = 0; i < tree.n_stmts; ++i) {
      const PgQuery__Node* statement = tree.stmts[i]->stmt;
      if (statement == nullptr) {
        continue;
      }
      const StatementKind kind = kind_of(*statement);
      looked.kind = looked.kind.value_or(kind) == kind ? kind : StatementKind::Other;
      visit_messages(statement->base, [&](const ProtobufCMessage& message) {
        if (message.descriptor == &pg_query__range_var__descriptor) {
          const auto& range = reinterpret_cast<const PgQuery__RangeVar&>(message);
          const std::string name = numbered_name(range.relname);
          looked.numbered_names += name.empty() ? "" : "\n" + name;
        }
      });
    }
  });
  return parses && looked.kind ? std::optional{std::move(looked)} : std::nullopt;
}

/// The library's fingerprint, and the table names that it does not tell apart.
std::string with_numbered_names(std::string print, const std::string& names) {
  if (names.empty()) {
    return print;
  }
  const std::string both = print + names;
  return fmt::format("{:016x}", XXH64(both.data(), both.size(), 0));
}

}  // namespace

std::optional<StatementIdentity> identify(std::string_view sql) {
  const auto looked = look_at(sql);  // or that there is no need to
  auto print = looked ? fingerprint(sql) : std::nullopt;
  if (!print) {
    return std::nullopt;
  }
  StatementIdentity identity{
      .fingerprint = with_numbered_names(std::move(*print), looked->numbered_names),
      .kind = *looked->kind};
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
