#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "collector/workload/workload_document.hpp"

#include "advisor/calibrate/calibration.hpp"

#include "reports/cli/command_context.hpp"
#include "reports/json/calibration_json.hpp"
#include "reports/text/render_calibration.hpp"

namespace quern::reports {

namespace {

struct Options {
  std::string workload;
  std::string catalog;
  std::string output;
};

void run(const CommandContext& context, const Options& options) {
  const Workload workload = load_workload(options.workload);
  advisor::PlannerSettings settings;
  if (!options.catalog.empty()) {
    settings = load_catalog(context, options.catalog).settings;
  }
  const advisor::Calibration calibration = advisor::calibrate(workload, settings);
  if (!options.output.empty()) {
    write_output(context, options.output, calibration_json(calibration));
  }
  if (options.output != "-") {
    context.out << render_calibration(calibration, context.columns());
  }
}

}  // namespace

void register_calibrate(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "calibrate", "Fit milliseconds to what a plan does, from the plans in a log");
  command->add_option("workload", options->workload, "Workload document of `quern collect`")
      ->required()
      ->type_name("WORKLOAD");
  command
      ->add_option("-c,--catalog", options->catalog,
                   "Catalog document: its planner costs price what no plan shows")
      ->type_name("FILE");
  command->add_option("-o,--output", options->output, "Write the calibration (- is stdout)")
      ->type_name("FILE");
  command->footer(
      "Needs plans that auto_explain logged with log_analyze, log_timing and log_buffers on.\n"
      "`quern advise` does the same by itself; --calibration gives it the times of another log of\n"
      "the same machine.\n"
      "Examples:\n"
      "  quern calibrate week.workload.json -c prod.catalog.json\n"
      "  quern calibrate week.workload.json -o prod.calibration.json\n"
      "  quern advise today.workload.json -c prod.catalog.json --calibration "
      "prod.calibration.json");
  command->callback(
      [&context, options] { context.run = [&context, options] { run(context, *options); }; });
}

}  // namespace quern::reports
