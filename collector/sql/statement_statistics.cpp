#include "collector/sql/statement_statistics.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "collector/base/utf8.hpp"

namespace quern::collector {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostText = 256U << 20U;  // pg_stat_statements.max is 5000 by default

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

std::string trimmed(const std::string& text) {
  const std::size_t from = std::min(text.find_first_not_of(' '), text.size());
  return text.substr(from, text.find_last_not_of(' ') + 1 - from);
}

std::vector<std::string> fields_of(std::string_view record, char separator) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < record.size(); ++i) {
    const char c = record[i];
    if (quoted && c == '"' && i + 1 < record.size() && record[i + 1] == '"') {
      fields.back() += c;
      ++i;
    } else if (c == '"' && (quoted || fields.back().empty())) {
      quoted = !quoted;
    } else if (c == separator && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (separator == '|') {  // psql sets values below one another
    std::transform(fields.begin(), fields.end(), fields.begin(), trimmed);
  }
  return fields;
}

/// psql's line below the names: ----+----
bool is_rule(std::string_view line) {
  return !line.empty() && line.find_first_not_of("-+") == std::string_view::npos;
}

bool has(const std::vector<std::string>& names, const char* name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool tells(const std::vector<std::string>& names) {
  return (has(names, "query") || has(names, "queryid")) && has(names, "calls") &&
         (has(names, "total_exec_time") || has(names, "total_time"));
}

/// Nothing when the line is no header of such a dump.
std::optional<char> separator_of(std::string_view header) {
  for (const char separator : {',', ';', '|', '\t'}) {
    if (tells(fields_of(lower(std::string{header}), separator))) {
      return separator;
    }
  }
  return std::nullopt;
}

bool looks_like_json(std::string_view text) {
  return !text.empty() && (text.front() == '{' || text.front() == '[');
}

std::optional<double> number(const std::map<std::string, std::string>& row, const char* now,
                             const char* before_13) {
  auto place = row.find(now);
  place = place == row.end() ? row.find(before_13) : place;
  if (place == row.end() || place->second.empty()) {
    return std::nullopt;
  }
  char* end = nullptr;
  const double value = std::strtod(place->second.c_str(), &end);
  return *end == '\0' && value >= 0 && value < 1e15 ? std::optional{value} : std::nullopt;
}

/// 0: not told.
std::int64_t query_id(const std::map<std::string, std::string>& row) {
  const auto place = row.find("queryid");
  std::int64_t id = 0;
  if (place != row.end()) {
    const std::string& text = place->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    id = error == std::errc{} && end == text.data() + text.size() ? id : 0;
  }
  return id;
}

Microseconds from_ms(double ms) {
  return Microseconds{std::llround(ms * 1000)};
}

}  // namespace

bool StatementStatisticsReader::recognizes(const std::vector<std::string_view>& lines) {
  if (lines.empty()) {
    return false;
  }
  if (!looks_like_json(lines.front())) {
    return separator_of(lines.front()).has_value();
  }
  const auto holds = [&](std::string_view key) {
    return std::any_of(lines.begin(), lines.end(), [&](std::string_view line) {
      return line.find(key) != std::string_view::npos;
    });
  };
  return (holds("\"query\"") || holds("\"queryid\"")) && holds("\"calls\"") &&
         (holds("\"total_exec_time\"") || holds("\"total_time\""));
}

void StatementStatisticsReader::line(std::string_view text, std::uint64_t number, bool cut) {
  if (cut || text_.size() + text.size() > kMostText) {
    tally_.skip("pg_stat_statements row that is too long", number);
    text_.clear();
    quoted_ = false;
    return;
  }
  ++tally_.counts.used;
  json_ = json_ || (separator_ == '\0' && looks_like_json(text));
  if (text_.empty()) {
    first_line_ = number;
  }
  text_.append(text);
  if (json_) {
    text_ += '\n';
    return;
  }
  quoted_ = (std::count(text.begin(), text.end(), '"') % 2 != 0) != quoted_;
  if (quoted_) {
    text_ += '\n';  // the query goes on in the next line
  } else {
    csv_record();
    text_.clear();
  }
}

void StatementStatisticsReader::finish() {
  if (json_) {
    json_document();
    return;
  }
  take_aligned();
  if (!text_.empty()) {
    tally_.note("pg_stat_statements row that is cut", first_line_);
  }
}

void StatementStatisticsReader::csv_record() {
  if (separator_ == '\0') {
    separator_ = separator_of(text_).value_or(',');
    names_ = fields_of(lower(text_), separator_);
    return;
  }
  if (separator_ == '|' && is_rule(text_)) {
    return;
  }
  const std::vector<std::string> fields = fields_of(text_, separator_);
  if (fields.size() != names_.size()) {
    if (!text_.empty() && text_.front() != '(') {  // psql ends with (42 rows)
      tally_.note("pg_stat_statements row of another number of columns", first_line_);
    }
    return;
  }
  Row row;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    row[names_[i]] = fields[i];
  }
  if (separator_ != '|') {
    take(row, first_line_);
    return;
  }
  // A query of several lines goes on in rows of which all else is empty.
  std::string& query = row["query"];
  const bool goes_on = !aligned_.empty() && row["calls"].empty();
  if (!goes_on) {
    take_aligned();
    aligned_ = std::move(row);
    aligned_line_ = first_line_;
    return;
  }
  std::string& whole = aligned_["query"];
  if (!whole.empty() && whole.back() == '+') {
    whole.pop_back();
  }
  whole += '\n' + query;
}

