#include "advisor/review/review.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "advisor/migrate/index_ddl.hpp"
#include "advisor/review/replan.hpp"

namespace quern::advisor {

namespace {

enum class Finding { Invalid, Duplicate, Prefix, Unused };

struct Suspect {
  const Index* index;
  Finding finding;
  std::string by = {};  ///< the index that makes it redundant
  bool by_chosen = false;
  const Index* stays = nullptr;  ///< the existing one of these
};

bool listed(const std::vector<std::string>& names, const Index& index) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return name == index.name || name == index.schema + "." + index.name;
  });
}

/// What the server or another object needs whatever the rows are.
bool is_bound(const Index& index, const CatalogSnapshot& catalog) {
  const bool backs_key =
      std::any_of(catalog.constraints.begin(), catalog.constraints.end(), [&](const auto& c) {
        return c.index == index.name &&
               (c.table == index.table || c.referenced_table == index.table);
      });
  return index.primary || index.exclusion || !index.constraint.empty() || index.replica_identity ||
         index.clustered || backs_key;
}

/// Of two equal indexes one is kept: that which enforces something, else was scanned more, else the
/// name that PostgreSQL would give.
bool keeps(const Index& a, const Index& b, const CatalogSnapshot& catalog) {
  const auto rank = [&](const Index& index) {
    return std::tuple{!is_bound(index, catalog), !index.unique, -index.scans.value_or(0),
                      index.oid};
  };
  return rank(a) < rank(b);
}

/// Whether `other` forbids the duplicates that `index` forbids, at the same moment.
bool enforces_as_much(const Index& other, const Index& index) {
  return !index.unique ||
         (other.unique && other.keys.size() == index.keys.size() &&
          other.predicate == index.predicate && other.immediate == index.immediate &&
          other.nulls_not_distinct == index.nulls_not_distinct);
}

using Indexes = std::vector<const Index*>;

bool among(const Indexes& indexes, const Index& index) {
  return std::find(indexes.begin(), indexes.end(), &index) != indexes.end();
}

std::optional<Suspect> redundant(const Index& index, const ReviewInput& input,
                                 const Indexes& gone) {
  const IndexDefinition own = definition_of(index);
  for (const Index* other : indexes_of(input.catalog, index.table)) {
    if (other == &index || !other->valid || among(gone, *other) ||
        !enforces_as_much(*other, index)) {
      continue;
    }
    const IndexDefinition theirs = definition_of(*other);
    if (!covers(theirs, own)) {
      continue;
    }
    const bool same = covers(own, theirs);
    if (same && !keeps(*other, index, input.catalog)) {
      continue;
    }
    return Suspect{&index, same ? Finding::Duplicate : Finding::Prefix, other->name, false, other};
  }
  for (const int chosen : input.chosen) {
    const auto& candidate = input.candidates[static_cast<std::size_t>(chosen)].index;
    if (!index.unique && covers(candidate.definition, own)) {
      return Suspect{&index, Finding::Prefix, candidate.name, true};
    }
  }
  return std::nullopt;
}

/// A statement that could not be planned may use the indexes of what it names.
bool may_be_named_by_unplanned(Oid oid, const ReviewInput& input) {
  const Table* table = find_table(input.catalog, oid);
  const auto& unplanned = input.workload.unplanned;
  return table != nullptr &&
         std::any_of(unplanned.begin(), unplanned.end(),
                     [&](const UnplannedQuery& query) { return mentions(query.sql, table->name); });
}

bool is_empty(const Table* table) {
  return table == nullptr || (table->pages == 0 && table->reltuples <= 0);
}

