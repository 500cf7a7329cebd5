#pragma once

#include <string>
#include <string_view>

#include "reports/report_document.hpp"

namespace quern::reports {

/// For a pull request comment: a table of the proposals, each one's details folded away. Cut at
/// GitHub's limit of 65,536 characters, saying so.
[[nodiscard]] std::string render_markdown(const ReportDocument& document);

/// Text that Markdown and its HTML leave as it is.
[[nodiscard]] std::string markdown_text(std::string_view text);
/// A code span, whatever backticks are in it.
[[nodiscard]] std::string markdown_code(std::string_view text);
/// A fenced block, whatever fences are in it.
[[nodiscard]] std::string markdown_block(std::string_view language, std::string_view text);

inline constexpr std::size_t kCommentLimit = 65000;

}  // namespace quern::reports
