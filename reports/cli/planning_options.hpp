#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "planner-model/whatif/planner.hpp"

namespace quern::reports {

/// "as-built" or "hypopg". Throws UserError.
[[nodiscard]] planner_model::SizeModel parse_size_model(std::string_view text);

/// Sizes the CREATE INDEX statements and checks that every dropped name is an index of the catalog.
/// Throws UserError naming the statement or the name.
[[nodiscard]] planner_model::IndexConfiguration index_configuration(
    const planner_model::Planner& planner, const std::vector<std::string>& create,
    const std::vector<std::string>& drop);

}  // namespace quern::reports
