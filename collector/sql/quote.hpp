#pragma once

#include <string>
#include <string_view>

namespace quern {

/// Double quotes unless the name is lower case and no keyword that the grammar would misread.
/// Source: quote_identifier(), PostgreSQL 15, src/backend/utils/adt/ruleutils.c.
[[nodiscard]] std::string quote_identifier(std::string_view name);

/// 'it''s', for standard_conforming_strings: simple_quote_literal() of the same file.
[[nodiscard]] std::string quote_literal(std::string_view text);

}  // namespace quern
