#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "collector/workload/workload_document.hpp"

#include "reports/cli/command_context.hpp"

namespace quern::reports {

namespace {

struct Options {
  std::vector<std::string> files;
  std::string output;
};

void run(const CommandContext& context, const Options& options) {
  Workload all = load_workload(options.files.front());
  for (std::size_t i = 1; i < options.files.size(); ++i) {
    all = merge(all, load_workload(options.files[i]));
  }
  write_output(context, options.output, write_workload(all));
  context.note(
      fmt::format("{} documents, {} query classes", options.files.size(), all.classes.size()));
}

}  // namespace

void register_merge(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("merge", "Fold several workload documents into one");
  command->add_option("workloads", options->files, "Workload documents, compressed or not")
      ->required();
  command->add_option("-o,--output", options->output, "Workload document to write (stdout)");
  command->footer(
      "Examples:\n"
      "  quern merge host*.workload.json -o fleet.workload.json\n"
      "\n"
      "Order and grouping do not matter; merged pieces of a log equal one run over all of it,\n"
      "when each execution's lines are in one piece.");
  command->callback(
      [&context, options] { context.run = [&context, options] { run(context, *options); }; });
}

}  // namespace quern::reports
