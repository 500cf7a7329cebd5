#include <algorithm>
#include <utility>
#include <vector>

#include "collector/base/sixteen_bytes.hpp"
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

/// `[postgres.c:1234]  duration: ...`: AlloyDB tells where in the server a message comes from.
std::string_view without_source_place(std::string_view text) {
  constexpr std::size_t kLongest = 80;
  if (text.empty() || text.front() != '[') {
    return text;
  }
  const std::size_t close = text.substr(0, kLongest).find(']');
  const std::size_t colon = text.substr(0, kLongest).find(".c:");
  if (close == std::string_view::npos || colon == std::string_view::npos || colon > close ||
      text.find_first_not_of("0123456789", colon + 3) != close) {
    return text;
  }
  text.remove_prefix(close + 1);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

/// The first line of a text in which each has its line feed, to a place with room for sixteen bytes
/// more; its length.
std::size_t copy_line(std::string_view text, char* to) {
  std::size_t at = 0;
  for (; at + SixteenBytes::kSize <= text.size(); at += SixteenBytes::kSize) {
    const SixteenBytes bytes{text.data() + at};
    bytes.store(to + at);
    if (const std::uint64_t line_feeds = bytes.equal('\n'); line_feeds != 0) {
      return at + static_cast<unsigned>(__builtin_ctzll(line_feeds));
    }
  }
  for (; text[at] != '\n'; ++at) {
    to[at] = text[at];
  }
  return at;
}

/// A message whose lines are being read.
struct Message {
  bool open = false;
  bool ignoring = false;   ///< within a part that nobody needs
  bool part_lost = false;  ///< a foreign line came after it: no continuation line is its own
  MessagePart part = MessagePart::Primary;
  LogRecord record = {};
  std::string key = {};   ///< its session, as its lines tell
  std::string file = {};  ///< where another stream held its start
  // Kept from message to message, so that their memory is.
  std::string session = {}, user = {}, database = {}, application = {}, sqlstate = {};
  std::string message = {}, detail = {}, statement = {};
  std::uint64_t same = 0;  ///< PrefixFields::same of the line that told the first five of these

  std::string& part_text() {
    return part == MessagePart::Statement ? statement
           : part == MessagePart::Detail  ? detail
                                          : message;
  }

  const LogRecord& whole_record() {
    record.file = file;
    record.session = session;
    record.user = user;
    record.database = database;
    record.application = application;
    record.sqlstate = sqlstate;
    record.message = message;
    record.detail = detail;
    record.statement = statement;
    return record;
  }
};

/// Messages of a stderr log. The server writes a message's lines together: the primary line,
/// DETAIL, STATEMENT and so on each with the prefix, further lines of a part after one tab. An
/// envelope may mix the lines of several processes: then several messages are open at a time.
class StderrReader final : public LogReader {
 public:
  StderrReader(LogLinePrefix prefix, LogRecordSink& sink, ReadTally& tally)
      : prefix_{prefix}, matcher_{std::move(prefix)}, sink_{sink}, tally_{tally} {}

  void line(std::string_view text, std::uint64_t number, bool cut) override {
    if (facts_.same_line) {
      continuation(text, number, "");
    } else if (!text.empty() && text.front() == '\t') {
      indented(text, number);
    } else if (const PrefixFields* fields = matcher_.match(text)) {
      ++tally_.counts.used;
      prefixed(text, *fields, number);
    } else if (facts_.loose && message_.open) {
      continuation(text, number, "\n");
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
    if (interleaved_) {
      facts_ = LineFacts{};
    }
  }

  std::uint64_t lines(std::string_view text, std::uint64_t first) override {
    std::uint64_t number = first;
    while (!text.empty()) {
      const std::size_t last =
          text.size() <= kWindow ? text.size() - 1 : text.rfind('\n', kWindow - 1);
      const std::size_t size = (last == std::string_view::npos ? text.find('\n') : last) + 1;
      number += window(text.substr(0, size), number);
      text.remove_prefix(size);
    }
    return number - first;
  }

  void facts(const LineFacts& facts) override {
    facts_ = facts;
    interleaved_ = true;
    if (!facts.session.empty() && facts.session != message_.key) {
      bring_back(facts.session);
    }
  }

  void finish() override {
    hand_over_others();
    hand_over();
  }

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
    OpenMessage held;
    hand_over_others();
    if (message_.open) {
      held.present = true;
      held.record = HeldRecord::of(message_.whole_record());
      held.record.file = message_.file.empty() ? tally_.file : std::exchange(message_.file, {});
      held.part = message_.part;
      held.part_lost = message_.part_lost;
      held.ignoring = message_.ignoring;
      message_.open = false;
    }
    return held;
  }

  void resume(OpenMessage held) override {
    if (!held.present) {
      return;
    }
    HeldRecord& record = held.record;
    message_.open = true;
    message_.ignoring = held.ignoring;
    message_.part_lost = held.part_lost;
    message_.part = held.part;
    message_.record = LogRecord{.line = record.line,
                                .at_us = record.at_us,
                                .severity = record.severity,
                                .nested = record.nested,
                                .query_id = record.query_id};
    message_.key = record.session;
    message_.same = 0;
    message_.file = std::move(record.file);
    message_.session = std::move(record.session);
    message_.user = std::move(record.user);
    message_.database = std::move(record.database);
    message_.application = std::move(record.application);
    message_.sqlstate = std::move(record.sqlstate);
    message_.message = std::move(record.message);
    message_.detail = std::move(record.detail);
    message_.statement = std::move(record.statement);
  }

 private:
  static constexpr std::size_t kMostOthers = 64;
  static constexpr std::size_t kWindow = 32U << 10U;  ///< of lines that are copied together

  void skip(const char* reason, std::uint64_t number) {
    // What follows a foreign line can not be known to belong to the message before it.
    message_.part_lost = true;
    tally_.skip(reason, number);
  }

  void continuation(std::string_view text, std::uint64_t number, std::string_view joint) {
    if (std::string* part = continued_part(text.size(), number)) {
      part->append(joint).append(text);
    }
  }

  /// The tab that the server puts before a further line stands where its line feed belongs.
  void indented(std::string_view text, std::uint64_t number) {
    if (std::string* part = continued_part(text.size(), number)) {
      const std::size_t at = part->size();
      part->append(text);
      (*part)[at] = '\n';
    }
  }

  /// Lines, as many as are copied together, or a longer one.
  std::uint64_t window(std::string_view text, std::uint64_t first) {
    std::uint64_t number = first;
    while (!text.empty()) {
      if (text.front() == '\t' && keeps_further_lines(text.size())) {
        number += further_lines(text);
        continue;
      }
      const std::size_t length = text.find('\n');
      line(text.substr(0, length), number++, false);
      text.remove_prefix(length + 1);
    }
    return number - first;
  }

  /// All indented lines of a text of this size would be kept.
  [[nodiscard]] bool keeps_further_lines(std::size_t size) {
    return message_.open && !message_.part_lost && !message_.ignoring && !interleaved_ &&
           message_.part_text().size() + size < kMaximumRecord;
  }

  /// Takes the indented lines that the text begins with; how many they are. As indented() does, but
  /// looks at each byte once.
  std::uint64_t further_lines(std::string_view& text) {
    further_.resize(std::max(further_.size(), text.size() + SixteenBytes::kSize));
    char* to = further_.data();
    std::uint64_t lines = 0;
    while (!text.empty() && text.front() == '\t') {
      const std::size_t length = copy_line(text, to);
      *to = '\n';
      to += length;
      text.remove_prefix(length + 1);
      ++lines;
    }
    message_.part_text().append(further_.data(), static_cast<std::size_t>(to - further_.data()));
    tally_.counts.continuation += lines;
    return lines;
  }

  /// Nothing where the line is not to be kept.
  std::string* continued_part(std::size_t size, std::uint64_t number) {
    const bool of_another = !facts_.session.empty() && facts_.session != message_.key;
    if (!message_.open || of_another || (message_.part_lost && !message_.ignoring)) {
      tally_.skip("continuation line without its message", number);
      return nullptr;
    }
    ++tally_.counts.continuation;
    if (message_.ignoring) {
      return nullptr;
    }
    std::string& part = message_.part_text();
    if (part.size() + size >= kMaximumRecord) {
      tally_.note("message cut at 16 MiB", number);
      message_.ignoring = true;
      return nullptr;
    }
    return &part;
  }

  void prefixed(std::string_view text, const PrefixFields& fields, std::uint64_t number) {
    const std::string_view body = text.substr(std::min(fields.text_from, text.size()));
    const std::string_view key = facts_.session.empty() ? fields.session : facts_.session;
    if (interleaved_ && key != message_.key) {
      bring_back(key);
    }
    if (fields.tag.part == MessagePart::Primary) {
      make_room(key);
      begin(body, fields, number);
      message_.key.assign(key);
      return;
    }
    message_.ignoring = false;
    const bool ours = message_.open && key == std::string_view{message_.key};
    if (ours && fields.tag.part == MessagePart::Context) {
      message_.record.nested = tells_nesting(body);
      message_.ignoring = true;
      return;
    }
    const bool kept =
        fields.tag.part == MessagePart::Detail || fields.tag.part == MessagePart::Statement;
    if (!ours || !kept) {
      if (!ours && kept) {
        tally_.note("DETAIL or STATEMENT line apart from its message", number);
      }
      message_.ignoring = true;
      return;
    }
    message_.part = fields.tag.part;
    message_.part_lost = false;
    message_.part_text().assign(body);
  }

  void begin(std::string_view body, const PrefixFields& fields, std::uint64_t number) {
    const auto either = [](std::string_view own, std::string_view envelope) {
      return own.empty() ? envelope : own;
    };
    const std::string_view verbose_code = take_sqlstate(body);
    Message& m = message_;
    m.open = true;
    m.ignoring = false;
    m.part_lost = false;
    m.part = MessagePart::Primary;
    m.record.line = number;  // whole_record() sets the texts
    m.record.nested = false;
    m.record.at_us = fields.at_us == 0 ? facts_.at_us : fields.at_us;
    m.record.severity = fields.tag.severity;
    m.record.query_id = fields.query_id;
    const bool same = fields.same != 0 && fields.same == m.same && verbose_code.empty();
    m.same = interleaved_ || !verbose_code.empty() ? 0 : fields.same;
    if (!same) {
      m.session.assign(either(fields.session, facts_.session));
      m.user.assign(either(fields.user, facts_.user));
      m.database.assign(either(fields.database, facts_.database));
      m.application.assign(either(fields.application, facts_.application));
      m.sqlstate.assign(fields.sqlstate.empty() ? verbose_code : fields.sqlstate);
    }
    m.message.assign(without_source_place(body));
    m.detail.assign(facts_.detail);
    m.statement.clear();
    if (!fields.zone_known) {
      tally_.note("time zone abbreviation not known, read as UTC", number);
    }
  }

  /// The open message of that session becomes the one at hand, if there is one.
  void bring_back(std::string_view key) {
    const auto its = std::find_if(others_.begin(), others_.end(),
                                  [&](const Message& other) { return other.key == key; });
    if (its == others_.end()) {
      return;
    }
    std::swap(*its, message_);
    if (!its->open) {
      others_.erase(its);
    }
  }

  /// For a new message: the one at hand is done, or goes on between those of other sessions.
  void make_room(std::string_view key) {
    if (!interleaved_ || !message_.open || key == message_.key) {
      hand_over();
      return;
    }
    if (others_.size() == kMostOthers) {
      std::swap(others_.front(), message_);
      hand_over();
      std::swap(others_.front(), message_);
      others_.erase(others_.begin());
    }
    others_.push_back(std::exchange(message_, {}));
  }

  void hand_over() {
    if (!message_.open) {
      return;
    }
    message_.open = false;
    ++records_;
    sink_.take(message_.whole_record());
    message_.file.clear();
  }

  void hand_over_others() {
    for (Message& other : others_) {
      std::swap(other, message_);
      hand_over();
      std::swap(other, message_);
    }
    others_.clear();
  }

  LogLinePrefix prefix_;
  PrefixMatcher matcher_;
  LogRecordSink& sink_;
  ReadTally& tally_;
  std::uint64_t records_ = 0;
  Message message_;              ///< the one at hand
  std::vector<Message> others_;  ///< of other sessions, the oldest first
  std::string further_;          ///< lines of a message, copied here
  LineFacts facts_ = {};
  bool interleaved_ = false;
};

}  // namespace

std::unique_ptr<LogReader> make_stderr_reader(LogLinePrefix prefix, LogRecordSink& sink,
                                              ReadTally& tally) {
  return std::make_unique<StderrReader>(std::move(prefix), sink, tally);
}

}  // namespace quern::collector
