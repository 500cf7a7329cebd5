#include "advisor/candidates/find_candidates.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "advisor/candidates/merge.hpp"
#include "advisor/candidates/rules.hpp"
#include "advisor/migrate/index_name.hpp"

namespace quern::advisor {

namespace {

using ByDefinition = std::map<IndexDefinition, CandidateIndex>;

/// Tables of so few pages are read whole whatever indexes exist: one page costs less than a
/// descent.
constexpr std::int64_t kSmallestPages = 2;

bool worth_indexing(const Table& table) {
  if (table.kind == 'p') {
    return true;
  }
  return (table.kind == 'r' || table.kind == 'm') && table.pages >= kSmallestPages &&
         table.persistence != 't';
}

void add(ByDefinition& found, CandidateIndex candidate) {
  const auto [entry, inserted] = found.try_emplace(candidate.definition, candidate);
  if (!inserted) {
    entry->second.serves.insert(candidate.serves.begin(), candidate.serves.end());
    entry->second.rule = std::min(entry->second.rule, candidate.rule);
  }
}

ByDefinition from_rules(const std::vector<QueryUses>& queries, const CatalogSnapshot& catalog,
                        const CandidateLimits& limits) {
  ByDefinition found;
  std::map<std::pair<Oid, std::string>, bool> known;
  const auto may_be_key = [&](const KeyPart& key, Oid table) {
    if (key.column != 0 || !limits.may_be_key) {
      return true;
    }
    const auto [entry, inserted] = known.try_emplace({table, key.expression}, false);
    if (inserted) {
      entry->second = limits.may_be_key(table, key.expression);
    }
    return entry->second;
  };
  for (const auto& query : queries) {
    for (const auto& use : query.uses) {
      const Table* table = find_table(catalog, use.table);
      if (table == nullptr || !worth_indexing(*table)) {
        continue;
      }
      for (auto& candidate : apply_rules({use, *table, catalog, limits.max_width})) {
        const auto& keys = candidate.definition.keys;
        if (!std::all_of(keys.begin(), keys.end(), [&](const KeyPart& key) {
              return may_be_key(key, candidate.definition.table);
            })) {
          continue;
        }
        candidate.serves = {query.fingerprint};
        candidate.rule = query.foreign_key_check ? kForeignKeyRule : candidate.rule;
        add(found, std::move(candidate));
      }
    }
  }
  return found;
}

void add_merges(ByDefinition& found, std::size_t max_width) {
  std::map<Oid, std::vector<CandidateIndex>> by_table;
  for (const auto& [definition, candidate] : found) {
    by_table[definition.table].push_back(candidate);
  }
  for (const auto& [table, candidates] : by_table) {
    for (auto& merge : merges(candidates, max_width)) {
      if (!found.contains(merge.definition)) {
        add(found, std::move(merge));
      }
    }
  }
}

void remove_existing(ByDefinition& found, const CatalogSnapshot& catalog) {
  std::map<Oid, std::vector<IndexDefinition>> existing;
  for (const auto& index : catalog.indexes) {
    if (index.valid) {
      existing[index.table].push_back(definition_of(index));
    }
  }
  std::erase_if(found, [&](const auto& entry) {
    const auto& indexes = existing[entry.first.table];
    return std::any_of(indexes.begin(), indexes.end(),
                       [&](const IndexDefinition& index) { return covers(index, entry.first); });
  });
}

/// The place of each candidate among those of the same class and table: simple before wide, merges
/// last. Of the classes that it serves the one where it comes first.
std::map<IndexDefinition, std::size_t> places_of(const ByDefinition& found) {
  using Simplicity = std::tuple<bool, std::string, std::size_t, IndexDefinition>;
  std::map<std::pair<std::string, Oid>, std::vector<Simplicity>> by_class;
  for (const auto& [definition, candidate] : found) {
    for (const auto& fingerprint : candidate.serves) {
      by_class[{fingerprint, definition.table}].emplace_back(
          candidate.rule == kMergeRule, candidate.rule,
          definition.keys.size() + definition.included.size(), definition);
    }
  }
  std::map<IndexDefinition, std::size_t> places;
  for (auto& [owner, own] : by_class) {
    std::sort(own.begin(), own.end());
    for (std::size_t place = 0; place < own.size(); ++place) {
      const auto [entry, inserted] =
          places.try_emplace(std::get<IndexDefinition>(own[place]), place);
      entry->second = std::min(entry->second, place);
    }
  }
  return places;
}

/// Most workload served first; then simple before wide, then by definition. Beside these the first
/// few of every class, so that one heavy class does not crowd out all others of its tables.
std::vector<CandidateIndex> limited(const ByDefinition& found,
                                    const std::map<std::string, double>& weights,
                                    const CandidateLimits& limits) {
  constexpr std::size_t kOfEveryClass = 4;
  using Rank = std::tuple<double, std::string, std::size_t, std::size_t>;
  std::vector<std::pair<Rank, CandidateIndex>> ranked;
  std::size_t order = 0;
  for (const auto& [definition, candidate] : found) {
    double weight = 0;
    for (const auto& fingerprint : candidate.serves) {
      weight += weights.at(fingerprint);
    }
    const std::size_t width = definition.keys.size() + definition.included.size();
    // Merges come last among equals: they serve two classes and would crowd out what each needs.
    ranked.push_back(
        {{candidate.rule == kMergeRule ? -0.25 * weight : -weight, candidate.rule, width, order++},
         candidate});
  }
  std::sort(ranked.begin(), ranked.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto places = places_of(found);
  std::map<Oid, std::size_t> per_table;
  std::map<Oid, std::size_t> beside;
  std::vector<CandidateIndex> kept;
  for (auto& [rank, candidate] : ranked) {
    const Oid table = candidate.definition.table;
    const bool fits = per_table[table] < limits.per_table;
    const bool first_of_class = places.at(candidate.definition) < kOfEveryClass;
    if (kept.size() < limits.total &&
        (fits || (first_of_class && beside[table] < limits.per_table / 2))) {
      ++(fits ? per_table : beside)[table];
      kept.push_back(std::move(candidate));
    }
  }
  return kept;
}

void sort_and_name(std::vector<CandidateIndex>& candidates, const CatalogSnapshot& catalog) {
  const auto key = [&](const CandidateIndex& candidate) {
    const Table* table = find_table(catalog, candidate.definition.table);
    return std::tuple{table->schema, table->name, candidate.definition};
  };
  std::sort(candidates.begin(), candidates.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  IndexNames names{catalog};
  for (auto& candidate : candidates) {
    const Table& table = *find_table(catalog, candidate.definition.table);
    candidate.name = names.choose(candidate.definition, table);
  }
}

}  // namespace

CandidateSet find_candidates(const std::vector<QueryUses>& queries, const CatalogSnapshot& catalog,
                             const CandidateLimits& limits) {
  std::map<std::string, double> weights;
  for (const auto& query : queries) {
    weights[query.fingerprint] += query.weight;
  }
  ByDefinition found = from_rules(queries, catalog, limits);
  add_merges(found, limits.max_width);
  remove_existing(found, catalog);
  CandidateSet set{.candidates = limited(found, weights, limits)};
  set.left_out = found.size() - set.candidates.size();
  sort_and_name(set.candidates, catalog);
  return set;
}

}  // namespace quern::advisor
