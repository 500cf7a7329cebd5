#include <array>
#include <string>
#include <unordered_map>

#include "collector/logs/envelopes/syslog_header.hpp"
#include "collector/logs/envelopes/unwrapper.hpp"

namespace quern::collector {

namespace {

/// rsyslog writes control characters as `#011`, three octal digits; a tab is the common one.
std::string_view without_escapes(std::string_view text, std::string& own) {
  std::size_t at = text.find('#');
  if (at == std::string_view::npos) {
    return text;
  }
  own.clear();
  std::size_t from = 0;
  for (; at != std::string_view::npos; at = text.find('#', at + 1)) {
    const std::string_view digits = text.substr(at + 1, 3);
    const bool octal = digits.size() == 3 && digits[0] == '0' && digits[1] >= '0' &&
                       digits[1] <= '3' && digits[2] >= '0' && digits[2] <= '7';
    if (octal) {
      own.append(text.substr(from, at - from));
      own.push_back(static_cast<char>((digits[1] - '0') * 8 + (digits[2] - '0')));
      from = at + 4;
    }
  }
  own.append(text.substr(from));
  return own;
}

/// The server splits a message at its line feeds, and a line of more than PG_SYSLOG_LIMIT bytes at
/// the last blank before (write_syslog(), PostgreSQL 15, src/backend/utils/error/elog.c). The parts
/// of a process follow each other, between those of others.
class SyslogUnwrapper final : public Unwrapper {
 public:
  explicit SyslogUnwrapper(std::int64_t reference_us) : reference_us_{reference_us} {}

  void line(std::string_view raw, UnwrappedSink& sink) override {
    const auto header = read_syslog_header(raw, reference_us_);
    if (!header && !last_process_.empty() && raw.substr(0, 8) == "        ") {
      // journalctl sets the further lines of a message below its first.
      LineFacts facts;
      facts.session = last_process_;
      facts.loose = true;
      sink.server_line(raw.substr(std::min(raw.find_first_not_of(' '), raw.size())), facts);
      return;
    }
    if (!header) {
      sink.foreign(raw.empty() ? "empty line" : "not a syslog line");
      return;
    }
    if (foreign_program(header->tag)) {
      sink.foreign("syslog line of another program");
      return;
    }
    std::string_view text = without_escapes(raw.substr(header->text_from), unescaped_);
    last_process_.assign(header->process);
    LineFacts facts;
    facts.at_us = header->at_us;
    facts.session = header->process;
    facts.database = header->database;
    // A message that was not split may hold line feeds (syslog_split_messages = off).
    for (bool first = true; first || !text.empty(); first = false) {
      const std::size_t end = text.find('\n');
      one_line(text.substr(0, end), *header, facts, sink);
      text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
  }

  [[nodiscard]] std::unique_ptr<Unwrapper> fresh() const override {
    return std::make_unique<SyslogUnwrapper>(reference_us_);
  }

 private:
  static constexpr std::size_t kSyslogLimit = 900;  // PG_SYSLOG_LIMIT

  struct Process {
    std::size_t part_size = 0;  ///< of its last line, before it was unescaped
    std::uint64_t sequence = 0;
  };

  static bool foreign_program(std::string_view tag) {
    constexpr std::array<std::string_view, 10> kOthers = {
        "systemd",      "kernel",          "sshd",  "CRON", "rsyslogd", "sudo", "pgbouncer",
        "heroku-redis", "heroku-postgres", "pgpool"};
    for (const std::string_view other : kOthers) {
      if (tag == other) {
        return true;
      }
    }
    return false;
  }

  void one_line(std::string_view text, const SyslogHeader& header, LineFacts facts,
                UnwrappedSink& sink) {
    if (processes_.size() > kMostProcesses) {
      processes_.clear();
    }
    key_.assign(header.host).append(" ").append(header.process);
    Process& process = processes_[key_];
    const bool further = header.part > 1 && process.sequence == header.sequence;
    facts.same_line = further && was_split(process.part_size, text);
    process.part_size = text.size();
    process.sequence = header.sequence;
    // The tab may have been eaten on the way, or have become blanks.
    facts.loose = !facts.same_line && (header.part > 1 || text.substr(0, 2) == "  ");
    sink.server_line(text, facts);
  }

  /// The line before was cut: there was no room for the next word.
  static bool was_split(std::size_t size_before, std::string_view text) {
    if (size_before + 4 > kSyslogLimit) {  // a character of up to four bytes did not fit
      return true;
    }
    const bool blank = !text.empty() && (text.front() == ' ' || text.front() == '\t');
    if (!blank) {
      return false;
    }
    const std::size_t word = text.find_first_of(" \t\n", 1);
    return size_before + (word == std::string_view::npos ? text.size() : word) > kSyslogLimit;
  }

  static constexpr std::size_t kMostProcesses = 20'000;

  std::int64_t reference_us_;
  std::string unescaped_, key_, last_process_;
  std::unordered_map<std::string, Process> processes_;
};

}  // namespace

std::unique_ptr<Unwrapper> make_syslog_unwrapper(std::int64_t reference_us) {
  return std::make_unique<SyslogUnwrapper>(reference_us);
}

}  // namespace quern::collector
