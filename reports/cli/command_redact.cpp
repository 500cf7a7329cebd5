#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/catalog/snapshot_document.hpp"
#include "collector/redact/redact_documents.hpp"
#include "collector/workload/workload_document.hpp"

#include "reports/cli/command_context.hpp"

namespace quern::reports {

namespace {

struct Options {
  std::string workload, catalog;
  std::string output, catalog_output;
  std::string key = "quern";
};

void run(const CommandContext& context, const Options& options) {
  if (options.workload.empty() && options.catalog.empty()) {
    throw UserError{"nothing to redact: name a workload document, --catalog, or both"};
  }
  if (!options.catalog_output.empty() && options.catalog.empty()) {
    throw UserError{"--catalog-output without --catalog"};
  }
  const collector::ValueMapping mapping{options.key};
  CatalogSnapshot catalog;
  if (!options.catalog.empty()) {
    catalog = collector::read_snapshot(options.catalog);
  } else {
    context.warn(
        "without --catalog the types of columns are not known: literals are told by their looks, "
        "and costs may change");
  }
  if (!options.workload.empty()) {
    Workload workload = load_workload(options.workload);
    write_output(context, options.output,
                 write_workload(redacted(std::move(workload), catalog, mapping)));
  }
  if (!options.catalog_output.empty() || options.workload.empty()) {
    write_output(context,
                 options.workload.empty() && options.catalog_output.empty()
                     ? options.output
                     : options.catalog_output,
                 collector::write_snapshot(redacted(catalog, mapping)));
  }
}

}  // namespace

void register_redact(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("redact", "Map every literal, so that costs stay and values do not");
  command->add_option("workload", options->workload, "Workload document, compressed or not")
      ->type_name("WORKLOAD");
  command->add_option("-c,--catalog", options->catalog, "Catalog that the workload ran on")
      ->type_name("CATALOG");
  command->add_option("-o,--output", options->output, "Workload document to write (stdout)")
      ->type_name("FILE");
  command
      ->add_option("--catalog-output", options->catalog_output,
                   "Catalog document to write, its statistics mapped alike")
      ->type_name("FILE");
  command->add_option("--key", options->key, "Moves numbers and times by what this text gives")
      ->type_name("TEXT");
  command->footer(
      "Examples:\n"
      "  quern redact w.workload.json -c prod.catalog.json -o w.redacted.json \\\n"
      "    --catalog-output prod.redacted.json\n"
      "  quern redact -c prod.catalog.json -o prod.redacted.json --key \"$SITE_KEY\"\n"
      "\n"
      "Literals in statements, parameters and plans, and values in statistics, go through one\n"
      "mapping that keeps their order and distances. It keeps values from readers, it is no\n"
      "encryption. Names of tables, columns, users and applications stay.");
  command->callback(
      [&context, options] { context.run = [&context, options] { run(context, *options); }; });
}

}  // namespace quern::reports