/// No plan of the recorded workload uses it, with or without the chosen set, and the server has not
/// scanned it since its statistics began.
bool unused(const Index& index, const ReviewInput& input) {
  if (!index.scans || *index.scans > 0) {
    return false;
  }
  // Of another database's workload none can be planned: it says nothing about these indexes.
  if (input.workload.classes.empty() && !input.workload.unplanned.empty()) {
    return false;
  }
  std::set<std::string> names{index.name};
  for (const auto& other : input.catalog.indexes) {
    if (other.parent == index.oid && index.oid != 0) {
      names.insert(other.name);
      if (other.scans.value_or(1) > 0) {
        return false;
      }
    }
  }
  const std::set<Oid> family = family_of(index.table, input.catalog);
  // Of an empty table an index costs nothing, and nobody has seen what it will serve.
  if (input.catalog.has_statistics && std::all_of(family.begin(), family.end(), [&](Oid oid) {
        return is_empty(find_table(input.catalog, oid));
      })) {
    return false;
  }
  if (std::any_of(family.begin(), family.end(),
                  [&](Oid oid) { return may_be_named_by_unplanned(oid, input); })) {
    return false;
  }
  return std::none_of(
      input.workload.samples.begin(), input.workload.samples.end(), [&](const auto& sample) {
        const auto& used = sample.before.indexes_used;
        return uses_any(input.workload.classes[sample.query_class], family) &&
               std::any_of(used.begin(), used.end(),
                           [&](const std::string& name) { return names.contains(name); });
      });
}

/// A partitioned index is invalid until each partition's is attached; those that are serve queries.
bool has_valid_part(const Index& index, const CatalogSnapshot& catalog) {
  return std::any_of(catalog.indexes.begin(), catalog.indexes.end(), [&](const Index& part) {
    return index.oid != 0 && part.parent == index.oid &&
           (part.valid || has_valid_part(part, catalog));
  });
}

bool may_be_proposed(const Index& index, const ReviewInput& input) {
  const Table* table = find_table(input.catalog, index.table);
  return table != nullptr && !is_bound(index, input.catalog) && index.parent == 0 &&
         !listed(input.options.keep, index) && !listed(input.options.never, index) &&
         !listed(input.options.never, Index{.schema = table->schema, .name = table->name});
}

/// What has nothing to do, or less than another index that stays.
std::optional<Suspect> suspect(const Index& index, const ReviewInput& input, const Indexes& gone) {
  if (!index.valid && !has_valid_part(index, input.catalog)) {
    return Suspect{&index, Finding::Invalid};
  }
  return redundant(index, input, gone);
}

std::optional<Suspect> idle(const Index& index, const ReviewInput& input, const Indexes& gone) {
  if (index.valid && !index.unique && unused(index, input) &&
      foreign_keys_served_alone(index, input.catalog, gone).empty()) {
    return Suspect{&index, Finding::Unused};
  }
  return std::nullopt;
}

Bytes size_of(const Index& index, const CatalogSnapshot& catalog) {
  std::int64_t pages = index.pages;
  for (const auto& other : catalog.indexes) {
    if (other.parent == index.oid && index.oid != 0) {
      pages += other.pages;
    }
  }
  return Bytes{static_cast<double>(pages) * catalog.block_size};
}

std::string title_of(const Suspect& suspect) {
  const std::string& name = suspect.index->name;
  switch (suspect.finding) {
    case Finding::Invalid:
      return fmt::format("Drop the invalid index {}", name);
    case Finding::Duplicate:
      return fmt::format("Drop {}: the same index as {}", name, suspect.by);
    case Finding::Prefix:
      return suspect.by_chosen
                 ? fmt::format("Drop {}: the new {} does its work", name, suspect.by)
                 : fmt::format("Drop {}: {} begins with its columns", name, suspect.by);
    case Finding::Unused:
      return fmt::format("Drop {}: nothing uses it", name);
  }
  return {};
}

