#include "collector/logs/detect_format.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "collector/base/failure.hpp"
#include "collector/base/time_text.hpp"
#include "collector/logs/envelopes/syslog_header.hpp"
#include "collector/logs/envelopes/unwrapper.hpp"
#include "collector/logs/infer_prefix.hpp"
#include "collector/logs/log_reader.hpp"

namespace quern::collector {

namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kMostEnvelopes = 3;

/// What is known before looking.
struct Given {
  LogFormat format = LogFormat::Auto;
  const std::optional<std::string>& prefix;
  std::int64_t reference_us = 0;
};

/// Reads the lines for trial.
class Trial final : public LogRecordSink {
 public:
  Trial(const LogLayout& layout, const Lines& lines) {
    ReadTally tally{counts_, skipped_, {}};
    const auto reader = make_reader(layout, *this, tally);
    std::uint64_t number = 0;
    for (const std::string_view line : lines) {
      reader->line(line, ++number, false);
    }
    reader->finish();
  }

  void take(const LogRecord& record) override {
    ++records_;
    if (record.at_us != 0) {
      if (last_us_ != 0 && record.at_us != last_us_) {
        ++(record.at_us > last_us_ ? later_ : earlier_);
      }
      last_us_ = record.at_us;
      first_us_ = first_us_ == 0 ? record.at_us : first_us_;
    }
  }

  [[nodiscard]] std::size_t records() const { return records_; }

  [[nodiscard]] std::uint64_t lines() const { return counts_.used + counts_.continuation; }

  [[nodiscard]] bool backwards() const {
    return first_us_ > last_us_ && earlier_ >= 2 && earlier_ > 4 * later_;
  }

 private:
  InputCounts counts_;
  SkipReport skipped_;
  std::size_t records_ = 0, later_ = 0, earlier_ = 0;
  std::int64_t first_us_ = 0, last_us_ = 0;
};

/// Keeps what an envelope holds.
class Contents final : public UnwrappedSink {
 public:
  std::vector<std::string> texts;
  std::size_t records = 0;

  void server_line(std::string_view text, const LineFacts& facts) override {
    if (facts.same_line && !texts.empty()) {
      texts.back().append(text);
    } else {
      texts.emplace_back(text);
    }
  }

  void server_record(const LogRecord&) override { ++records; }

  void foreign(const char*) override {}

