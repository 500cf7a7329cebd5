#include "reports/cli/advice_options.hpp"

#include <CLI/CLI.hpp>

#include "reports/cli/planning_options.hpp"
#include "reports/cli/size_text.hpp"

namespace quern::reports {

void add_size_model(CLI::App& command, std::string& size_model) {
  command
      .add_option("--size-model", size_model,
                  "Size of a new index: as-built (what CREATE INDEX makes) or hypopg")
      ->check(CLI::IsMember({"as-built", "hypopg"}))
      ->type_name("MODEL");
}

void add_advice_arguments(CLI::App& command, AdviceArguments& options) {
  command.add_option("--budget", options.budget, "Storage of all new indexes: 500MB, 2GiB")
      ->type_name("SIZE");
  command.add_option("--max-indexes", options.max_indexes, "At most so many new indexes")
      ->type_name("N");
  command
      .add_option("--max-indexes-per-table", options.max_indexes_per_table,
                  "At most so many new indexes on one table")
      ->type_name("N");
  command
      .add_option("--max-write-overhead", options.max_write_overhead,
                  "Write cost that new indexes may add, in percent of what the existing ones cost")
      ->check(CLI::NonNegativeNumber)
      ->type_name("PERCENT");
  command
      .add_option("--max-wal", options.max_wal,
                  "WAL that new indexes may add a day (in the log's period where that is less than "
                  "an hour): 500MB")
      ->type_name("SIZE");
  command
      .add_option("--max-build-time", options.max_build_time,
                  "Time to build all new indexes, one after the other: 90s, 20min, 2h")
      ->type_name("TIME");
  command.add_option("--max-width", options.max_width, "Key columns of a new index (4)")
      ->check(CLI::Range(1, 32))
      ->type_name("N");
  command
      .add_option("--time-limit", options.time_limit_seconds,
                  "Seconds for the advice; what they do not allow is left out (60)")
      ->check(CLI::Range(0.1, 86400.0))
      ->type_name("S");
  command.add_option("--keep", options.keep, "An index never to be dropped; may be repeated")
      ->type_name("INDEX");
  command
      .add_option("--never", options.never,
                  "A table or index never to be touched; an index never to be created")
      ->type_name("NAME");
  command
      .add_option("--must-have", options.must_have,
                  "A CREATE INDEX statement; the set is chosen around it; may be repeated")
      ->type_name("DDL")
      ->allow_extra_args(false);
  add_size_model(command, options.size_model);
  command
      .add_option(
          "--cost", options.cost,
          "What a plan counts: run (what the server runs) or explain (EXPLAIN's total, which "
          "differs for an EXISTS under OR; with --size-model hypopg the default)")
      ->check(CLI::IsMember({"run", "explain"}))
      ->type_name("COUNT");
  command
      .add_option("--role", options.role,
                  "Who executes the workload, for policies of row-level security; without it whom "
                  "the log names")
      ->type_name("NAME");
}

advisor::AdviceOptions advice_options(const AdviceArguments& options) {
  advisor::AdviceOptions meant;
  if (!options.budget.empty()) {
    meant.budget = parse_size(options.budget);
  }
  meant.max_indexes = options.max_indexes;
  meant.max_indexes_per_table = options.max_indexes_per_table;
  if (options.max_write_overhead) {
    meant.max_write_overhead = *options.max_write_overhead / 100;
  }
  if (!options.max_wal.empty()) {
    meant.max_wal = parse_size(options.max_wal);
  }
  if (!options.max_build_time.empty()) {
    meant.max_build_seconds = parse_seconds(options.max_build_time);
  }
  meant.must_have = options.must_have;
  meant.max_width = options.max_width;
  meant.time_limit_seconds = options.time_limit_seconds;
  meant.sizes = parse_size_model(options.size_model);
  // HypoPG's sizes are asked for to stand beside tools that judge by EXPLAIN.
  const bool beside_explain = meant.sizes == planner_model::SizeModel::HypoPG;
  if (options.cost == "explain" || (options.cost.empty() && beside_explain)) {
    meant.counting = planner_model::Counting::AsExplained;
  }
  meant.keep = options.keep;
  meant.never = options.never;
  meant.role = options.role;
  return meant;
}

}  // namespace quern::reports
