#include <array>
#include <cstring>
#include <utility>

#include "collector/base/time_text.hpp"
#include "collector/logs/log_reader.hpp"
#include "collector/logs/message_tag.hpp"

namespace quern::collector {

namespace {

/// Columns of csvlog, the same since PostgreSQL 9.0 as far as they go: 23 until 12, 24 with
/// backend_type (13), 26 with leader_pid and query_id (14).
enum Column : std::size_t {
  kTime = 0,
  kUser = 1,
  kDatabase = 2,
  kPid = 3,
  kSession = 5,
  kSeverity = 11,
  kSqlstate = 12,
  kMessage = 13,
  kDetail = 14,
  kContext = 18,
  kStatement = 19,
  kApplication = 22,
  kColumns = 23,
  kMostColumns = 32,
};

std::size_t quotes_in(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const void* found = std::memchr(text.data(), '"', text.size());
    if (found == nullptr) {
      break;
    }
    ++count;
    text.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + 1);
  }
  return count;
}

bool starts_record(std::string_view line) {
  const std::string_view unquoted = !line.empty() && line.front() == '"' ? line.substr(1) : line;
  const auto time = read_time(unquoted);
  return time && time->length < unquoted.size() &&
         (unquoted[time->length] == ',' || unquoted[time->length] == '"');
}

class CsvReader final : public LogReader {
 public:
  CsvReader(LogRecordSink& sink, ReadTally& tally) : sink_{sink}, tally_{tally} {}

  void line(std::string_view text, std::uint64_t number, bool cut) override {
    if (!pending_.empty()) {
      if (starts_record(text) && quotes_in(text) % 2 == 0) {
        // A record can not hold a whole record: the one before was cut.
        drop("csv record without its end");
      } else {
        more(text, cut);
        return;
      }
    }
    if (cut) {
      tally_.skip("line longer than 16 MiB", number);
    } else if (text.empty()) {
      tally_.skip("empty line", number);
    } else if (quotes_in(text) % 2 != 0) {
      pending_.assign(text);
      pending_line_ = number;
      pending_lines_ = 1;
    } else if (record(text, number)) {
      ++tally_.counts.used;
    } else {
      tally_.skip("not a csvlog record", number);
    }
  }

  void finish() override {
    if (!pending_.empty()) {
      drop("csv record without its end");
    }
  }

  [[nodiscard]] std::uint64_t records() const override { return records_; }

  [[nodiscard]] bool begins_record(std::string_view text) const override {
    return starts_record(text);
  }

  [[nodiscard]] OpenMessage suspend() override {
    OpenMessage message;
    message.present = !pending_.empty();
    message.text = std::exchange(pending_, {});
    message.lines = pending_lines_;
    message.record.file = file_.empty() ? tally_.file : file_;
    message.record.line = pending_line_;
    return message.present ? message : OpenMessage{};
  }

  void resume(OpenMessage message) override {
    pending_ = std::move(message.text);
    pending_lines_ = message.lines;
    file_ = std::move(message.record.file);
    pending_line_ = message.record.line;
  }

 private:
  void more(std::string_view text, bool cut) {
    ++pending_lines_;
    const bool ends = quotes_in(text) % 2 != 0;
    const bool overlong = cut || pending_.size() + text.size() >= kMaximumRecord;
    if (overlong) {
      drop("csv record longer than 16 MiB");
      return;
    }
    pending_.push_back('\n');
    pending_.append(text);
    if (!ends) {
      return;
    }
    if (record(pending_, pending_line_)) {
      ++tally_.counts.used;
      tally_.counts.continuation += pending_lines_ - 1;
    } else {
      tally_.skip("not a csvlog record", pending_line_, pending_lines_);
    }
    pending_.clear();
  }

  void drop(const char* reason) {
    tally_.skip(reason, pending_line_, pending_lines_);
    pending_.clear();
    file_.clear();
  }

  /// Splits in place of columns; a quoted one with doubled quotes gets its own memory.
  bool split(std::string_view text) {
    columns_ = 0;
    std::size_t i = 0;
    for (;;) {
      if (columns_ == kMostColumns) {
        return false;
      }
      std::string_view value;
      if (i < text.size() && text[i] == '"') {
        if (!quoted(text, i, value)) {
          return false;
        }
      } else {
        const std::size_t end = std::min(text.find(',', i), text.size());
        value = text.substr(i, end - i);
        i = end;
      }
      values_[columns_++] = value;
      if (i >= text.size()) {
        return columns_ >= kColumns;
      }
      if (text[i] != ',') {
        return false;
      }
      ++i;
    }
  }

  bool quoted(std::string_view text, std::size_t& i, std::string_view& value) {
    const std::size_t from = ++i;
    bool doubled = false;
    for (;;) {
      i = text.find('"', i);
      if (i == std::string_view::npos) {
        return false;
      }
      if (i + 1 < text.size() && text[i + 1] == '"') {
        doubled = true;
        i += 2;
        continue;
      }
      value = text.substr(from, i - from);
      ++i;
      break;
    }
    if (doubled) {
      std::string& own = unescaped_[columns_];
      own.clear();
      for (std::size_t k = 0; k < value.size(); ++k) {
        own.push_back(value[k]);
        k += value[k] == '"' ? 1 : 0;
      }
      value = own;
    }
    return true;
  }

  bool record(std::string_view text, std::uint64_t number) {
    if (!split(text)) {
      return false;
    }
    const auto time = read_time(values_[kTime]);
    const Severity severity = severity_of(values_[kSeverity]);
    if (!time || severity == Severity::Unknown) {
      return false;
    }
    if (!time->zone_known) {
      tally_.note("time zone abbreviation not known, read as UTC", number);
    }
    LogRecord record;
    record.line = number;
    record.at_us = time->at_us;
    record.severity = severity;
    record.session = values_[kPid].empty() ? values_[kSession] : values_[kPid];
    record.user = values_[kUser];
    record.database = values_[kDatabase];
    record.application = values_[kApplication];
    record.sqlstate = values_[kSqlstate];
    record.message = values_[kMessage];
    record.detail = values_[kDetail];
    record.statement = values_[kStatement];
    record.nested = tells_nesting(values_[kContext]);
    record.file = file_;
    ++records_;
    sink_.take(record);
    file_.clear();
    return true;
  }

  LogRecordSink& sink_;
  ReadTally& tally_;
  std::uint64_t records_ = 0;
  std::string pending_;  ///< a record whose closing quote is still to come
  std::string file_;     ///< of the pending record, where another stream held its start
  std::uint64_t pending_line_ = 0;
  std::uint64_t pending_lines_ = 0;
  std::array<std::string_view, kMostColumns> values_ = {};
  std::array<std::string, kMostColumns> unescaped_ = {};
  std::size_t columns_ = 0;
};

}  // namespace

std::unique_ptr<LogReader> make_csv_reader(LogRecordSink& sink, ReadTally& tally) {
  return std::make_unique<CsvReader>(sink, tally);
}

}  // namespace quern::collector
