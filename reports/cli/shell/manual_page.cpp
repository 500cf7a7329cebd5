#include <fmt/format.h>

#include "reports/cli/shell/command_line.hpp"
#include "reports/cli/version.hpp"

namespace quern::reports {

namespace {

/// roff takes a backslash as an escape, a hyphen as one that may be typeset otherwise, and a dot or
/// quote at the start of a line as a request.
std::string roff(const std::string& text) {
  std::string safe;
  bool line_starts = true;
  for (const char c : text) {
    if (line_starts && (c == '.' || c == '\'')) {
      safe += "\\&";
    }
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else {
      safe += c;
    }
    line_starts = c == '\n';
  }
  return safe;
}

std::string value_of(const OptionDescription& option) {
  if (!option.choices.empty()) {
    return fmt::format(" \\fI{}\\fR", roff(fmt::format("{}", fmt::join(option.choices, "|"))));
  }
  return option.value.empty() ? "" : fmt::format(" \\fI{}\\fR", roff(option.value));
}

std::string options_of(const std::vector<OptionDescription>& options, bool within_command) {
  std::string text;
  for (const OptionDescription& option : options) {
    if (within_command && option.names.back() == "--help") {
      continue;  // said once for all of them
    }
    std::string names;
    for (const std::string& name : option.names) {
      names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", roff(name));
    }
    text += fmt::format(".TP\n{}{}\n{}{}.\n", names, value_of(option), roff(option.help),
                        option.required ? " (required)" : "");
  }
  return text;
}

std::string synopsis_of(const CommandDescription& command) {
  std::string text = fmt::format("\\fBquern {}\\fR [\\fIoptions\\fR]", roff(command.name));
  for (const OptionDescription& positional : command.positionals) {
    const std::string word = fmt::format("\\fI{}\\fR{}", roff(positional.names.front()),
                                         positional.repeated ? " ..." : "");
    text += positional.required ? " " + word : " [" + word + "]";
  }
  return text;
}

}  // namespace

std::string manual_page(const CommandLine& line) {
  std::string page = fmt::format(
      ".TH QUERN 1 \"\" \"quern {}\" \"User Commands\"\n"
      ".SH NAME\nquern \\- profile a PostgreSQL query workload, advise on indexes and rewrites\n"
      ".SH SYNOPSIS\n\\fBquern\\fR \\fIcommand\\fR [\\fIoptions\\fR] ...\n"
      ".SH DESCRIPTION\n{}\n",
      roff(kVersion), roff(line.program.help));
  page += ".SH COMMANDS\n";
  for (const CommandDescription& command : line.commands) {
    page += fmt::format(".SS {}\n{}.\n.PP\n{}\n", roff(command.name), roff(command.help),
                        synopsis_of(command));
    page += options_of(command.positionals, true) + options_of(command.options, true);
    if (!command.footer.empty()) {
      page += fmt::format(".PP\n.nf\n{}\n.fi\n", roff(command.footer));
    }
  }
  page += ".SH OPTIONS\nThese go with every command.\n" + options_of(line.program.options, false);
  page += fmt::format(".SH NOTES\n.nf\n{}\n.fi\n", roff(line.program.footer));
  page +=
      ".SH EXIT STATUS\n.TP\n\\fB0\\fR\nDone, or passed.\n"
      ".TP\n\\fB1\\fR\n\\fBquern check\\fR found something at or above its threshold.\n"
      ".TP\n\\fB2\\fR\nThe work could not be done; a message says what to do.\n"
      ".SH FILES\n.TP\n\\fIquern.toml\\fR\nOptions, one [section] a command, read from the "
      "working directory.\n";
  return page;
}

}  // namespace quern::reports
