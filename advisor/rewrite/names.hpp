#pragma once

#include <string>
#include <string_view>

namespace quern::advisor::rewrite {

/// An identifier as SQL needs it: quoted when it is not lower case or is a key word.
/// Source: quote_identifier(), PostgreSQL 15, src/backend/utils/adt/ruleutils.c. Differs: asks the
/// parser whether the bare word would do, instead of the key word table.
[[nodiscard]] std::string quoted(std::string_view identifier);

/// A string literal with its quotes.
[[nodiscard]] std::string string_literal(std::string_view text);

}  // namespace quern::advisor::rewrite
