#include "advisor/statistics/propose_statistics.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "collector/plans/explain_formats.hpp"
#include "collector/plans/node_times.hpp"
#include "collector/sql/quote.hpp"

#include "advisor/candidates/candidate_index.hpp"
#include "advisor/migrate/index_name.hpp"

namespace quern::advisor {

namespace {

using collector::number_in;
using collector::PlanValue;
using planner_model::ClauseKind;
using planner_model::TableUse;

constexpr std::int32_t kExpressionsSince = 140000;  ///< server_version_num
/// Fewer rows than these are cheap however they are estimated.
constexpr double kFewRows = 100;

/// A node whose rows came out otherwise than expected; both of one loop.
struct Misestimate {
  std::string alias = {};  ///< of a scan; of a grouping empty
  bool groups = false;
  double expected = 0;
  double found = 0;
};

bool is_misestimate(double expected, double found, bool cut_short) {
  const double more = std::max(expected, found);
  const double ratio = more / std::max(1.0, std::min(expected, found));
  return more >= kFewRows && ratio >= kMisestimate && !(cut_short && found < expected);
}

/// `cut_short`: a LIMIT, or a join that stops at the first match, may leave rows unread.
void walk(const PlanValue& node, bool cut_short, int depth, std::vector<Misestimate>& found) {
  constexpr int kMostDepth = 200;
  if (depth > kMostDepth || number_in(node, "Actual Loops") <= 0) {
    return;
  }
  const std::string_view type = node.text_of("Node Type");
  const bool grouping = (type == "Aggregate" || type == "Group") && node.find("Group Key") &&
                        node.text_of("Filter").empty() && node.text_of("Partial Mode") != "Partial";
  const bool scan = !node.text_of("Relation Name").empty() && type != "ModifyTable";
  const double expected = number_in(node, "Plan Rows");
  const double rows = number_in(node, "Actual Rows");
  if ((scan || grouping) && is_misestimate(expected, rows, cut_short)) {
    found.push_back({scan ? std::string{node.text_of("Alias")} : "", grouping, expected, rows});
  }
  const std::string_view join = node.text_of("Join Type");
  const bool stops = cut_short || type == "Limit" || type == "Merge Join" || join == "Semi" ||
                     join == "Anti" || !node.text_of("Subplan Name").empty();
  if (const PlanValue* children = node.find("Plans")) {
    for (const PlanValue& child : children->items) {
      walk(child, stops, depth + 1, found);
    }
  }
}

/// What a CREATE STATISTICS speaks of.
struct Subject {
  Oid table = 0;
  std::set<std::int16_t> columns = {};
  std::string expression = {};  ///< instead of columns
  std::string kinds = {};       ///< "dependencies, mcv"; of an expression empty
  std::string rule = {};
  auto operator<=>(const Subject&) const = default;
};

bool has_expression_statistics(const CatalogSnapshot& catalog, Oid table,
                               const std::string& expression) {
  const std::string wanted = parenthesized(expression);
  for (const Index& index : catalog.indexes) {
    for (const IndexKey& key : index.keys) {
      if (index.table == table && key.column == 0 && key.statistics &&
          parenthesized(key.expression) == wanted) {
        return true;
      }
    }
  }
  return std::any_of(catalog.extended_statistics.begin(), catalog.extended_statistics.end(),
                     [&](const ExtendedStatistics& statistics) {
                       return statistics.table == table &&
                              std::any_of(
                                  statistics.expressions.begin(), statistics.expressions.end(),
                                  [&](const auto& one) { return parenthesized(one) == wanted; });
                     });
}

bool exists(const CatalogSnapshot& catalog, const Subject& subject) {
  const char kind = subject.kinds == "ndistinct" ? 'd' : 'm';
  return std::any_of(
      catalog.extended_statistics.begin(), catalog.extended_statistics.end(),
      [&](const ExtendedStatistics& statistics) {
        const std::set<std::int16_t> columns{statistics.columns.begin(), statistics.columns.end()};
        return statistics.table == subject.table && columns == subject.columns &&
               statistics.kinds.find(kind) != std::string::npos;
      });
}

/// Whether ANALYZE found a value of it common enough to list. A combination is no more common than
/// each of its values (statext_mcv_build(), PostgreSQL 15, src/backend/statistics/mcv.c).
bool has_common_values(const TableUse& use, const CatalogSnapshot& catalog, std::int16_t number) {
  const Table* table = find_table(catalog, use.table);
  const Column* column = table == nullptr ? nullptr : find_column(*table, number);
  if (column == nullptr || (!column->statistics && !column->inherited_statistics)) {
    return true;  // not known
  }
  const auto& statistics = column->statistics ? column->statistics : column->inherited_statistics;
  return !statistics->most_common_frequencies.empty() || statistics->null_fraction > 0;
}

/// A queue's worker, a purge: what it finds it takes away, so that later calls find fewer rows
/// whatever the server knows of them.
bool takes_what_it_finds(const PlannedClass& planned, const TableUse& use,
                         const Misestimate& wrong) {
  if (!use.is_target || wrong.groups || wrong.found >= wrong.expected) {
    return false;
  }
  return planned.kind == StatementKind::Delete ||
         std::any_of(use.clauses.begin(), use.clauses.end(), [&](const auto& clause) {
           return std::binary_search(use.updated.begin(), use.updated.end(), clause.column);
         });
}

/// Columns and expressions, from clauses or from what is grouped by.
struct Parts {
  std::set<std::int16_t> columns = {};
  std::set<std::string> expressions = {};
  bool equalities = true;
};

Parts filtered_by(const TableUse& use) {
  Parts parts;
  for (const auto& clause : use.clauses) {
    if (clause.is_join) {
      continue;
    }
    if (clause.column == 0) {
      parts.expressions.insert(clause.expression);
    } else {
      parts.columns.insert(clause.column);
    }
    parts.equalities &= clause.kind == ClauseKind::Equal || clause.kind == ClauseKind::EqualAny ||
                        clause.kind == ClauseKind::IsNull ||
                        clause.kind == ClauseKind::BooleanColumn;
  }
  return parts;
}

Parts grouped_by(const TableUse& use) {
  Parts parts;
  for (const auto& key : use.group_by) {
    if (key.column == 0) {
      parts.expressions.insert(key.expression);
    } else {
      parts.columns.insert(key.column);
    }
  }
  return parts;
}

/// The statistics that would tell what this one did not know; nothing where there are none to have.
std::vector<Subject> subjects(const TableUse& use, const Misestimate& wrong,
                              const CatalogSnapshot& catalog) {
  Parts parts = wrong.groups ? grouped_by(use) : filtered_by(use);
  if (!wrong.groups && !parts.equalities) {
    std::erase_if(parts.columns,
                  [&](auto column) { return !has_common_values(use, catalog, column); });
  }
  std::vector<Subject> found;
  for (const std::string& expression : parts.expressions) {
    if (!expression.empty() && catalog.server_version >= kExpressionsSince &&
        !has_expression_statistics(catalog, use.table, expression)) {
      found.push_back({.table = use.table, .expression = expression, .rule = "S01 expression"});
    }
  }
  if (found.empty() && parts.columns.size() >= 2 && parts.columns.size() <= 8) {
    const char* const kinds = wrong.groups       ? "ndistinct"
                              : parts.equalities ? "dependencies, mcv"
                                                 : "mcv";
    Subject subject{.table = use.table,
                    .columns = parts.columns,
                    .kinds = kinds,
                    .rule = wrong.groups ? "S03 groups" : "S02 columns together"};
    if (!exists(catalog, subject)) {
      found.push_back(std::move(subject));
    }
  }
  return found;
}

bool comes_with_an_index(const Subject& subject, const std::vector<IndexDefinition>& created) {
  return std::any_of(created.begin(), created.end(), [&](const IndexDefinition& index) {
    return index.table == subject.table &&
           std::any_of(index.keys.begin(), index.keys.end(), [&](const KeyPart& key) {
             return !subject.expression.empty() && key.column == 0 &&
                    parenthesized(key.expression) == parenthesized(subject.expression);
           });
  });
}

struct Evidence {
  Misestimate worst = {};
  std::map<std::string, double> calls = {};  ///< by fingerprint
};

double factor(const Misestimate& wrong) {
  return std::max(wrong.expected, wrong.found) /
         std::max(1.0, std::min(wrong.expected, wrong.found));
}

void add_evidence(std::map<Subject, Evidence>& all, const PlannedClass& planned,
                  const QueryClass& query, const CatalogSnapshot& catalog) {
  for (const ObservedPlan& plan : query.plans) {
    const auto document = collector::read_explain_json(plan.example);
    const PlanValue* top = document ? document->find("Plan") : nullptr;
    std::vector<Misestimate> wrong;
    if (top != nullptr) {
      walk(*top, false, 0, wrong);
    }
    const bool one_grouped =
        std::count_if(planned.uses.begin(), planned.uses.end(),
                      [](const auto& use) { return !use.group_by.empty(); }) == 1;
    for (const Misestimate& one : wrong) {
      for (const TableUse& use : planned.uses) {
        const Table* table = find_table(catalog, use.table);
        const bool meant = table != nullptr && !takes_what_it_finds(planned, use, one) &&
                           (one.groups ? one_grouped && !use.group_by.empty()
                                       : one.alias == use.alias || one.alias == table->name);
        for (const Subject& subject :
             meant ? subjects(use, one, catalog) : std::vector<Subject>{}) {
          Evidence& evidence = all[subject];
          evidence.calls[query.fingerprint] += static_cast<double>(plan.calls);
          if (factor(one) > factor(evidence.worst)) {
            evidence.worst = one;
          }
        }
      }
    }
  }
}

std::string subject_words(const Subject& subject, const Table& table) {
  if (!subject.expression.empty()) {
    return parenthesized(subject.expression);
  }
  std::string names;
  for (const std::int16_t number : subject.columns) {
    const Column* column = find_column(table, number);
    names += (names.empty() ? "" : ", ") + quote_identifier(column == nullptr ? "?" : column->name);
  }
  return names;
}

std::string name_of(const Subject& subject, const Table& table,
                    std::set<std::pair<std::string, std::string>>& taken) {
  std::string base = table.name;
  for (const std::int16_t number : subject.columns) {
    const Column* column = find_column(table, number);
    base += "_" + (column == nullptr ? std::to_string(number) : column->name);
  }
  base += subject.expression.empty() ? "_stat" : "_expr_stat";
  std::string name = fitted(base);
  for (int number = 2; !taken.insert({table.schema, name}).second; ++number) {
    name = fitted(base + std::to_string(number));
  }
  return name;
}

std::string rationale(const Subject& subject) {
  if (!subject.expression.empty()) {
    return "The server has no statistics on this expression and guesses a fixed share of the rows. "
           "Extended statistics make ANALYZE collect them as for a column.";
  }
  return subject.kinds == "ndistinct"
             ? "The server multiplies the columns' distinct values as if every pair occurred. With "
               "these statistics it knows how many combinations there are."
             : "The server multiplies the conditions' shares as if the columns knew nothing of "
               "each "
               "other. With these statistics it knows which values come together.";
}

Proposal proposal_for(const Subject& subject, const Evidence& evidence,
                      const CatalogSnapshot& catalog,
                      std::set<std::pair<std::string, std::string>>& taken) {
  const Table& table = *find_table(catalog, subject.table);
  const std::string relation = relation_name(catalog, table.schema, table.name);
  const std::string name = name_of(subject, table, taken);
  const std::string qualified = relation_name(catalog, table.schema, name);
  const std::string on = subject_words(subject, table);
  Proposal proposal{.id = "statistics-" + name, .kind = ProposalKind::CollectStatistics};
  proposal.title = fmt::format("Collect statistics on {} of {}", on, relation);
  proposal.rationale = rationale(subject);
  proposal.table = relation;
  proposal.rule = subject.rule;
  proposal.ddl_up = {
      fmt::format("CREATE STATISTICS {}{} ON {} FROM {};", qualified,
                  subject.kinds.empty() ? "" : " (" + subject.kinds + ")", on, relation),
      fmt::format("ANALYZE {};", relation)};
  proposal.ddl_down = {fmt::format("DROP STATISTICS {};", qualified)};
  double calls = 0;
  for (const auto& [fingerprint, own] : evidence.calls) {
    calls += own;
  }
  proposal.evidence.push_back(fmt::format(
      "Measured: the server expected {:.0f} {} and found {:.0f} ({:.0f} times as {}), in the worst "
      "of the plans of {} query class{} with {:.0f} executions.",
      evidence.worst.expected, evidence.worst.groups ? "groups" : "rows", evidence.worst.found,
      factor(evidence.worst), evidence.worst.found > evidence.worst.expected ? "many" : "few",
      evidence.calls.size(), evidence.calls.size() == 1 ? "" : "es", calls));
  proposal.warnings.emplace_back(
      "Plans may change in both directions once the server knows better. Collect these first, then "
      "take the snapshot again: other proposals may rest on the wrong estimates.");
  return proposal;
}

}  // namespace

std::vector<Proposal> propose_statistics(const Workload& workload, const PlannedWorkload& planned,
                                         const CatalogSnapshot& catalog,
                                         const std::vector<IndexDefinition>& created) {
  std::map<std::string, const PlannedClass*> classes;
  for (const PlannedClass& one : planned.classes) {
    classes[one.fingerprint] = &one;
  }
  std::map<Subject, Evidence> all;
  for (const QueryClass& query : workload.classes) {
    const auto found = classes.find(query.fingerprint);
    if (found != classes.end()) {
      add_evidence(all, *found->second, query, catalog);
    }
  }
  std::erase_if(all, [&](const auto& entry) { return comes_with_an_index(entry.first, created); });
  std::set<std::pair<std::string, std::string>> taken;
  for (const ExtendedStatistics& statistics : catalog.extended_statistics) {
    taken.insert({statistics.schema, statistics.name});
  }
  std::vector<Proposal> proposals;
  for (const auto& [subject, evidence] : all) {
    proposals.push_back(proposal_for(subject, evidence, catalog, taken));
  }
  return proposals;
}

}  // namespace quern::advisor
