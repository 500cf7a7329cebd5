#include <algorithm>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "collector/workload/compare.hpp"
#include "collector/workload/workload_document.hpp"

#include "reports/cli/command_context.hpp"
#include "reports/text/diff_text.hpp"

namespace quern::reports {

namespace {

struct Options {
  std::string before, after, output;
  CompareOptions compared;
  DiffOptions shown;
  bool json = false;
  bool fail = false;
};

void run(CommandContext& context, const Options& options) {
  const auto changes =
      compare(load_workload(options.before), load_workload(options.after), options.compared);
  DiffOptions shown = options.shown;
  shown.columns = context.columns();
  write_output(context, options.output,
               options.json ? diff_json(changes) : diff_text(changes, shown));
  const bool slower = std::any_of(changes.begin(), changes.end(),
                                  [](const ClassChange& c) { return c.trend == Trend::Slower; });
  context.exit_code = options.fail && slower ? 1 : 0;
}

}  // namespace

void register_diff(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("diff", "Compare two periods: what got slower");
  command->add_option("before", options->before, "Workload document of the first period")
      ->required()
      ->type_name("BEFORE");
  command->add_option("after", options->after, "Workload document of the second period")
      ->required()
      ->type_name("AFTER");
  command->add_option("-o,--output", options->output, "Where to write (stdout)")->type_name("FILE");
  command->add_option("-n,--top", options->shown.top, "Query classes a section (20)")
      ->type_name("N")
      ->check(CLI::Range(1, 100000));
  command
      ->add_option("--significance", options->compared.significance,
                   "Chance of a false alarm in the whole comparison (0.01)")
      ->type_name("P")
      ->check(CLI::Range(1e-12, 0.5));
  command
      ->add_option("--least-ratio", options->compared.least_ratio,
                   "Slower or faster by less is unchanged (1.1)")
      ->type_name("R")
      ->check(CLI::Range(1.0, 1000.0));
  command->add_flag("--json", options->json, "As JSON, every class");
  command->add_flag("--fail-on-slower", options->fail, "Exit code 1 when a class got slower");
  command->footer(
      "Examples:\n"
      "  quern diff last-week.workload.json this-week.workload.json\n"
      "  quern diff before.json after.json --least-ratio 1.5 --fail-on-slower\n"
      "\n"
      "A class is slower when its durations tend to be longer by a rank-sum test (Mann-Whitney,\n"
      "adjusted by Holm for the number of classes), and its median or mean by --least-ratio.");
  command->callback(
      [&context, options] { context.run = [&context, options] { run(context, *options); }; });
}

}  // namespace quern::reports
