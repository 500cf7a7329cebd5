#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "collector/workload/workload_document.hpp"

#include "reports/cli/command_context.hpp"
#include "reports/text/profile_text.hpp"

namespace quern::reports {

namespace {

struct Options {
  std::string workload;
  ProfileOptions shown;
};

void run(const CommandContext& context, const Options& options) {
  ProfileOptions shown = options.shown;
  shown.columns = context.columns();
  write_output(context, "-", profile_text(load_workload(options.workload), shown));
}

}  // namespace

void register_profile(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("profile", "Show the top query classes of a workload");
  command->add_option("workload", options->workload, "Workload document, or - for stdin")
      ->required()
      ->type_name("WORKLOAD");
  command->add_option("-n,--top", options->shown.top, "How many classes (10)")
      ->type_name("N")
      ->check(CLI::Range(1, 100000));
  command
      ->add_option("--sort", options->shown.sort, "By total time (the default), calls, mean or max")
      ->check(CLI::IsMember({"total", "calls", "mean", "max"}));
  command->add_flag("--full-sql", options->shown.full_sql, "Do not shorten the statements");
  command->footer(
      "Examples:\n"
      "  quern profile week.workload.json\n"
      "  quern collect app.log | quern profile - --top 5 --sort mean");
  command->callback(
      [&context, options] { context.run = [&context, options] { run(context, *options); }; });
}

}  // namespace quern::reports
