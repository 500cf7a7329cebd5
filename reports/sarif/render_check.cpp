#include "reports/sarif/render_check.hpp"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "reports/check_rules.hpp"
#include "reports/cli/version.hpp"
#include "reports/words.hpp"

namespace quern::reports {

namespace {

using Json = nlohmann::json;

/// SARIF calls information a note.
std::string level_of(advisor::Severity severity) {
  return severity == advisor::Severity::Info ? "note" : std::string{severity_words(severity)};
}

/// A relative reference as RFC 3986 wants it: everything but unreserved characters and "/" escaped.
std::string uri_of(const std::string& path) {
  constexpr auto kHex = "0123456789ABCDEF";
  std::string uri;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || c == '-' || c == '.' || c == '_' ||
                       c == '~' || c == '/';
    if (plain) {
      uri += c;
    } else {
      uri += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return uri;
}

Json result_of(const advisor::Finding& finding, std::size_t rule) {
  std::string message = clean_text(finding.message);
  if (!finding.fix.empty()) {
    message += "\nInstead: " + clean_text(finding.fix);
  }
  return {{"ruleId", clean_text(finding.rule)},
          {"ruleIndex", rule},
          {"level", level_of(finding.severity)},
          {"message", {{"text", message}}},
          {"locations",
           {{{"physicalLocation",
              {{"artifactLocation", {{"uri", uri_of(finding.where.file)}}},
               {"region", {{"startLine", std::max<std::uint64_t>(1, finding.where.line)}}}}}}}}};
}

}  // namespace

std::string render_sarif(const advisor::CheckResult& result) {
  std::set<std::string> ids;
  for (const advisor::Finding& finding : result.findings) {
    ids.insert(clean_text(finding.rule));
  }
  Json rules = Json::array();
  for (const std::string& id : ids) {
    rules.push_back({{"id", id}});
    if (const auto title = check_rule_title(id); !title.empty()) {
      rules.back()["shortDescription"] = {{"text", std::string{title}}};
    }
  }
  Json results = Json::array();
  for (const advisor::Finding& finding : result.findings) {
    const auto rule = std::distance(ids.begin(), ids.find(clean_text(finding.rule)));
    results.push_back(result_of(finding, static_cast<std::size_t>(rule)));
  }
  const Json log{
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs",
       {{{"tool", {{"driver", {{"name", "quern"}, {"version", kVersion}, {"rules", rules}}}}},
         {"columnKind", "unicodeCodePoints"},
         {"results", results}}}}};
  return log.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace quern::reports
