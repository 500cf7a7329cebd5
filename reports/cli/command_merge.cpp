#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "collector/pieces/piece_document.hpp"

#include "reports/cli/command_context.hpp"

namespace quern::reports {

namespace {

struct Options {
  std::vector<std::string> files;
  std::string output;
};

void run(const CommandContext& context, const Options& options) {
  collector::WorkloadPiece all = collector::load_piece(options.files.front());
  for (std::size_t i = 1; i < options.files.size(); ++i) {
    all = join(std::move(all), collector::load_piece(options.files[i]));
  }
  Workload whole;
  write_output(context, options.output, write_piece(std::move(all), &whole));
  context.note(
      fmt::format("{} documents, {} query classes", options.files.size(), whole.classes.size()));
}

}  // namespace

void register_merge(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("merge", "Fold several workload documents into one");
  command->add_option("workloads", options->files, "Workload documents, compressed or not")
      ->required()
      ->type_name("WORKLOAD");
  command->add_option("-o,--output", options->output, "Workload document to write (stdout)")
      ->type_name("FILE");
  command->footer(
      "Examples:\n"
      "  quern merge host*.workload.json -o fleet.workload.json\n"
      "  quern merge x00.json x01.json x02.json -o all.workload.json\n"
      "\n"
      "Pieces of one log, cut anywhere, equal one run over all of it when they are given one\n"
      "after another in their order: a message, execution or run of statements that goes over\n"
      "the cut is put together again. Grouping does not matter, and the order of different logs\n"
      "does not.");
  command->callback(
      [&context, options] { context.run = [&context, options] { run(context, *options); }; });
}

}  // namespace quern::reports
