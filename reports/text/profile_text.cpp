#include "reports/text/profile_text.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "collector/base/time_text.hpp"

namespace quern::reports {

namespace {

constexpr std::size_t kColumns = 100;

/// 12 µs, 3.45 ms, 1.20 s, 3 min 20 s, 2 h 05 min.
std::string duration(Microseconds time) {
  const auto us = static_cast<double>(time.count());
  if (us < 1000) {
    return fmt::format("{:.0f} \u00b5s", us);
  }
  if (us < 1e6) {
    return fmt::format("{:.{}f} ms", us / 1e3, us < 1e4 ? 2 : us < 1e5 ? 1 : 0);
  }
  if (us < 60e6) {
    return fmt::format("{:.{}f} s", us / 1e6, us < 10e6 ? 2 : 1);
  }
  const std::int64_t seconds = time.count() / 1'000'000;
  return seconds < 3600 ? fmt::format("{} min {:02} s", seconds / 60, seconds % 60)
                        : fmt::format("{} h {:02} min", seconds / 3600, seconds / 60 % 60);
}

std::string count(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) {
    digits.insert(i - 3, ",");
  }
  return digits;
}

std::string bytes(std::uint64_t number) {
  const auto value = static_cast<double>(number);
  return number < 1000      ? fmt::format("{} B", number)
         : number < 1000000 ? fmt::format("{:.1f} kB", value / 1e3)
         : value < 1e9      ? fmt::format("{:.1f} MB", value / 1e6)
                            : fmt::format("{:.2f} GB", value / 1e9);
}

/// Columns that a terminal needs for UTF-8 text of narrow characters.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string right(const std::string& text, std::size_t columns) {
  const std::size_t used = width(text);
  return (used < columns ? std::string(columns - used, ' ') : std::string{}) + text;
}

Microseconds mean(const QueryClass& c) {
  const std::uint64_t timed = c.calls - c.untimed;
  return Microseconds{timed == 0 ? 0 : c.total.count() / static_cast<std::int64_t>(timed)};
}

/// One line of blanks-folded text without control characters, cut at a character's border.
std::string one_line(const std::string& sql, std::size_t columns) {
  std::string text;
  std::size_t used = 0;
  for (const char c : sql) {
    const auto byte = static_cast<unsigned char>(c);
    const bool starts = (byte & 0xC0U) != 0x80U;
    if (starts && used + 1 >= columns) {
      return text + "\u2026";
    }
    text += byte < 0x20 || byte == 0x7f ? ' ' : c;
    used += starts ? 1 : 0;
  }
  return text;
}

