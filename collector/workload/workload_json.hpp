#pragma once

#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "collector/workload/workload.hpp"

namespace quern {

/// The parts of the Workload document as JSON, and the whole of it back. Readers throw
/// nlohmann::json::exception or UserError on what does not fit.
[[nodiscard]] nlohmann::json pattern_json(const SessionPattern& pattern);
[[nodiscard]] nlohmann::json chatty_json(const ChattyTransactions& chatty);
[[nodiscard]] nlohmann::json skipped_json(const SkipReport& report);
[[nodiscard]] nlohmann::json events_json(const ServerEvents& events);
[[nodiscard]] nlohmann::json input_json(const InputCounts& input);
[[nodiscard]] Workload workload_of(const nlohmann::json& document);

/// The document's text, written on up to `threads` threads; `ends`, if any, gives the JSON of what
/// the document of a piece holds besides.
[[nodiscard]] std::string workload_text(const Workload& workload,
                                        const std::function<std::string()>& ends,
                                        std::size_t threads);
/// The JSON of a Workload document of a version that can be read; throws UserError.
[[nodiscard]] nlohmann::json workload_document(std::string_view text, const std::string& name);

}  // namespace quern
