#include "collector/logs/log_line_prefix.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/base/time_text.hpp"

namespace quern::collector {

namespace {

constexpr std::string_view kEscapes = "abcdehilmnpqrstuvxLPQ";
constexpr std::size_t kLongestPrefix = 2048;

bool digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t run_of(std::string_view line, std::size_t from, std::string_view allowed) {
  const std::size_t end = line.find_first_not_of(allowed, from);
  return (end == std::string_view::npos ? line.size() : end) - from;
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

/// 1700000000.123 as microseconds.
std::int64_t epoch_us(std::string_view text) {
  std::int64_t value = 0;
  std::int64_t scale = 1'000'000;
  bool fraction = false;
  for (const char c : text) {
    if (c == '.') {
      fraction = true;
    } else if (!fraction && value < 100'000'000'000) {
      value = value * 10 + (c - '0');
    } else if (fraction && scale > 1) {
      value = value * 10 + (c - '0');
      scale /= 10;
    }
  }
  return value * scale;
}

/// The server writes [unknown] where it does not know (yet); csvlog and jsonlog write nothing.
std::string_view known(std::string_view value) {
  return value == "[unknown]" ? std::string_view{} : value;
}

bool is_text(char escape) {
  return std::string_view{"abdhiruL"}.find(escape) != std::string_view::npos;
}

/// Length of a field whose form is fixed by the server; npos: it does not stand there. Fields that
/// may be empty in background processes give 0.
std::size_t fixed_length(char escape, std::string_view line, std::size_t from,
                         PrefixFields& fields) {
  constexpr auto kAbsent = std::string_view::npos;
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  switch (escape) {
    case 't':
    case 'm':
    case 's': {
      const auto time = read_time(line.substr(from));
      if (!time) {
        return escape == 's' ? 0 : kAbsent;
      }
      if (escape != 's') {
        fields.at_us = time->at_us;
        fields.zone_known = time->zone_known;
      }
      return time->length;
    }
    case 'n': {
      const std::size_t length = run_of(line, from, "0123456789.");
      if (length == 0) {
        return kAbsent;
      }
      fields.at_us = epoch_us(line.substr(from, length));
      return length;
    }
    case 'p': {
      const std::size_t length = run_of(line, from, kDigits);
      fields.session = line.substr(from, length);
      return length == 0 ? kAbsent : length;
    }
    case 'l': {
      const std::size_t length = run_of(line, from, kDigits);
      return length == 0 ? kAbsent : length;
    }
    case 'c': {
      const std::size_t length = run_of(line, from, "0123456789abcdefABCDEF.");
      if (fields.session.empty()) {
        fields.session = line.substr(from, length);
      }
      return length;
    }
    case 'e': {
      const std::size_t length = run_of(line, from, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
      if (length < 5) {
        return kAbsent;
      }
      fields.sqlstate = line.substr(from, 5);
      return 5;
    }
    case 'v':
      return run_of(line, from, "0123456789/-");
    case 'Q': {
      const std::size_t length = run_of(line, from, "0123456789-");
      std::from_chars(line.data() + from, line.data() + from + length, fields.query_id);
      return length;
    }
    case 'x':
    case 'P':
      return run_of(line, from, kDigits);
    default:
      return run_of(line, from, kHex);
  }
}

}  // namespace

struct LogLinePrefix::Attempt {
  std::string_view line;
  PrefixFields& fields;
  bool two_blanks = false;  ///< only a tag with two blanks after its colon counts
  int effort = 400;

  [[nodiscard]] bool take_tag(std::size_t position) {
    const auto tag = message_tag(line.substr(std::min(position, line.size())));
    if (!tag || (two_blanks && line.substr(position + tag->length - 2, 2) != "  ")) {
      return false;
    }
    fields.tag = *tag;
    fields.text_from = position + tag->length;
    return true;
  }
};

LogLinePrefix LogLinePrefix::compile(std::string_view prefix) {
  LogLinePrefix compiled;
  compiled.text_ = prefix;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) {
      compiled.steps_.push_back({0, literal, 0, false});
      literal.clear();
    }
  };
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (prefix[i] != '%') {
      literal += prefix[i];
      continue;
    }
    ++i;
    if (i < prefix.size() && prefix[i] == '%') {
      literal += '%';
      continue;
    }
    Step step;
    if (i < prefix.size() && prefix[i] == '-') {
      ++i;
    } else {
      step.pad_left = true;
    }
    while (i < prefix.size() && digit(prefix[i]) && step.width < kLongestPrefix) {
      step.width = step.width * 10 + static_cast<std::size_t>(prefix[i] - '0');
      ++i;
    }
    if (i >= prefix.size() || kEscapes.find(prefix[i]) == std::string_view::npos) {
      throw UserError{fmt::format(
          "--prefix '{}': {} is not an escape of log_line_prefix; give the value exactly as "
          "`SHOW log_line_prefix` prints it",
          prefix, i >= prefix.size() ? "% at the end" : fmt::format("%{}", prefix[i]))};
    }
    flush();
    step.escape = prefix[i];
    compiled.steps_.push_back(step);
  }
  flush();
  return compiled;
}

