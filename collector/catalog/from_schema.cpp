#include "collector/catalog/from_schema.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/catalog/schema_builder.hpp"
#include "collector/catalog/snapshot_document.hpp"
#include "collector/catalog/snapshot_queries.hpp"
#include "collector/input/byte_source.hpp"
#include "collector/sql/lexer.hpp"

namespace quern::collector {

namespace {

bool starts_line(std::string_view line, std::string_view word) {
  return line.substr(0, word.size()) == word;
}

/// psql's own lines, and rows after COPY ... FROM stdin, become empty lines: line numbers stay.
std::string without_psql_lines(std::string_view text, int& commands) {
  std::string sql;
  sql.reserve(text.size());
  bool in_copy = false;
  while (!text.empty()) {
    const auto length = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    if (in_copy) {
      in_copy = !starts_line(line, "\\.");
    } else if (starts_line(line, "\\")) {
      ++commands;
    } else if (starts_line(line, "COPY ") && line.find("FROM stdin") != std::string_view::npos) {
      in_copy = true;
      ++commands;
    } else {
      sql += line;
    }
    sql += '\n';
  }
  return sql;
}

bool take_table_numbers(Table& table, const Table& numbers) {
  table.pages = numbers.pages > 0 ? numbers.pages : numbers.relpages;
  table.relpages = numbers.relpages;
  table.reltuples = numbers.reltuples;
  table.toast = numbers.toast;
  table.all_visible = numbers.all_visible;
  table.rewritten = numbers.rewritten;
  table.activity = numbers.activity;
  bool complete = true;
  for (const Column& source : numbers.columns) {
    const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                     [&](const Column& c) { return c.name == source.name; });
    if (column == table.columns.end()) {
      complete = false;
      continue;
    }
    column->statistics = source.statistics;
    column->inherited_statistics = source.inherited_statistics;
    column->samples = source.samples;
  }
  return complete;
}

/// An expression without what the server adds when it prints one: casts, schemas, parentheses.
std::string bare_expression(std::string_view expression) {
  Lexer lexer{expression};
  std::vector<std::string_view> words;
  for (Token token = lexer.next(); token.kind != TokenKind::End; token = lexer.next()) {
    if (token.text == "::") {
      (void)lexer.next();
    } else if (token.text == "." && !words.empty()) {
      words.pop_back();
    } else if (token.text != "(" && token.text != ")") {
      words.push_back(token.text);
    }
  }
  return fmt::format("{}", fmt::join(words, " "));
}

/// False: it is over something else.
bool take_index_numbers(Index& index, const Index& numbers) {
  index.pages = numbers.pages;
  index.relpages = numbers.relpages;
  index.reltuples = numbers.reltuples;
  index.tree_height = numbers.tree_height;
  index.scans = numbers.scans;
  bool alike = index.keys.size() == numbers.keys.size();
  for (std::size_t i = 0; alike && i < index.keys.size(); ++i) {
    alike =
        bare_expression(index.keys[i].expression) == bare_expression(numbers.keys[i].expression);
    if (alike) {
      index.keys[i].statistics = numbers.keys[i].statistics;
    }
  }
  return alike;
}

/// The numbers of columns count: these data name columns by them, and where the server's table has
/// lost one they are others.
bool is_same(const ExtendedStatistics& one, const ExtendedStatistics& other) {
  return one.schema == other.schema && one.name == other.name && one.columns == other.columns &&
         one.expressions.size() == other.expressions.size();
}

/// Data of a table alone and of the table with its children are two. False: no such object.
bool take_extended_numbers(CatalogSnapshot& snapshot, const ExtendedStatistics& numbers) {
  auto& all = snapshot.extended_statistics;
  const auto same = std::find_if(all.begin(), all.end(), [&](const ExtendedStatistics& one) {
    return is_same(one, numbers) && !one.inherited;
  });
  if (same == all.end()) {
    return false;
  }
  ExtendedStatistics filled = numbers;
  filled.oid = same->oid;
  filled.table = same->table;
  filled.expressions = same->expressions;
  if (numbers.inherited) {
    all.push_back(std::move(filled));
  } else {
    *same = std::move(filled);
  }
  return true;
}

}  // namespace

CatalogSnapshot snapshot_from_schema_text(std::string_view text, const std::string& file) {
  int commands = 0;
  const std::string sql = without_psql_lines(text, commands);
  SyntaxError error;
  const auto tree = ParseTree::parse(sql, error);
  if (!tree) {
    const auto end = sql.begin() + static_cast<long>(std::min(error.position, sql.size()));
    throw UserError{
        fmt::format("{}:{}: {}", file, 1 + std::count(sql.begin(), end, '\n'), error.message)};
  }
  SchemaBuilder builder;
  for (const auto& statement : tree->statements()) {
    builder.add(*statement.node);
  }
  CatalogSnapshot snapshot = builder.finish();
  if (snapshot.tables.empty()) {
    throw UserError{file + ": no CREATE TABLE in it; expected the output of pg_dump -s"};
  }
  if (commands > 0) {
    snapshot.caveats.push_back(fmt::format("psql commands and COPY data skipped: {}", commands));
  }
  return snapshot;
}

CatalogSnapshot snapshot_from_schema(const std::string& schema_path,
                                     const std::string& statistics_path) {
  CatalogSnapshot snapshot = snapshot_from_schema_text(read_document(schema_path), schema_path);
  if (!statistics_path.empty()) {
    apply_statistics(snapshot, read_document(statistics_path), statistics_path);
  }
  return snapshot;
}

void apply_statistics(CatalogSnapshot& snapshot, std::string_view json, const std::string& file) {
  const CatalogSnapshot numbers = parse_snapshot(json, file);
  std::size_t unknown = 0;
  for (const Table& source : numbers.tables) {
    const auto table = std::find_if(
        snapshot.tables.begin(), snapshot.tables.end(),
        [&](const Table& t) { return t.schema == source.schema && t.name == source.name; });
    unknown += table == snapshot.tables.end() || !take_table_numbers(*table, source) ? 1 : 0;
  }
  std::size_t others = 0;
  for (const Index& source : numbers.indexes) {
    for (Index& index : snapshot.indexes) {
      if (index.schema == source.schema && index.name == source.name) {
        others += take_index_numbers(index, source) ? 0 : 1;
      }
    }
  }
  for (const ExtendedStatistics& source : numbers.extended_statistics) {
    others += take_extended_numbers(snapshot, source) ? 0 : 1;
  }
  if (!numbers.settings.empty()) {
    snapshot.settings = numbers.settings;
    snapshot.server_version = numbers.server_version;
    snapshot.collate = numbers.collate;
    snapshot.ctype = numbers.ctype;
    snapshot.locale_provider = numbers.locale_provider;
    snapshot.search_path = numbers.search_path;
  }
  snapshot.has_statistics = true;
  auto& caveats = snapshot.caveats;
  caveats.erase(
      std::remove_if(caveats.begin(), caveats.end(),
                     [](const std::string& c) { return c.find("no statistics") != c.npos; }),
      caveats.end());
  if (unknown > 0) {
    caveats.push_back(fmt::format(
        "{} tables of {} are not, or not with all columns, in the schema file", unknown, file));
  }
  if (others > 0) {
    caveats.push_back(fmt::format(
        "{} indexes and statistics objects of {} are over something else in the schema file: "
        "their statistics are left out",
        others, file));
  }
  sort_snapshot(snapshot);
}

std::string statistics_psql_script() {
  return snapshot_psql_script();
}

}  // namespace quern::collector
