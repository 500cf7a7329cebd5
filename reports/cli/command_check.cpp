#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/workload/workload_document.hpp"

#include "advisor/check/check.hpp"

#include "reports/check_rules.hpp"
#include "reports/cli/advice_options.hpp"
#include "reports/cli/command_context.hpp"
#include "reports/json/advice_json.hpp"
#include "reports/junit/render_check.hpp"
#include "reports/markdown/render_check.hpp"
#include "reports/sarif/render_check.hpp"
#include "reports/text/render_check.hpp"

namespace quern::reports {

namespace {

struct Options {
  std::string workload;
  std::string catalog;
  std::vector<std::string> migration;
  std::string threshold = "warning";
  AdviceArguments planning = {};
  std::string sarif;
  std::string junit;
  std::string json;
  std::string markdown;
};

advisor::Severity threshold_of(const std::string& word) {
  if (word == "error") {
    return advisor::Severity::Error;
  }
  return word == "info" ? advisor::Severity::Info : advisor::Severity::Warning;
}

void run(CommandContext& context, const Options& options) {
  const Workload workload = load_workload(options.workload);
  const CatalogSnapshot catalog = load_catalog(context, options.catalog);
  std::vector<advisor::MigrationFile> files;
  for (const std::string& path : options.migration) {
    files.push_back({path, read_text_file(path)});
  }
  const advisor::CheckResult result =
      advisor::check(workload, catalog, files, advice_options(options.planning));
  const advisor::Severity threshold = threshold_of(options.threshold);
  bool to_stdout = false;
  const auto write = [&](const std::string& path, const std::string& text) {
    write_output(context, path, text);
    to_stdout = to_stdout || path == "-";
  };
  if (!options.sarif.empty()) {
    write(options.sarif, render_sarif(result));
  }
  if (!options.junit.empty()) {
    write(options.junit, render_junit(result, options.migration, threshold));
  }
  if (!options.json.empty()) {
    write(options.json, check_json(result));
  }
  if (!options.markdown.empty()) {
    write(options.markdown, render_check_markdown(result, threshold));
  }
  if (!to_stdout) {
    context.out << render_check_text(result, threshold, context.columns());
  }
  context.exit_code = verdict_of(result, threshold).failed ? 1 : 0;
}

}  // namespace

void register_check(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("check", "Judge migration files against a workload");
  command->add_option("workload", options->workload, "Workload document of `quern collect`")
      ->required()
      ->type_name("WORKLOAD");
  command->add_option("-c,--catalog", options->catalog, "Catalog document of `quern snapshot`")
      ->required()
      ->type_name("FILE");
  command->add_option("-m,--migration", options->migration, "Migration files, in order")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--fail-on", options->threshold,
                   "Exit with 1 from this severity up: info, warning, error (warning)")
      ->check(CLI::IsMember({"info", "warning", "error"}))
      ->type_name("SEVERITY");
  command->add_option("--sarif", options->sarif, "Write SARIF 2.1.0 (- is stdout)")
      ->type_name("FILE");
  command->add_option("--junit", options->junit, "Write JUnit XML")->type_name("FILE");
  command->add_option("--json", options->json, "Write JSON")->type_name("FILE");
  command->add_option("--markdown", options->markdown, "Write Markdown for a pull request")
      ->type_name("FILE");
  add_size_model(*command, options->planning.size_model);
  command->footer(
      "Examples:\n"
      "  quern check week.workload.json -c prod.catalog.json --migration db/migrations/042.sql\n"
      "  quern check week.workload.json -c prod.catalog.json -m *.sql --sarif quern.sarif\n"
      "\n"
      "Exit codes: 0 nothing at or above --fail-on, 1 something,\n"
      "2 the check could not be done.");
  command->callback(
      [&context, options] { context.run = [&context, options] { run(context, *options); }; });
}

}  // namespace quern::reports
