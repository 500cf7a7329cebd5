#include "advisor/caveats.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "planner-model/query/row_access.hpp"

namespace quern::advisor {

namespace {

std::string counted(std::size_t count, const std::string& one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

void tell_left_out_candidates(Advice& advice, const CandidateSet& found, std::size_t too_large) {
  if (too_large > 0) {
    advice.caveats.push_back(fmt::format("{} more than the storage budget.",
                                         too_large == 1
                                             ? "1 candidate alone takes"
                                             : fmt::format("{} candidates alone take", too_large)));
  }
  if (found.left_out > 0) {
    advice.caveats.push_back(fmt::format("{} left out by the limits, those of the least workload.",
                                         found.left_out == 1
                                             ? "1 candidate was"
                                             : fmt::format("{} candidates were", found.left_out)));
  }
}

void tell_utility_statements(Advice& advice, const PlannedWorkload& planned) {
  if (planned.utility_calls > 0) {
    advice.caveats.push_back(fmt::format(
        "{} no plan.", planned.utility_calls == 1
                           ? "1 utility statement (BEGIN, SET, COPY and so on) has"
                           : fmt::format("{} utility statements (BEGIN, SET, COPY and so on) have",
                                         planned.utility_calls)));
  }
}

/// Where costs are not EXPLAIN's totals, and where they are for having been asked for.
void tell_counting(Advice& advice, const PlannedWorkload& planned,
                   planner_model::Counting counting) {
  std::size_t hashed = 0;
  std::size_t skipping = 0;
  std::size_t spared = 0;
  std::size_t guessed = 0;
  for (const PlannedSample& sample : planned.samples) {
    const auto& before = sample.before;
    skipping += before.partitions_skipped > 0 ? 1 : 0;
    hashed += before.subplans_hashed > 0 ? 1 : 0;
    spared += before.subplans_spared > 0 ? 1 : 0;
    guessed += before.guessed ? 1 : 0;
  }
  if (hashed > 0) {
    advice.caveats.push_back(
        fmt::format("EXPLAIN's total counts an EXISTS row by row in {} that the server runs with a "
                    "hashed subplan: the cost here is that of what runs.",
                    counted(hashed, "planned execution")));
  }
  if (skipping > 0) {
    advice.caveats.push_back(
        fmt::format("EXPLAIN's total counts partitions that now() and the like leave out when the "
                    "execution begins, in {}: the cost here is without them.",
                    counted(skipping, "planned execution")));
  }
  if (spared > 0) {
    advice.caveats.push_back(
        fmt::format("EXPLAIN's total counts a subquery in WHERE for every row in {} whose cheaper "
                    "conditions the server checks first: the cost here is that of the rows that "
                    "these leave.",
                    counted(spared, "planned execution")));
  }
  if (guessed > 0) {
    advice.caveats.push_back(
        fmt::format("EXPLAIN's total of {} rests on a fixed guess of an expression that has no "
                    "statistics, below a LIMIT for instance: the cost here is what the values of "
                    "its column let expect.",
                    counted(guessed, "planned execution")));
  }
  if (counting == planner_model::Counting::AsExplained) {
    advice.caveats.emplace_back(
        "Costs are EXPLAIN's totals, as asked for: an EXISTS under OR counts row by row also where "
        "the server runs it hashed, a subquery in WHERE for rows that cheaper conditions spare it, "
        "and expressions without statistics by the server's guess.");
  }
}

/// Classes that read tables with row-level security.
struct Secured {
  std::set<std::string> tables = {};
  std::set<std::string> roles = {};
  std::size_t classes = 0;

  [[nodiscard]] std::string counted_classes() const {
    return fmt::format("{} query class{} {}", classes, classes == 1 ? "" : "es",
                       classes == 1 ? "is" : "are");
  }
};

void tell_row_security(Advice& advice, const PlannedWorkload& planned,
                       const CatalogSnapshot& catalog) {
  Secured by_policies;
  Secured bypassing;
  for (const PlannedClass& query : planned.classes) {
    std::set<std::string> obeyed;
    std::set<std::string> ignored;
    for (const auto& use : query.uses) {
      const Table* table = find_table(catalog, use.table);
      if (table == nullptr || !table->row_security || query.foreign_key_check) {
        continue;
      }
      const std::string name = relation_name(catalog, table->schema, table->name);
      if (query.role.empty()) {
        ignored.insert(name);
      } else if (planner_model::must_obey_policies(catalog, *table, query.role)) {
        obeyed.insert(name);
      }
    }
    if (!obeyed.empty()) {
      by_policies.roles.insert(query.role);
    }
    by_policies.classes += obeyed.empty() ? 0 : 1;
    by_policies.tables.merge(obeyed);
    bypassing.classes += ignored.empty() ? 0 : 1;
    bypassing.tables.merge(ignored);
  }
  if (by_policies.classes > 0) {
    advice.caveats.push_back(fmt::format(
        "Row-level security is on for {}: {} planned with the conditions of its policies for {}. "
        "Values that these take from the session (current_setting()) are not in a log: each counts "
        "as an average one.",
        fmt::join(by_policies.tables, ", "), by_policies.counted_classes(),
        fmt::join(by_policies.roles, ", ")));
  }
  if (bypassing.classes > 0) {
    advice.caveats.push_back(fmt::format(
        "Row-level security is on for {}: {} planned as for a role that bypasses its policies, "
        "since "
        "the log does not tell whose hold (--role does). The columns that the policies compare (a "
        "tenant, an owner) may call for an index of their own, or first in these.",
        fmt::join(bypassing.tables, ", "), bypassing.counted_classes()));
  }
}

bool belongs_to(const Table& table, const std::set<Oid>& tables, const CatalogSnapshot& catalog) {
  return tables.contains(table.oid) ||
         std::any_of(table.parents.begin(), table.parents.end(), [&](Oid oid) {
           const Table* parent = find_table(catalog, oid);
           return parent != nullptr && belongs_to(*parent, tables, catalog);
         });
}

/// Rows written since the last ANALYZE that autovacuum itself would take for too many, by its
/// default settings (relation_needs_vacanalyze(), autovacuum.c): where it is switched off, behind,
/// or the log ends before it comes.
bool has_old_statistics(const Table& table) {
  constexpr double kThreshold = 50;     // autovacuum_analyze_threshold
  constexpr double kScaleFactor = 0.1;  // autovacuum_analyze_scale_factor
  return table.activity && static_cast<double>(table.activity->modified_since_analyze) >
                               kThreshold + kScaleFactor * std::max(table.reltuples, 0.0);
}

/// Estimates are those of the rows that ANALYZE saw.
void tell_old_statistics(Advice& advice, const PlannedWorkload& planned,
                         const CatalogSnapshot& catalog) {
  std::set<Oid> used;
  for (const PlannedClass& query : planned.classes) {
    for (const auto& use : query.uses) {
      used.insert(use.table);
    }
  }
  std::vector<const Table*> old;
  for (const Table& table : catalog.tables) {
    if (has_old_statistics(table) && belongs_to(table, used, catalog)) {
      old.push_back(&table);
    }
  }
  if (old.empty()) {
    return;
  }
  std::stable_sort(old.begin(), old.end(), [](const Table* a, const Table* b) {
    return a->activity->modified_since_analyze > b->activity->modified_since_analyze;
  });
  const Table& worst = *old.front();
  advice.caveats.push_back(fmt::format(
      "Statistics are old: {} rows of {} were written since its last ANALYZE, which saw {}{}. Run "
      "ANALYZE there, take the snapshot again, and ask again: all estimates rest on them.",
      worst.activity->modified_since_analyze, relation_name(catalog, worst.schema, worst.name),
      worst.reltuples < 0 ? "none: there was none" : fmt::format("{:.0f}", worst.reltuples),
      old.size() == 1 ? ""
                      : fmt::format("; likewise of {}", counted(old.size() - 1, "more table"))));
}

/// What suggests that the catalog is another database's, or was taken under another search path.
void add_doubts_about_catalog(Advice& advice, const PlannedWorkload& planned,
                              const CatalogSnapshot& catalog) {
  const auto all = planned.classes.size() + planned.unplanned.size();
  const auto foreign = static_cast<std::size_t>(std::count_if(
      planned.unplanned.begin(), planned.unplanned.end(),
      [](const auto& query) { return query.reason.find("does not exist") != std::string::npos; }));
  if (planned.classes.empty() && !planned.unplanned.empty()) {
    advice.caveats.emplace_back(
        "No query class could be planned: is the catalog that of the workload's database?");
  } else if (2 * foreign > all) {
    advice.caveats.insert(
        advice.caveats.begin(),
        fmt::format("{} of {} query classes name what the catalog does not have: is it that of the "
                    "workload's database?",
                    foreign, all));
  }
  const auto& path = catalog.search_path;
  const auto beyond = [&](const PlannedClass& query, const planner_model::TableUse& use) {
    const Table* table = find_table(catalog, use.table);
    return table != nullptr && std::find(path.begin(), path.end(), table->schema) == path.end() &&
           !query.foreign_key_check && mentions(query.sql, table->name) &&
           !mentions(query.sql, table->schema);
  };
  const auto count =
      std::count_if(planned.classes.begin(), planned.classes.end(), [&](const PlannedClass& query) {
        return std::any_of(query.uses.begin(), query.uses.end(),
                           [&](const auto& use) { return beyond(query, use); });
      });
  if (count > 0) {
    advice.caveats.push_back(fmt::format(
        "{} query class{} name{} tables that the snapshot's search path ({}) does not reach: taken "
        "for those of the only schema that has them.",
        count, count == 1 ? "" : "es", count == 1 ? "s" : "", fmt::join(path, ", ")));
  }
}

}  // namespace

void add_caveats(Advice& advice, const PlannedWorkload& planned, const WriteProfile& profile,
                 const CandidateSet& found, std::size_t too_large, const CatalogSnapshot& catalog,
                 planner_model::Counting counting) {
  advice.caveats.push_back(profile.basis);
  tell_left_out_candidates(advice, found, too_large);
  tell_utility_statements(advice, planned);
  tell_counting(advice, planned, counting);
  tell_row_security(advice, planned, catalog);
  add_doubts_about_catalog(advice, planned, catalog);
  if (!catalog.has_statistics) {
    advice.caveats.emplace_back(
        "The catalog holds no statistics: all estimates rest on PostgreSQL's defaults.");
  } else {
    tell_old_statistics(advice, planned, catalog);
  }
  advice.caveats.insert(advice.caveats.end(), catalog.caveats.begin(), catalog.caveats.end());
}

void add_left_out(Advice& advice, const Choice& choice, const LeftOut& plans) {
  if (choice.cut_short) {
    advice.caveats.emplace_back(
        "The time limit ended the search: with more time it may find a better set. How far from "
        "the best one this can be is the gap.");
  }
  if (!plans.empty()) {
    advice.caveats.push_back("The time limit left out " + counted(plans.size(), "plan") +
                             " without one of the indexes: costs are shown there, but no plan "
                             "before, and no time saved.");
  }
  const auto untried =
      std::count_if(advice.proposals.begin(), advice.proposals.end(),
                    [](const auto& p) { return p.robustness && !p.robustness->complete; });
  if (untried > 0) {
    advice.caveats.push_back("What the gain rests on was not tried, for want of time, for " +
                             counted(static_cast<std::size_t>(untried), "proposal") + ".");
  }
}

void add_calibration(Advice& advice, const std::optional<Calibration>& calibration,
                     const std::string& why_not, const PlannedWorkload& planned) {
  if (!calibration) {
    advice.caveats.push_back("Gains are in planner cost, not in time: " + why_not + ".");
    return;
  }
  advice.caveats.push_back(fmt::format(
      "Gains in time rest on {} executed plans: half of these are predicted within {:.0f} %.",
      calibration->plans, 100 * calibration->median_error));
  const auto corrected = std::count_if(planned.classes.begin(), planned.classes.end(),
                                       [](const auto& one) { return one.evidence_factor != 1; });
  if (corrected > 0) {
    advice.caveats.push_back(fmt::format(
        "The cost of {} query class{} counts more or less than the model says, because measured "
        "times say so beyond doubt.",
        corrected, corrected == 1 ? "" : "es"));
  }
  const auto others = std::count_if(planned.classes.begin(), planned.classes.end(),
                                    [](const auto& one) { return !one.ran_as_planned; });
  if (others > 0) {
    advice.caveats.push_back(fmt::format(
        "{} query class{} ran by other plans than the catalog gives, as if its indexes had come or "
        "gone since: the times of then are not held against the cost of today.",
        others, others == 1 ? "" : "es"));
  }
}

}  // namespace quern::advisor
