#include <fmt/format.h>

#include "reports/cli/shell/command_line.hpp"

namespace quern::reports {

namespace {

/// Inside single quotes; brackets and colons have a meaning to _arguments.
std::string text(const std::string& words) {
  std::string safe;
  for (const char c : words) {
    if (c == '\'') {
      safe += "'\\''";
    } else if (c == '[' || c == ']' || c == ':') {
      safe += std::string{"\\"} + c;
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string action(const OptionDescription& option) {
  if (!option.choices.empty()) {
    return fmt::format("({})", fmt::join(option.choices, " "));
  }
  if (names_folder(option)) {
    return "_files -/";
  }
  return names_file(option) ? "_files" : " ";
}

std::string specifications(const std::vector<OptionDescription>& options) {
  std::string all;
  for (const OptionDescription& option : options) {
    for (const std::string& name : option.names) {
      all += fmt::format(
          " \\\n        '{}{}[{}]{}'", option.repeated ? "*" : "", name, text(option.help),
          option.value.empty() ? std::string{}
                               : fmt::format(":{}:{}", text(option.value), action(option)));
    }
  }
  return all;
}

}  // namespace

std::string zsh_completion(const CommandLine& line) {
  std::string commands;
  std::string arms;
  for (const CommandDescription& command : line.commands) {
    commands += fmt::format("    '{}:{}'\n", command.name, text(command.help));
    arms += fmt::format("      {}) _arguments{} \\\n        '*:file:_files' ;;\n", command.name,
                        specifications(command.options));
  }
  return fmt::format(R"(#compdef quern
# zsh completion for quern; made by `quern completion zsh`
_quern() {{
  local context state state_descr line
  typeset -A opt_args
  local -a commands
  commands=(
{}  )
  _arguments -C{} \
        '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $line[1] in
{}      esac ;;
  esac
}}

if [ "$funcstack[1]" = "_quern" ]; then
  _quern "$@"
else
  compdef _quern quern
fi
)",
                     commands, specifications(line.program.options), arms);
}

}  // namespace quern::reports
