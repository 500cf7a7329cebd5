#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

/// The command line as data, read from the application itself, so that shell completions and the
/// manual can not say anything else than the program does.
namespace quern::reports {

struct OptionDescription {
  std::vector<std::string> names = {};    ///< "-o", "--output", as typed
  std::string value = {};                 ///< "FILE"; empty: a flag
  std::vector<std::string> choices = {};  ///< when the value is one of a few words
  std::string help = {};
  bool required = false;
  bool repeated = false;
};

struct CommandDescription {
  std::string name = {};
  std::string help = {};
  std::string footer = {};
  std::vector<OptionDescription> options = {};
  std::vector<OptionDescription> positionals = {};
};

struct CommandLine {
  CommandDescription program = {};  ///< with the options that every command takes
  std::vector<CommandDescription> commands = {};
};

[[nodiscard]] CommandLine command_line_of(const CLI::App& app);
[[nodiscard]] OptionDescription option_description(const CLI::Option& option);

/// A value that names files: completed as such.
[[nodiscard]] bool names_file(const OptionDescription& option);
[[nodiscard]] bool names_folder(const OptionDescription& option);

/// Scripts for the shell of that name: "bash", "zsh", "fish".
[[nodiscard]] std::string bash_completion(const CommandLine& line);
[[nodiscard]] std::string zsh_completion(const CommandLine& line);
[[nodiscard]] std::string fish_completion(const CommandLine& line);

/// quern(1), for man.
[[nodiscard]] std::string manual_page(const CommandLine& line);

}  // namespace quern::reports
