#include "reports/words.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace quern::reports {

namespace {

/// Digits after the point so that three significant ones show, none from 100 up.
int decimals_for(double value) {
  const double magnitude = std::fabs(value);
  if (magnitude >= 100) {
    return 0;
  }
  return magnitude >= 10 ? 1 : 2;
}

std::string three_digits(double value) {
  return fmt::format("{:.{}f}", value, decimals_for(value));
}

/// Length of the UTF-8 sequence at the start of `text`, 0 when it is not valid (overlong forms,
/// surrogates and code points beyond U+10FFFF included).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned lead = byte(0);
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xC2 && lead < 0xE0) {
    return continues(1) ? 2 : 0;
  }
  if (lead >= 0xE0 && lead < 0xF0) {
    if (!continues(1) || !continues(2) || (lead == 0xE0 && byte(1) < 0xA0) ||
        (lead == 0xED && byte(1) >= 0xA0)) {
      return 0;
    }
    return 3;
  }
  if (lead >= 0xF0 && lead < 0xF5) {
    if (!continues(1) || !continues(2) || !continues(3) || (lead == 0xF0 && byte(1) < 0x90) ||
        (lead == 0xF4 && byte(1) >= 0x90)) {
      return 0;
    }
    return 4;
  }
  return 0;
}

}  // namespace

std::string size_words(Bytes size) {
  constexpr std::array<const char*, 6> kUnits{"bytes", "kB", "MB", "GB", "TB", "PB"};
  double amount = std::rint(size.value());
  std::size_t unit = 0;
  // The server switches units at 10 kB and then at 20 (half-rounded) of the next.
  while (unit + 1 < kUnits.size() && std::fabs(amount) >= 10 * 1024) {
    amount /= 1024;
    ++unit;
  }
  const bool one = unit == 0 && std::fabs(amount) == 1;
  return fmt::format("{:.0f} {}", std::round(amount), one ? "byte" : kUnits[unit]);
}

std::string duration_words(Microseconds duration) {
  const auto us = static_cast<double>(duration.count());
  if (us < 1e3) {
    return fmt::format("{:.3f} ms", us / 1e3);  // as pg_stat_statements: one unit, to the µs
  }
  if (us < 1e6) {
    return three_digits(us / 1e3) + " ms";
  }
  if (us < 60e6) {
    return fmt::format("{} s", three_digits(us / 1e6));
  }
  const auto seconds = static_cast<std::int64_t>(us / 1e6);
  if (seconds < 3600) {
    return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  }
  if (seconds < 86400) {
    return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
  }
  return fmt::format("{} d {} h", seconds / 86400, seconds % 86400 / 3600);
}

std::string count_words(double count) {
  std::string digits = fmt::format("{:.0f}", count);
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string plural(double count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count_words(count), count == 1 ? one : many);
}

std::string cost_words(Cost cost) {
  const double value = cost.value();
  const double magnitude = std::fabs(value);
  if (magnitude < 1000) {
    return value == 0 ? "0" : three_digits(value);
  }
  if (magnitude < 1e6) {
    return count_words(value);
  }
  if (magnitude < 1e9) {
    return three_digits(value / 1e6) + " M";
  }
  return magnitude < 1e12 ? three_digits(value / 1e9) + " G" : fmt::format("{:.2e}", value);
}

std::string share_words(double share) {
  const double percent = 100 * share;
  if (percent == 0) {
    return "0 %";
  }
  if (std::fabs(percent) < 0.1) {
    return percent > 0 ? "<0.1 %" : ">-0.1 %";
  }
  return fmt::format("{:.1f} %", percent);
}

std::string change_words(Cost before, Cost after) {
  if (before.value() <= 0) {
    return after.value() > 0 ? "new" : "same";
  }
  const double change = after / before - 1;
  if (std::fabs(change) < 0.0005) {
    return "same";
  }
  if (change <= -0.9995 && after.value() > 0) {  // never rounded to "all of it"
    return fmt::format("{:.2f} %", std::max(-99.99, 100 * change));
  }
  return change >= 9 ? fmt::format("{}x", three_digits(after / before))
                     : fmt::format("{:+.1f} %", 100 * change);
}

