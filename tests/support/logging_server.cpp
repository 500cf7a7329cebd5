#include "tests/support/logging_server.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <poll.h>
#include <pqxx/pqxx>

namespace quern::testing {

namespace {

const std::string kScript = "'" QUERN_SOURCE_DIR "/tests/support/logging_server.sh' ";

std::string text_from(const std::string& path, std::size_t offset) {
  std::ifstream file{path, std::ios::binary};
  file.seekg(static_cast<std::streamoff>(offset));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::size_t size_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary | std::ios::ate};
  return file ? static_cast<std::size_t>(file.tellg()) : 0;
}

/// Polls for what another process does; twenty seconds are a failure.
void wait_for(const char* what, const std::function<bool()>& done) {
  constexpr int kMilliseconds = 5;
  for (int i = 0; i < 4'000; ++i) {
    if (done()) {
      return;
    }
    poll(nullptr, 0, kMilliseconds);
  }
  throw std::runtime_error{std::string{"waited in vain for "} + what};
}

}  // namespace

LoggingServer& LoggingServer::instance() {
  static LoggingServer server;
  return server;
}

LoggingServer::LoggingServer() {
  const std::string start = kScript + "start '" QUERN_BINARY_DIR "'";
  std::string syslog;
  if (std::system(start.c_str()) != 0) {
    throw std::runtime_error{"the logging server did not start; run: " + start};
  }
  std::ifstream file{QUERN_BINARY_DIR "/logging-server.env"};
  std::getline(file, home_);
  std::getline(file, port_);
  std::getline(file, syslog);
  syslog_ = syslog == "yes";
}

LoggingServer::~LoggingServer() {
  (void)!std::system((kScript + "stop '" QUERN_BINARY_DIR "'").c_str());
}

std::string LoggingServer::dsn(const std::string& database) const {
  return fmt::format("host={} port={} user=quern dbname={} application_name=driver", home_, port_,
                     database);
}

std::string LoggingServer::quiet_dsn(const std::string& database) const {
  return dsn(database) +
         " options='-c log_min_duration_statement=-1 -c log_statement=none -c log_duration=off "
         "-c auto_explain.log_min_duration=-1'";
}

std::string LoggingServer::value(const std::string& sql, const std::string& database) const {
  pqxx::connection connection{quiet_dsn(database)};
  pqxx::nontransaction session{connection};
  const auto rows = session.exec(sql);
  return rows.empty() ? std::string{} : rows[0][0].as<std::string>("");
}

std::vector<std::pair<std::string, std::string>> LoggingServer::pairs(
    const std::string& sql, const std::string& database) const {
  pqxx::connection connection{quiet_dsn(database)};
  pqxx::nontransaction session{connection};
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& row : session.exec(sql)) {
    pairs.emplace_back(row[0].as<std::string>(""), row[1].as<std::string>(""));
  }
  return pairs;
}

void LoggingServer::run(const std::string& sql, const std::string& database) const {
  pqxx::connection connection{quiet_dsn(database)};
  pqxx::nontransaction session{connection};
  session.exec(sql);
}

void LoggingServer::configure(const Settings& settings) {
  pqxx::connection connection{quiet_dsn("postgres")};
  pqxx::nontransaction session{connection};
  session.exec("ALTER SYSTEM RESET ALL");
  std::string check = "SELECT true";
  for (const auto& [name, value] : settings) {
    session.exec(fmt::format("ALTER SYSTEM SET {} = {}", name, connection.quote(value)));
    check += fmt::format(" AND current_setting('{}') = {}", name, connection.quote(value));
  }
  session.exec("SELECT pg_reload_conf()");
  settings_ = settings;
  wait_for("the settings", [&] {
    pqxx::connection fresh{dsn("postgres")};
    pqxx::nontransaction look{fresh};
    return look.exec(check)[0][0].as<bool>();
  });
}

std::map<std::string, std::string> LoggingServer::record(const std::function<void()>& session) {
  std::map<std::string, std::string> files = {{"stderr", home_ + "/server.log"},
                                              {"csv", home_ + "/server.csv"},
                                              {"json", home_ + "/server.json"}};
  if (syslog_) {
    files["syslog"] = home_ + "/syslog.log";
    files["syslog-iso"] = home_ + "/syslog-iso.log";
    files["syslog-5424"] = home_ + "/syslog-5424.log";
  }
  std::map<std::string, std::size_t> offsets;
  for (const auto& [kind, path] : files) {
    offsets[kind] = size_of(path);
  }
  const auto mark = [&](const std::string& name) {
    run(fmt::format("DO $$ BEGIN RAISE LOG '{}'; END $$", name), "postgres");
    for (const auto& [kind, path] : files) {
      wait_for(path.c_str(),
               [&] {  // for the message, its CONTEXT, and its STATEMENT, which is last
                 const std::string text = text_from(path, offsets[kind]);
                 const std::size_t context = text.find("at RAISE", text.find(name));
                 return context != std::string::npos &&
                        text.find(name, context) != std::string::npos && text.back() == '\n';
               });
    }
  };
  mark(fmt::format("recording {} begins", ++recordings_));
  for (const auto& [kind, path] : files) {
    offsets[kind] = size_of(path);
  }
  session();
  mark(fmt::format("recording {} ends", recordings_));
  std::map<std::string, std::string> texts;
  for (const auto& [kind, path] : files) {
    texts[kind] = text_from(path, offsets[kind]);
  }
  return texts;
}

}  // namespace quern::testing
