#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "collector/base/failure.hpp"
#include "collector/base/time_text.hpp"
#include "collector/collect.hpp"
#include "collector/incremental/advance.hpp"
#include "collector/input/byte_source.hpp"
#include "collector/pieces/piece_document.hpp"

#include "reports/cli/command_context.hpp"
#include "reports/cli/progress.hpp"

namespace quern::reports {

namespace {

struct Options {
  std::vector<std::string> inputs;
  std::string output;
  std::string state;
  std::string format = "auto";
  std::string prefix;
  bool prefix_given = false;
  std::string since, until;
  std::vector<std::string> databases, users, applications;
  std::int32_t bucket_seconds = 60;
  unsigned threads = 1;
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
  meant.threads = typed.threads;
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

/// Held while a state file is read and replaced; goes with the process, however it ends.
class StateLock {
 public:
  explicit StateLock(const std::string& path)
      : file_{::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)} {
    if (file_ < 0) {
      throw UserError{fmt::format("{}.lock: cannot be written: {}", path, std::strerror(errno))};
    }
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
      ::close(file_);
      throw UserError{fmt::format("{}: another `quern collect --state` is at work on it", path)};
    }
  }

  StateLock(const StateLock&) = delete;
  StateLock& operator=(const StateLock&) = delete;

  ~StateLock() { ::close(file_); }

 private:
  int file_;
};

/// The state file is replaced in one step, with positions and what they gave in it: a run that is
/// killed before has not been, and after it only the output remains to be written again.
void run_with_state(const CommandContext& context, const Options& typed,
                    collector::CollectOptions options) {
  const StateLock lock{typed.state};
  collector::CollectState state;
  if (std::filesystem::exists(typed.state)) {
    state = collector::read_state(collector::read_document(typed.state), typed.state);
  }
  std::vector<std::string> left;
  {
    Progress progress{context};
    options.progress = [&](std::uint64_t done, std::uint64_t all) {
      progress.update_bytes("reading", done, all);
    };
    left = advance(state, typed.inputs, options);
  }
  write_output(context, typed.state, write_state(state));
  for (const std::string& reason : left) {
    context.warn(reason);
  }
  Workload workload;
  const std::string document = write_piece(collected(state), &workload, options.threads);
  if (!typed.output.empty()) {
    write_output(context, typed.output, document);
  }
  report(context, workload);
}

void run(const CommandContext& context, const Options& typed) {
  collector::CollectOptions options = as_meant(typed);
  if (!typed.state.empty()) {
    run_with_state(context, typed, options);
    return;
  }
  collector::WorkloadPiece piece;
  std::map<std::string, std::vector<std::string>> recognized;  ///< files by what they are
  {
    Progress progress{context};
    options.progress = [&](std::uint64_t done, std::uint64_t all) {
      progress.update_bytes("reading", done, all);
    };
    options.recognized = [&](const std::string& file, const std::string& layout) {
      recognized[layout].push_back(file);
    };
    piece = collector::collect_piece(typed.inputs, options);
  }
  Workload workload;
  const std::string document = write_piece(std::move(piece), &workload, options.threads);
  workload = collector::checked(std::move(workload));
  write_output(context, typed.output, document);
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
  command
      ->add_option("--state", typed->state,
                   "Read only what the logs hold beyond the last run; the output is of all runs")
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
  command
      ->add_option("-j,--threads", typed->threads,
                   "Threads that read plain and compressed logs; the output is the same")
      ->type_name("N")
      ->check(CLI::Range(1, 256));
  command->footer(
      "Examples:\n"
      "  quern collect /var/log/postgresql -o week.workload.json\n"
      "  zcat app.log.gz | quern collect - --prefix '%t:%r:%u@%d:[%p]:' -o app.workload.json\n"
      "  quern collect 'postgresql-*.csv.gz' --since 2026-11-21 --database shop -o day.json\n"
      "  quern collect --format sql queries.sql -o queries.workload.json\n"
      "  quern collect '/var/log/postgresql/*.log*' --state pg.state -o month.workload.json\n"
      "\n"
      "With --state, files may grow and be renamed, copied and truncated, or compressed between "
      "the\n"
      "runs: they are known by what stands in them. A run may be killed at any moment; nothing is\n"
      "counted twice or lost.\n"
      "\n"
      "In SQL files `-- quern: calls=1200 mean_ms=3.4` above a statement sets its weight.");
  command->callback([&context, typed, prefix] {
    typed->prefix_given = prefix->count() > 0;
    context.run = [&context, typed] { run(context, *typed); };
  });
}

}  // namespace quern::reports
