#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "planner-model/whatif/planner.hpp"

namespace CLI {
class App;
}

namespace quern::reports {

/// "as-built" or "hypopg". Throws UserError.
[[nodiscard]] planner_model::SizeModel parse_size_model(std::string_view text);

/// Sizes the CREATE INDEX statements and checks that every dropped name is an index of the catalog.
/// Throws UserError naming the statement or the name.
[[nodiscard]] planner_model::IndexConfiguration index_configuration(
    const planner_model::Planner& planner, const std::vector<std::string>& create,
    const std::vector<std::string>& drop);

/// --role and --set, of commands that plan statements for somebody's session.
void add_session_options(CLI::App& command, std::string& role, std::vector<std::string>& settings);

/// "name=value" as SET would take it: an application's own ("app.tenant=7"), or one of the
/// server's, with a unit or without ("work_mem=64MB", "enable_seqscan=off"). Throws UserError for a
/// setting that is neither, or a value that is none.
void apply_settings(CatalogSnapshot& catalog, const std::vector<std::string>& settings);

}  // namespace quern::reports
