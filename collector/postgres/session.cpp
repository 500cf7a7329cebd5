#include "collector/postgres/session.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "collector/base/failure.hpp"
#include "collector/postgres/dsn.hpp"

namespace quern::collector {

namespace {

using Transaction = pqxx::transaction<pqxx::repeatable_read, pqxx::read_only>;

std::vector<ReadOnlySession::Row> rows_of(const pqxx::result& result) {
  std::vector<ReadOnlySession::Row> rows;
  rows.reserve(result.size());
  for (const auto& row : result) {
    auto& out = rows.emplace_back();
    for (const auto& field : row) {
      out.push_back(field.is_null() ? std::nullopt : std::optional<std::string>{field.c_str()});
    }
  }
  return rows;
}

std::string first_line(std::string text) {
  text.resize(std::min(text.find_last_not_of('\n') + 1, text.size()));
  return text;
}

}  // namespace

struct ReadOnlySession::State {
  std::string dsn;
  std::string name;
  std::unique_ptr<pqxx::connection> connection = {};
  std::unique_ptr<Transaction> transaction = {};

  template <class Work>
  auto run(Work work) -> decltype(work()) {
    try {
      return work();
    } catch (const pqxx::broken_connection& error) {
      throw UserError{fmt::format("cannot reach {}: {}", name, said(error))};
    } catch (const pqxx::failure& error) {
      throw UserError{fmt::format("{} refused a catalog query: {}", name, said(error))};
    }
  }

  [[nodiscard]] std::string said(const std::exception& error) const {
    return redact_message(first_line(error.what()), dsn);
  }
};

ReadOnlySession::ReadOnlySession(const std::string& dsn, const std::vector<std::string>& settings)
    : state_{std::make_unique<State>(State{dsn, redact_dsn(dsn)})} {
  // A server that never answers must not hang the command; the user's own value stands.
  setenv("PGCONNECT_TIMEOUT", "10", 0);
  setenv("PGAPPNAME", "quern", 0);
  state_->run([&] {
    state_->connection = std::make_unique<pqxx::connection>(dsn);
    state_->transaction = std::make_unique<Transaction>(*state_->connection);
    for (const std::string& setting : settings) {
      state_->transaction->exec(setting);
    }
  });
}

ReadOnlySession::~ReadOnlySession() = default;

std::vector<ReadOnlySession::Row> ReadOnlySession::query(const std::string& sql) {
  return state_->run([&] { return rows_of(state_->transaction->exec(sql)); });
}

std::optional<std::vector<ReadOnlySession::Row>> ReadOnlySession::try_query(const std::string& sql,
                                                                            std::string& refusal) {
  return state_->run([&]() -> std::optional<std::vector<Row>> {
    pqxx::subtransaction attempt{*state_->transaction};
    try {
      auto rows = rows_of(attempt.exec(sql));
      attempt.abort();  // it only read: what it locked is let go
      return rows;
    } catch (const pqxx::sql_error& error) {
      refusal = state_->said(error);
      attempt.abort();
      return std::nullopt;
    }
  });
}

const std::string& ReadOnlySession::name() const {
  return state_->name;
}

}  // namespace quern::collector
