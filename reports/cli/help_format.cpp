#include "reports/cli/help_format.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "reports/cli/shell/command_line.hpp"
#include "reports/text/wrap.hpp"

namespace quern::reports {

namespace {

constexpr std::size_t kColumn = 30;  // where descriptions begin

class HelpFormat : public CLI::Formatter {
 public:
  explicit HelpFormat(std::size_t columns) : columns_{columns} { column_width(kColumn); }

  std::string make_option_opts(const CLI::Option* option) const override {
    const OptionDescription described = option_description(*option);
    std::string text;
    if (!described.choices.empty()) {
      text = fmt::format(" {}", fmt::join(described.choices, "|"));
    } else if (!described.value.empty()) {
      text = " " + described.value;
    }
    return text + (described.repeated ? " ..." : "");
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    const std::string fallback = option->get_default_str();
    return folded(option->get_description() + (option->get_required() ? " (required)" : "") +
                  (fallback.empty() ? "" : " (" + fallback + ")"));
  }

  std::string make_subcommand(const CLI::App* command) const override {
    std::stringstream out;
    CLI::detail::format_help(out, command->get_display_name(true),
                             folded(command->get_description()), kColumn);
    return out.str();
  }

  std::string make_description(const CLI::App* app) const override {
    return wrap(app->get_description(), "", "", columns_);
  }

 private:
  /// CLI11 indents what follows a newline.
  [[nodiscard]] std::string folded(const std::string& text) const {
    std::string lines = wrap(text, "", "", columns_ - kColumn);
    lines.pop_back();
    return lines;
  }

  std::size_t columns_;
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_format(std::size_t columns) {
  return std::make_shared<HelpFormat>(columns);
}

}  // namespace quern::reports
