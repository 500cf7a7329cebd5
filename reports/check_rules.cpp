#include "reports/check_rules.hpp"

#include <algorithm>

#include "reports/words.hpp"

namespace quern::reports {

using advisor::Severity;

const std::vector<CheckRule>& check_rules() {
  static const std::vector<CheckRule> kRules{
      {"M00", "The statement does not parse"},
      {"M01", "CREATE INDEX without CONCURRENTLY locks out writes"},
      {"M02", "CONCURRENTLY inside a transaction fails"},
      {"M03", "A partitioned table takes no index CONCURRENTLY"},
      {"M04", "A partitioned or attached index can not be dropped CONCURRENTLY"},
      {"M05", "DROP INDEX without CONCURRENTLY locks out everything"},
      {"M06", "DROP INDEX CONCURRENTLY takes one index, without CASCADE"},
      {"M07", "The index serves a constraint, a replica identity or CLUSTER"},
      {"M09", "IF NOT EXISTS keeps an invalid index"},
      {"M10", "An index without a name"},
      {"M11", "A name that is too long or taken"},
      {"M12", "No lock_timeout before a strong lock"},
      {"M14", "A constraint that builds its index under an exclusive lock"},
      {"M15", "A primary key on a column that may be NULL"},
      {"M16", "A foreign key without an index on its columns"},
      {"M17", "A duplicate or redundant index"},
      {"M18", "A dropped index that recorded queries use"},
      {"M19", "An index is dropped before its replacement is there"},
      {"M20", "A very wide index"},
      {"M21", "REINDEX without CONCURRENTLY"},
      {"M22", "An index expression or predicate that is not immutable"},
      {"M23", "A hash index that PostgreSQL refuses"},
      {"M24", "A type that btree does not serve well"},
      {"M29", "Transactions that do not pair up"},
      {"M31", "The server's version has no such feature"},
      {"M33", "Whom a new index serves"},
      {"M34", "A new column that rewrites the table"},
      {"M35", "SET NOT NULL reads the whole table under an exclusive lock"},
      {"M36", "A change of type that rewrites the table"},
      {"M37", "A foreign key that is validated under a lock"},
      {"M38", "A check that is validated under a lock"},
      {"M39", "A constraint validated in the transaction that added it"},
      {"M40", "A removal or rename of what recorded queries use"},
      {"M41", "A command that locks whole tables"},
      {"M42", "A statement that changes or removes every row"},
      {"M43", "A new column that is NOT NULL and has no value for old rows"},
  };
  return kRules;
}

std::string_view check_rule_title(std::string_view id) {
  const auto& rules = check_rules();
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [&](const CheckRule& rule) { return rule.id == id; });
  return found == rules.end() ? std::string_view{} : found->title;
}

CheckVerdict verdict_of(const advisor::CheckResult& result, Severity threshold) {
  CheckVerdict verdict;
  std::vector<std::string> parts;
  const auto add = [&](Severity severity, std::string_view one, std::string_view many) {
    const auto number =
        std::count_if(result.findings.begin(), result.findings.end(),
                      [&](const advisor::Finding& f) { return f.severity == severity; });
    if (number > 0) {
      parts.push_back(plural(static_cast<double>(number), one, many));
      verdict.failed = verdict.failed || severity >= threshold;
    }
  };
  add(Severity::Error, "error", "errors");
  add(Severity::Warning, "warning", "warnings");
  add(Severity::Info, "note", "notes");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    verdict.counts += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
  }
  if (parts.empty()) {
    verdict.counts = "no findings";
  }
  return verdict;
}

}  // namespace quern::reports