  [[nodiscard]] bool begins_message(std::string_view text) const override {
    return read_time(text).has_value() || text.substr(0, 1) == "{";
  }
};

bool most(const Lines& lines, bool (*fits)(std::string_view)) {
  std::size_t all = 0;
  std::size_t fitting = 0;
  for (const std::string_view line : lines) {
    if (!line.empty() && line.front() != '\t') {
      ++all;
      fitting += fits(line) ? 1 : 0;
    }
  }
  return fitting > 0 && fitting * 2 >= all;
}

bool syslog_line(std::string_view line) {
  return read_syslog_header(line, 0).has_value();
}

bool timed_line(std::string_view line) {
  for (std::size_t at = 0; at < std::min<std::size_t>(line.size(), 130);) {
    const auto time = read_time(line.substr(at));
    if (time && line[at + 10] == 'T') {
      const std::size_t end = at + time->length;
      return end < line.size() && (line[end] == ' ' || line[end] == '\t');
    }
    if (time) {
      return at > 0;  // docker compose: a name and a bar before the server's own time
    }
    const std::size_t bracket =
        line.substr(0, 5) == "[pod/" ? line.find("] ", at) : line.find("| ", at);
    if (bracket == std::string_view::npos || bracket < at) {
      return false;
    }
    at = bracket + 2;
  }
  return false;
}

bool json_line(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t[,");
  return first != std::string_view::npos && line[first] == '{';
}

bool journal_line(std::string_view line) {
  return line.substr(0, 9) == "__CURSOR=" || line.substr(0, 21) == "__REALTIME_TIMESTAMP=";
}

bool looks_like(Envelope envelope, const Lines& lines) {
  switch (envelope) {
    case Envelope::Syslog:
      return most(lines, syslog_line);
    case Envelope::JournalExport:
      return std::any_of(lines.begin(), lines.end(), journal_line);
    case Envelope::TimedLines:
      return most(lines, timed_line);
    case Envelope::JsonEntries:
      return json_line(lines.front()) || lines.front().substr(0, 1) == "[" ||
             most(lines, json_line);
    case Envelope::CsvEntries:
      break;
  }
  constexpr std::array<std::string_view, 8> kColumns = {
      "message", "textpayload", "error_severity", "errorlevel", "msg", "line", "log", "log_line"};
  std::string header{lines.front()};
  std::transform(header.begin(), header.end(), header.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return header.find_first_of(",\t") != std::string::npos && !read_time(lines.front()) &&
         header.find_first_of("{[") == std::string::npos &&
         std::any_of(kColumns.begin(), kColumns.end(),
                     [&](std::string_view name) { return header.find(name) != std::string::npos; });
}

std::vector<std::string> contents_of(Envelope envelope, const Lines& lines, std::int64_t reference,
                                     std::size_t& records) {
  LogLayout layout;
  layout.reference_us = reference;
  const auto unwrapper = make_unwrapper(envelope, layout);
  Contents contents;
  for (const std::string_view line : lines) {
    unwrapper->line(line, contents);
  }
  unwrapper->finish(contents);
  records = contents.records;
  return std::move(contents.texts);
}

struct Found {
  LogLayout layout;
  std::uint64_t lines = 0;
};

/// A log without envelopes.
std::optional<Found> bare(const Lines& lines, const Given& given) {
  std::optional<Found> best;
  const auto consider = [&](LogLayout layout) {
    const Trial trial{layout, lines};
    if (trial.records() > 0 && (!best || trial.lines() > best->lines)) {
      best = Found{std::move(layout), trial.lines()};
    }
  };
  const auto wanted = [&](LogFormat format) {
    return given.format == LogFormat::Auto || given.format == format;
  };
  if (wanted(LogFormat::Json) && most(lines, json_line)) {
    consider({LogFormat::Json});
  }
  if (wanted(LogFormat::Csv)) {
    consider({LogFormat::Csv});
  }
  // A log of one kind needs no guess at a prefix.
  if (!wanted(LogFormat::Stderr) || (best && best->lines * 2 > lines.size())) {
    return best;
  }
  if (given.prefix) {
    consider({LogFormat::Stderr, *given.prefix});
  } else if (const auto prefix = infer_prefix(lines)) {
    consider({LogFormat::Stderr, prefix->text()});
  }
  return best;
}

std::optional<Found> detect(const Lines& lines, const Given& given, std::size_t depth);

std::optional<Found> wrapped(Envelope envelope, const Lines& lines, const Given& given,
                             std::size_t depth) {
  std::size_t records = 0;
  const auto texts = contents_of(envelope, lines, given.reference_us, records);
  Lines inner;
  for (const std::string& text : texts) {
    if (!text.empty()) {
      inner.emplace_back(text);
    }
  }
  auto found = inner.empty() ? std::nullopt : detect(inner, given, depth + 1);
  if (!found && records == 0) {
    return std::nullopt;
  }
  LogLayout layout = found ? std::move(found->layout) : LogLayout{LogFormat::Fields};
  layout.envelopes.insert(layout.envelopes.begin(), envelope);
  layout.reference_us = given.reference_us;
  const Trial trial{layout, lines};
  return Found{std::move(layout), trial.lines()};
}

std::optional<Found> detect(const Lines& lines, const Given& given, std::size_t depth) {
  constexpr std::array kEnvelopes = {Envelope::JournalExport, Envelope::Syslog,
                                     Envelope::JsonEntries, Envelope::TimedLines,
                                     Envelope::CsvEntries};
  std::optional<Found> json;
  for (const Envelope envelope : kEnvelopes) {
    if (depth < kMostEnvelopes && looks_like(envelope, lines)) {
      auto found = wrapped(envelope, lines, given, depth);
      if (found && envelope == Envelope::JsonEntries) {
        json = std::move(found);  // jsonlog is JSON too
      } else if (found) {
        return found;
      }
    }
  }
  auto found = bare(lines, given);
  const bool plain = found && found->layout.format == LogFormat::Json;
  return json && !(plain && found->lines >= json->lines) ? std::move(json) : std::move(found);
}

/// Syslog lines of the server that all go on with messages begun elsewhere: `[3-2]` and further.
std::optional<LogLayout> further_parts(const Lines& lines, const Given& given) {
  const bool parts = most(lines, [](std::string_view line) {
    const auto header = read_syslog_header(line, 0);
    return header && header->tag == "postgres" && header->part > 1;
  });
  if (!parts || (given.format != LogFormat::Auto && given.format != LogFormat::Stderr)) {
    return std::nullopt;
  }
  LogLayout layout{LogFormat::Stderr, given.prefix.value_or(""), {Envelope::Syslog}};
  layout.reference_us = given.reference_us;
  if (!given.prefix) {
    std::size_t records = 0;
    const auto texts = contents_of(Envelope::Syslog, lines, given.reference_us, records);
    if (const auto prefix = infer_prefix({texts.begin(), texts.end()})) {
      layout.prefix = prefix->text();
    }
  }
  return layout;
}

}  // namespace

std::optional<LogLayout> detect_layout_of(const Lines& lines, LogFormat format,
                                          const std::optional<std::string>& prefix,
                                          std::int64_t reference_us) {
  if (lines.empty()) {
    return std::nullopt;
  }
  auto found = detect(lines, Given{format, prefix, reference_us}, 0);
  if (!found) {
    return further_parts(lines, Given{format, prefix, reference_us});
  }
  found->layout.newest_first = Trial{found->layout, lines}.backwards();
  return std::move(found->layout);
}

std::optional<LogLayout> detect_layout(const Lines& lines, std::int64_t reference_us) {
  auto layout = detect_layout_of(lines, LogFormat::Auto, std::nullopt, reference_us);
  return layout;
}

}  // namespace quern::collector
