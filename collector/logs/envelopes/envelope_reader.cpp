#include <algorithm>
#include <utility>

#include "collector/logs/envelopes/unwrapper.hpp"

namespace quern::collector {

namespace {

LogLayout inner_of(LogLayout layout) {
  layout.envelopes.erase(layout.envelopes.begin());
  return layout;
}

/// Counts the envelope's lines by what became of their content: a line may hold several lines of
/// the log inside (an entry with a whole message), or less than one (a message split by syslog).
class EnvelopeReader final : public LogReader, private UnwrappedSink {
 public:
  EnvelopeReader(const LogLayout& layout, LogRecordSink& sink, ReadTally& tally)
      : sink_{sink},
        tally_{tally},
        named_columns_{layout.envelopes.front() == Envelope::CsvEntries},
        unwrapper_{make_unwrapper(layout.envelopes.front(), layout)},
        inner_tally_{inner_counts_, tally.skipped, tally.file},
        inner_{make_reader(inner_of(layout), sink, inner_tally_)} {}

  void line(std::string_view text, std::uint64_t number, bool cut) override {
    number_ = number;
    cut_ = cut;
    inner_tally_.file = tally_.file;
    ++waiting_;
    unwrapper_->line(text, *this);
    settle();
    outer_ = LineFacts{};
  }

  void facts(const LineFacts& facts) override { outer_ = facts; }

  void finish() override {
    unwrapper_->finish(*this);
    inner_->finish();
    settle();
    skip_waiting();
  }

  [[nodiscard]] std::uint64_t records() const override { return records_ + inner_->records(); }

  [[nodiscard]] bool begins_record(std::string_view text) const override {
    return named_columns_ ||
           (unwrapper_->begins_entry(text) && Probe{*inner_}.begins(text, *unwrapper_));
  }

  [[nodiscard]] bool continues_record(std::string_view text) const override {
    return Probe{*inner_}.continues(text, *unwrapper_);
  }

  [[nodiscard]] OpenMessage suspend() override {
    std::string wrapped = unwrapper_->suspend();
    OpenMessage open = inner_->suspend();
    if (!wrapped.empty()) {
      open.present = true;
      open.wrapped = std::move(wrapped);
    }
    settle();
    if (may_come_to_something(open)) {
      open.lines = std::max(open.lines, std::exchange(waiting_, 0));
    } else {
      skip_waiting();
    }
    return open;
  }

  void resume(OpenMessage message) override {
    std::string wrapped = std::exchange(message.wrapped, {});
    message.present = message.present && !(message.record == HeldRecord{} && message.text.empty());
    const std::uint64_t lines =
        wrapped.empty() && !may_come_to_something(message) ? 0 : message.lines;
    inner_->resume(std::move(message));
    for (std::size_t from = 0; from < wrapped.size();) {
      const std::size_t end = std::min(wrapped.find('\n', from), wrapped.size());
      unwrapper_->line(std::string_view{wrapped}.substr(from, end - from), *this);
      from = end + 1;
    }
    waiting_ = lines;
  }

 private:
  /// What a line holds, without any effect on what is being read.
  class Probe final : public UnwrappedSink {
   public:
    explicit Probe(const LogReader& inner) : inner_{inner} {}

    bool begins(std::string_view text, const Unwrapper& like) {
      look(text, like);
      return begins_;
    }

    bool continues(std::string_view text, const Unwrapper& like) {
      look(text, like);
      return begins_ || continues_;
    }

    void server_line(std::string_view text, const LineFacts& facts) override {
      silent_ = false;
      begins_ = begins_ || (!facts.same_line && inner_.begins_record(text));
      continues_ = continues_ || facts.same_line || inner_.continues_record(text);
    }

    void server_record(const LogRecord&) override {
      silent_ = false;
      begins_ = true;
    }

    void foreign(const char*) override { silent_ = false; }

    [[nodiscard]] bool begins_message(std::string_view text) const override {
      return inner_.begins_record(text);
    }

   private:
    void look(std::string_view text, const Unwrapper& like) {
      const auto fresh = like.fresh();
      fresh->line(text, *this);
      begins_ = begins_ || silent_;  // an entry whose end is to come
    }

