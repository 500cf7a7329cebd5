#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collector/workload/workload.hpp"

namespace quern::collector {

struct StatementIdentity {
  std::string fingerprint;
  StatementKind kind = StatementKind::Other;
  bool holds_secret = false;  ///< a password stands in it: no sample may be kept
  std::string text = {};      ///< with constants replaced, only where holds_secret
};

/// Parses; nothing when `sql` is not PostgreSQL SQL. Several statements in one text are of kind
/// Other, unless one kind is common to all.
[[nodiscard]] std::optional<StatementIdentity> identify(std::string_view sql);

/// False only when no password can stand in the text: it speaks of none, or is a statement on data.
[[nodiscard]] bool may_hold_secret(std::string_view sql);

}  // namespace quern::collector
