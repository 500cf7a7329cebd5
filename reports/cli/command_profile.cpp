#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/plans/explain_output.hpp"
#include "collector/workload/workload_document.hpp"

#include "reports/cli/command_context.hpp"
#include "reports/text/plan_text.hpp"
#include "reports/text/profile_text.hpp"

namespace quern::reports {

namespace {

struct Options {
  std::string workload;
  std::string plan;
  ProfileOptions shown;
};

/// What EXPLAIN printed, in whatever format and frame.
std::string plan_of(const CommandContext& context, const std::string& path) {
  const auto plan = collector::read_explain_output(read_text_file(path));
  if (!plan) {
    throw UserError{fmt::format(
        "{}: no plan found; --plan takes EXPLAIN's output as text, JSON, YAML or XML", path)};
  }
  return plan_text(*plan, context.columns());
}

void run(const CommandContext& context, const Options& options) {
  if (!options.plan.empty()) {
    write_output(context, "-", plan_of(context, options.plan));
    return;
  }
  if (options.workload.empty()) {
    throw UserError{"nothing to profile: name a workload document, or --plan"};
  }
  ProfileOptions shown = options.shown;
  shown.columns = context.columns();
  write_output(context, "-", profile_text(load_workload(options.workload), shown));
}

}  // namespace

void register_profile(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("profile", "Show the top query classes of a workload");
  command->add_option("workload", options->workload, "Workload document, or - for stdin")
      ->type_name("WORKLOAD");
  command->add_option("-n,--top", options->shown.top, "How many classes (10)")
      ->type_name("N")
      ->check(CLI::Range(1, 100000));
  command
      ->add_option("--sort", options->shown.sort,
                   "By total time (the default), calls, mean, 95th percentile, longest, errors, "
                   "temporary bytes, lock waits, or parse and bind time")
      ->check(CLI::IsMember(
          {"total", "calls", "mean", "p95", "max", "errors", "temp", "locks", "parse"}));
  command->add_option("--kind", options->shown.kind, "Only statements of this kind")
      ->check(CLI::IsMember({"select", "insert", "update", "delete", "merge", "utility", "other"}));
  command->add_option("--database", options->shown.database, "Only classes run in this database")
      ->type_name("NAME");
  command->add_option("--user", options->shown.user, "Only classes run by this user")
      ->type_name("NAME");
  command
      ->add_option("--application", options->shown.application,
                   "Only classes run by this application")
      ->type_name("NAME");
  command
      ->add_option("--grep", options->shown.containing,
                   "Only classes whose SQL holds this, or whose fingerprint begins with it")
      ->type_name("TEXT");
  command->add_option("--min-calls", options->shown.least_calls, "Only classes run so often")
      ->type_name("N");
  command
      ->add_option("--plan", options->plan,
                   "Instead of a workload: one plan, as EXPLAIN, psql, pgAdmin or DBeaver show it")
      ->type_name("FILE");
  command->add_flag("--plans", options->shown.plans, "What the logged plans of each class tell");
  command->add_flag("--writes", options->shown.writes,
                    "What is written to each table, and which columns updates set");
  command->add_flag("--full-sql", options->shown.full_sql, "Do not shorten the statements");
  command->footer(
      "Examples:\n"
      "  quern profile week.workload.json\n"
      "  quern collect app.log | quern profile - --top 5 --sort mean\n"
      "  quern profile week.workload.json --kind update --grep orders --plans\n"
      "  quern profile week.workload.json --top 3 --writes\n"
      "  psql -c 'EXPLAIN (ANALYZE, BUFFERS) SELECT ...' | quern profile --plan -");
  command->callback(
      [&context, options] { context.run = [&context, options] { run(context, *options); }; });
}

}  // namespace quern::reports