void StatementStatisticsReader::take_aligned() {
  if (!aligned_.empty()) {
    take(std::exchange(aligned_, {}), aligned_line_);
  }
}

void StatementStatisticsReader::json_document() {
  std::uint64_t line = 1;
  const auto take_object = [&](const Json& object) {
    Row row;
    for (const auto& [name, value] : object.items()) {
      row[name] = value.is_string() ? value.get<std::string>()
                  : value.is_null() ? ""
                                    : value.dump();
    }
    take(row, line);
  };
  const Json whole = Json::parse(text_, nullptr, false);
  if (whole.is_array() || whole.is_object()) {
    for (const Json& object : whole.is_array() ? whole : Json::array({whole})) {
      if (object.is_object()) {
        take_object(object);
      }
    }
    return;
  }
  for (std::size_t from = 0; from < text_.size(); ++line) {
    const std::size_t end = text_.find('\n', from);
    const Json object = Json::parse(text_.substr(from, end - from), nullptr, false);
    if (object.is_object()) {
      take_object(object);
    } else if (end != from) {
      tally_.note("pg_stat_statements row that is no JSON object", line);
    }
    from = end + 1;
  }
}

void StatementStatisticsReader::take(const Row& row, std::uint64_t line) {
  const auto query = row.find("query");
  const auto calls = number(row, "calls", "calls");
  const bool known = query != row.end() || query_id(row) != 0;
  if (!known || !calls || *calls < 1) {
    tally_.note("pg_stat_statements row without calls or query", line);
    return;
  }
  ++records_;
  if (query == row.end() || query->second.empty() || query->second == "<insufficient privilege>") {
    hide(row, static_cast<std::uint64_t>(*calls), line);
    return;
  }
  const std::string& text = query->second;
  execute(is_clean_utf8(text) ? text : to_clean_utf8(text), row, static_cast<std::uint64_t>(*calls),
          line);
}

void StatementStatisticsReader::hide(const Row& row, std::uint64_t calls, std::uint64_t line) {
  constexpr std::size_t kMost = 100'000;
  const std::int64_t id = query_id(row);
  if (id == 0 || hidden_.size() == kMost) {
    tally_.note("pg_stat_statements row whose query may not be seen", line);
    return;
  }
  HiddenStatement statement{.query_id = id, .where = TextPosition{tally_.file, line}};
  StatementCounts& counts = statement.counts;
  counts.calls = calls;
  counts.total = from_ms(number(row, "total_exec_time", "total_time").value_or(0));
  const Microseconds mean = counts.total / static_cast<std::int64_t>(calls);
  const auto or_mean = [&](std::optional<double> ms) { return ms ? from_ms(*ms) : mean; };
  counts.minimum = or_mean(number(row, "min_exec_time", "min_time"));
  counts.maximum = or_mean(number(row, "max_exec_time", "max_time"));
  if (const auto rows = number(row, "rows", "rows")) {
    counts.rows = static_cast<std::uint64_t>(*rows);
  }
  hidden_.push_back(std::move(statement));
}

/// The shortest and the longest call stand for themselves, the others for their mean, so that
/// calls, total, minimum and maximum are what the row says.
void StatementStatisticsReader::execute(std::string_view sql, const Row& row, std::uint64_t calls,
                                        std::uint64_t line) {
  const TextPosition where{tally_.file, line};
  const auto name = [&](const char* first, const char* second) {
    auto place = row.find(first);
    place = place == row.end() ? row.find(second) : place;
    return place == row.end() ? std::string_view{} : std::string_view{place->second};
  };
  Execution execution{.sql = sql,
                      .user = name("rolname", "usename"),
                      .database = name("datname", "database"),
                      .query_id = query_id(row),
                      .where = where};
  const auto total_ms = number(row, "total_exec_time", "total_time");
  execution.timed = total_ms.has_value();
  Microseconds left = from_ms(total_ms.value_or(0));
  std::uint64_t more = calls;
  const auto one = [&](std::optional<double> ms) {
    const Microseconds duration = ms ? from_ms(*ms) : Microseconds{0};
    if (ms && more > 1 && duration <= left) {
      execution.calls = 1;
      execution.duration = duration;
      static_cast<void>(aggregator_.execution(execution));
      left -= duration;
      --more;
    }
  };
  one(number(row, "max_exec_time", "max_time"));
  one(number(row, "min_exec_time", "min_time"));
  execution.calls = more;
  execution.duration = left / static_cast<std::int64_t>(more);
  static_cast<void>(aggregator_.execution(execution));
  const Microseconds rest = left - execution.duration * static_cast<std::int64_t>(more);
  if (rest.count() > 0) {
    execution.calls = 0;
    execution.duration = rest;
    static_cast<void>(aggregator_.execution(execution));
  }
  if (const auto rows = number(row, "rows", "rows")) {
    aggregator_.rows(sql, calls, static_cast<std::uint64_t>(*rows), where);
  }
}

}  // namespace quern::collector
