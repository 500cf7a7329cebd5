#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "planner-model/whatif/planner.hpp"

#include "reports/cli/command_context.hpp"
#include "reports/cli/planning_options.hpp"

namespace quern::reports {

namespace {

constexpr auto kFooter =
    "Examples:\n"
    "  quern explain -c prod.catalog.json 'SELECT * FROM orders WHERE customer_id = 7'\n"
    "  quern explain -c prod.catalog.json --index 'CREATE INDEX ON orders (placed_at)' - < q.sql\n"
    "  quern explain -c prod.catalog.json --drop orders_customer_id_idx --param 7 \\\n"
    "    'SELECT * FROM orders WHERE customer_id = $1'";

struct ExplainOptions {
  std::string catalog;
  std::string sql;
  std::vector<std::string> create = {};
  std::vector<std::string> drop = {};
  std::vector<std::string> parameters = {};
  std::string role = {};
  std::vector<std::string> settings = {};
  std::string size_model = "as-built";
  std::string format = "text";
  bool analyzed = false;
};

void run_explain(const CommandContext& context, const ExplainOptions& options) {
  const planner_model::SizeModel sizes = parse_size_model(options.size_model);
  CatalogSnapshot catalog = load_catalog(context, options.catalog);
  apply_settings(catalog, options.settings);
  const planner_model::Planner planner{catalog, sizes, planner_model::Counting::WhatRuns,
                                       options.analyzed ? planner_model::Expressions::AsAnalyzed
                                                        : planner_model::Expressions::AsKnown};
  const std::string sql = options.sql == "-" ? read_text_file("-") : options.sql;
  const std::vector<std::optional<std::string>> parameters{options.parameters.begin(),
                                                           options.parameters.end()};
  const auto configuration = index_configuration(planner, options.create, options.drop);
  const auto result = planner.plan(*planner.bind(sql, parameters, options.role), configuration);
  context.out << (options.format == "json" ? planner_model::explain_json(result.plan)
                                           : planner_model::explain_text(result.plan))
              << '\n';
  for (const std::string& construct : result.unmodelled) {
    context.warn("not modelled as the server does: " + construct);
  }
}

}  // namespace

void register_explain(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* command = app.add_subcommand("explain", "PostgreSQL's EXPLAIN without PostgreSQL");
  command->add_option("-c,--catalog", options->catalog, "Catalog snapshot")
      ->required()
      ->type_name("FILE");
  command->add_option("sql", options->sql, "One statement; - reads it from standard input")
      ->required()
      ->type_name("SQL");
  // One value an option: `--index DDL SQL` would otherwise take the statement as a second index.
  command->add_option("--index", options->create, "Imagine this CREATE INDEX; may be repeated")
      ->type_name("DDL")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--drop", options->drop, "Imagine this index gone; may be repeated")
      ->type_name("NAME")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--param", options->parameters, "Value of $1, of $2 and so on")
      ->type_name("VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_session_options(*command, options->role, options->settings);
  command->add_option("--size-model", options->size_model, "Size of imagined indexes")
      ->check(CLI::IsMember({"as-built", "hypopg"}))
      ->capture_default_str();
  command->add_flag("--analyzed", options->analyzed,
                    "As after ANALYZE: with statistics on the expressions of indexes");
  command->add_option("--format", options->format, "How to print it")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->footer(kFooter);
  command->callback([&context, options] {
    context.run = [&context, options] { run_explain(context, *options); };
  });
}

}  // namespace quern::reports
