#pragma once

#include <memory>
#include <optional>
#include <string>

namespace quern::collector {

/// One transaction on a staging server that is never committed: whatever is built in it is gone
/// afterwards. Each statement goes alone (extended protocol: text after a semicolon is refused) and
/// in a savepoint, so that a failing one ends nothing. Connection failures are UserErrors that name
/// the server without its password.
class StagingSession {
 public:
  enum class Access : unsigned char { ReadOnly, ReadWrite };

  /// `statement_timeout`: of PostgreSQL, as "60s".
  StagingSession(const std::string& dsn, Access access, const std::string& statement_timeout);
  ~StagingSession();
  StagingSession(const StagingSession&) = delete;
  StagingSession& operator=(const StagingSession&) = delete;

  /// False when the server refuses, with its words in `refusal`. What it did stays until the end.
  bool execute(const std::string& statement, std::string& refusal);

  /// EXPLAIN (FORMAT JSON); with `measured` also ANALYZE and BUFFERS, and what the statement wrote
  /// is taken back.
  [[nodiscard]] std::optional<std::string> explain(const std::string& statement, bool measured,
                                                   std::string& refusal);

  /// The connection string without password.
  [[nodiscard]] const std::string& name() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quern::collector
