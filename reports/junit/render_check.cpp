#include "reports/junit/render_check.hpp"

#include <fmt/format.h>

#include "reports/words.hpp"

namespace quern::reports {

namespace {

std::string case_of(const advisor::Finding& finding, advisor::Severity threshold) {
  const std::string file = xml_text(finding.where.file);
  std::string text = fmt::format("{}:{}: {} {}: {}", clean_text(finding.where.file),
                                 finding.where.line, severity_words(finding.severity),
                                 clean_text(finding.rule), clean_text(finding.message));
  if (!finding.fix.empty()) {
    text += "\nInstead: " + clean_text(finding.fix);
  }
  // CI servers tell cases apart by their name: it must be one finding's own.
  const std::string name = fmt::format("line {}, {}: {}", finding.where.line,
                                       clean_text(finding.rule), one_line(finding.message, 100));
  std::string out =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\">\n", file,
                  xml_text(name), file, finding.where.line);
  if (finding.severity >= threshold) {
    out += fmt::format("      <failure message=\"{}\" type=\"{}\">{}</failure>\n",
                       xml_text(one_line(finding.message, 200)), xml_text(finding.rule),
                       xml_text(text));
  } else {
    out += fmt::format("      <system-out>{}</system-out>\n", xml_text(text));
  }
  return out + "    </testcase>\n";
}

}  // namespace

std::string xml_text(const std::string& text) {
  std::string out;
  for (const char c : clean_text(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string render_junit(const advisor::CheckResult& result, const std::vector<std::string>& files,
                         advisor::Severity threshold) {
  std::string suites;
  std::size_t all = 0;
  std::size_t all_failed = 0;
  for (const std::string& file : files) {
    std::string cases;
    std::size_t count = 0;
    std::size_t failed = 0;
    for (const advisor::Finding& finding : result.findings) {
      if (finding.where.file == file) {
        cases += case_of(finding, threshold);
        ++count;
        failed += finding.severity >= threshold ? 1 : 0;
      }
    }
    if (count == 0) {
      cases = fmt::format("    <testcase classname=\"{}\" name=\"no finding\"/>\n", xml_text(file));
      count = 1;
    }
    suites +=
        fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n{}  </testsuite>\n",
                    xml_text(file), count, failed, cases);
    all += count;
    all_failed += failed;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"quern check\" tests=\"{}\" failures=\"{}\">\n{}</testsuites>\n",
      all, all_failed, suites);
}

}  // namespace quern::reports
