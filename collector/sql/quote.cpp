#include "collector/sql/quote.hpp"

#include <algorithm>
#include <array>

namespace quern {
namespace {

/// Every keyword of PostgreSQL 15 that is not UNRESERVED (src/include/parser/kwlist.h), sorted.
constexpr auto kQuotedKeywords = std::to_array<std::string_view>({"all",
                                                                  "analyse",
                                                                  "analyze",
                                                                  "and",
                                                                  "any",
                                                                  "array",
                                                                  "as",
                                                                  "asc",
                                                                  "asymmetric",
                                                                  "authorization",
                                                                  "between",
                                                                  "bigint",
                                                                  "binary",
                                                                  "bit",
                                                                  "boolean",
                                                                  "both",
                                                                  "case",
                                                                  "cast",
                                                                  "char",
                                                                  "character",
                                                                  "check",
                                                                  "coalesce",
                                                                  "collate",
                                                                  "collation",
                                                                  "column",
                                                                  "concurrently",
                                                                  "constraint",
                                                                  "create",
                                                                  "cross",
                                                                  "current_catalog",
                                                                  "current_date",
                                                                  "current_role",
                                                                  "current_schema",
                                                                  "current_time",
                                                                  "current_timestamp",
                                                                  "current_user",
                                                                  "dec",
                                                                  "decimal",
                                                                  "default",
                                                                  "deferrable",
                                                                  "desc",
                                                                  "distinct",
                                                                  "do",
                                                                  "else",
                                                                  "end",
                                                                  "except",
                                                                  "exists",
                                                                  "extract",
                                                                  "false",
                                                                  "fetch",
                                                                  "float",
                                                                  "for",
                                                                  "foreign",
                                                                  "freeze",
                                                                  "from",
                                                                  "full",
                                                                  "grant",
                                                                  "greatest",
                                                                  "group",
                                                                  "grouping",
                                                                  "having",
                                                                  "ilike",
                                                                  "in",
                                                                  "initially",
                                                                  "inner",
                                                                  "inout",
                                                                  "int",
                                                                  "integer",
                                                                  "intersect",
                                                                  "interval",
                                                                  "into",
                                                                  "is",
                                                                  "isnull",
                                                                  "join",
                                                                  "lateral",
                                                                  "leading",
                                                                  "least",
                                                                  "left",
                                                                  "like",
                                                                  "limit",
                                                                  "localtime",
                                                                  "localtimestamp",
                                                                  "national",
                                                                  "natural",
                                                                  "nchar",
                                                                  "none",
                                                                  "normalize",
                                                                  "not",
                                                                  "notnull",
                                                                  "null",
                                                                  "nullif",
                                                                  "numeric",
                                                                  "offset",
                                                                  "on",
                                                                  "only",
                                                                  "or",
                                                                  "order",
                                                                  "out",
                                                                  "outer",
                                                                  "overlaps",
                                                                  "overlay",
                                                                  "placing",
                                                                  "position",
                                                                  "precision",
                                                                  "primary",
                                                                  "real",
                                                                  "references",
                                                                  "returning",
                                                                  "right",
                                                                  "row",
                                                                  "select",
                                                                  "session_user",
                                                                  "setof",
                                                                  "similar",
                                                                  "smallint",
                                                                  "some",
                                                                  "substring",
                                                                  "symmetric",
                                                                  "table",
                                                                  "tablesample",
                                                                  "then",
                                                                  "time",
                                                                  "timestamp",
                                                                  "to",
                                                                  "trailing",
                                                                  "treat",
                                                                  "trim",
                                                                  "true",
                                                                  "union",
                                                                  "unique",
                                                                  "user",
                                                                  "using",
                                                                  "values",
                                                                  "varchar",
                                                                  "variadic",
                                                                  "verbose",
                                                                  "when",
                                                                  "where",
                                                                  "window",
                                                                  "with",
                                                                  "xmlattributes",
                                                                  "xmlconcat",
                                                                  "xmlelement",
                                                                  "xmlexists",
                                                                  "xmlforest",
                                                                  "xmlnamespaces",
                                                                  "xmlparse",
                                                                  "xmlpi",
                                                                  "xmlroot",
                                                                  "xmlserialize",
                                                                  "xmltable"});

static_assert(std::is_sorted(kQuotedKeywords.begin(), kQuotedKeywords.end()));

/// Where the keywords of each letter start.
constexpr auto kFirstOfLetter = [] {
  std::array<std::size_t, 27> first{};
  for (std::size_t letter = 0; letter < first.size(); ++letter) {
    while (first[letter] < kQuotedKeywords.size() &&
           kQuotedKeywords[first[letter]].front() < static_cast<char>('a' + letter)) {
      ++first[letter];
    }
  }
  return first;
}();

bool is_quoted_keyword(std::string_view name) {
  const char letter = name.front();
  if (letter < 'a' || letter > 'z') {
    return false;
  }
  const auto place = static_cast<std::size_t>(letter - 'a');
  return std::find(kQuotedKeywords.begin() + kFirstOfLetter[place],
                   kQuotedKeywords.begin() + kFirstOfLetter[place + 1],
                   name) != kQuotedKeywords.begin() + kFirstOfLetter[place + 1];
}

bool starts_identifier(char c) {
  return (c >= 'a' && c <= 'z') || c == '_';
}

bool continues_identifier(char c) {
  return starts_identifier(c) || (c >= '0' && c <= '9');
}

std::string quoted(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) {
      result += quote;
    }
    result += c;
  }
  result += quote;
  return result;
}

}  // namespace

std::string quote_identifier(std::string_view name) {
  const bool plain = !name.empty() && starts_identifier(name.front()) &&
                     std::all_of(name.begin(), name.end(), continues_identifier) &&
                     !is_quoted_keyword(name);
  return plain ? std::string{name} : quoted(name, '"');
}

std::string quote_literal(std::string_view text) {
  return quoted(text, '\'');
}

}  // namespace quern
