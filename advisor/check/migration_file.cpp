#include "advisor/check/migration_file.hpp"

#include <algorithm>
#include <cctype>

#include "collector/base/failure.hpp"
#include "collector/sql/lexer.hpp"

namespace quern::advisor::check_detail {

namespace {

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  const auto last = text.find_last_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, last - first + 1);
}

void blank(std::string& text, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    if (text[i] != '\n') {
      text[i] = ' ';
    }
  }
}

/// Calls `visit(begin, end)` for each line, without its line feed.
template <class Visit>
void for_each_line(const std::string& text, Visit visit) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    visit(begin, end);
    begin = end + 1;
  }
}

/// What the tool's markers say. Marker comments stay in the text: they are comments to the parser
/// too.
void read_markers(std::string& text, Migration& migration) {
  bool down = false;
  for_each_line(text, [&](std::size_t begin, std::size_t end) {
    const std::string line = lower(trimmed(std::string_view{text}.substr(begin, end - begin)));
    if (line.starts_with("-- migrate:up")) {
      migration.dialect = "dbmate";
      migration.one_transaction = line.find("transaction:false") == std::string::npos;
      down = false;
    } else if (line.starts_with("-- +goose up")) {
      migration.dialect = "goose";
      migration.one_transaction = true;
      down = false;
    } else if (line.starts_with("-- migrate:down") || line.starts_with("-- +goose down")) {
      down = true;
    }
    if (down) {
      blank(text, begin, end);
    }
  });
  const std::string all = lower(text);
  if (all.find("-- +goose no transaction") != std::string::npos ||
      all.starts_with("-- no-transaction") ||
      all.find("executeintransaction=false") != std::string::npos) {
    migration.one_transaction = false;
  }
  if (down) {
    migration.caveats.push_back(migration.name + ": the down section is not checked");
  }
}

