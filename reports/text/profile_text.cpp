#include "reports/text/profile_text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "reports/document_profile.hpp"
#include "reports/text/profile_evidence.hpp"
#include "reports/text/wrap.hpp"
#include "reports/words.hpp"

namespace quern::reports {

namespace {

Microseconds mean(const QueryClass& c) {
  const std::uint64_t timed = c.calls - c.untimed;
  return Microseconds{timed == 0 ? 0 : c.total.count() / static_cast<std::int64_t>(timed)};
}

std::string count(std::uint64_t number) {
  return count_words(static_cast<double>(number));
}

std::string bytes(std::uint64_t number) {
  return size_words(Bytes{static_cast<double>(number)});
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return plural(static_cast<double>(number), one, many);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return text;
}

bool is_wanted(const QueryClass& c, const ProfileOptions& options) {
  constexpr std::array kKinds = {"select", "insert",  "update", "delete",
                                 "merge",  "utility", "other"};
  const auto among = [](const std::map<std::string, std::uint64_t>& names,
                        const std::string& wanted) {
    return wanted.empty() || names.count(wanted) > 0;
  };
  const std::string sought = lower(options.containing);
  return (options.kind.empty() || options.kind == kKinds.at(static_cast<std::size_t>(c.kind))) &&
         among(c.users, options.user) && among(c.databases, options.database) &&
         among(c.applications, options.application) && c.calls >= options.least_calls &&
         (sought.empty() || lower(c.sql).find(sought) != std::string::npos ||
          c.fingerprint.compare(0, sought.size(), sought) == 0);
}

std::vector<const QueryClass*> sorted(const Workload& workload, const ProfileOptions& options) {
  std::vector<const QueryClass*> classes;
  for (const QueryClass& c : workload.classes) {
    if (is_wanted(c, options)) {
      classes.push_back(&c);
    }
  }
  const std::string& by = options.sort;
  const auto key = [&](const QueryClass& c) -> std::int64_t {
    return by == "calls"    ? static_cast<std::int64_t>(c.calls)
           : by == "mean"   ? mean(c).count()
           : by == "max"    ? c.maximum.count()
           : by == "p95"    ? c.durations.quantile(0.95).count()
           : by == "errors" ? static_cast<std::int64_t>(c.errors)
           : by == "temp"   ? static_cast<std::int64_t>(c.temp_bytes)
           : by == "locks"  ? c.lock_wait_time.count()
           : by == "parse"  ? c.parse_and_bind.count()
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
  sums.total = time_of(workload);
  for (const QueryClass& c : workload.classes) {
    sums.calls += c.calls;
    sums.untimed += c.untimed;
    sums.errors += c.errors;
  }
  return sums;
}

std::string head(const Workload& workload, const Sums& sums) {
  std::string text = fmt::format(
      "{} of {}, {} in all", counted(sums.calls, "execution", "executions"),
      counted(workload.classes.size(), "query class", "query classes"), duration_words(sums.total));
  if (workload.from_us != 0) {
    text += fmt::format("\n{} ({})", time_range_words(workload.from_us, workload.until_us),
                        duration_words(Microseconds{workload.until_us - workload.from_us}));
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
    parts.push_back(fmt::format("{} in {}", bytes(c.temp_bytes),
                                counted(c.temp_files, "temporary file", "temporary files")));
  }
  if (c.lock_waits > 0) {
    parts.push_back(fmt::format("{}, {}", counted(c.lock_waits, "lock wait", "lock waits"),
                                duration_words(c.lock_wait_time)));
  }
  if (mostly_planned(c)) {
    parts.push_back(fmt::format("parse, plan and bind {}, more than execution",
                                duration_words(c.parse_and_bind)));
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

/// Columns that a narrow terminal has no room for go: the fingerprint, then p99.
std::string table(const Workload& workload, const Sums& sums, const ProfileOptions& options) {
  const bool wide = options.columns >= 96;
  const auto row = [&](const std::string& number, const std::string& share,
                       const std::string& total, const std::string& calls, const std::string& mean,
                       const std::string& p95, const std::string& p99, const std::string& maximum,
                       const std::string& fingerprint) {
    std::string line = pad_left(number, 3) + ' ' + pad_left(share, 7);
    for (const std::string& cell : {total, calls, mean, p95}) {
      line += ' ' + pad_left(cell, 10);
    }
    line += (wide ? ' ' + pad_left(p99, 10) : "") + ' ' + pad_left(maximum, 10);
    return line + (wide ? "  " + fingerprint : "") + '\n';
  };
  std::string text =
      '\n' + row("#", "share", "total", "calls", "mean", "p95", "p99", "max", "fingerprint");
  constexpr std::string_view kIndent = "    ";
  int number = 0;
  const auto classes = sorted(workload, options);
  for (const QueryClass* c : classes) {
    if (++number > options.top) {
      break;
    }
    const bool timed = c->calls > c->untimed;
    const auto shown = [&](Microseconds time) {
      return timed ? duration_words(time) : std::string{"-"};
    };
    const auto quantile = [&](double below) {
      return shown(std::min(c->durations.quantile(below), c->maximum));
    };
    const double share = sums.total.count() == 0 ? 0
                                                 : static_cast<double>(c->total.count()) /
                                                       static_cast<double>(sums.total.count());
    text += row(fmt::format("{}", number), share_words(share), shown(c->total), count(c->calls),
                shown(mean(*c)), quantile(0.95), quantile(0.99), shown(c->maximum), c->fingerprint);
    text += options.full_sql
                ? wrap(clean_text(c->sql), kIndent, kIndent, options.columns)
                : std::string{kIndent} + one_line(c->sql, options.columns - kIndent.size()) + '\n';
    if (const std::string more = remarks(*c); !more.empty()) {
      text += wrap(more, "    ! ", "      ", options.columns);
    }
    text += options.plans
                ? plan_lines(*c, options.columns) + period_lines(*c, workload, options.columns)
                : std::string{};
  }
  if (static_cast<std::size_t>(options.top) < classes.size()) {
    text += fmt::format("{}and {} (--top)\n", kIndent,
                        counted(classes.size() - static_cast<std::size_t>(options.top),
                                "more class", "more classes"));
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

std::string input(const Workload& workload, std::size_t columns) {
  const InputCounts& in = workload.input;
  std::string text =
      '\n' + wrap(fmt::format("Input: {}, {} lines: {} used, {} continued another, {} "
                              "skipped{}",
                              bytes(in.bytes), count(in.lines), count(in.used),
                              count(in.continuation), count(in.skipped),
                              in.filtered > 0
                                  ? fmt::format("; {} messages filtered out", count(in.filtered))
                                  : std::string{}),
                  "", "  ", columns);
  for (const auto& [reason, entry] : workload.skipped.by_reason()) {
    text += wrap(fmt::format("{} x {} (first at {}:{})", count(entry.count), clean_text(reason),
                             clean_text(entry.first.file), entry.first.line),
                 "    ", "      ", columns);
  }
  return text;
}

}  // namespace

std::string profile_text(const Workload& workload, const ProfileOptions& options) {
  const Sums sums = sums_of(workload);
  return head(workload, sums) + table(workload, sums, options) +
         pattern_lines(workload, options.columns) + chatty_lines(workload, options.columns) +
         (options.writes ? write_lines(workload, options) : std::string{}) +
         server(workload.events) + input(workload, options.columns);
}

}  // namespace quern::reports
