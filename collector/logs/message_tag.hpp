#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "collector/logs/log_record.hpp"

namespace quern::collector {

/// What a line of a stderr log is within its message.
enum class MessagePart : std::uint8_t { Primary, Detail, Statement, Context, Other };

struct MessageTag {
  MessagePart part = MessagePart::Primary;
  Severity severity = Severity::Unknown;  ///< of a primary line
  std::size_t length = 0;                 ///< tag, colon and blanks
};

/// `LOG:  `, `DETAIL:  ` and so on at the start of `text`, in the server's languages. One blank
/// after the colon is enough: some shippers fold two into one.
[[nodiscard]] std::optional<MessageTag> message_tag(std::string_view text);

/// A CONTEXT of a function, a trigger or another query, and not only of the parameters of the
/// statement itself (ParamsErrorCallback(), PostgreSQL 15, src/backend/nodes/params.c).
[[nodiscard]] bool tells_nesting(std::string_view context);

/// Severity from its English word, as csvlog and jsonlog give it.
[[nodiscard]] Severity severity_of(std::string_view word);

}  // namespace quern::collector
