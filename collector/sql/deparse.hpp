#pragma once

#include <string>

#include <pg_query/pg_query.pb-c.h>

namespace quern::collector {

/// SQL text of a tree again, which parses to this very tree: nested AND and OR count as flat, which
/// the grammar makes them. Changing the tree first is how rewrites are written; see
/// advisor/rewrite. Throws UserError when no such text was found.
///
/// libpg_query's deparser leaves out parentheses: (a + b)::text becomes a + b::text. Where its text
/// does not parse to the tree again, every operand that is more than a name gets its own.
[[nodiscard]] std::string deparse(const PgQuery__ParseResult& tree);

}  // namespace quern::collector
