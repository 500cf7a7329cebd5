#include <filesystem>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/workload/workload_document.hpp"

#include "advisor/advise.hpp"

#include "reports/cli/advice_options.hpp"
#include "reports/cli/command_context.hpp"
#include "reports/cli/progress.hpp"
#include "reports/json/advice_json.hpp"
#include "reports/json/calibration_json.hpp"
#include "reports/markdown/render_advice.hpp"
#include "reports/migration/migration_files.hpp"
#include "reports/report_document.hpp"
#include "reports/text/render_advice.hpp"
#include "reports/web/render_html.hpp"

namespace quern::reports {

namespace {

struct Options {
  std::string workload;
  std::string catalog;
  std::string calibration;
  AdviceArguments planning = {};
  std::string html;
  std::string json;
  std::string markdown;
  std::string migration;
  std::string migration_format = "sql";
  std::size_t details = 5;
};

/// "2026-11-21T05:31:25Z" gives 20261121053125, which sorts among the frameworks' own numbers.
std::string digits_of(const std::string& time) {
  std::string digits;
  for (const char c : time.substr(0, 19)) {
    digits += c >= '0' && c <= '9' ? std::string{c} : "";
  }
  return digits;
}

/// Steps of an earlier plan would be applied between those of this one.
void refuse_other_steps(const std::filesystem::path& folder,
                        const std::vector<MigrationText>& files) {
  static const std::regex kStep{R"(\d{3}_.*\.(up|down)\.sql)"};
  std::set<std::string> own;
  for (const MigrationText& file : files) {
    own.insert(file.name);
  }
  std::set<std::string> others;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{folder, error}) {
    const std::string name = entry.path().filename().string();
    if (!own.contains(name) && name.size() < 200 && std::regex_match(name, kStep)) {
      others.insert(name);
    }
  }
  if (!others.empty()) {
    throw UserError{fmt::format(
        "{}: holds steps of another plan ({}{}), which would be applied with those of this one: "
        "empty the folder or name another",
        folder.string(), *others.begin(), others.size() == 1 ? "" : ", ...")};
  }
}

void write_migration(const CommandContext& context, const Options& options,
                     const advisor::Advice& advice, const CatalogSnapshot& catalog) {
  const std::filesystem::path folder{options.migration};
  const std::vector<MigrationText> files = migration_files(
      advice, migration_format(options.migration_format), digits_of(catalog.taken_at));
  if (migration_format(options.migration_format) == MigrationFormat::Sql) {
    refuse_other_steps(folder, files);
  }
  for (const MigrationText& file : files) {
    const std::filesystem::path path = folder / file.name;
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error) {
      throw UserError{
          fmt::format("{}: cannot create the folder: {}", options.migration, error.message())};
    }
    write_output(context, path.string(), file.text);
  }
  context.note(fmt::format("{} migration files in {}", files.size(), options.migration));
}

void run(const CommandContext& context, const Options& options) {
  advisor::AdviceOptions planning = advice_options(options.planning);
  (void)migration_format(options.migration_format);  // a wrong name is told before the work
  if (options.workload == "-" && options.catalog == "-") {
    throw UserError{"only one of the workload and the catalog can be read from standard input"};
  }
  const Workload workload = load_workload(options.workload);
  const CatalogSnapshot catalog = load_catalog(context, options.catalog);
  if (!options.calibration.empty()) {
    planning.calibration =
        read_calibration(read_text_file(options.calibration), options.calibration);
  }
  advisor::Advice advice;
  {
    Progress progress{context};
    planning.progress = [&](const std::string& stage, double done) {
      progress.update(stage, done);
    };
    advice = advisor::advise(workload, catalog, planning);
  }
  const ReportDocument document = build_document(workload, catalog, advice);
  if (!options.html.empty()) {
    write_output(context, options.html, render_html(document));
  }
  if (!options.json.empty()) {
    write_output(context, options.json, advice_json(advice));
  }
  if (!options.markdown.empty()) {
    write_output(context, options.markdown, render_markdown(document));
  }
  if (!options.migration.empty()) {
    write_migration(context, options, advice, catalog);
  }
  // Standard output holds one result: the text, unless another was sent there.
  if (options.html != "-" && options.json != "-" && options.markdown != "-") {
    context.out << render_text(document,
                               {.columns = context.columns(), .details = options.details});
  }
}

}  // namespace

void register_advise(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("advise", "Rank indexes to create or drop and rewrites");
  command->add_option("workload", options->workload, "Workload document of `quern collect`")
      ->required()
      ->type_name("WORKLOAD");
  command->add_option("-c,--catalog", options->catalog, "Catalog document of `quern snapshot`")
      ->required()
      ->type_name("FILE");
  add_advice_arguments(*command, options->planning);
  command
      ->add_option("--calibration", options->calibration,
                   "Times of `quern calibrate` (without: fitted to the workload's own plans)")
      ->type_name("FILE");
  command->add_option("--html", options->html, "Write the report as one HTML file")
      ->type_name("FILE");
  command->add_option("--json", options->json, "Write the advice document (- is stdout)")
      ->type_name("FILE");
  command->add_option("--markdown", options->markdown, "Write Markdown for a pull request")
      ->type_name("FILE")
      ->expected(0, 1)
      ->default_str("-");
  command->add_option("--migration", options->migration, "Write ordered up and down SQL files")
      ->type_name("DIR");
  command
      ->add_option("--migration-format", options->migration_format,
                   "sql, rails, django, flyway, alembic or prisma (sql)")
      ->type_name("FORMAT");
  command->add_option("--details", options->details, "Proposals shown in full in the text (5)")
      ->type_name("N");
  command->footer(
      "Examples:\n"
      "  quern advise week.workload.json -c prod.catalog.json\n"
      "  quern advise week.workload.json -c prod.catalog.json --budget 2GB --html report.html\n"
      "  quern advise week.workload.json -c prod.catalog.json --json - | jq "
      "'.proposals[].ddl_up[]'\n"
      "  quern advise week.workload.json -c prod.catalog.json --migration db/migrations");
  command->callback(
      [&context, options] { context.run = [&context, options] { run(context, *options); }; });
}

}  // namespace quern::reports
