#pragma once

#include <functional>
#include <string_view>

#include "collector/sql/parse_tree.hpp"

namespace quern::collector {

/// Shows the parse tree of `sql` while the library holds it, for a look that keeps nothing of it:
/// ParseTree::parse() without its copy. The look must not parse. False when the text does not
/// parse.
bool look_at_tree(std::string_view sql,
                  const std::function<void(const PgQuery__ParseResult& tree)>& look);

}  // namespace quern::collector
