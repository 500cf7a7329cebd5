#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "collector/base/time_text.hpp"
#include "collector/base/utf8.hpp"
#include "collector/logs/detect_format.hpp"

namespace quern::collector {

namespace {

constexpr std::size_t kShownLines = 3;
constexpr std::size_t kShownLength = 160;

bool holds(std::string_view text, std::string_view wanted) {
  return text.find(wanted) != std::string_view::npos;
}

std::string printable(std::string_view line) {
  std::string text;
  for (const char c : to_clean_utf8(line.substr(0, kShownLength))) {
    text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f
                ? fmt::format("\\x{:02X}", static_cast<unsigned char>(c))
                : std::string(1, c);
  }
  return line.size() > kShownLength ? text + "..." : text;
}

bool mostly_binary(const std::vector<std::string_view>& lines) {
  std::size_t odd = 0;
  std::size_t all = 0;
  for (const std::string_view line : lines) {
    all += line.size();
    odd += static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte < 0x09 || (byte > 0x0D && byte < 0x20);
    }));
  }
  return odd * 20 > all;
}

/// `2023-12-19 03:06:13.586 CET [10384] LOG C-0x7f3b: shop/web@10.0.0.1:38296 closing because:
/// ...`, without brackets until 1.20.
bool pgbouncer(std::string_view line) {
  const auto time = read_time(line);
  if (!time) {
    return holds(line, " pgbouncer[") || holds(line, " pgbouncer: ");
  }
  std::string_view rest = line.substr(time->length);
  const std::size_t process = rest.find_first_not_of(" [0123456789]");
  if (process == std::string_view::npos || process < 3) {
    return false;
  }
  rest.remove_prefix(process);
  for (const std::string_view level :
       {"LOG ", "WARNING ", "ERROR ", "FATAL ", "DEBUG ", "NOISE "}) {
    if (rest.substr(0, level.size()) == level) {
      return true;
    }
  }
  return false;
}

/// In any of EXPLAIN's formats, as it is or as psql frames it.
bool explain_output(std::string_view line) {
  constexpr std::array<std::string_view, 16> kWords = {
      "(cost=",       "QUERY PLAN",     "Node Type",   "<Node-Type>",  "<explain",  "<Plan>",
      "\"Plan\":",    "- Plan:",        "Total Cost",  "Startup Cost", "Plan Rows", "Plan Width",
      "<Total-Cost>", "<Startup-Cost>", "<Plan-Rows>", "<Plan-Width>"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return holds(line, word); });
}

struct Kind {
  bool (*is)(std::string_view line);
  const char* name;
  const char* words;
};

const std::array kKinds = {
    Kind{pgbouncer, "PgBouncer log",
         "a PgBouncer log, which holds no statements; collect the server's own log instead"},
    Kind{explain_output, "query plan",
         "a query plan, not a log; collect reads the plans that auto_explain logs"},
    Kind{[](std::string_view line) { return holds(line, "queryid") && holds(line, "total_"); },
         "listing of pg_stat_statements", "a listing of pg_stat_statements, not a log"},
    Kind{[](std::string_view line) {
           return line.substr(0, 14) == "PGDMP" || holds(line, "-- PostgreSQL database dump");
         },
         "dump of a database", "a dump of a database, not a log"},
    Kind{[](std::string_view line) {
           return line.substr(0, 5) == "<?xml" || line.substr(0, 5) == "<html" ||
                  line.substr(0, 9) == "<!DOCTYPE";
         },
         "page of XML or HTML",
         "a page of XML or HTML, perhaps an error page saved instead of the log"},
};

const Kind* kind_of(const std::vector<std::string_view>& lines) {
  for (const Kind& kind : kKinds) {
    const auto count = std::count_if(lines.begin(), lines.end(), kind.is);
    if (static_cast<std::size_t>(count) * 3 > std::min<std::size_t>(lines.size(), 12)) {
      return &kind;
    }
  }
  return nullptr;
}

std::string what_it_is(const std::vector<std::string_view>& lines) {
  if (mostly_binary(lines)) {
    return "it looks like binary data; ";
  }
  if (const Kind* kind = kind_of(lines)) {
    return fmt::format("it looks like {}; ", kind->words);
  }
  const std::string_view first = lines.front();
  const std::size_t begin = first.find_first_not_of(" \t");
  if (begin != std::string_view::npos && (first[begin] == '{' || first[begin] == '[')) {
    return "it looks like JSON, but no entry of it holds a server's message; ";
  }
  return {};
}

}  // namespace

std::string foreign_kind(const std::vector<std::string_view>& lines) {
  const Kind* kind = kind_of(lines);
  return kind == nullptr ? "file in no known log format" : kind->name;
}

std::string describe_lines(const std::vector<std::string_view>& lines) {
  if (lines.empty()) {
    return "it holds no lines";
  }
  std::string text = what_it_is(lines) + "it begins with";
  for (std::size_t i = 0; i < std::min(kShownLines, lines.size()); ++i) {
    text += fmt::format("\n  {:>2} | {}", i + 1, printable(lines[i]));
  }
  return text;
}

bool looks_like_sql(const std::vector<std::string_view>& lines) {
  constexpr std::array<std::string_view, 48> kFirstWords = {
      "select",     "insert",    "update",   "delete",  "with",     "merge",   "create",  "alter",
      "drop",       "begin",     "start",    "commit",  "rollback", "set",     "show",    "explain",
      "analyze",    "vacuum",    "truncate", "copy",    "values",   "table",   "prepare", "execute",
      "deallocate", "declare",   "fetch",    "close",   "call",     "do",      "grant",   "revoke",
      "comment",    "lock",      "discard",  "reindex", "cluster",  "refresh", "listen",  "notify",
      "checkpoint", "savepoint", "release",  "abort",   "end",      "reset",   "import",  "move"};
  bool in_comment = false;
  bool hint = false;
  for (std::string_view line : lines) {
    const std::size_t first = line.find_first_not_of(" \t\r(");
    if (first == std::string_view::npos) {
      continue;
    }
    line.remove_prefix(first);
    if (in_comment || line.substr(0, 2) == "/*") {
      in_comment = !holds(line, "*/");
      continue;
    }
    if (line.substr(0, 2) == "--" || line.front() == '\\') {
      hint = true;
      continue;
    }
    std::string word;
    for (const char c : line.substr(0, 12)) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isalpha(byte) == 0) {
        break;
      }
      word += static_cast<char>(std::tolower(byte));
    }
    return std::find(kFirstWords.begin(), kFirstWords.end(), word) != kFirstWords.end();
  }
  return hint;
}

}  // namespace quern::collector
