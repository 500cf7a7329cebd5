#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collector/base/units.hpp"

namespace quern::collector {

enum class MessageKind : std::uint8_t {
  Other,
  Statement,     ///< simple protocol, with or without a duration
  Execute,       ///< extended protocol, likewise
  Fetch,         ///< `execute fetch from`: further rows of a portal
  ProtocolStep,  ///< parse or bind
  BareDuration,  ///< `duration: 0.1 ms` alone
  Plan,          ///< auto_explain
  TemporaryFile,
  LockWait,  ///< still waiting
  LockAcquired,
  Checkpoint,
  Autovacuum,
  Connection,
  Translated,  ///< a duration in another language, in words that are not known
};

struct MessageText {
  MessageKind kind = MessageKind::Other;
  std::optional<Microseconds> duration = {};
  std::string_view text = {};  ///< the SQL, or the plan
  std::string_view name = {};  ///< of the prepared statement and portal: `S_1/C_2`, `<unnamed>`
  std::uint64_t bytes = 0;     ///< of a temporary file
};

/// What a LOG message says, from its first words. Wording: PostgreSQL 15,
/// src/backend/tcop/postgres.c (errmsg of check_log_statement and check_log_duration's callers),
/// storage/file/fd.c, storage/lmgr/proc.c, contrib/auto_explain/auto_explain.c.
[[nodiscard]] MessageText read_message(std::string_view message);

/// The SQL of `PREPARE name [(types)] AS sql`; `text` itself when it is anything else.
[[nodiscard]] std::string_view prepared_query(std::string_view text);

/// `parameters: $1 = '7', ...` from the constants of `EXECUTE name(7, ...)`; empty when an argument
/// is an expression.
[[nodiscard]] std::string parameters_of_execute(std::string_view sql);

}  // namespace quern::collector
