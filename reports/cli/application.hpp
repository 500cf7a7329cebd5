#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace quern::reports {

struct CommandContext;

/// Adds the shared options and every subcommand that this build has to an empty application.
void describe(CLI::App& app, CommandContext& context);

/// Generated at build time from the files reports/cli/command_*.cpp: calls each one's
/// register_<name>(app, context), in the order of the work (see reports/CMakeLists.txt).
void register_commands(CLI::App& app, CommandContext& context);

/// The whole program but for the process: 0 done or passed, 1 `check` found something, 2 the work
/// could not be done. Throws what the commands throw; main() alone turns that into text.
[[nodiscard]] int run(const std::vector<std::string>& arguments, std::ostream& out,
                      std::ostream& err);

}  // namespace quern::reports
