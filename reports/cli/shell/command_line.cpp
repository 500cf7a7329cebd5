#include "reports/cli/shell/command_line.hpp"

#include <CLI/CLI.hpp>

namespace quern::reports {

namespace {

std::vector<std::string> words(const std::string& list) {
  std::vector<std::string> all;
  std::size_t from = 0;
  while (from <= list.size()) {
    const std::size_t comma = std::min(list.find(',', from), list.size());
    all.push_back(list.substr(from, comma - from));
    from = comma + 1;
  }
  return all;
}

CommandDescription described(const CLI::App& app) {
  CommandDescription result{
      .name = app.get_name(), .help = app.get_description(), .footer = app.get_footer()};
  for (const CLI::Option* option :
       app.get_options([](const CLI::Option* one) { return !one->get_group().empty(); })) {
    (option->get_positional() ? result.positionals : result.options)
        .push_back(option_description(*option));
  }
  return result;
}

}  // namespace

/// CLI11 puts what a check allows behind the type: "MODEL:{as-built,hypopg}", "N:INT in [1 - 9]".
OptionDescription option_description(const CLI::Option& option) {
  OptionDescription result;
  for (const std::string& name : option.get_snames()) {
    result.names.push_back("-" + name);
  }
  for (const std::string& name : option.get_lnames()) {
    result.names.push_back("--" + name);
  }
  if (option.get_items_expected_max() > 0) {
    const std::string type = option.get_type_name();
    const auto open = type.find('{');
    const auto close = type.rfind('}');
    if (open != std::string::npos && close != std::string::npos && open < close) {
      result.choices = words(type.substr(open + 1, close - open - 1));
    }
    result.value = type.substr(0, type.find_first_of(":{"));
    if (result.value.empty()) {
      result.value = "VALUE";
    }
  }
  result.help = option.get_description();
  result.required = option.get_required();
  result.repeated = option.get_items_expected_max() > 1;
  if (option.get_positional()) {
    result.names = {option.get_single_name()};
  }
  return result;
}

CommandLine command_line_of(const CLI::App& app) {
  CommandLine line{.program = described(app)};
  for (const CLI::App* command :
       app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); })) {
    line.commands.push_back(described(*command));
  }
  return line;
}

bool names_file(const OptionDescription& option) {
  return option.value == "FILE" || option.value == "WORKLOAD" || option.value == "LOG";
}

bool names_folder(const OptionDescription& option) {
  return option.value == "DIR";
}

}  // namespace quern::reports