std::string rationale_of(const Suspect& suspect, const CatalogSnapshot& catalog) {
  const Index& index = *suspect.index;
  switch (suspect.finding) {
    case Finding::Invalid:
      return "A build that failed or was cancelled left it behind. No plan uses an invalid index, "
             "yet writes may still maintain it. Drop it; if it was wanted, build it again.";
    case Finding::Duplicate:
      return fmt::format(
          "{} has the same columns, operator classes and rows. One of the two only "
          "costs writes, space and vacuum time.",
          suspect.by);
    case Finding::Prefix:
      return fmt::format(
          "Every search that {} can answer, {} answers as well: its first columns are "
          "the same, over the same rows.{}",
          index.name, suspect.by,
          suspect.by_chosen ? " Drop it only after the new index is valid." : "");
    case Finding::Unused:
      return fmt::format(
          "The server has not scanned it once{}, no statement of the recorded "
          "workload would use it, and it enforces nothing.",
          catalog.statistics_since.empty() ? " as far as its counters reach"
                                           : " since " + catalog.statistics_since);
  }
  return {};
}

void add_warnings(Proposal& proposal, const Suspect& suspect, const ReviewInput& input) {
  if (suspect.finding == Finding::Unused) {
    if (input.catalog.statistics_since.empty()) {
      proposal.warnings.emplace_back(
          "Since when the server counts is unknown: make sure that it covers month-end jobs and "
          "other rare work.");
    }
    proposal.warnings.emplace_back(
        "Scans on replicas are counted there: check idx_scan on every replica before the drop.");
  }
  for (const auto& key : foreign_keys_served_alone(*suspect.index, input.catalog, {})) {
    proposal.warnings.push_back(
        fmt::format("It is the only index on the referencing columns of foreign key {}.", key));
  }
}

Proposal proposal_for(const Suspect& suspect, const ReviewInput& input) {
  const Index& index = *suspect.index;
  const Table& table = *find_table(input.catalog, index.table);
  Proposal proposal{.id = "drop-" + index.name, .kind = ProposalKind::DropIndex};
  proposal.title = title_of(suspect);
  proposal.rationale = rationale_of(suspect, input.catalog);
  proposal.table = relation_name(input.catalog, table.schema, table.name);
  proposal.index = index.name;
  proposal.rule = suspect.finding == Finding::Invalid     ? "M32 invalid"
                  : suspect.finding == Finding::Duplicate ? "M17 duplicate"
                  : suspect.finding == Finding::Prefix    ? "M17 prefix of another"
                                                          : "unused";
  const Migration migration = drop_index(index, input.catalog);
  proposal.ddl_up = migration.up;
  proposal.warnings = migration.cautions;
  if (suspect.finding == Finding::Invalid && index.unique) {
    proposal.warnings.emplace_back(
        "Nothing reverts this: what found duplicates once may find them again.");
  } else {
    proposal.ddl_down = migration.down;
  }
  proposal.size = size_of(index, input.catalog);
  proposal.writes = input.writes.effect(index);
  proposal.confidence = suspect.finding == Finding::Unused ? Confidence::Medium : Confidence::High;
  proposal.evidence.push_back(
      fmt::format("Measured: {:.0f} kB on disk, {}.", proposal.size->value() / 1024,
                  index.scans ? fmt::format("{} scans", *index.scans) : "scans unknown"));
  add_warnings(proposal, suspect, input);
  return proposal;
}

Cost loss(const std::vector<QueryEffect>& slower) {
  Cost sum;
  for (const auto& effect : slower) {
    sum += effect.calls * (effect.after - effect.before);
  }
  return sum;
}

/// A redundant index may go although a wider one costs a scan a little more: where that is less
/// than what an index must earn to be proposed, and no query loses much.
bool tolerable(const std::vector<QueryEffect>& slower, Finding finding, const ReviewInput& input) {
  constexpr double kMuch = 1.25;
  if (finding == Finding::Invalid || slower.empty()) {
    return true;
  }
  if (finding == Finding::Unused) {
    return false;
  }
  return loss(slower) <= input.charge &&
         std::all_of(slower.begin(), slower.end(), [](const QueryEffect& effect) {
           return effect.after <= kMuch * effect.before;
         });
}