    const LogReader& inner_;
    bool silent_ = true;
    bool begins_ = false;
    bool continues_ = false;
  };

  void server_line(std::string_view text, const LineFacts& facts) override {
    inner_->facts(merged(facts));
    inner_->line(text, number_, cut_);
    settle();
  }

  /// Lines that wait for more: of an entry, or of a csvlog record within one.
  static bool may_come_to_something(const OpenMessage& open) {
    return !open.wrapped.empty() || !open.text.empty();
  }

  void skip_waiting() {
    if (waiting_ > 0) {
      tally_.skip("entry without its end", number_, std::exchange(waiting_, 0));
    }
  }

  /// Facts of the inner envelope come first; those of the outer ones fill in.
  [[nodiscard]] LineFacts merged(LineFacts facts) const {
    facts.at_us = facts.at_us == 0 ? outer_.at_us : facts.at_us;
    facts.session = facts.session.empty() ? outer_.session : facts.session;
    facts.user = facts.user.empty() ? outer_.user : facts.user;
    facts.database = facts.database.empty() ? outer_.database : facts.database;
    facts.application = facts.application.empty() ? outer_.application : facts.application;
    facts.detail = facts.detail.empty() ? outer_.detail : facts.detail;
    facts.loose = facts.loose || outer_.loose;
    return facts;
  }

  void server_record(const LogRecord& found) override {
    LogRecord record = found;
    record.line = number_;
    record.at_us = record.at_us == 0 ? outer_.at_us : record.at_us;
    ++records_;
    ++inner_counts_.used;
    sink_.take(record);
    settle();
  }

  void foreign(const char* reason) override {
    settle();
    if (waiting_ > 0) {
      tally_.skip(reason, number_, std::exchange(waiting_, 0));
    } else {
      tally_.note(reason, number_);
    }
  }

  [[nodiscard]] bool begins_message(std::string_view text) const override {
    return inner_->begins_record(text);
  }

  /// Counts the lines whose content has come to something.
  void settle() {
    const InputCounts now = std::exchange(inner_counts_, InputCounts{});
    if (now.used + now.continuation + now.skipped == 0 || waiting_ == 0) {
      return;
    }
    const std::uint64_t used = std::min(waiting_, now.used);
    const std::uint64_t skipped = now.used + now.continuation > 0 ? 0 : waiting_;
    tally_.counts.used += used;
    tally_.counts.skipped += skipped;
    if (skipped > now.skipped) {
      tally_.skipped.add("further line of an entry that was skipped",
                         TextPosition{tally_.file, number_}, skipped - now.skipped);
    }
    tally_.counts.continuation += waiting_ - used - skipped;
    waiting_ = 0;
  }

  LogRecordSink& sink_;
  ReadTally& tally_;
  bool named_columns_;  ///< the first line counts, whatever stands in it
  std::unique_ptr<Unwrapper> unwrapper_;
  InputCounts inner_counts_ = {};
  ReadTally inner_tally_;
  std::unique_ptr<LogReader> inner_;
  std::uint64_t number_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t waiting_ = 0;  ///< lines of the envelope that have not come to anything yet
  bool cut_ = false;
  LineFacts outer_ = {};
};

}  // namespace

std::unique_ptr<Unwrapper> make_unwrapper(Envelope envelope, const LogLayout& layout) {
  switch (envelope) {
    case Envelope::Syslog:
      return make_syslog_unwrapper(layout.reference_us);
    case Envelope::JournalExport:
      return make_journal_unwrapper();
    case Envelope::TimedLines:
      return make_timed_lines_unwrapper();
    case Envelope::JsonEntries:
      return make_json_unwrapper();
    case Envelope::CsvEntries:
      break;
  }
  return make_csv_unwrapper();
}

std::unique_ptr<LogReader> make_envelope_reader(const LogLayout& layout, LogRecordSink& sink,
                                                ReadTally& tally) {
  return std::make_unique<EnvelopeReader>(layout, sink, tally);
}

}  // namespace quern::collector
