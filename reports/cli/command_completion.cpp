#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "reports/cli/command_context.hpp"
#include "reports/cli/shell/command_line.hpp"

namespace quern::reports {

void register_completion(CLI::App& app, CommandContext& context) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("completion", "Print a shell's completions, or the manual page");
  command->add_option("shell", *shell, "What to print")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish", "man"}));
  command->footer(
      "Examples:\n"
      "  source <(quern completion bash)\n"
      "  quern completion zsh > ~/.zfunc/_quern\n"
      "  quern completion fish > ~/.config/fish/completions/quern.fish\n"
      "  quern completion man | man -l -");
  command->callback([&app, &context, shell] {
    context.run = [&app, &context, shell] {
      const CommandLine line = command_line_of(app);
      write_output(context, "-",
                   *shell == "bash"   ? bash_completion(line)
                   : *shell == "zsh"  ? zsh_completion(line)
                   : *shell == "fish" ? fish_completion(line)
                                      : manual_page(line));
    };
  });
}

}  // namespace quern::reports
