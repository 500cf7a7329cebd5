#pragma once

#include <string_view>

namespace quern::collector {

/// An upper bound of how deep the parse tree of `sql` can nest: open brackets, CASEs, and chains
/// of operators, set operations and joins (each link is one level in the server's tree). Lexical
/// only, linear, needs no stack. AND and OR chains are flat in the server's tree and do not count.
[[nodiscard]] int nesting_bound(std::string_view sql);

}  // namespace quern::collector
