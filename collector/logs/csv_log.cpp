#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "collector/base/time_text.hpp"
#include "collector/logs/csv_fields.hpp"
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
  kQueryId = 25,
};

bool digit(char c) {
  return c >= '0' && c <= '9';
}

/// The line may begin with a time: most further lines of a record do not.
bool may_begin(std::string_view line) {
  constexpr std::size_t kShortest = 19;  // `2026-11-21 01:53:27`
  const std::size_t at = !line.empty() && line.front() == '"' ? 1 : 0;
  return line.size() > at + kShortest && digit(line[at]) && line[at + 4] == '-' &&
         line[at + 7] == '-';
}

/// A message begins here, quoted or not. Not so where its quotes are doubled: then the line stands
/// within another record's value.
bool begins_message(std::string_view text) {
  const std::size_t quotes = std::min(text.find_first_not_of('"'), text.size());
  return quotes % 2 != 0 || quotes == 0 || quotes == text.size() || text[quotes] == ',';
}

/// The line begins a record, whatever came before it: its columns up to the message are there.
/// Since a value's quotes are doubled, no line within a record's value passes for one, and a record
/// that is damaged ends where the next one begins.
bool begins(const CsvFields& fields, std::string_view line, TimeReader& times) {
  if (fields.count() <= kMessage) {
    return false;
  }
  const std::string_view time = line.front() == '"' ? line.substr(1) : line;
  std::string own;
  const auto severity = unquoted(fields.raw(line, kSeverity), own);
  const auto* message = fields.raw(line, kMessage).data();
  return times.read(time) && severity_of(severity.value_or("")) != Severity::Unknown &&
         begins_message(line.substr(static_cast<std::size_t>(message - line.data())));
}

class CsvReader final : public LogReader {
 public:
  CsvReader(LogRecordSink& sink, ReadTally& tally) : sink_{sink}, tally_{tally} {}

  void line(std::string_view text, std::uint64_t number, bool cut) override {
    const bool looked_at = pending_.empty() || may_begin(text);
    if (looked_at) {
      next_.clear();
      next_.read(text, 0);
    }
    if (!pending_.empty()) {
      if (!looked_at || !begins(next_, text, times_)) {
        more(text, cut);
        return;
      }
      drop("csv record without its end");
    }
    if (cut) {
      tally_.skip("line longer than 16 MiB", number);
    } else if (text.empty()) {
      tally_.skip("empty line", number);
    } else if (next_.open()) {
      std::swap(fields_, next_);
      pending_.assign(text);
      pending_line_ = number;
      pending_lines_ = 1;
    } else if (record(text, next_, number)) {
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
    if (!may_begin(text)) {
      return false;
    }
    CsvFields fields;
    TimeReader times;
    fields.read(text, 0);
    return begins(fields, text, times);
  }

  [[nodiscard]] OpenMessage suspend() override {
    OpenMessage message;
    message.present = !pending_.empty();
    message.text = std::exchange(pending_, {});
    message.lines = pending_lines_;
    message.record.file = file_.empty() ? tally_.file : std::exchange(file_, {});
    message.record.line = pending_line_;
    return message.present ? message : OpenMessage{};
  }

  void resume(OpenMessage message) override {
    pending_ = std::move(message.text);
    fields_.clear();
    fields_.read(pending_, 0);
    pending_lines_ = message.lines;
    file_ = std::move(message.record.file);
    pending_line_ = message.record.line;
  }

 private:
  void more(std::string_view text, bool cut) {
    ++pending_lines_;
    const bool overlong = cut || pending_.size() + text.size() >= kMaximumRecord;
    if (overlong) {
      drop("csv record longer than 16 MiB");
      return;
    }
    pending_.push_back('\n');
    const std::size_t from = pending_.size();
    pending_.append(text);
    fields_.read(pending_, from);
    if (fields_.open()) {
      return;
    }
    if (record(pending_, fields_, pending_line_)) {
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

  bool record(std::string_view text, const CsvFields& fields, std::uint64_t number) {
    if (fields.count() < kColumns || fields.count() > CsvFields::kMost) {
      return false;
    }
    bool well_quoted = true;
    const auto value = [&](Column column) {
      const auto whole = unquoted(fields.raw(text, column), unquoted_[column]);
      well_quoted = well_quoted && whole;
      return whole.value_or("");
    };
    const auto time = times_.read(text.front() == '"' ? text.substr(1) : text);
    LogRecord record;
    record.line = number;
    record.severity = severity_of(value(kSeverity));
    if (!time || record.severity == Severity::Unknown) {
      return false;
    }
    record.at_us = time->at_us;
    record.session = value(kPid);
    if (record.session.empty()) {
      record.session = value(kSession);
    }
    record.user = value(kUser);
    record.database = value(kDatabase);
    record.application = value(kApplication);
    record.sqlstate = value(kSqlstate);
    record.message = value(kMessage);
    record.detail = value(kDetail);
    record.statement = value(kStatement);
    record.nested = tells_nesting(value(kContext));
    if (fields.count() > kQueryId) {
      const std::string_view id = fields.raw(text, kQueryId);
      std::from_chars(id.data(), id.data() + id.size(), record.query_id);
    }
    record.file = file_;
    if (!well_quoted) {
      return false;
    }
    if (!time->zone_known) {
      tally_.note("time zone abbreviation not known, read as UTC", number);
    }
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
  CsvFields fields_;  ///< of the pending record
  CsvFields next_;    ///< of the line at hand
  TimeReader times_;
  std::array<std::string, kColumns> unquoted_ = {};
};

}  // namespace

std::unique_ptr<LogReader> make_csv_reader(LogRecordSink& sink, ReadTally& tally) {
  return std::make_unique<CsvReader>(sink, tally);
}

}  // namespace quern::collector