std::string time_words(std::int64_t unix_microseconds) {
  if (unix_microseconds == 0) {
    return {};
  }
  using namespace std::chrono;
  const sys_time<microseconds> at{microseconds{unix_microseconds}};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(at - day)};
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string time_range_words(std::int64_t from, std::int64_t until) {
  const std::string first = time_words(from);
  const std::string last = time_words(until);
  constexpr std::size_t kDate = 10;
  constexpr std::size_t kTime = 19;  // date and time, without the zone
  if (first.size() < kTime || last.size() < kTime) {
    return first + " to " + last;
  }
  const bool same_day = first.compare(0, kDate, last, 0, kDate) == 0;
  return first.substr(0, kTime) + " to " + (same_day ? last.substr(kDate + 1) : last);
}

std::string_view kind_words(advisor::ProposalKind kind) {
  switch (kind) {
    case advisor::ProposalKind::CreateIndex:
      return "Create index";
    case advisor::ProposalKind::DropIndex:
      return "Drop index";
    case advisor::ProposalKind::ReplaceIndex:
      return "Replace index";
    case advisor::ProposalKind::RewriteQuery:
      return "Rewrite query";
    case advisor::ProposalKind::CollectStatistics:
      return "Collect statistics";
    case advisor::ProposalKind::Investigate:
      return "Investigate";
  }
  return "Other";
}

std::string_view confidence_words(advisor::Confidence confidence) {
  switch (confidence) {
    case advisor::Confidence::Low:
      return "low";
    case advisor::Confidence::Medium:
      return "medium";
    case advisor::Confidence::High:
      return "high";
  }
  return "unknown";
}

std::string_view equivalence_words(advisor::Equivalence equivalence) {
  switch (equivalence) {
    case advisor::Equivalence::Proven:
      return "same result, proven from the schema";
    case advisor::Equivalence::UnderAssumption:
      return "same result under the conditions below";
    case advisor::Equivalence::ChangesMeaning:
      return "changes what the query returns: decide whether that is wanted";
  }
  return "unknown";
}

std::string_view severity_words(advisor::Severity severity) {
  switch (severity) {
    case advisor::Severity::Info:
      return "info";
    case advisor::Severity::Warning:
      return "warning";
    case advisor::Severity::Error:
      return "error";
  }
  return "unknown";
}

std::string clean_text(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto lead = static_cast<unsigned char>(text.front());
    if (length == 0 || lead == 0) {
      clean += kReplacement;
      text.remove_prefix(1);
      continue;
    }
    const bool control =
        (length == 1 && (lead < 0x20 || lead == 0x7F)) ||
        (length == 2 && lead == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0);  // C1 controls
    if (control && lead != '\n' && lead != '\t') {
      clean += ' ';
    } else {
      clean.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  return clean;
}

std::string one_line(std::string_view text, std::size_t columns) {
  const std::string clean = clean_text(text);
  std::string line;
  std::size_t width = 0;
  std::size_t cut = 0;  // where the ellipsis would go
  bool space = false;
  for (std::size_t i = 0; i < clean.size();) {
    const char c = clean[i];
    if (c == ' ' || c == '\n' || c == '\t') {
      space = width > 0;
      ++i;
      continue;
    }
    const std::size_t length = utf8_length(std::string_view{clean}.substr(i));
    const std::size_t needed = space ? 2 : 1;
    if (width + needed > columns) {
      return line.substr(0, cut) + "…";
    }
    if (space) {
      line += ' ';
      space = false;
    }
    line.append(clean, i, length);
    i += length;
    width += needed;
    if (width < columns) {
      cut = line.size();
    }
  }
  return line;
}

}  // namespace quern::reports
