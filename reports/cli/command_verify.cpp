#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "collector/base/failure.hpp"
#include "collector/workload/workload_document.hpp"

#include "advisor/verify/verify.hpp"

#include "reports/cli/command_context.hpp"
#include "reports/json/read_advice.hpp"
#include "reports/text/render_verification.hpp"

namespace quern::reports {

namespace {

struct VerifyArguments {
  std::string workload;
  std::string advice;
  std::string dsn;
  advisor::VerifyOptions options = {};
};

void run_verify(const CommandContext& context, const VerifyArguments& arguments) {
  const Workload workload = load_workload(arguments.workload);
  const advisor::Prediction prediction =
      read_prediction(read_text_file(arguments.advice), arguments.advice);
  using collector::StagingSession;
  StagingSession server{
      arguments.dsn,
      arguments.options.real ? StagingSession::Access::ReadWrite : StagingSession::Access::ReadOnly,
      arguments.options.statement_timeout};
  const auto verification = advisor::verify(workload, prediction, server, arguments.options);
  if (verification.classes.empty()) {
    throw UserError{
        verification.refused.empty()
            ? "verify: the workload holds no statement of the advice's that the server runs"
            : fmt::format("verify: nothing to compare:\n  {}",
                          fmt::join(verification.refused, "\n  "))};
  }
  context.out << render_verification(verification, context.columns());
}

}  // namespace

void register_verify(CLI::App& app, CommandContext& context) {
  auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* command = app.add_subcommand(
      "verify", "Compare an advice with a staging server: plans, and with --real times");
  command->add_option("workload", arguments->workload, "Workload document the advice is about")
      ->required()
      ->type_name("WORKLOAD");
  command->add_option("--advice", arguments->advice, "Advice document of `quern advise --json`")
      ->required()
      ->type_name("FILE");
  command->add_option("--dsn", arguments->dsn, "Connection string of a staging server")
      ->required()
      ->type_name("DSN");
  command->add_flag("--real", arguments->options.real,
                    "Build the indexes and run the statements, in one transaction that is rolled "
                    "back; writes to the tables wait meanwhile");
  command
      ->add_option("--statement-timeout", arguments->options.statement_timeout,
                   "Longest statement (60s)")
      ->type_name("TIME");
  command->footer(
      "Without --real it needs the extension hypopg in that database and only plans.\n"
      "Examples:\n"
      "  quern verify week.workload.json --advice a.json --dsn \"host=staging dbname=shop\"\n"
      "  quern verify week.workload.json --advice a.json --dsn \"host=staging dbname=shop\" "
      "--real");
  command->callback([&context, arguments] {
    context.run = [&context, arguments] { run_verify(context, *arguments); };
  });
}

}  // namespace quern::reports
