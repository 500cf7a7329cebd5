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
  command.add_option("--max-width", options.max_width, "Key columns of a new index (4)")
      ->check(CLI::Range(1, 32))
      ->type_name("N");
  command
      .add_option("--time-limit", options.time_limit_seconds,
                  "Seconds for the selection; its answer so far stands (60)")
      ->check(CLI::Range(0.1, 86400.0))
      ->type_name("S");
  command.add_option("--keep", options.keep, "An index never to be dropped; may be repeated")
      ->type_name("INDEX");
  command.add_option("--never", options.never, "A table or index never to be touched")
      ->type_name("NAME");
  add_size_model(command, options.size_model);
}

advisor::AdviceOptions advice_options(const AdviceArguments& options) {
  advisor::AdviceOptions meant;
  if (!options.budget.empty()) {
    meant.budget = parse_size(options.budget);
  }
  meant.max_indexes = options.max_indexes;
  meant.max_width = options.max_width;
  meant.time_limit_seconds = options.time_limit_seconds;
  meant.sizes = parse_size_model(options.size_model);
  meant.keep = options.keep;
  meant.never = options.never;
  return meant;
}

}  // namespace quern::reports
