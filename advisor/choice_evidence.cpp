#include "advisor/choice_evidence.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "planner-model/size/size_uncertainty.hpp"

#include "advisor/migrate/index_ddl.hpp"
#include "advisor/price/foreign_keys.hpp"

namespace quern::advisor {

namespace {

std::string bytes_text(double bytes) {
  constexpr double kKilo = 1024;
  return bytes < kKilo * kKilo ? fmt::format("{:.0f} kB", bytes / kKilo)
                               : fmt::format("{:.1f} MB", bytes / kKilo / kKilo);
}

/// Where measured times had the last word over the estimates.
void tell_correction(Proposal& proposal) {
  std::size_t corrected = 0;
  double least = 1;
  double most = 1;
  for (const auto& effect : proposal.queries) {
    corrected += effect.evidence_factor != 1 && weighted_gain(effect) > 0 ? 1 : 0;
    least = std::min(least, effect.evidence_factor);
    most = std::max(most, effect.evidence_factor);
  }
  if (corrected == 0) {
    return;
  }
  const std::string factor = least == 1  ? fmt::format("as much as {:.1f} times", most)
                             : most == 1 ? fmt::format("as little as {:.2f} times", least)
                                         : fmt::format("{:.2f} to {:.1f} times", least, most);
  proposal.evidence.push_back(fmt::format(
      "Measured: {} of the query classes took {} than their cost stands for, beyond doubt: it "
      "counts {}.",
      corrected,
      least == 1  ? "longer"
      : most == 1 ? "less time"
                  : "longer or less time",
      factor));
}

/// Query classes in whose EXPLAIN the choice's plan counts an index that it does not read.
void tell_only_priced(Proposal& proposal, const ChoiceInput& input,
                      const SizedCandidate& candidate) {
  const int index = input.costs.candidate_named(candidate.index.name);
  std::size_t hashed = 0;
  std::size_t skipped = 0;
  for (const PlannedClass& query : input.planned.classes) {
    const auto plan = input.costs.plan(query.samples.front(), input.choice.chosen);
    const IndexSet priced = input.costs.priced_only(plan);
    if (std::binary_search(priced.begin(), priced.end(), index)) {
      ++(plan.partitions_skipped > 0 ? skipped : hashed);
    }
  }
  const auto tell = [&](std::size_t count, const char* where) {
    if (count > 0) {
      proposal.evidence.push_back(
          fmt::format("Not counted: EXPLAIN's total of {} query class{} falls by it as well, {}.",
                      count, count == 1 ? "" : "es", where));
    }
  };
  tell(
      hashed,
      "in an EXISTS that it counts row by row and the server runs as a hashed subplan without this "
      "index");
  tell(skipped, "in partitions that are skipped when the execution begins");
}

/// What the server does not know before the index, and where its EXPLAIN looks cheap for it.
void tell_guesses(Proposal& proposal, const ChoiceInput& input) {
  const auto rests = std::count_if(
      proposal.queries.begin(), proposal.queries.end(), [&](const QueryEffect& effect) {
        return std::any_of(effect.analyzed.begin(), effect.analyzed.end(), [&](const auto& name) {
          return input.costs.candidate_named(name) == input.costs.candidate_named(proposal.index);
        });
      });
  if (rests > 0) {
    proposal.evidence.push_back(fmt::format(
        "Estimated: how many rows the expression lets through, in {} query class{}, from the "
        "statistics of its column. The server guesses until the index is there and the table "
        "analyzed.",
        rests, rests == 1 ? "" : "es"));
  }
}

bool lacks_statistics(const ChoiceInput& input, const Table& table) {
  for (const Table* leaf : leaves(table, input.catalog)) {
    if (leaf->reltuples < 0) {
      return true;
    }
  }
  return !input.catalog.has_statistics;
}

}  // namespace

double weighted_gain(const QueryEffect& effect) {
  return effect.calls * effect.evidence_factor * (effect.before - effect.after).value();
}

bool concerns(const PlannedClass& query, Oid table) {
  return std::any_of(query.uses.begin(), query.uses.end(),
                     [table](const auto& use) { return use.table == table; });
}

void add_size(Proposal& proposal, const ChoiceInput& input, const SizedCandidate& candidate) {
  const std::string rows =
      candidate.parts.empty() ? "no"
                              : fmt::format("{:.0f}", candidate.parts.front().definition.reltuples);
  const CatalogSnapshot& catalog = input.catalog;
  const Table* table = candidate.parts.empty()
                           ? nullptr
                           : find_table(catalog, candidate.parts.front().definition.table);
  const std::string uncertain =
      table == nullptr
          ? ""
          : planner_model::size_uncertainty(candidate.parts.front().definition, *table, catalog);
  proposal.evidence.push_back(fmt::format("Estimated: it takes {}{} on disk ({} rows){}.",
                                          uncertain.empty() ? "" : "about ",
                                          bytes_text(candidate.size.value()), rows,
                                          uncertain.empty() ? "" : ", roughly: " + uncertain));
}

/// Query classes that an index helps.
struct Helped {
  std::size_t classes = 0;
  double calls = 0;
  double milliseconds = 0;  ///< where measured
};

void add_helped(Proposal& proposal) {
  Helped recorded;
  Helped checks;
  for (const auto& effect : proposal.queries) {
    if (weighted_gain(effect) <= 0) {
      continue;
    }
    Helped& its = is_foreign_key_check(effect) ? checks : recorded;
    ++its.classes;
    its.calls += effect.calls;
    if (effect.measured_mean) {
      its.milliseconds += effect.calls * static_cast<double>(effect.measured_mean->count()) / 1000;
    }
  }
  if (recorded.classes > 0 || checks.classes == 0) {
    const std::string took =
        recorded.milliseconds > 0 ? fmt::format(" and took {:.1f} ms", recorded.milliseconds) : "";
    proposal.evidence.push_back(fmt::format(
        "Measured: {} query class{} that it helps ran {:.0f} time{}{}.", recorded.classes,
        recorded.classes == 1 ? "" : "es", recorded.calls, recorded.calls == 1 ? "" : "s", took));
  }
  if (checks.classes > 0) {
    proposal.evidence.push_back(
        fmt::format("Estimated: it helps to check {} foreign key{} for {:.0f} row{} that the "
                    "recorded writes take "
                    "away or change.",
                    checks.classes, checks.classes == 1 ? "" : "s", checks.calls,
                    checks.calls == 1 ? "" : "s"));
  }
}

void tell_vacuum(Proposal& proposal, const WriteEffect& writes) {
  constexpr double kWorthTelling = 0.05;
  if (writes.vacuums < kWorthTelling) {
    return;
  }
  proposal.evidence.push_back(fmt::format(
      "Estimated: {:.0f} dead rows bring VACUUM to {} {:.1f} times in the period; of this index it "
      "reads {} and writes {} of WAL for that.",
      writes.dead_entries, proposal.table, writes.vacuums, bytes_text(writes.vacuum_read.value()),
      bytes_text(writes.vacuum_wal.value())));
}

void add_evidence(Proposal& proposal, const ChoiceInput& input, const SizedCandidate& candidate) {
  add_helped(proposal);
  if (!proposal.queries.empty()) {
    const QueryEffect& best = proposal.queries.front();
    proposal.evidence.push_back(
        fmt::format("Estimated: the query that gains most costs {:.2f} instead of {:.2f} planner "
                    "units, {:.0f} times in the recorded period.",
                    best.after.value(), best.before.value(), best.calls));
  }
  proposal.time = time_gain(proposal.queries);
  if (proposal.time) {
    proposal.evidence.push_back(
        fmt::format("Estimated, from measured times and the log's own plans: it saves {}.",
                    time_gain_words(*proposal.time, proposal.queries, input.workload)));
  }
  add_size(proposal, input, candidate);
  const WriteEffect& writes = *proposal.writes;
  const bool written = writes.rows_inserted >= 1 || writes.rows_updated >= 1;
  proposal.evidence.push_back(
      fmt::format(
          "Estimated: each inserted row writes {:.0f} bytes more WAL and takes about {:.1f} "
          "µs longer on a warm core; ",
          writes.wal_per_insert.value(), writes.time_per_insert.count()) +
      (written ? fmt::format("the period's {:.0f} inserts and {:.0f} updates cost {:.2f} planner "
                             "units and {} more.",
                             writes.rows_inserted, writes.rows_updated, writes.cost_total.value(),
                             bytes_text(writes.wal_total.value()))
               : "the period had no inserts or updates."));
  tell_vacuum(proposal, writes);
  if (writes.statements_planned >= 1) {
    proposal.evidence.push_back(fmt::format(
        "Estimated: planning looks at one more index, {:.1f} µs for each of the period's {:.0f} "
        "statements on {} that is not planned already (prepared).",
        writes.time_per_planning.count(), writes.statements_planned, proposal.table));
  }
  if (writes.hot_updates_lost > 0) {
    proposal.evidence.push_back(fmt::format(
        "Estimated: {:.0f} updates could no longer be HOT, because they set a column of "
        "this index; each then adds an entry to every index of {}.",
        writes.hot_updates_lost, proposal.table));
  }
  tell_correction(proposal);
  tell_only_priced(proposal, input, candidate);
  tell_guesses(proposal, input);
}

void judge_confidence(Proposal& proposal, const ChoiceInput& input, const Table& table) {
  std::set<std::string> unmodelled;
  std::size_t generic = 0;
  for (const auto& query : input.planned.classes) {
    if (!concerns(query, table.oid)) {
      continue;
    }
    const bool helped =
        std::any_of(proposal.queries.begin(), proposal.queries.end(), [&](const auto& effect) {
          return effect.fingerprint == query.fingerprint && effect.uses_index;
        });
    if (!helped) {
      continue;
    }
    generic += query.generic ? 1 : 0;
    for (const auto sample : query.samples) {
      const auto& constructs = input.planned.samples[sample].before.unmodelled;
      unmodelled.insert(constructs.begin(), constructs.end());
    }
  }
  proposal.confidence = Confidence::High;
  if (lacks_statistics(input, table)) {
    proposal.confidence = Confidence::Low;
    proposal.warnings.push_back(
        fmt::format("{} was never analyzed: the estimates rest on defaults. Run ANALYZE and take "
                    "the snapshot again.",
                    proposal.table));
  }
  if (!unmodelled.empty()) {
    proposal.confidence = Confidence::Low;
    std::string names;
    for (const auto& name : unmodelled) {
      names += (names.empty() ? "" : ", ") + name;
    }
    proposal.warnings.push_back(
        "Queries that it helps hold what the model prices roughly: " + names + ".");
  }
  if (generic > 0) {
    proposal.confidence = std::min(proposal.confidence, Confidence::Medium);
    proposal.warnings.push_back(
        fmt::format("{} of the query classes were planned without their parameters, as generic "
                    "plans.",
                    generic));
  }
  if (proposal.time && proposal.time->low_ms < 0) {  // measured times do not bear the cost out
    const bool none = proposal.time->saved_ms <= 0;
    proposal.confidence =
        std::min(proposal.confidence, none ? Confidence::Low : Confidence::Medium);
  }
  if (proposal.share_of_workload < 0.01) {
    proposal.confidence = std::min(proposal.confidence, Confidence::Medium);
  }
}

void name_hurt(Proposal& proposal) {
  for (const auto& effect : proposal.queries) {
    if (effect.after > kFuzz * effect.before) {
      proposal.warnings.push_back(
          fmt::format("Gets slower: {} ({:.2f} instead of {:.2f} planner units, {:.0f} calls).",
                      effect.sql, effect.after.value(), effect.before.value(), effect.calls));
    }
  }
}

}  // namespace quern::advisor
