#include <fmt/format.h>

#include "reports/cli/shell/command_line.hpp"

namespace quern::reports {

namespace {

std::string names_of(const std::vector<OptionDescription>& options) {
  std::string all;
  for (const OptionDescription& option : options) {
    for (const std::string& name : option.names) {
      all += (all.empty() ? "" : " ") + name;
    }
  }
  return all;
}

/// The arms of a `case` over "command previous-word": what may follow an option that takes a value.
std::string value_arms(const std::string& command, const std::vector<OptionDescription>& options) {
  std::string arms;
  for (const OptionDescription& option : options) {
    if (option.value.empty()) {
      continue;
    }
    std::string pattern;
    for (const std::string& name : option.names) {
      pattern += fmt::format("{}'{} '{}", pattern.empty() ? "" : "|", command, name);
    }
    std::string action = "return";  // free text: nothing to offer
    if (!option.choices.empty()) {
      action = fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$current\")); return",
                           fmt::join(option.choices, " "));
    } else if (names_file(option) || names_folder(option)) {
      action = fmt::format("_quern_files {}; return", names_folder(option) ? "-d" : "-f");
    }
    arms += fmt::format("    {}) {} ;;\n", pattern, action);
  }
  return arms;
}

}  // namespace

std::string bash_completion(const CommandLine& line) {
  std::string commands;
  std::string arms;
  std::string options = fmt::format("    '') options='{}' ;;\n", names_of(line.program.options));
  for (const CommandDescription& command : line.commands) {
    commands += (commands.empty() ? "" : " ") + command.name;
    arms += value_arms(command.name, command.options);
    options += fmt::format("    {}) options='{}' ;;\n", command.name, names_of(command.options));
  }
  arms += value_arms("", line.program.options);
  return fmt::format(R"(# bash completion for quern; made by `quern completion bash`
_quern_files() {{
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$current"))
}}

_quern() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
  local command='' options='' word
  COMPREPLY=()
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case " {0} " in *" $word "*) command=$word; break ;; esac
  done
  case "$command $previous" in
{1}  esac
  case "$command" in
{2}  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  elif [[ -z $command ]]; then
    COMPREPLY=($(compgen -W '{0}' -- "$current"))
  else
    _quern_files -f
  fi
}}

complete -F _quern quern
)",
                     commands, arms, options);
}

}  // namespace quern::reports