bool LogLinePrefix::match(std::string_view line, PrefixFields& fields) const {
  fields = PrefixFields{};
  Attempt attempt{line.substr(0, kLongestPrefix), fields};
  if (!match_from(0, 0, attempt)) {
    return false;
  }
  if (line.substr(fields.text_from - 2, 2) != "  ") {
    // The server writes two blanks. A value may hold `LOG: ` itself, and goes on then.
    PrefixFields further;
    Attempt strict{attempt.line, further, true};
    if (match_from(0, 0, strict)) {
      fields = further;
    }
  }
  return true;
}

bool LogLinePrefix::match_from(std::size_t step, std::size_t position, Attempt& attempt) const {
  if (--attempt.effort < 0) {
    return false;
  }
  const std::string_view line = attempt.line;
  for (; step < steps_.size(); ++step) {
    const Step& wanted = steps_[step];
    if (wanted.escape == 0) {
      if (line.compare(position, wanted.literal.size(), wanted.literal) != 0) {
        return false;
      }
      position += wanted.literal.size();
      continue;
    }
    if (wanted.escape == 'q') {
      if (attempt.take_tag(position)) {
        return true;
      }
      continue;
    }
    if (is_text(wanted.escape)) {
      return match_text(step, position, attempt);
    }
    const std::size_t start = position;
    if (wanted.width > 0 && wanted.pad_left) {
      position += run_of(line, position, " ");
    }
    const std::size_t length = fixed_length(wanted.escape, line, position, attempt.fields);
    if (length == std::string_view::npos) {
      return false;
    }
    position += length;
    if (wanted.width > 0) {
      position = std::max(position, std::min(start + wanted.width, line.size()));
    }
  }
  return attempt.take_tag(position);
}

/// A value without a form of its own ends where the rest of the prefix matches.
bool LogLinePrefix::match_text(std::size_t step, std::size_t position, Attempt& attempt) const {
  const Step& wanted = steps_[step];
  const std::string_view line = attempt.line;
  const bool literal_follows = step + 1 < steps_.size() && steps_[step + 1].escape == 0;
  std::size_t end = position + wanted.width;
  while (end <= line.size() && attempt.effort > 0) {
    if (literal_follows) {
      end = line.find(steps_[step + 1].literal, end);
      if (end == std::string_view::npos) {
        return false;
      }
    }
    const bool host = wanted.escape == 'h' || wanted.escape == 'r';
    if (host && line.substr(position, end - position).find('=') != std::string_view::npos) {
      return false;  // `queryid=7` is none, whatever the prefix looks like before it
    }
    if (match_from(step + 1, end, attempt)) {
      const std::string_view value = known(without_blanks(line.substr(position, end - position)));
      switch (wanted.escape) {
        case 'u':
          attempt.fields.user = value;
          break;
        case 'd':
          attempt.fields.database = value;
          break;
        case 'a':
          attempt.fields.application = value;
          break;
        default:
          break;
      }
      return true;
    }
    ++end;
  }
  return false;
}

}  // namespace quern::collector
