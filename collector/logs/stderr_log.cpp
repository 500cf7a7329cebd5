#include <algorithm>

#include "collector/logs/log_line_prefix.hpp"
#include "collector/logs/log_reader.hpp"
#include "collector/logs/prefix_matcher.hpp"

namespace quern::collector {

namespace {

/// log_error_verbosity = verbose: `LOG:  00000: duration: ...`. Returns the SQLSTATE and drops it.
std::string_view take_sqlstate(std::string_view& text) {
  constexpr std::size_t kLength = 5;
  if (text.size() < kLength + 2 || text[kLength] != ':' || text[kLength + 1] != ' ') {
    return {};
  }
  const std::string_view code = text.substr(0, kLength);
  const bool plausible = std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
  });
  if (!plausible) {
    return {};
  }
  text.remove_prefix(kLength + 2);
  return code;
}

/// Messages of a stderr log. The server writes a message's lines together: the primary line,
/// DETAIL, STATEMENT and so on each with the prefix, further lines of a part after one tab.
class StderrReader final : public LogReader {
 public:
  StderrReader(LogLinePrefix prefix, LogRecordSink& sink, ReadTally& tally)
      : prefix_{prefix}, matcher_{std::move(prefix)}, sink_{sink}, tally_{tally} {}

  void line(std::string_view text, std::uint64_t number, bool cut) override {
    if (!text.empty() && text.front() == '\t') {
      continuation(text.substr(1), number);
    } else if (const PrefixFields* fields = matcher_.match(text)) {
      ++tally_.counts.used;
      prefixed(text, *fields, number);
    } else if (cut) {
      skip("line longer than 16 MiB", number);
    } else if (text.empty()) {
      skip("empty line", number);
    } else {
      skip("line without the log_line_prefix", number);
    }
    if (cut) {
      tally_.note("message cut at 16 MiB", number);
    }
  }

  void finish() override { hand_over(); }

  [[nodiscard]] std::uint64_t records() const override { return records_; }

  [[nodiscard]] bool begins_record(std::string_view text) const override {
    PrefixFields fields;
    return !text.empty() && text.front() != '\t' && prefix_.match(text, fields) &&
           fields.tag.part == MessagePart::Primary;
  }

  [[nodiscard]] bool continues_record(std::string_view text) const override {
    PrefixFields fields;
    return text.substr(0, 1) == "\t" || prefix_.match(text, fields);
  }

  [[nodiscard]] OpenMessage suspend() override {
    OpenMessage message;
    if (open_) {
      message.present = true;
      message.record = HeldRecord::of(whole_record());
      message.record.file = file_.empty() ? tally_.file : file_;
      message.part = part_ == &statement_ ? MessagePart::Statement
                     : part_ == &detail_  ? MessagePart::Detail
                                          : MessagePart::Primary;
      message.part_lost = part_ == nullptr;
      message.ignoring = ignoring_;
      open_ = false;
    }
    return message;
  }

  void resume(OpenMessage message) override {
    if (!message.present) {
      return;
    }
    open_ = true;
    ignoring_ = message.ignoring;
    HeldRecord& record = message.record;
    file_ = std::move(record.file);
    record_ = LogRecord{.line = record.line, .at_us = record.at_us, .severity = record.severity};
    session_ = std::move(record.session);
    user_ = std::move(record.user);
    database_ = std::move(record.database);
    application_ = std::move(record.application);
    sqlstate_ = std::move(record.sqlstate);
    message_ = std::move(record.message);
    detail_ = std::move(record.detail);
    statement_ = std::move(record.statement);
    part_ = message.part_lost                        ? nullptr
            : message.part == MessagePart::Statement ? &statement_
            : message.part == MessagePart::Detail    ? &detail_
                                                     : &message_;
  }

 private:
  void skip(const char* reason, std::uint64_t number) {
    // What follows a foreign line can not be known to belong to the message before it.
    part_ = nullptr;
    tally_.skip(reason, number);
  }

  void continuation(std::string_view text, std::uint64_t number) {
    if (!open_ || (part_ == nullptr && !ignoring_)) {
      tally_.skip("continuation line without its message", number);
      return;
    }
    ++tally_.counts.continuation;
    if (ignoring_) {
      return;
    }
    if (part_->size() + text.size() >= kMaximumRecord) {
      tally_.note("message cut at 16 MiB", number);
      ignoring_ = true;
      return;
    }
    part_->push_back('\n');
    part_->append(text);
  }

  void prefixed(std::string_view text, const PrefixFields& fields, std::uint64_t number) {
    const std::string_view body = text.substr(std::min(fields.text_from, text.size()));
    ignoring_ = false;
    if (fields.tag.part == MessagePart::Primary) {
      hand_over();
      begin(body, fields, number);
      return;
    }
    const bool ours = open_ && fields.session == std::string_view{session_};
    if (!ours || fields.tag.part == MessagePart::Other) {
      if (!ours && fields.tag.part != MessagePart::Other) {
        tally_.note("DETAIL or STATEMENT line apart from its message", number);
      }
      ignoring_ = true;
      return;
    }
    part_ = fields.tag.part == MessagePart::Detail ? &detail_ : &statement_;
    part_->assign(body);
  }

  void begin(std::string_view body, const PrefixFields& fields, std::uint64_t number) {
    const std::string_view verbose_code = take_sqlstate(body);
    open_ = true;
    record_ = LogRecord{};
    record_.line = number;
    record_.at_us = fields.at_us;
    record_.severity = fields.tag.severity;
    session_.assign(fields.session);
    user_.assign(fields.user);
    database_.assign(fields.database);
    application_.assign(fields.application);
    sqlstate_.assign(fields.sqlstate.empty() ? verbose_code : fields.sqlstate);
    message_.assign(body);
    detail_.clear();
    statement_.clear();
    part_ = &message_;
    if (!fields.zone_known) {
      tally_.note("time zone abbreviation not known, read as UTC", number);
    }
  }

  void hand_over() {
    if (!open_) {
      return;
    }
    open_ = false;
    ++records_;
    sink_.take(whole_record());
    file_.clear();
  }

  const LogRecord& whole_record() {
    record_.file = file_;
    record_.session = session_;
    record_.user = user_;
    record_.database = database_;
    record_.application = application_;
    record_.sqlstate = sqlstate_;
    record_.message = message_;
    record_.detail = detail_;
    record_.statement = statement_;
    return record_;
  }

  LogLinePrefix prefix_;
  PrefixMatcher matcher_;
  LogRecordSink& sink_;
  ReadTally& tally_;
  std::uint64_t records_ = 0;

  bool open_ = false;
  bool ignoring_ = false;        ///< within a part that nobody needs
  std::string* part_ = nullptr;  ///< where a continuation line goes
  LogRecord record_;
  std::string file_;  ///< of the open message, where another stream held its start
  // Kept from message to message, so that their memory is.
  std::string session_, user_, database_, application_, sqlstate_, message_, detail_, statement_;
};

}  // namespace

std::unique_ptr<LogReader> make_stderr_reader(LogLinePrefix prefix, LogRecordSink& sink,
                                              ReadTally& tally) {
  return std::make_unique<StderrReader>(std::move(prefix), sink, tally);
}

}  // namespace quern::collector
