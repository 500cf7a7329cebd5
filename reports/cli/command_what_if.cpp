#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "collector/base/failure.hpp"

#include "reports/cli/command_context.hpp"
#include "reports/cli/planning_options.hpp"
#include "reports/cli/what_if_batch.hpp"

namespace quern::reports {

namespace {

constexpr auto kFooter =
    "A request is one line of JSON, and so is its result:\n"
    "  {\"id\": 1, \"sql\": \"SELECT ...\", \"params\": [\"7\"],\n"
    "   \"create\": [\"CREATE INDEX ...\"], \"drop\": [\"name\"], \"size_model\": \"as-built\"}\n"
    "Only sql is needed. Without it the result tells what the created indexes would be: pages,\n"
    "bytes, rows, and what each adds to an inserted row. With an INSERT, UPDATE or DELETE,\n"
    "  \"write\": {\"rows\": 10000, \"rows_per_transaction\": 1, \"copy\": false,\n"
    "            \"rows_between_checkpoints\": 0, \"conflicts\": 0.5}\n"
    "adds the WAL of a row, by table and index (no rows_between_checkpoints: without full-page\n"
    "images; conflicts: the share of the rows of ON CONFLICT that find one of the same key, by\n"
    "default as the table's counters tell; nothing in it is needed). A request that cannot be\n"
    "answered gets {\"id\": ..., \"error\": ...}; the others go on; the exit code is 2 only when\n"
    "none could be answered.\n"
    "\n"
    "Examples:\n"
    "  quern what-if -c prod.catalog.json < requests.jsonl > results.jsonl";

struct WhatIfOptions {
  std::string catalog;
  std::string size_model = "as-built";
  std::string role = {};
  std::vector<std::string> settings = {};
};

void run_what_if(const CommandContext& context, const WhatIfOptions& options) {
  const planner_model::SizeModel sizes = parse_size_model(options.size_model);
  CatalogSnapshot catalog = load_catalog(context, options.catalog);
  apply_settings(catalog, options.settings);
  WhatIfBatch batch{catalog, sizes, options.role};
  const WhatIfBatch::Summary summary = batch.run(std::cin, context.out);
  if (summary.requests == 0) {
    throw UserError{"what-if: no request on standard input; see `quern what-if --help`"};
  }
  if (summary.errors == summary.requests) {
    throw UserError{"what-if: none of the " + std::to_string(summary.requests) +
                    " requests could be answered; see \"error\" in their results"};
  }
  if (summary.errors > 0) {
    context.warn(std::to_string(summary.errors) + " of " + std::to_string(summary.requests) +
                 " requests could not be answered; see \"error\" in their results");
  }
}

}  // namespace

void register_what_if(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<WhatIfOptions>();
  CLI::App* command =
      app.add_subcommand("what-if", "Plan many statements under many index sets, a line each");
  command->add_option("-c,--catalog", options->catalog, "Catalog snapshot")
      ->required()
      ->type_name("FILE");
  command->add_option("--size-model", options->size_model, "Size of imagined indexes")
      ->check(CLI::IsMember({"as-built", "hypopg"}))
      ->capture_default_str();
  add_session_options(*command, options->role, options->settings);
  command->footer(kFooter);
  command->callback([&context, options] {
    context.run = [&context, options] { run_what_if(context, *options); };
  });
}

}  // namespace quern::reports
