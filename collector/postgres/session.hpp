#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace quern::collector {

/// One read-only transaction (repeatable read) on a live server. Every failure is a UserError that
/// names the server without its password.
class ReadOnlySession {
 public:
  using Row = std::vector<std::optional<std::string>>;

  /// Connects (within ten seconds, unless the connection string or PGCONNECT_TIMEOUT says
  /// otherwise), begins the transaction and runs `settings` (SET LOCAL ...).
  ReadOnlySession(const std::string& dsn, const std::vector<std::string>& settings);
  ~ReadOnlySession();
  ReadOnlySession(const ReadOnlySession&) = delete;
  ReadOnlySession& operator=(const ReadOnlySession&) = delete;

  [[nodiscard]] std::vector<Row> query(const std::string& sql);

  /// As query(), but in a savepoint: nothing when the server refuses (no permission), with the
  /// server's words in `refusal`; the session stays usable
  /// and keeps no lock of it.
  [[nodiscard]] std::optional<std::vector<Row>> try_query(const std::string& sql,
                                                          std::string& refusal);

  /// The connection string without password.
  [[nodiscard]] const std::string& name() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quern::collector
