#include <memory>

#include <CLI/CLI.hpp>

#include "collector/base/failure.hpp"

#include "reports/cli/command_context.hpp"

namespace quern::reports {

void register_advise(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("advise", "Rank indexes to create or drop and rewrites");
  command->callback([&context] {
    context.run = [] { throw UserError{"advise: not available in this version"}; };
  });
}

}  // namespace quern::reports
