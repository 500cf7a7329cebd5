#include <charconv>
#include <string>

#include <simdjson.h>

#include "collector/base/time_text.hpp"
#include "collector/base/utf8.hpp"
#include "collector/logs/log_reader.hpp"
#include "collector/logs/message_tag.hpp"

namespace quern::collector {

namespace {

namespace ondemand = simdjson::ondemand;

/// jsonlog (PostgreSQL 15 and later): one object a line; absent keys are empty values.
/// CloudNativePG writes csvlog's columns by their names in an inner object, `record`, among lines
/// of its own.
class JsonReader final : public LogReader {
 public:
  JsonReader(LogRecordSink& sink, ReadTally& tally) : sink_{sink}, tally_{tally} {}

  void line(std::string_view text, std::uint64_t number, bool cut) override {
    if (cut) {
      tally_.skip("line longer than 16 MiB", number);
    } else if (text.empty()) {
      tally_.skip("empty line", number);
    } else if (record(text, number)) {
      ++tally_.counts.used;
    } else {
      tally_.skip("not a jsonlog record", number);
    }
  }

  void finish() override {}

  [[nodiscard]] std::uint64_t records() const override { return records_; }

  [[nodiscard]] bool begins_record(std::string_view text) const override {
    return text.substr(0, 2) == R"({")";
  }

 private:
  bool record(std::string_view text, std::uint64_t number) {
    padded_.assign(text);
    if (!is_clean_utf8(padded_)) {
      padded_ = to_clean_utf8(padded_, R"(\\x)");  // the same value as in other formats
    }
    padded_.reserve(padded_.size() + simdjson::SIMDJSON_PADDING);
    ondemand::document document;
    if (parser_.iterate(padded_.data(), padded_.size(), padded_.capacity()).get(document) !=
        simdjson::SUCCESS) {
      return false;
    }
    ondemand::object object;
    if (document.get_object().get(object) != simdjson::SUCCESS) {
      return false;
    }
    LogRecord record;
    record.line = number;
    std::string_view session_id;
    std::string_view severity;
    std::string_view time;
    if (!take_all(object, record, session_id, severity, time)) {
      return false;
    }
    const auto at = read_time(time);
    record.severity = severity_of(severity);
    if (!at || record.severity == Severity::Unknown) {
      return false;
    }
    if (!at->zone_known) {
      tally_.note("time zone abbreviation not known, read as UTC", number);
    }
    record.at_us = at->at_us;
    record.session = record.session.empty() ? session_id : record.session;
    ++records_;
    sink_.take(record);
    return true;
  }

  static bool take_all(ondemand::object& object, LogRecord& record, std::string_view& session_id,
                       std::string_view& severity, std::string_view& time) {
    for (auto entry : object) {
      ondemand::field field;
      if (std::move(entry).get(field) != simdjson::SUCCESS ||
          !take(field, record, session_id, severity, time)) {
        return false;
      }
    }
    return true;
  }

  static bool take(ondemand::field& field, LogRecord& record, std::string_view& session_id,
                   std::string_view& severity, std::string_view& time) {
    std::string_view key;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) {
      return false;
    }
    if (key == "record") {
      ondemand::object inner;
      return field.value().get_object().get(inner) == simdjson::SUCCESS &&
             take_all(inner, record, session_id, severity, time);
    }
    if (key == "pid") {
      record.session = digits(field.value().raw_json_token());
      return true;
    }
    if (key == "query_id") {  // a number; CloudNativePG writes it as text
      const std::string_view token = field.value().raw_json_token();
      const std::size_t from = !token.empty() && token.front() == '"' ? 1 : 0;
      std::from_chars(token.data() + from, token.data() + token.size(), record.query_id);
      return true;
    }
    if (key == "context") {
      std::string_view context;
      const bool good = field.value().get_string().get(context) == simdjson::SUCCESS;
      record.nested = good && tells_nesting(context);
      return good;
    }
    std::string_view* wanted = member(key, record, session_id, severity, time);
    if (wanted == nullptr) {
      return true;
    }
    return field.value().get_string().get(*wanted) == simdjson::SUCCESS;
  }

  /// Where the value of a key goes: the server's names, then those of csvlog's columns.
  static std::string_view* member(std::string_view key, LogRecord& record,
                                  std::string_view& session_id, std::string_view& severity,
                                  std::string_view& time) {
    return key == "timestamp" || key == "log_time"          ? &time
           : key == "user" || key == "user_name"            ? &record.user
           : key == "dbname" || key == "database_name"      ? &record.database
           : key == "process_id"                            ? &record.session
           : key == "session_id"                            ? &session_id
           : key == "error_severity"                        ? &severity
           : key == "state_code" || key == "sql_state_code" ? &record.sqlstate
           : key == "message"                               ? &record.message
           : key == "detail" || key == "detail_log"         ? &record.detail
           : key == "statement" || key == "query"           ? &record.statement
           : key == "application_name"                      ? &record.application
                                                            : nullptr;
  }

  static std::string_view digits(std::string_view token) {
    std::size_t n = 0;
    while (n < token.size() && token[n] >= '0' && token[n] <= '9') {
      ++n;
    }
    return token.substr(0, n);
  }

  LogRecordSink& sink_;
  ReadTally& tally_;
  std::uint64_t records_ = 0;
  ondemand::parser parser_;
  std::string padded_;
};

}  // namespace

std::unique_ptr<LogReader> make_json_reader(LogRecordSink& sink, ReadTally& tally) {
  return std::make_unique<JsonReader>(sink, tally);
}

}  // namespace quern::collector
