#pragma once

#include <functional>
#include <string_view>

#include "collector/sql/parse_tree.hpp"

namespace quern::collector {

/// Shows the parse tree of `sql` while the library holds it, for a look that keeps nothing of it:
/// ParseTree::parse() without its copy. The look may parse other texts, and what it throws is
/// passed on. False when the text does not parse; one without a statement is not shown.
bool look_at_tree(std::string_view sql,
                  const std::function<void(const PgQuery__ParseResult& tree)>& look);

/// As look_at_tree(), but a text that does not parse throws as ParseTree::parse_or_throw() does.
void look_at_tree_or_throw(std::string_view sql,
                           const std::function<void(const PgQuery__ParseResult& tree)>& look);

}  // namespace quern::collector
