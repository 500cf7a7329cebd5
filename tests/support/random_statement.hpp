#pragma once

#include <set>
#include <string>
#include <string_view>

#include "tests/support/choices.hpp"
#include "tests/support/random_schema.hpp"

namespace quern::testing {

struct RandomStatement {
  std::string sql;
  int parameters = 0;                     ///< $1 ... of the statement
  std::set<std::string> constructs = {};  ///< what it is made of: "left join", "window" ...
};

/// A statement over the schema, valid as far as one can know without asking the server.
[[nodiscard]] RandomStatement random_statement(Choices& choices, const RandomSchema& schema);

}  // namespace quern::testing
