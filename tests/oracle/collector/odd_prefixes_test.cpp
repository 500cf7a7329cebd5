// A server writes the same session under log_line_prefixes that nobody recommends, with names that
// hold the prefixes' own separators. Inferred from the log alone, each prefix reads what csvlog
// tells: executions, errors, users, databases and applications.
#include <catch2/catch.hpp>
#include <pqxx/pqxx>

#include "collector/collect.hpp"

#include "tests/support/logging_server.hpp"

using namespace quern;
using namespace quern::collector;
using testing::LoggingServer;

namespace {

const std::vector<const char*> kPrefixes = {
    "%P,%-5x:%m:%8e:%h:%p:%i:%8l:",
    "host=%h, [%-5x] %i|epoch=%n pid=%p,%u:",
    "%t|%p|%q%b|%d|%x| ",
    "[%8b] [%v] [%p] [%s] [%n] [%i] ",
    "%p:%i:%d:%x:%e:%m:",
    "[%m] [%-10c] [%Q] [%-5x] [%P] [%v] [%l] [%a] [%i] ",
    "%Q,%x,%i,%b,%d,%c,%h,%a,%t, ",
    "vxid=%-10v, %l,%q%a:txid=%x, %c|%u,%t,",
    "[%8d] ts=%m,%r|app=%-10a, %x:sid=%c, ",
    "[%-5d] [%b] [%8a] [%n] [%v] [%Q] [%h] [%c] ",
    "[%t] [%c] %q[%i] [%s] [%a] [%-10r] [%P] [%-5Q] [%h] ",
    "%r:%s:%d:%c:%Q:%l:%n:%i: ",
    "[%m] [%p] %q[%-10v] [%r] [%P] [%d] [%Q] ",
    "%m [%p] %q%u@%d/%a ",
    "<%t %12u %-12d> (%p) 100%% ",
    "%n %p %q[%u] [%d] [%a] ",
    "{\"time\":\"%m\",\"pid\":%p,\"user\":\"%u\",\"db\":\"%d\"} ",
};

/// Whose names the prefix tells.
bool tells(std::string_view prefix, char escape) {
  for (std::size_t at = prefix.find('%'); at != std::string_view::npos;
       at = prefix.find('%', at + 1)) {
    const std::size_t letter = prefix.find_first_not_of("-0123456789", at + 1);
    if (letter != std::string_view::npos && prefix[letter] == escape) {
      return true;
    }
  }
  return false;
}

void run_sessions(const LoggingServer& server) {
  const std::vector<std::array<const char*, 3>> kWho = {
      {"prefixes", "quern", "driver"},
      {"shop-1", "web_user", "sidekiq 1.2 [0 of 5 busy]"},
      {"odd@db", "ops-1", "a=b: c"},
      {"prefixes", "quern", ""}};
  for (const auto& [database, user, application] : kWho) {
    pqxx::connection connection{server.dsn(database) + " user=" + user + " application_name='" +
                                application + "'"};
    pqxx::nontransaction session{connection};
    for (const char* id : {"1", "2", "3"}) {
      session.exec(std::string{"select count(*) from pg_class where oid = "} + id);
    }
    session.exec("select 'a\n\tb LOG:  duration: 1 ms  statement: select 9', 1");
    session.exec_params("select relname from pg_class where relname = $1", "it's");
    CHECK_THROWS(session.exec("select 1/0"));
  }
}

std::string told(const Workload& w, std::string_view prefix) {
  std::map<std::string, std::string> lines;
  for (const QueryClass& c : w.classes) {
    std::string& line = lines[c.sql];
    line = std::to_string(c.calls) + " calls, " + std::to_string(c.errors) + " errors, " +
           std::to_string(c.total.count()) + " us";
    const auto add = [&](char escape, const auto& names) {
      for (const auto& [name, calls] : names) {
        line += tells(prefix, escape) ? ", " + name + " " + std::to_string(calls) : "";
      }
    };
    add('u', c.users);
    add('d', c.databases);
    add('a', c.applications);
  }
  std::string text;
  for (const auto& [sql, line] : lines) {
    text += sql + ": " + line + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("any log_line_prefix is inferred from the log alone") {
  LoggingServer& server = LoggingServer::instance();
  server.configure({});
  for (const char* database : {"prefixes", "shop-1", "odd@db"}) {
    server.run(std::string{"drop database if exists \""} + database + "\"");
    server.run(std::string{"create database \""} + database + "\"");
  }
  for (const char* role : {"web_user", "ops-1"}) {
    server.run(std::string{"do $$ begin create role \""} + role +
               "\" login superuser; exception when duplicate_object then end $$");
  }
  bool verbose = false;
  for (const char* prefix : kPrefixes) {
    verbose = !verbose;
    server.configure({{"log_line_prefix", prefix},
                      {"log_min_duration_statement", "0"},
                      {"log_error_verbosity", verbose ? "verbose" : "default"}});
    const auto logs = server.record([&] { run_sessions(server); });
    std::string layout;
    CollectOptions options;
    options.recognized = [&](const std::string&, const std::string& found) { layout = found; };
    const Workload csv = collect_text(logs.at("csv"), {});
    const Workload w = collect_text(logs.at("stderr"), options);
    INFO(prefix << "\nread as " << layout);
    CHECK(told(w, prefix) == told(csv, prefix));
    CHECK(w.input.skipped == 0);
  }
}
