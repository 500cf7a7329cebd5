#include "collector/postgres/staging_session.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "collector/base/failure.hpp"
#include "collector/postgres/dsn.hpp"

namespace quern::collector {

namespace {

/// pqxx::subtransaction sets its savepoint at its first exec() and never for exec_params(), which
/// is what refuses a text of several statements.
class Savepoint {
 public:
  explicit Savepoint(pqxx::work& transaction) : transaction_{transaction} {
    transaction_.exec("SAVEPOINT quern");
  }

  void release() { transaction_.exec("RELEASE SAVEPOINT quern"); }

  void roll_back() {
    transaction_.exec("ROLLBACK TO SAVEPOINT quern");
    release();
  }

 private:
  pqxx::work& transaction_;
};

/// auto_explain would explain what is explained here once more, where HypoPG does not give its
/// indexes their names, and fail. Only who may change its settings can keep it from that.
void silence_auto_explain(pqxx::work& transaction) {
  Savepoint savepoint{transaction};
  try {
    transaction.exec("SET LOCAL auto_explain.log_min_duration = -1");
    savepoint.release();
  } catch (const pqxx::sql_error&) {
    savepoint.roll_back();
  }
}

}  // namespace

struct StagingSession::State {
  std::string dsn;
  std::string name;
  std::unique_ptr<pqxx::connection> connection = {};
  std::unique_ptr<pqxx::work> transaction = {};

  template <class Work>
  auto run(Work work) -> decltype(work()) {
    try {
      return work();
    } catch (const pqxx::broken_connection& error) {
      throw UserError{fmt::format("cannot reach {}: {}", name, said(error))};
    } catch (const pqxx::failure& error) {
      throw UserError{fmt::format("{} refused: {}", name, said(error))};
    }
  }

  [[nodiscard]] std::string said(const std::exception& error) const {
    std::string text = redact_message(error.what(), dsn);
    return text.substr(0, text.find('\n'));
  }
};

StagingSession::StagingSession(const std::string& dsn, Access access,
                               const std::string& statement_timeout)
    : state_{std::make_unique<State>(State{dsn, redact_dsn(dsn)})} {
  setenv("PGCONNECT_TIMEOUT", "10", 0);
  setenv("PGAPPNAME", "quern", 0);
  state_->run([&] {
    state_->connection = std::make_unique<pqxx::connection>(dsn);
    state_->transaction = std::make_unique<pqxx::work>(*state_->connection);
    state_->transaction->exec("SET LOCAL lock_timeout = '5s'");
    state_->transaction->exec("SET LOCAL statement_timeout = " +
                              state_->transaction->quote(statement_timeout));
    silence_auto_explain(*state_->transaction);
    if (access == Access::ReadOnly) {
      state_->transaction->exec("SET TRANSACTION READ ONLY");
    }
  });
}

StagingSession::~StagingSession() = default;  // pqxx::work rolls back what was not committed

bool StagingSession::execute(const std::string& statement, std::string& refusal) {
  return state_->run([&] {
    Savepoint savepoint{*state_->transaction};
    try {
      state_->transaction->exec_params(statement);
      savepoint.release();
      return true;
    } catch (const pqxx::sql_error& error) {
      refusal = state_->said(error);
      savepoint.roll_back();
      return false;
    }
  });
}

std::optional<std::string> StagingSession::explain(const std::string& statement, bool measured,
                                                   std::string& refusal) {
  return state_->run([&]() -> std::optional<std::string> {
    Savepoint savepoint{*state_->transaction};
    std::optional<std::string> plan;
    try {
      const std::string options = measured ? "ANALYZE, BUFFERS, FORMAT JSON" : "FORMAT JSON";
      const auto rows = state_->transaction->exec_params("EXPLAIN (" + options + ") " + statement);
      plan = rows.at(0).at(0).c_str();
    } catch (const pqxx::sql_error& error) {
      refusal = state_->said(error);
    }
    savepoint.roll_back();
    return plan;
  });
}

const std::string& StagingSession::name() const {
  return state_->name;
}

}  // namespace quern::collector
