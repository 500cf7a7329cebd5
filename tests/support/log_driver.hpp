#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

struct pg_conn;

namespace quern::testing {

/// What became of the statements that a driver sent, by their fingerprint.
struct Sent {
  std::map<std::string, std::uint64_t> calls = {};
  std::map<std::string, std::uint64_t> errors = {};
  std::map<std::string, std::uint64_t> cancelled = {};
  std::map<std::string, std::uint64_t> nested = {};  ///< run by functions and triggers
};

/// One session by each of the protocol's ways. Throws when a statement that should succeed fails,
/// or the other way round.
class LogDriver {
 public:
  using Values = std::vector<std::optional<std::string>>;

  LogDriver(const std::string& dsn, Sent& sent);
  ~LogDriver();
  LogDriver(const LogDriver&) = delete;
  LogDriver& operator=(const LogDriver&) = delete;

  /// The simple protocol. `class_of`: the text that names the class, where it is another.
  void simple(const std::string& sql, const std::string& class_of = {});
  void simple_fails(const std::string& sql);
  /// The extended protocol, unnamed statement and portal.
  void extended(const std::string& sql, const Values& values = {});
  void extended_fails(const std::string& sql, const Values& values = {});
  /// A named prepared statement.
  void prepare(const std::string& name, const std::string& sql);
  void execute(const std::string& name, const Values& values);
  /// A named portal whose rows are fetched some at a time, in a transaction of its own.
  void fetch_portal(const std::string& sql, int rows, int times);
  /// One query string of several statements.
  void several(const std::vector<std::string>& statements);
  /// The unnamed statement run with each value in one message; it fails for one of them, and those
  /// after that are not run.
  void pipeline(const std::string& sql, const std::vector<std::string>& values,
                std::size_t failing);
  /// Cancelled from another connection while it runs.
  void cancelled(const std::string& sql);
  /// Ended by the session's own statement_timeout.
  void times_out(const std::string& sql);

  /// Sends and returns at once; finish() waits for the answer.
  void send(const std::string& sql);
  void finish();

  /// `sql` was run within a statement that was sent.
  void ran_within(const std::string& sql, std::uint64_t times = 1);

  [[nodiscard]] int process() const;

 private:
  void succeeded(const std::string& sql);
  void failed(const std::string& sql);

  pg_conn* connection_;
  Sent& sent_;
  std::map<std::string, std::string> prepared_;
  std::string pending_;
};

}  // namespace quern::testing
