// One server session, recorded in every format that PostgreSQL 15 writes, gives one and the same
// Workload: stderr with twelve prefixes, csvlog, jsonlog and three kinds of syslog lines, each with
// auto_explain's four formats.
#include <algorithm>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "collector/collect.hpp"
#include "collector/workload/samples.hpp"
#include "collector/workload/workload_document.hpp"

#include "tests/support/log_session.hpp"
#include "tests/support/logging_server.hpp"

using namespace quern;
using namespace quern::collector;
using testing::LoggingServer;

namespace {

struct Prefix {
  const char* text;
  bool milliseconds = true;
  bool process = true;
  bool names = true;  ///< user, database and application

  [[nodiscard]] bool query_ids() const {
    const std::string_view prefix{text};
    return prefix.empty() || prefix.find("%Q") != std::string_view::npos;
  }
};

const std::vector<Prefix> kPrefixes = {
    {"%m [%p] ", true, true, false},
    {"%m [%p] %q[user=%u,db=%d,app=%a] "},
    {"%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ", false},
    {"%m [%p]: user=%u,db=%d,app=%a,host=%r,state=%e "},
    {"%t:%r:%u@%d:[%p]:", false, true, false},
    {"%m [%p][%v] : [%l-1] %q[app=%a] ", true, true, false},
    {"%m [%6p] %-10u|%8d|%a|"},
    {"%p-%s-%c-%l-%h-%u-%d-%m ", true, true, false},
    {"%m [%p][%b][%v][%x] %q[user=%u,db=%d,app=%a] "},
    {"%n pid=%p,user=%u,db=%d,app=%a,client=%h "},
    {"%m %c %i queryid=%Q user=%u db=%d app=%a ", true, false},
    {"<%m|%P|%p> 100%% %u@%d/%a: "},
};

/// Without what the prefix does not tell, and what names the input.
Workload told(Workload w, const Prefix& prefix) {
  w.formats.clear();
  w.input = {};
  w.skipped = {};
  // Without %e the log tells an error's severity only.
  std::uint64_t errors = 0;
  for (const auto& [state, count] : w.events.errors_by_sqlstate) {
    errors += count;
  }
  w.events.errors_by_sqlstate = {{"all", errors}};
  if (!prefix.milliseconds) {
    w.from_us = w.until_us = 0;
  }
  for (QueryClass& c : w.classes) {
    if (!prefix.query_ids()) {
      c.query_ids.clear();
    }
    if (!prefix.names) {
      c.users.clear();
      c.databases.clear();
      c.applications.clear();
    }
    if (!prefix.milliseconds) {
      c.by_time.clear();
      // Two of equal length in one second are one sample, and leave room for another: only where
      // all are kept are they the same.
      if (c.calls > kSlowestSamples) {
        c.samples.clear();
      }
      for (SampleExecution& sample : c.samples) {
        sample.at_us = 0;
      }
      for (ObservedPlan& plan : c.plans) {
        plan.example_at_us = 0;
        plan.by_time.clear();  // a whole second may fall into the minute before
        if (plan.calls > 1) {
          plan.example.clear();  // of two equally slow ones the first is kept
        }
      }
      std::sort(c.samples.begin(), c.samples.end(), [](const auto& a, const auto& b) {
        return std::tie(a.why, a.sql, a.parameters, a.duration) <
               std::tie(b.why, b.sql, b.parameters, b.duration);
      });
      c.samples.erase(std::unique(c.samples.begin(), c.samples.end()), c.samples.end());
    }
  }
  return w;
}

std::string difference(const std::string& left, const std::string& right) {
  const auto at = static_cast<std::size_t>(
      std::mismatch(left.begin(), left.end(), right.begin(), right.end()).first - left.begin());
  const std::size_t from = at < 300 ? 0 : at - 300;
  return left == right ? "" : left.substr(from, 500) + "\n---- and\n" + right.substr(from, 500);
}

std::string difference(const Workload& a, const Workload& b) {
  return difference(write_workload(a), write_workload(b));
}

/// What must not depend on when it ran: counts, errors, samples, plans.
std::string timeless(const Workload& w) {
  std::vector<std::string> classes;
  for (const QueryClass& c : w.classes) {
    std::string text = fmt::format("{} calls={} errors={} cancelled={} rows={}\n", c.sql, c.calls,
                                   c.errors, c.cancelled, c.rows ? std::to_string(*c.rows) : "-");
    std::vector<std::string> lines;
    constexpr std::uint64_t kAllKept = 6;  // of more, those are kept that took longest
    for (const SampleExecution& sample : c.samples) {
      if (c.calls > kAllKept) {
        break;
      }
      std::string line = "  sample " + sample.sql;
      for (const auto& value : sample.parameters) {
        line += value ? " '" + *value + "'" : " NULL";
      }
      lines.push_back(line);
    }
    for (const ObservedPlan& plan : c.plans) {
      lines.push_back(fmt::format("  plan {} calls={} {}", plan.shape, plan.calls,
                                  plan.calls == 1 ? plan.example : ""));
    }
    std::sort(lines.begin(), lines.end());
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    for (const std::string& line : lines) {
      text += line + "\n";
    }
    classes.push_back(text);
  }
  std::sort(classes.begin(), classes.end());
  std::string all;
  for (const std::string& text : classes) {
    all += text;
  }
  return all;
}

/// The lines before and after one, counted from 1.
std::string around(const std::string& text, std::uint64_t line) {
  std::istringstream lines{text};
  std::string shown;
  std::string one;
  for (std::uint64_t number = 1; std::getline(lines, one); ++number) {
    if (number + 4 > line && number < line + 4) {
      shown += one + "\n";
    }
  }
  return shown;
}

/// Records the session with one prefix and one plan format; every log of it must tell the same.
/// Returns what does not depend on when it ran.
std::string record_and_compare(const Prefix& prefix, const std::string& plans) {
  LoggingServer& server = LoggingServer::instance();
  server.configure({{"log_min_duration_statement", "0"},
                    {"log_line_prefix", prefix.text},
                    {"auto_explain.log_min_duration", "0"},
                    {"auto_explain.log_analyze", "on"},
                    {"auto_explain.log_timing", "off"},
                    {"auto_explain.log_triggers", "on"},
                    {"auto_explain.log_settings", "on"},
                    {"auto_explain.log_format", plans}});
  server.run(testing::log_session_schema(), "parity");
  const auto logs = server.record(
      [&] { (void)testing::run_log_session(server.dsn("parity"), server.quiet_dsn("postgres")); });
  const Workload csv = collect_text(logs.at("csv"), {});
  for (const auto& [kind, text] : logs) {
    INFO(kind << ", prefix " << prefix.text << ", plans " << plans);
    const Workload w = collect_text(text, {});
    CHECK(w.input.lines == w.input.used + w.input.continuation + w.input.skipped);
    for (const auto& [reason, entry] : w.skipped.by_reason()) {
      INFO(reason << ", line " << entry.first.line << ":\n" << around(text, entry.first.line));
      CHECK(csv.skipped.by_reason().count(reason) == 1);
    }
    const bool whole = kind == "csv" || kind == "json";
    const Prefix all{""};
    const Prefix& tells = whole ? all : prefix;
    CHECK(difference(told(w, tells), told(csv, tells)) == "");
  }
  return timeless(csv);
}

void fresh_database() {
  LoggingServer& server = LoggingServer::instance();
  server.configure({});
  server.run("drop database if exists parity");
  server.run("create database parity");
}

const std::vector<std::string> kPlanFormats = {"text", "json", "yaml", "xml"};

}  // namespace

TEST_CASE("one session in every log format is one workload, whatever its plans are written in") {
  fresh_database();
  std::string first;
  for (std::size_t i = 0; i < kPrefixes.size(); ++i) {
    const std::string now = record_and_compare(kPrefixes[i], kPlanFormats[i % kPlanFormats.size()]);
    first = first.empty() ? now : first;
    CHECK(difference(now, first) == "");
  }
}

TEST_CASE("each prefix with each plan format", "[.slow]") {
  fresh_database();
  std::string first;
  for (const std::string& plans : kPlanFormats) {
    for (const Prefix& prefix : kPrefixes) {
      const std::string now = record_and_compare(prefix, plans);
      first = first.empty() ? now : first;
      CHECK(difference(now, first) == "");
    }
  }
}
