#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace quern::testing {

/// A throwaway server whose messages go to several logs at a time: see logging_server.sh. Started
/// when first asked for, stopped when the program ends.
class LoggingServer {
 public:
  using Settings = std::map<std::string, std::string>;

  static LoggingServer& instance();
  ~LoggingServer();
  LoggingServer(const LoggingServer&) = delete;
  LoggingServer& operator=(const LoggingServer&) = delete;

  [[nodiscard]] std::string dsn(const std::string& database) const;
  /// The same for a session whose statements are not logged.
  [[nodiscard]] std::string quiet_dsn(const std::string& database) const;

  /// The first column of the first row; empty when there is none.
  std::string value(const std::string& sql, const std::string& database = "postgres") const;
  /// All rows of two columns.
  std::vector<std::pair<std::string, std::string>> pairs(const std::string& sql,
                                                         const std::string& database) const;
  void run(const std::string& sql, const std::string& database = "postgres") const;

  /// Changes settings of the server for sessions to come; those not named are what they were at
  /// the start.
  void configure(const Settings& settings);

  /// What the logs hold of the time that `session` took: by "stderr", "csv", "json", and where a
  /// local rsyslog runs "syslog", "syslog-iso" and "syslog-5424".
  std::map<std::string, std::string> record(const std::function<void()>& session);

 private:
  LoggingServer();

  std::string home_, port_;
  bool syslog_ = false;
  Settings settings_;
  int recordings_ = 0;
};

}  // namespace quern::testing
