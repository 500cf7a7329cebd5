#include "collector/sql/weighted_sql.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

#include "collector/base/utf8.hpp"
#include "collector/sql/lexer.hpp"

namespace quern::collector {

namespace {

struct Weight {
  std::uint64_t calls = 1;
  std::optional<Microseconds> mean = {};
  std::string user = {}, database = {}, application = {};
  bool well_formed = true;
};

void set(Weight& weight, std::string_view key, std::string_view value) {
  const std::string text{value};
  char* end = nullptr;
  if (key == "calls") {
    const auto [stop, error] =
        std::from_chars(value.data(), value.data() + value.size(), weight.calls);
    const bool good = error == std::errc{} && stop == value.data() + value.size() &&
                      weight.calls > 0 && weight.calls < 1'000'000'000'000;
    weight.calls = good ? weight.calls : 1;
    weight.well_formed = weight.well_formed && good;
  } else if (key == "mean_ms") {
    const double mean = std::strtod(text.c_str(), &end);
    const bool good = !text.empty() && *end == '\0' && mean >= 0 && mean < 1e9;
    if (good) {
      weight.mean = Microseconds{std::llround(mean * 1000)};
    }
    weight.well_formed = weight.well_formed && good;
  } else if (key == "user") {
    weight.user = text;
  } else if (key == "database") {
    weight.database = text;
  } else if (key == "application") {
    weight.application = text;
  } else {
    weight.well_formed = false;
  }
}

void read_comment(std::string_view comment, Weight& weight) {
  const std::size_t at = comment.find("quern:");
  if (comment.substr(0, 2) != "--" || at == std::string_view::npos ||
      comment.find_first_not_of("- ") != at) {
    return;
  }
  std::string_view rest = comment.substr(at + 6);
  while (!rest.empty()) {
    const std::size_t from = rest.find_first_not_of(" \t\r,");
    if (from == std::string_view::npos) {
      return;
    }
    const std::size_t end = std::min(rest.find_first_of(" \t\r,", from), rest.size());
    const std::string_view pair = rest.substr(from, end - from);
    const std::size_t equal = pair.find('=');
    if (equal == std::string_view::npos) {
      weight.well_formed = false;
    } else {
      set(weight, pair.substr(0, equal), pair.substr(equal + 1));
    }
    rest.remove_prefix(end);
  }
}

}  // namespace

void WeightedSqlReader::line(std::string_view text, std::uint64_t number, bool cut) {
  if (cut || text_.size() + text.size() > kMaximumRecord) {
    tally_.skip("SQL statement longer than 16 MiB", number);
    text_.clear();
    return;
  }
  if (text_.find_first_not_of(" \t\n") == std::string::npos) {
    if (!text.empty() && text.front() == '\\') {
      tally_.skip("psql command", number);
      return;
    }
    text_.clear();
    first_line_ = number;
  }
  ++tally_.counts.used;
  text_.append(text);
  text_.push_back('\n');
  if (text.find(';') != std::string_view::npos) {
    take_statements(false);
  }
}

void WeightedSqlReader::finish() {
  take_statements(true);
}

void WeightedSqlReader::take_statements(bool at_end) {
  Lexer lexer{text_};
  std::size_t from = 0;
  int depth = 0;
  for (Token token = lexer.next(); token.kind != TokenKind::End; token = lexer.next()) {
    depth += token.text == "(" ? 1 : token.text == ")" && depth > 0 ? -1 : 0;
    const bool unfinished = token.offset + token.text.size() + 1 >= text_.size() &&
                            token.kind == TokenKind::String && !at_end;
    if (unfinished) {
      break;  // a literal that goes on in the next line
    }
    if (token.text == ";" && depth == 0) {
      const std::string_view sql = std::string_view{text_}.substr(from, token.offset - from);
      statement(sql, first_line_ + static_cast<std::uint64_t>(std::count(
                                       text_.begin(),
                                       text_.begin() + static_cast<std::ptrdiff_t>(from), '\n')));
      from = token.offset + 1;
    }
  }
  if (at_end) {
    statement(std::string_view{text_}.substr(from), first_line_);
    text_.clear();
  } else if (from > 0) {
    first_line_ += static_cast<std::uint64_t>(
        std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(from), '\n'));
    text_.erase(0, from);
  }
}

void WeightedSqlReader::statement(std::string_view sql, std::uint64_t line) {
  Weight weight;
  Lexer lexer{sql};
  Token token = lexer.next_with_comments();
  for (; token.kind == TokenKind::Comment; token = lexer.next_with_comments()) {
    read_comment(token.text, weight);
  }
  if (token.kind == TokenKind::End) {
    return;
  }
  line += static_cast<std::uint64_t>(
      std::count(sql.begin(), sql.begin() + static_cast<std::ptrdiff_t>(token.offset), '\n'));
  if (!weight.well_formed) {
    tally_.note("`-- quern:` line that does not read as calls=N mean_ms=X", line);
  }
  sql.remove_prefix(token.offset);
  while (!sql.empty() && (sql.back() == '\n' || sql.back() == ' ' || sql.back() == '\t')) {
    sql.remove_suffix(1);
  }
  const std::string clean = is_clean_utf8(sql) ? std::string{sql} : to_clean_utf8(sql);
  const TextPosition where{tally_.file, line};
  ++statements_;
  static_cast<void>(
      aggregator_.execution(Execution{.sql = clean,
                                      .timed = weight.mean.has_value(),
                                      .duration = weight.mean.value_or(Microseconds{0}),
                                      .user = weight.user,
                                      .database = weight.database,
                                      .application = weight.application,
                                      .calls = weight.calls,
                                      .where = where}));
}

}  // namespace quern::collector
