#include "reports/cli/application.hpp"

#include <algorithm>
#include <iostream>

#include <CLI/CLI.hpp>

#include "reports/cli/command_context.hpp"
#include "reports/cli/help_format.hpp"
#include "reports/cli/version.hpp"

namespace quern::reports {

namespace {

constexpr auto kExitFailed = 2;

constexpr auto kDescription =
    "Profiles a PostgreSQL query workload and advises on indexes and query rewrites, offline.";

constexpr auto kFooter =
    "Examples:\n"
    "  quern snapshot \"postgresql://app@db.example/shop\" -o prod.catalog.json\n"
    "  quern collect /var/log/postgresql -o week.workload.json\n"
    "  quern profile week.workload.json\n"
    "  quern advise week.workload.json -c prod.catalog.json --html report.html\n"
    "\n"
    "Options may stand in quern.toml, one [section] a command.\n"
    "Exit codes: 0 done or passed, 1 `check` found something at or above its\n"
    "threshold, 2 the work could not be done.";

}  // namespace

void describe(CLI::App& app, CommandContext& context) {
  app.name("quern");
  app.description(kDescription);
  app.footer(kFooter);
  app.fallthrough();
  app.formatter(help_format(context.columns()));  // before the commands, which inherit it
  app.set_version_flag("-V,--version", std::string{"quern "} + kVersion, "Print the version");
  app.set_help_flag("-h,--help", "Print this help and examples");
  app.add_flag("-q,--quiet", context.quiet, "No progress and no notes on stderr");
  app.set_config("--config", "quern.toml", "File of options, one [section] a command")
      ->type_name("FILE");
  app.require_subcommand(0, 1);  // none at all is refused in run(), after unknown options
  register_commands(app, context);
}

int run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) {
  CLI::App app;
  CommandContext context{.out = out, .err = err};
  describe(app, context);
  try {
    std::vector<std::string> reversed{arguments.rbegin(), arguments.rend()};
    app.parse(std::move(reversed));
  } catch (const CLI::Success& wanted) {  // --help, --version
    return app.exit(wanted, out, err);
  } catch (const CLI::ParseError& wrong) {
    err << "quern: " << wrong.what() << '\n';
    const auto chosen = app.get_subcommands();
    err << "Run `quern " << (chosen.empty() ? "" : chosen.front()->get_name() + " ")
        << "--help` for usage and examples.\n";
    return kExitFailed;
  }
  if (!context.run) {
    err << "quern: name what to do; `quern --help` lists the commands\n";
    return kExitFailed;
  }
  context.run();
  return context.exit_code;
}

}  // namespace quern::reports