void tell_replanning(Proposal& proposal, Finding finding) {
  if (finding == Finding::Invalid) {
    return;
  }
  if (proposal.queries.empty()) {
    proposal.evidence.emplace_back(
        "Estimated: every recorded statement that reads it was planned again without it, and none "
        "gets slower.");
    return;
  }
  for (const auto& effect : proposal.queries) {
    proposal.warnings.push_back(fmt::format(
        "Gets {:.0f} % slower: {} ({:.2f} instead of {:.2f} planner units, {:.0f} calls).",
        100 * (effect.after / effect.before - 1), effect.sql, effect.after.value(),
        effect.before.value(), effect.calls));
  }
}

/// Of a partitioned index the parts go with it.
void add_with_parts(Indexes& indexes, const Index& index, const CatalogSnapshot& catalog) {
  indexes.push_back(&index);
  for (const auto& part : catalog.indexes) {
    if (part.parent == index.oid && index.oid != 0) {
      add_with_parts(indexes, part, catalog);
    }
  }
}

/// Each drop is judged after those before it: two that cover each other do not both go, nor does
/// one that an earlier drop rests on.
struct Review {
  const ReviewInput& input;
  std::vector<Reviewed> reviewed = {};
  Replanning replanning{input};
  Indexes gone = {};
  Indexes needed = {};

  template <class Judge>
  void judge(const Index& index, const Judge& finding) {
    if (among(gone, index) || among(needed, index)) {
      return;
    }
    const std::optional<Suspect> found = finding(index, input, gone);
    if (!found) {
      return;
    }
    Indexes with_parts;
    add_with_parts(with_parts, index, input.catalog);
    Proposal proposal = proposal_for(*found, input);
    proposal.queries = replanning.slower_without(with_parts, index.table);
    if (!tolerable(proposal.queries, found->finding, input)) {
      return;  // some recorded query needs it after all
    }
    tell_replanning(proposal, found->finding);
    proposal.net_benefit = proposal.writes->cost_total - loss(proposal.queries);
    proposal.read_benefit = Cost{0} - loss(proposal.queries);
    replanning.let_go();
    gone.push_back(&index);
    if (found->stays != nullptr) {
      needed.push_back(found->stays);
    }
    reviewed.push_back({std::move(proposal), found->by_chosen ? found->by : ""});
  }
};

}  // namespace

std::vector<std::string> foreign_keys_served_alone(const Index& index,
                                                   const CatalogSnapshot& catalog,
                                                   const std::vector<const Index*>& gone) {
  const auto leads = [](const Index& candidate, const std::vector<std::int16_t>& columns) {
    if (candidate.keys.size() < columns.size() || !candidate.predicate.empty() ||
        !candidate.valid) {
      return false;
    }
    return std::all_of(columns.begin(), columns.end(), [&](std::int16_t column) {
      const auto end = candidate.keys.begin() + static_cast<std::ptrdiff_t>(columns.size());
      return std::any_of(candidate.keys.begin(), end,
                         [column](const IndexKey& key) { return key.column == column; });
    });
  };
  std::vector<std::string> served;
  for (const auto& constraint : catalog.constraints) {
    if (constraint.kind != 'f' || constraint.table != index.table ||
        !leads(index, constraint.columns)) {
      continue;
    }
    const auto others = indexes_of(catalog, index.table);
    if (std::none_of(others.begin(), others.end(), [&](const Index* other) {
          return other != &index && !among(gone, *other) && leads(*other, constraint.columns);
        })) {
      served.push_back(constraint.name);
    }
  }
  return served;
}

std::vector<Reviewed> review_indexes(const ReviewInput& input) {
  std::vector<const Index*> widest_first;
  for (const auto& index : input.catalog.indexes) {
    if (may_be_proposed(index, input)) {
      widest_first.push_back(&index);
    }
  }
  std::stable_sort(widest_first.begin(), widest_first.end(),
                   [](const Index* a, const Index* b) { return a->keys.size() > b->keys.size(); });
  Review review{input};
  for (const auto judge : {suspect, idle}) {
    for (const Index* index : widest_first) {
      review.judge(*index, judge);
    }
  }
  return std::move(review.reviewed);
}

}  // namespace quern::advisor
