#include "tests/support/log_driver.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <poll.h>
#include <unistd.h>

#include "collector/sql/parse_tree.hpp"

namespace quern::testing {

namespace {

std::string class_of_text(const std::string& sql) {
  return collector::fingerprint(sql).value_or("does not parse");
}

bool good(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

bool all_good(PGconn* connection) {
  bool fine = true;
  while (PGresult* result = PQgetResult(connection)) {
    fine = fine && good(result);
    PQclear(result);
  }
  return fine;
}

std::vector<const char*> pointers(const LogDriver::Values& values) {
  std::vector<const char*> texts;
  for (const auto& value : values) {
    texts.push_back(value ? value->c_str() : nullptr);
  }
  return texts;
}

/// A message of the frontend: its letter, its length, its body.
std::string message(char letter, const std::string& body) {
  const std::uint32_t length = htonl(static_cast<std::uint32_t>(body.size() + 4));
  return std::string(1, letter) + std::string{reinterpret_cast<const char*>(&length), 4} + body;
}

std::string text(const std::string& value) {
  return value + '\0';
}

std::string number(std::uint32_t value) {
  value = htonl(value);
  return {reinterpret_cast<const char*>(&value), 4};
}

/// libpq has no call for a portal's row limit: the messages are sent as they are. Returns false
/// when the server answered with an error.
bool exchange(int socket, const std::string& request) {
  std::size_t written = 0;
  while (written < request.size()) {
    const ssize_t count = write(socket, request.data() + written, request.size() - written);
    if (count > 0) {
      written += static_cast<std::size_t>(count);
    }
  }
  std::string answer;
  std::size_t at = 0;
  bool fine = true;
  for (;;) {
    while (answer.size() >= at + 5) {
      std::uint32_t length = 0;
      std::copy_n(answer.data() + at + 1, 4, reinterpret_cast<char*>(&length));
      length = ntohl(length);
      if (answer.size() < at + 1 + length) {
        break;
      }
      fine = fine && answer[at] != 'E';
      if (answer[at] == 'Z') {
        return fine;
      }
      at += 1 + length;
    }
    pollfd ready{socket, POLLIN, 0};
    poll(&ready, 1, 10'000);
    std::array<char, 4096> block = {};
    const ssize_t count = read(socket, block.data(), block.size());
    if (count == 0) {
      return false;
    }
    if (count > 0) {
      answer.append(block.data(), static_cast<std::size_t>(count));
    }
  }
}

}  // namespace

LogDriver::LogDriver(const std::string& dsn, Sent& sent)
    : connection_{PQconnectdb(dsn.c_str())}, sent_{sent} {
  if (PQstatus(connection_) != CONNECTION_OK) {
    throw std::runtime_error{PQerrorMessage(connection_)};
  }
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
}

LogDriver::~LogDriver() {
  PQfinish(connection_);
}

void LogDriver::succeeded(const std::string& sql) {
  ++sent_.calls[class_of_text(sql)];
}

void LogDriver::failed(const std::string& sql) {
  ++sent_.errors[class_of_text(sql)];
}

void LogDriver::simple(const std::string& sql, const std::string& class_of) {
  PQsendQuery(connection_, sql.c_str());
  if (!all_good(connection_)) {
    throw std::runtime_error{sql + ": " + PQerrorMessage(connection_)};
  }
  succeeded(class_of.empty() ? sql : class_of);
}

void LogDriver::simple_fails(const std::string& sql) {
  PQsendQuery(connection_, sql.c_str());
  if (all_good(connection_)) {
    throw std::runtime_error{sql + " did not fail"};
  }
  failed(sql);
}

void LogDriver::extended(const std::string& sql, const Values& values) {
  PQsendQueryParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr,
                    pointers(values).data(), nullptr, nullptr, 0);
  if (!all_good(connection_)) {
    throw std::runtime_error{sql + ": " + PQerrorMessage(connection_)};
  }
  succeeded(sql);
}

void LogDriver::extended_fails(const std::string& sql, const Values& values) {
  PQsendQueryParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr,
                    pointers(values).data(), nullptr, nullptr, 0);
  if (all_good(connection_)) {
    throw std::runtime_error{sql + " did not fail"};
  }
  failed(sql);
}

void LogDriver::prepare(const std::string& name, const std::string& sql) {
  PQsendPrepare(connection_, name.c_str(), sql.c_str(), 0, nullptr);
  if (!all_good(connection_)) {
    throw std::runtime_error{sql + ": " + PQerrorMessage(connection_)};
  }
  prepared_[name] = sql;
}

void LogDriver::execute(const std::string& name, const Values& values) {
  PQsendQueryPrepared(connection_, name.c_str(), static_cast<int>(values.size()),
                      pointers(values).data(), nullptr, nullptr, 0);
  if (!all_good(connection_)) {
    throw std::runtime_error{name + ": " + PQerrorMessage(connection_)};
  }
  succeeded(prepared_.at(name));
}

void LogDriver::fetch_portal(const std::string& sql, int rows, int times) {
  const int socket = PQsocket(connection_);
  simple("begin");
  const std::string no_formats(2, '\0');
  const std::string nothing(2, '\0');
  std::string request = message('P', text("S_1") + text(sql) + nothing) +
                        message('B', text("C_1") + text("S_1") + no_formats + nothing + nothing);
  for (int i = 0; i < times; ++i) {
    request += message('E', text("C_1") + number(static_cast<std::uint32_t>(rows)));
  }
  request += message('C', 'P' + text("C_1")) + message('C', 'S' + text("S_1")) + message('S', "");
  if (!exchange(socket, request)) {
    throw std::runtime_error{sql + ": the portal failed"};
  }
  succeeded(sql);
  simple("commit");
}

void LogDriver::several(const std::vector<std::string>& statements) {
  std::string all;
  for (const std::string& statement : statements) {
    all += statement + "; ";
  }
  PQsendQuery(connection_, all.c_str());
  if (!all_good(connection_)) {
    throw std::runtime_error{all + ": " + PQerrorMessage(connection_)};
  }
  for (const std::string& statement : statements) {
    succeeded(statement);
  }
}

void LogDriver::pipeline(const std::string& sql, const std::vector<std::string>& values,
                         std::size_t failing) {
  const std::string nothing(2, '\0');
  std::string request = message('P', text("p_1") + text(sql) + nothing);
  for (const std::string& value : values) {
    const std::string one{'\0', '\1'};
    request +=
        message('B', text("") + text("p_1") + nothing + one +
                         number(static_cast<std::uint32_t>(value.size())) + value + nothing) +
        message('E', text("") + number(0));
  }
  // Close would be skipped after an error: the name is used once.
  const bool fine = exchange(PQsocket(connection_), request + message('S', ""));
  if (fine != (failing >= values.size())) {
    throw std::runtime_error{sql + ": the pipeline " + (fine ? "did not fail" : "failed")};
  }
  for (std::size_t i = 0; i < std::min(failing, values.size()); ++i) {
    succeeded(sql);
  }
  if (!fine) {
    failed(sql);
  }
}

void LogDriver::ran_within(const std::string& sql, std::uint64_t times) {
  sent_.nested[class_of_text(sql)] += times;
}

void LogDriver::send(const std::string& sql) {
  PQsendQuery(connection_, sql.c_str());
  pending_ = sql;
}

void LogDriver::finish() {
  if (!all_good(connection_)) {
    throw std::runtime_error{pending_ + ": " + PQerrorMessage(connection_)};
  }
  succeeded(pending_);
}

void LogDriver::cancelled(const std::string& sql) {
  PQsendQuery(connection_, sql.c_str());
  PGcancel* cancel = PQgetCancel(connection_);
  std::array<char, 256> error = {};
  // The statement may not have begun yet: the request is repeated until it has been heard.
  bool fine = true;
  for (;;) {
    PQcancel(cancel, error.data(), static_cast<int>(error.size()));
    pollfd ready{PQsocket(connection_), POLLIN, 0};
    if (poll(&ready, 1, 5) > 0) {
      fine = all_good(connection_);
      break;
    }
  }
  PQfreeCancel(cancel);
  if (fine) {
    throw std::runtime_error{sql + " was not cancelled"};
  }
  failed(sql);
  ++sent_.cancelled[class_of_text(sql)];
}

void LogDriver::times_out(const std::string& sql) {
  simple("set statement_timeout = '100ms'");
  simple_fails(sql);
  ++sent_.cancelled[class_of_text(sql)];
  simple("set statement_timeout = 0");
}

int LogDriver::process() const {
  return PQbackendPID(connection_);
}

}  // namespace quern::testing