std::vector<std::string> wrapped(const std::string& sql, std::size_t columns) {
  std::vector<std::string> lines;
  std::string line;
  std::string flat = one_line(sql, sql.size() + 2);
  std::size_t from = 0;
  while (from < flat.size()) {
    const std::size_t end = std::min(flat.find(' ', from), flat.size());
    const std::string word = flat.substr(from, end - from);
    if (!line.empty() && width(line) + 1 + width(word) > columns) {
      lines.push_back(std::move(line));
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    from = end + 1;
  }
  lines.push_back(std::move(line));
  return lines;
}

std::vector<const QueryClass*> sorted(const Workload& workload, const std::string& by) {
  std::vector<const QueryClass*> classes;
  for (const QueryClass& c : workload.classes) {
    classes.push_back(&c);
  }
  const auto key = [&](const QueryClass& c) -> std::int64_t {
    return by == "calls"  ? static_cast<std::int64_t>(c.calls)
           : by == "mean" ? mean(c).count()
           : by == "max"  ? c.maximum.count()
                          : c.total.count();
  };
  std::stable_sort(classes.begin(), classes.end(),
                   [&](const QueryClass* a, const QueryClass* b) { return key(*a) > key(*b); });
  return classes;
}

struct Sums {
  std::uint64_t calls = 0, untimed = 0, errors = 0;
  Microseconds total{0};
};

Sums sums_of(const Workload& workload) {
  Sums sums;
  for (const QueryClass& c : workload.classes) {
    sums.calls += c.calls;
    sums.untimed += c.untimed;
    sums.errors += c.errors;
    sums.total += c.total;
  }
  return sums;
}

std::string head(const Workload& workload, const Sums& sums) {
  std::string text = fmt::format("{} executions of {} query classes, {} in all", count(sums.calls),
                                 count(workload.classes.size()), duration(sums.total));
  if (workload.from_us != 0) {
    constexpr std::int64_t kSecond = 1'000'000;
    text += fmt::format("\n{} to {} ({})", time_text(workload.from_us / kSecond * kSecond),
                        time_text(workload.until_us / kSecond * kSecond),
                        duration(Microseconds{workload.until_us - workload.from_us}));
  }
  if (sums.untimed > 0) {
    text += fmt::format("\n{} executions were logged without a duration", count(sums.untimed));
  }
  return text + "\n";
}

/// What else is known of a class: errors, temporary files, lock waits, list lengths, plans.
std::string remarks(const QueryClass& c) {
  std::vector<std::string> parts;
  if (c.errors > 0) {
    parts.push_back(fmt::format(
        "{} failed{}", count(c.errors),
        c.cancelled > 0 ? fmt::format(" ({} cancelled)", count(c.cancelled)) : std::string{}));
  }
  if (c.temp_files > 0) {
    parts.push_back(
        fmt::format("{} in {} temporary files", bytes(c.temp_bytes), count(c.temp_files)));
  }
  if (c.lock_waits > 0) {
    parts.push_back(
        fmt::format("{} lock waits, {}", count(c.lock_waits), duration(c.lock_wait_time)));
  }
  if (!c.list_lengths.empty() && c.list_lengths.rbegin()->first > 1) {
    parts.push_back(fmt::format("lists of {} to {}", c.list_lengths.begin()->first,
                                c.list_lengths.rbegin()->first));
  }
  if (c.plans.size() > 1) {
    parts.push_back(fmt::format("{} plan shapes", c.plans.size()));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string table(const Workload& workload, const Sums& sums, const ProfileOptions& options) {
  std::string text =
      fmt::format("\n{:>3} {:>6} {:>11} {:>10} {:>9} {:>9} {:>9} {:>9}  {}\n", "#", "share",
                  "total", "calls", "mean", "p95", "p99", "max", "fingerprint");
  int number = 0;
  for (const QueryClass* c : sorted(workload, options.sort)) {
    if (++number > options.top) {
      break;
    }
    const bool timed = c->calls > c->untimed;
    const auto shown = [&](Microseconds time) { return timed ? duration(time) : std::string{"-"}; };
    const double share = sums.total.count() == 0 ? 0
                                                 : static_cast<double>(c->total.count()) /
                                                       static_cast<double>(sums.total.count());
    text += fmt::format("{:>3} {:>5.1f}% {} {:>10} {} {} {} {}  {}\n", number, 100 * share,
                        right(shown(c->total), 11), count(c->calls), right(shown(mean(*c)), 9),
                        right(shown(std::min(c->durations.quantile(0.95), c->maximum)), 9),
                        right(shown(std::min(c->durations.quantile(0.99), c->maximum)), 9),
                        right(shown(c->maximum), 9), c->fingerprint);
    constexpr std::size_t kIndent = 4;
    if (options.full_sql) {
      for (const std::string& line : wrapped(c->sql, kColumns - kIndent)) {
        text += std::string(kIndent, ' ') + line + "\n";
      }
    } else {
      text += std::string(kIndent, ' ') + one_line(c->sql, kColumns - kIndent) + "\n";
    }
    if (const std::string more = remarks(*c); !more.empty()) {
      text += std::string(kIndent, ' ') + "- " + more + "\n";
    }
  }
  if (static_cast<std::size_t>(options.top) < workload.classes.size()) {
    text += fmt::format("    ... and {} more classes (--top)\n",
                        count(workload.classes.size() - static_cast<std::size_t>(options.top)));
  }
  return text;
}

std::string patterns(const Workload& workload) {
  if (workload.patterns.empty()) {
    return {};
  }
  constexpr std::size_t kShown = 5;
  std::string text = "\nThe same statement many times in a row in one session (N+1):\n";
  for (std::size_t i = 0; i < std::min(kShown, workload.patterns.size()); ++i) {
    const SessionPattern& p = workload.patterns[i];
    const auto known =
        std::find_if(workload.classes.begin(), workload.classes.end(),
                     [&](const QueryClass& c) { return c.fingerprint == p.fingerprint; });
    text += fmt::format(
        "    {} runs, {} calls (longest run {}), {}\n      {}\n", count(p.runs), count(p.calls),
        count(p.longest), duration(p.total),
        known == workload.classes.end() ? p.fingerprint : one_line(known->sql, kColumns - 6));
  }
  return text;
}

std::string server(const ServerEvents& events) {
  std::vector<std::string> parts;
  const auto add = [&](std::uint64_t number, const char* what) {
    if (number > 0) {
      parts.push_back(fmt::format("{} {}", count(number), what));
    }
  };
  add(events.connections, "connections");
  add(events.checkpoints, "checkpoints");
  add(events.autovacuums, "autovacuum runs");
  add(events.deadlocks, "deadlocks");
  std::uint64_t errors = 0;
  for (const auto& [state, number] : events.errors_by_sqlstate) {
    errors += number;
  }
  add(errors, "errors");
  return parts.empty() ? std::string{} : fmt::format("\nServer: {}\n", fmt::join(parts, ", "));
}

std::string input(const Workload& workload) {
  const InputCounts& in = workload.input;
  std::string text = fmt::format(
      "\nInput: {}, {} lines = {} used + {} continuation + {} skipped{}\n", bytes(in.bytes),
      count(in.lines), count(in.used), count(in.continuation), count(in.skipped),
      in.filtered > 0 ? fmt::format("; {} messages filtered out", count(in.filtered))
                      : std::string{});
  for (const auto& [reason, entry] : workload.skipped.by_reason()) {
    text += fmt::format("    {} x {} (first at {}:{})\n", count(entry.count), reason,
                        entry.first.file, entry.first.line);
  }
  return text;
}

}  // namespace

std::string profile_text(const Workload& workload, const ProfileOptions& options) {
  const Sums sums = sums_of(workload);
  return head(workload, sums) + table(workload, sums, options) + patterns(workload) +
         server(workload.events) + input(workload);
}

}  // namespace quern::reports
