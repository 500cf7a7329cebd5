#pragma once

#include <string>
#include <string_view>

namespace quern::collector {

/// A connection string as it may be shown: passwords (URI user part, ?password=, password=, also
/// sslpassword and passfile's like) are replaced by "***". Works on malformed strings too: whatever
/// may be a password goes.
[[nodiscard]] std::string redact_dsn(std::string_view dsn);

/// Takes every password that `dsn` holds out of `message`, however it got in.
[[nodiscard]] std::string redact_message(std::string_view message, std::string_view dsn);

}  // namespace quern::collector
