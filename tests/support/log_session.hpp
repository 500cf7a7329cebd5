#pragma once

#include <string>

#include "tests/support/log_driver.hpp"

namespace quern::testing {

/// What the session needs, in a database of its own.
[[nodiscard]] std::string log_session_schema();

/// Statements by every protocol, with every end that a statement can come to: successes, errors,
/// cancels, timeouts, savepoints, portals, cursors, prepared statements, lock waits and temporary
/// files. `quiet_dsn` is for looking on without being logged.
[[nodiscard]] Sent run_log_session(const std::string& dsn, const std::string& quiet_dsn);

}  // namespace quern::testing
