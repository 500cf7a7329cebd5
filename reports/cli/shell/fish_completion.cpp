#include <fmt/format.h>

#include "reports/cli/shell/command_line.hpp"

namespace quern::reports {

namespace {

std::string quoted(const std::string& words) {
  std::string safe{"'"};
  for (const char c : words) {
    safe += c == '\'' || c == '\\' ? std::string{"\\"} + c : std::string(1, c);
  }
  return safe + "'";
}

std::string options_of(const std::string& condition,
                       const std::vector<OptionDescription>& options) {
  std::string all;
  for (const OptionDescription& option : options) {
    all += "complete -c quern" + condition;
    for (const std::string& name : option.names) {
      all += name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (!option.choices.empty()) {
      all += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
    } else if (names_folder(option)) {
      all += " -x -a '(__fish_complete_directories)'";
    } else if (!option.value.empty()) {
      all += names_file(option) ? " -r -F" : " -x";
    }
    all += " -d " + quoted(option.help) + "\n";
  }
  return all;
}

}  // namespace

std::string fish_completion(const CommandLine& line) {
  std::string script = "# fish completion for quern; made by `quern completion fish`\n";
  script += options_of("", line.program.options);
  for (const CommandDescription& command : line.commands) {
    script += fmt::format("complete -c quern -n __fish_use_subcommand -f -a {} -d {}\n",
                          command.name, quoted(command.help));
    script += options_of(fmt::format(" -n '__fish_seen_subcommand_from {}'", command.name),
                         command.options);
  }
  return script;
}

}  // namespace quern::reports
