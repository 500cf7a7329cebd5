#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/base/time_text.hpp"
#include "collector/collect.hpp"
#include "collector/pieces/piece_document.hpp"

#include "reports/cli/command_context.hpp"
#include "reports/cli/progress.hpp"

namespace quern::reports {

namespace {

struct Options {
  std::vector<std::string> inputs;
  std::string output;
  std::string format = "auto";
  std::string prefix;
  bool prefix_given = false;
  std::string since, until;
  std::vector<std::string> databases, users, applications;
  std::int32_t bucket_seconds = 60;
};

std::optional<std::int64_t> time_option(const char* flag, const std::string& text) {
  if (text.empty()) {
    return std::nullopt;
  }
  const auto at = parse_time(text);
  if (!at) {
    throw UserError{fmt::format(
        "{} '{}': not a time; give 2026-11-21, '2026-11-21 13:45' or '2026-11-21 13:45:00+01'",
        flag, text)};
  }
  return at;
}

collector::CollectOptions as_meant(const Options& typed) {
  using collector::LogFormat;
  const std::map<std::string, LogFormat> formats = {{"auto", LogFormat::Auto},
                                                    {"stderr", LogFormat::Stderr},
                                                    {"csv", LogFormat::Csv},
                                                    {"json", LogFormat::Json},
                                                    {"sql", LogFormat::Sql}};
  collector::CollectOptions meant;
  meant.format = formats.at(typed.format);
  if (typed.prefix_given) {
    meant.prefix = typed.prefix;
  }
  meant.filter.since_us = time_option("--since", typed.since);
  meant.filter.until_us = time_option("--until", typed.until);
  meant.filter.databases = {typed.databases.begin(), typed.databases.end()};
  meant.filter.users = {typed.users.begin(), typed.users.end()};
  meant.filter.applications = {typed.applications.begin(), typed.applications.end()};
  meant.bucket_seconds = typed.bucket_seconds;
  return meant;
}

void report(const CommandContext& context, const Workload& workload) {
  std::uint64_t calls = 0;
  for (const QueryClass& c : workload.classes) {
    calls += c.calls;
  }
  context.note(fmt::format("{} executions in {} query classes, from {} lines ({} skipped)", calls,
                           workload.classes.size(), workload.input.lines, workload.input.skipped));
  for (const auto& [reason, entry] : workload.skipped.by_reason()) {
    context.note(fmt::format("{} x {} (first: {}:{})", entry.count, reason, entry.first.file,
                             entry.first.line));
  }
  if (workload.classes.empty()) {
    context.warn(
        "the log was understood but holds no statements; is log_min_duration_statement, "
        "log_statement or auto_explain on?");
  }
}

void run(const CommandContext& context, const Options& typed) {
  collector::CollectOptions options = as_meant(typed);
  collector::WorkloadPiece piece;
  std::map<std::string, std::vector<std::string>> recognized;  ///< files by what they are
  {
    Progress progress{context};
    options.progress = [&](std::uint64_t done, std::uint64_t all) {
      progress.update("reading",
                      all == 0 ? -1 : static_cast<double>(done) / static_cast<double>(all));
    };
    options.recognized = [&](const std::string& file, const std::string& layout) {
      recognized[layout].push_back(file);
    };
    piece = collector::collect_piece(typed.inputs, options);
  }
  const Workload workload = collector::checked(settled(piece));
  write_output(context, typed.output, write_piece(piece));
  for (const auto& [layout, files] : recognized) {
    context.note(fmt::format(
        "read as {}: {}{}", layout, files.front(),
        files.size() == 1 ? std::string{} : fmt::format(" and {} more files", files.size() - 1)));
  }
  report(context, workload);
}

}  // namespace

void register_collect(CLI::App& app, CommandContext& context) {
  auto typed = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("collect", "Read logs into a workload document");
  command
      ->add_option("logs", typed->inputs,
                   "Log files, compressed or not; directories, patterns, archives, - for stdin")
      ->required()
      ->type_name("LOG");
  command->add_option("-o,--output", typed->output, "Workload document to write (stdout)")
      ->type_name("FILE");
  command->add_option("--format", typed->format, "Instead of looking at the file")
      ->check(CLI::IsMember({"auto", "stderr", "csv", "json", "sql"}));
  CLI::Option* prefix = command
                            ->add_option("--prefix", typed->prefix,
                                         "log_line_prefix of stderr logs, instead of inferring")
                            ->type_name("PREFIX");
  command->add_option("--since", typed->since, "Leave out what is earlier (UTC unless it says)")
      ->type_name("TIME");
  command->add_option("--until", typed->until, "Leave out this time and what is later")
      ->type_name("TIME");
  command->add_option("--database", typed->databases, "Only these databases")->type_name("NAME");
  command->add_option("--user", typed->users, "Only these users")->type_name("NAME");
  command->add_option("--application", typed->applications, "Only these application names")
      ->type_name("NAME");
  command->add_option("--bucket", typed->bucket_seconds, "Seconds of a step of the time series")
      ->type_name("S")
      ->check(CLI::Range(1, 86400));
  command->footer(
      "Examples:\n"
      "  quern collect /var/log/postgresql -o week.workload.json\n"
      "  zcat app.log.gz | quern collect - --prefix '%t:%r:%u@%d:[%p]:' -o app.workload.json\n"
      "  quern collect 'postgresql-*.csv.gz' --since 2026-11-21 --database shop -o day.json\n"
      "  quern collect --format sql queries.sql -o queries.workload.json\n"
      "\n"
      "In SQL files `-- quern: calls=1200 mean_ms=3.4` above a statement sets its weight.");
  command->callback([&context, typed, prefix] {
    typed->prefix_given = prefix->count() > 0;
    context.run = [&context, typed] { run(context, *typed); };
  });
}

}  // namespace quern::reports
