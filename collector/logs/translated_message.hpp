#pragma once

#include <optional>
#include <string_view>

#include "collector/logs/message_text.hpp"

namespace quern::collector {

/// What a message on a statement says in another language than English (lc_messages): as
/// read_message(). Wording: PostgreSQL 15, src/backend/po. Nothing when it is none.
[[nodiscard]] std::optional<MessageText> read_translated(std::string_view message);

/// How long the words before a list of parameters are (`Parameter: `); 0: it is none.
[[nodiscard]] std::size_t translated_parameters_start(std::string_view detail);

/// How long the words before the text that PREPARE was given are (`Vorbereiten: `); 0: it is none.
[[nodiscard]] std::size_t translated_prepare_start(std::string_view detail);

/// A CONTEXT that tells the parameters of the statement itself (`Portal »p« mit Parametern: `).
[[nodiscard]] bool tells_translated_portal(std::string_view context);

}  // namespace quern::collector