/// Flyway puts values there before it sends the file. A name of the same length keeps the places.
void name_placeholders(std::string& text, Migration& migration) {
  bool any = false;
  for (std::size_t at = text.find("${"); at != std::string::npos; at = text.find("${", at + 2)) {
    const auto end = text.find('}', at);
    if (end == std::string::npos || text.substr(at, end - at).find('\n') != std::string::npos) {
      continue;
    }
    any = true;
    text.replace(at, 2, "p_");
    std::replace_if(
        text.begin() + static_cast<std::ptrdiff_t>(at),
        text.begin() + static_cast<std::ptrdiff_t>(end + 1),
        [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  }
  if (any) {
    migration.caveats.push_back(migration.name +
                                ": placeholders (${name}) are taken for names, their values are "
                                "not known");
  }
}

/// `20260101120000_orders/migration.sql`
bool in_numbered_folder(std::string_view path) {
  path =
      path.substr(0, path.find_last_of('/') == std::string_view::npos ? 0 : path.find_last_of('/'));
  const auto folder = path.find_last_of('/') + 1;  // 0 where there is none
  return folder < path.size() && std::isdigit(static_cast<unsigned char>(path[folder])) != 0;
}

/// Tools that are known by the names of their files.
void read_name(const std::string& text, Migration& migration) {
  if (migration.dialect != "plain SQL") {
    return;
  }
  const auto slash = migration.name.find_last_of('/');
  const std::string base =
      slash == std::string::npos ? migration.name : migration.name.substr(slash + 1);
  const bool digit_second =
      base.size() > 1 && std::isdigit(static_cast<unsigned char>(base[1])) != 0;
  const std::string all = lower(text);
  if (all.find("\n-- run outside a transaction") != std::string::npos) {
    return;  // the files that `quern advise --migration` writes, for psql
  }
  const bool opted_out = all.starts_with("-- no-transaction") ||
                         all.find("executeintransaction=false") != std::string::npos ||
                         all.find("runintransaction:false") != std::string::npos;
  if (base.find("__") != std::string::npos &&
      (base[0] == 'R' || (base[0] == 'V' && digit_second))) {
    migration.dialect = "Flyway";
  } else if (base == "up.sql") {
    migration.dialect = "Diesel";
  } else if (base.ends_with(".up.sql")) {
    migration.dialect = "sqlx or golang-migrate";
  } else if (base == "migration.sql" && in_numbered_folder(migration.name)) {
    migration.dialect = "Prisma";
  } else if (all.find("--liquibase formatted sql") != std::string::npos ||
             all.find("-- liquibase formatted sql") != std::string::npos) {
    migration.dialect = "Liquibase";
  }
  migration.one_transaction = migration.dialect != "plain SQL" && !opted_out;
}

/// Lines that psql would not send, and the data of COPY ... FROM stdin.
void blank_psql_lines(std::string& text) {
  bool in_copy = false;
  for_each_line(text, [&](std::size_t begin, std::size_t end) {
    const std::string line = lower(trimmed(std::string_view{text}.substr(begin, end - begin)));
    const bool ends_copy = in_copy && line == "\\.";
    if (in_copy || line.starts_with('\\')) {
      blank(text, begin, end);
    } else if (line.starts_with("copy ") && line.find("from stdin") != std::string::npos) {
      in_copy = true;
    }
    if (ends_copy) {
      in_copy = false;
    }
  });
}

/// Rules named after "quern:ignore": ids, until the first word that is none.
std::set<std::string> ignored_rules(std::string_view comment) {
  constexpr std::string_view kMark = "quern:ignore";
  const auto at = comment.find(kMark);
  std::set<std::string> rules;
  if (at == std::string_view::npos) {
    return rules;
  }
  std::string_view rest = comment.substr(at + kMark.size());
  while (true) {
    rest = rest.substr(std::min(rest.find_first_not_of(" ,\t"), rest.size()));
    const auto length = std::min(rest.find_first_of(" ,\t\r\n*"), rest.size());
    const auto word = rest.substr(0, length);
    const bool is_rule = word.size() == 3 && word[0] == 'M' && std::isdigit(word[1]) != 0;
    if (!is_rule) {
      return rules;
    }
    rules.emplace(word);
    rest.remove_prefix(length);
  }
}

std::uint64_t line_at(std::string_view text, std::size_t offset) {
  return 1 + static_cast<std::uint64_t>(std::count(
                 text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

void finish(Migration& migration, std::string_view text, std::size_t begin, std::size_t end,
            std::set<std::string>& ignored) {
  MigrationStatement statement;
  statement.sql = std::string{trimmed(text.substr(begin, end - begin))};
  statement.line = line_at(text, begin);
  statement.ignored = std::move(ignored);
  ignored.clear();
  collector::SyntaxError error;
  statement.tree = collector::ParseTree::parse(statement.sql, error);
  if (!statement.tree || statement.tree->statements().empty()) {
    statement.tree.reset();
    statement.error = error.message.empty() ? "not a statement" : error.message;
    statement.error_line =
        statement.line - 1 + line_at(statement.sql, std::min(error.position, statement.sql.size()));
  }
  migration.statements.push_back(std::move(statement));
}

bool is_transaction_statement(const MigrationStatement& statement) {
  const std::string word = lower(statement.sql.substr(0, statement.sql.find_first_of(" ;\n")));
  return word == "begin" || word == "start" || word == "commit";
}

/// Where the tool decides by what is in the file.
void reconsider_transaction(Migration& migration) {
  const auto& all = migration.statements;
  const auto concurrent = [](const auto& statement) {
    return lower(statement.sql).find("concurrently") != std::string::npos;
  };
  // Flyway notices by itself that nothing in the file may run in a transaction.
  const bool flyway =
      migration.dialect == "Flyway" && std::all_of(all.begin(), all.end(), concurrent);
  // Prisma sends the file as it is: several statements in one text are one transaction.
  const bool prisma =
      migration.dialect == "Prisma" &&
      (all.size() < 2 || std::any_of(all.begin(), all.end(), is_transaction_statement));
  if (flyway || prisma) {
    migration.one_transaction = false;
  }
}

/// A file of which nothing parses is no migration with an error in it.
void require_sql(const Migration& migration) {
  const bool any = std::any_of(migration.statements.begin(), migration.statements.end(),
                               [](const auto& statement) { return statement.tree.has_value(); });
  if (!any && !migration.statements.empty() && !migration.name.ends_with(".sql")) {
    throw UserError{
        migration.name +
        ": no statement in it is SQL; of a migration in a programming language give the "
        "SQL that it runs (alembic upgrade --sql, manage.py sqlmigrate, and the like)"};
  }
}

}  // namespace

Migration read_migration(const MigrationFile& file) {
  Migration migration;
  migration.name = file.name;
  if (file.name.ends_with(".down.sql") || file.name.ends_with("/down.sql")) {
    migration.caveats.push_back(file.name + ": a down migration, not checked");
    return migration;
  }
  std::string text = file.text;
  read_markers(text, migration);
  read_name(text, migration);
  if (migration.dialect == "Flyway") {
    name_placeholders(text, migration);
  }
  blank_psql_lines(text);

  collector::Lexer lexer{text};
  std::set<std::string> ignored;
  constexpr auto kBetween = std::string::npos;  // outside of any statement
  std::size_t begin = kBetween;
  for (auto token = lexer.next_with_comments(); token.kind != collector::TokenKind::End;
       token = lexer.next_with_comments()) {
    if (token.kind == collector::TokenKind::Comment) {
      ignored.merge(ignored_rules(token.text));
    } else if (token.kind == collector::TokenKind::Punctuation && token.text == ";") {
      if (begin != kBetween) {
        finish(migration, text, begin, token.offset, ignored);
      }
      begin = kBetween;
    } else if (begin == kBetween) {
      begin = token.offset;
    }
  }
  if (begin != kBetween) {
    finish(migration, text, begin, text.size(), ignored);
  }
  reconsider_transaction(migration);
  require_sql(migration);
  return migration;
}

}  // namespace quern::advisor::check_detail
