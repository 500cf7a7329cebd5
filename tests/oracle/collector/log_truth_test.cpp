// A driver runs known statements through a real server by every protocol; whatever the log's
// settings, the Workload counts exactly these, as pg_stat_statements does.
#include <set>

#include <catch2/catch.hpp>

#include "collector/collect.hpp"
#include "collector/sql/parse_tree.hpp"

#include "tests/support/log_session.hpp"
#include "tests/support/logging_server.hpp"

using namespace quern;
using namespace quern::collector;
using testing::LoggingServer;
using testing::Sent;

namespace {

using Counts = std::map<std::string, std::uint64_t>;

struct Mode {
  const char* name;
  LoggingServer::Settings settings;
  bool timed = true;
  bool nested = false;  ///< statements within functions are logged
};

const std::vector<Mode> kModes = {
    {"log_min_duration_statement", {{"log_min_duration_statement", "0"}}},
    {"log_statement and log_duration", {{"log_statement", "all"}, {"log_duration", "on"}}},
    {"log_statement and log_min_duration_statement",
     {{"log_statement", "all"}, {"log_min_duration_statement", "0"}}},
    {"all of them, and auto_explain with nested statements",
     {{"log_statement", "all"},
      {"log_duration", "on"},
      {"log_min_duration_statement", "0"},
      {"auto_explain.log_min_duration", "0"},
      {"auto_explain.log_nested_statements", "on"},
      {"auto_explain.log_analyze", "on"},
      {"auto_explain.log_format", "json"}},
     true,
     true},
    {"auto_explain with nested statements, and durations",
     {{"log_min_duration_statement", "0"},
      {"auto_explain.log_min_duration", "0"},
      {"auto_explain.log_nested_statements", "on"},
      {"log_parameter_max_length_on_error", "-1"}},
     true,
     true},
    {"log_statement, and auto_explain without durations",
     {{"log_statement", "all"},
      {"auto_explain.log_min_duration", "0"},
      {"auto_explain.log_nested_statements", "on"}},
     false,
     true},
    {"transactions sampled as all, parameters cut",
     {{"log_transaction_sample_rate", "1"}, {"log_parameter_max_length", "4B"}}},
    {"log_statement alone", {{"log_statement", "all"}}, false},
    {"verbose, durations sampled as all",
     {{"log_min_duration_sample", "0"},
      {"log_statement_sample_rate", "1"},
      {"log_error_verbosity", "verbose"}}},
};

/// Class by class, so that a failure tells which.
std::string compare(const Counts& found, const Counts& expected, const Counts& names,
                    const std::map<std::string, std::string>& sql) {
  std::string text;
  for (const auto& [fingerprint, ignored] : names) {
    const auto count = [&](const Counts& counts) {
      const auto place = counts.find(fingerprint);
      return place == counts.end() ? 0 : place->second;
    };
    if (count(found) != count(expected)) {
      const auto its = sql.find(fingerprint);
      text += std::to_string(count(found)) + " instead of " + std::to_string(count(expected)) +
              ": " + (its == sql.end() ? fingerprint : its->second) + "\n";
    }
  }
  return text;
}

/// The query ids that the Workload has of a class and the server of other statements.
std::string foreign_ids(const Workload& w,
                        const std::vector<std::pair<std::string, std::string>>& identified) {
  std::map<std::int64_t, std::set<std::string>> classes;
  for (const auto& [id, query] : identified) {
    classes[std::stoll(id)].insert(fingerprint(query).value_or("?"));
  }
  std::string text;
  for (const QueryClass& c : w.classes) {
    for (const std::int64_t id : c.query_ids) {
      const auto its = classes.find(id);
      const bool data = c.kind != StatementKind::Utility;  // PREPARE and the like are not counted
      if (its == classes.end() ? data : its->second.count(c.fingerprint) == 0) {
        text += std::to_string(id) + ": " + c.sql + "\n";
      }
    }
  }
  return text;
}

/// Statements on data whose duration was logged without their query id, but for those that the
/// session sends by EXECUTE or beside others in one text only: an id there may be another's.
std::string without_ids(const Workload& w) {
  const std::set<std::string> not_alone = {"SELECT $1",
                                           "SELECT name FROM item WHERE name = $1 AND id = $2"};
  std::string text;
  for (const QueryClass& c : w.classes) {
    const bool timed = c.calls > c.nested + c.untimed;
    if (timed && c.kind != StatementKind::Utility && c.query_ids.empty() &&
        not_alone.count(c.sql) == 0) {
      text += c.sql + "\n";
    }
  }
  return text;
}

}  // namespace

TEST_CASE("exactly the statements that were sent, under every setting") {
  LoggingServer& server = LoggingServer::instance();
  server.configure({});
  server.run("drop database if exists truth");
  server.run("create database truth");
  server.run("create extension if not exists pg_stat_statements");
  for (const Mode& mode : kModes) {
    INFO(mode.name);
    LoggingServer::Settings settings = mode.settings;
    settings["log_line_prefix"] = "%m [%p] %q%u@%d queryid=%Q ";
    server.configure(settings);
    server.run(testing::log_session_schema(), "truth");
    server.run("select pg_stat_statements_reset()");
    Sent sent;
    const auto logs = server.record([&] {
      sent = testing::run_log_session(server.dsn("truth"), server.quiet_dsn("postgres"));
    });
    const auto statements = server.pairs(
        "select query, calls from pg_stat_statements s join pg_database d on d.oid = s.dbid "
        "where datname = 'truth'",
        "postgres");
    const auto identified =
        server.pairs("select queryid, query from pg_stat_statements", "postgres");
    for (const char* kind : {"stderr", "csv"}) {
      INFO(kind);
      CollectOptions options;
      options.filter.databases = {"truth"};
      std::string layout;
      options.recognized = [&](const std::string& /*file*/, const std::string& as) { layout = as; };
      const Workload w = collect_text(logs.at(kind), options);
      INFO(layout);
      Counts calls, errors, cancelled, nested, everything;
      std::map<std::string, std::string> sql;
      std::uint64_t untimed = 0;
      for (const QueryClass& c : w.classes) {
        calls[c.fingerprint] = c.calls;
        errors[c.fingerprint] = c.errors;
        cancelled[c.fingerprint] = c.cancelled;
        sql[c.fingerprint] = c.sql;
        everything[c.fingerprint];
        untimed += c.kind == StatementKind::Utility ? 0 : c.untimed;
        nested[c.fingerprint] = c.nested;
        calls[c.fingerprint] -= c.nested;
      }
      for (const auto* counts : {&sent.calls, &sent.errors, &sent.nested}) {
        for (const auto& [fingerprint, count] : *counts) {
          everything[fingerprint];
        }
      }
      everything.erase("does not parse");
      CHECK(compare(calls, sent.calls, everything, sql) == "");
      CHECK(compare(errors, sent.errors, everything, sql) == "");
      CHECK(compare(cancelled, sent.cancelled, everything, sql) == "");
      CHECK(compare(nested, mode.nested ? sent.nested : Counts{}, everything, sql) == "");
      CHECK(w.input.lines == w.input.used + w.input.continuation + w.input.skipped);
      CHECK((untimed == 0) == mode.timed);
      Counts server_calls;
      for (const auto& [query, count] : statements) {
        server_calls[fingerprint(query).value_or("?")] += std::stoull(count);
      }
      CHECK(compare(calls, server_calls, server_calls, sql) == "");
      CHECK(foreign_ids(w, identified) == "");
      CHECK((!mode.timed || without_ids(w) == ""));  // a statement is logged before it has an id
    }
  }
}
