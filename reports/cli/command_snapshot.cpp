#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/catalog/from_schema.hpp"
#include "collector/catalog/read_catalog.hpp"
#include "collector/catalog/snapshot_document.hpp"
#include "collector/catalog/snapshot_queries.hpp"

#include "planner-model/query/key_classes.hpp"

#include "reports/cli/command_context.hpp"

namespace quern::reports {

namespace {

struct SnapshotOptions {
  std::string dsn = {};
  std::string output = {};
  std::string from_schema = {};
  std::string statistics = {};
  std::string from_psql = {};
  std::optional<std::string> taken_at = {};
  bool print_sql = false;
  bool print_statistics_sql = false;
  bool no_clock = false;
  bool sample = false;
  int sample_seconds = 60;
};

CatalogSnapshot take(const SnapshotOptions& options) {
  if (!options.from_schema.empty()) {
    CatalogSnapshot catalog =
        collector::snapshot_from_schema(options.from_schema, options.statistics);
    planner_model::settle_key_classes(catalog);
    return catalog;
  }
  if (!options.from_psql.empty()) {
    return collector::read_snapshot(options.from_psql);
  }
  return collector::read_catalog(
      options.dsn,
      options.sample ? std::optional{std::chrono::seconds{options.sample_seconds}} : std::nullopt);
}

void run_snapshot(const CommandContext& context, const SnapshotOptions& options) {
  if (options.print_sql) {
    write_output(context, options.output, collector::snapshot_psql_script(options.sample));
    return;
  }
  if (options.print_statistics_sql) {
    write_output(context, options.output, collector::statistics_psql_script());
    return;
  }
  const int sources = static_cast<int>(!options.dsn.empty()) +
                      static_cast<int>(!options.from_schema.empty()) +
                      static_cast<int>(!options.from_psql.empty());
  if (sources != 1) {
    throw UserError{
        "snapshot: give one source: a connection string, --from-schema FILE, --from-psql FILE, or "
        "--print-sql for the script"};
  }
  if (!options.statistics.empty() && options.from_schema.empty()) {
    throw UserError{"snapshot: --stats goes with --from-schema"};
  }
  if (options.sample && options.dsn.empty()) {
    throw UserError{"snapshot: --sample goes with a connection string or --print-sql"};
  }
  CatalogSnapshot snapshot = take(options);
  if (options.no_clock || options.taken_at) {
    snapshot.taken_at = options.taken_at.value_or("");
  }
  write_output(context, options.output, collector::write_snapshot(snapshot));
  for (const std::string& caveat : snapshot.caveats) {
    context.warn(caveat);
  }
  context.note(fmt::format("{} tables, {} indexes, catalog {}", snapshot.tables.size(),
                           snapshot.indexes.size(), collector::identity(snapshot)));
}

}  // namespace

void register_snapshot(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<SnapshotOptions>();
  CLI::App* command =
      app.add_subcommand("snapshot", "Read a database's catalog and statistics into one document");
  command
      ->add_option("dsn", options->dsn,
                   "Connection string (URI or key=value); PGPASSWORD and ~/.pgpass work too")
      ->type_name("DSN");
  command->add_option("-o,--output", options->output, "Catalog document to write (stdout)")
      ->type_name("FILE");
  command->add_flag("--sample", options->sample,
                    "Read a sample of tables too, for the sizes of indexes on arrays, jsonb, "
                    "text search, trigrams and ranges; keeps counts, no values");
  command
      ->add_option("--sample-seconds", options->sample_seconds,
                   "With --sample: begin no further table after so long (60)")
      ->check(CLI::Range(1, 86400))
      ->type_name("N");
  command->add_flag("--print-sql", options->print_sql,
                    "Print one psql script that does the same, for where only psql may connect");
  command->add_option("--from-psql", options->from_psql, "The output of that script")
      ->type_name("FILE");
  command->add_option("--from-schema", options->from_schema, "A schema file, as pg_dump -s writes")
      ->type_name("FILE");
  command
      ->add_option("--stats", options->statistics,
                   "With --from-schema: table and column statistics (JSON)")
      ->type_name("FILE");
  command->add_flag("--print-stats-sql", options->print_statistics_sql,
                    "Print the psql script that makes a --stats file");
  command->add_option("--taken-at", options->taken_at, "Put this time into the document")
      ->type_name("TIME");
  command->add_flag("--no-clock", options->no_clock, "Put no time into the document");
  command->footer(
      "Examples:\n"
      "  quern snapshot \"postgresql://readonly@db.example/shop\" -o prod.catalog.json\n"
      "  quern snapshot --sample \"service=prod\" -o prod.catalog.json\n"
      "  quern snapshot --print-sql > snapshot.sql\n"
      "  psql -XAtq -f snapshot.sql -o prod.psql.json \"host=db.example dbname=shop\"\n"
      "  quern snapshot --from-psql prod.psql.json -o prod.catalog.json\n"
      "  quern snapshot --from-schema schema.sql --stats stats.json -o prod.catalog.json");
  command->callback([&context, options] {
    context.run = [&context, options] { run_snapshot(context, *options); };
  });
}

}  // namespace quern::reports
