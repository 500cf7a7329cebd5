#include "advisor/candidates/find_candidates.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "advisor/candidates/merge.hpp"
#include "advisor/candidates/rules.hpp"
#include "advisor/migrate/index_name.hpp"

namespace quern::advisor {

namespace {

/// Of each class that a candidate serves: how many came before it of the same rules there. What a
/// rule thinks best comes first.
using Places = std::map<std::string, std::size_t>;

struct Found {
  CandidateIndex candidate;
  Places places = {};
};

using ByDefinition = std::map<IndexDefinition, Found>;

/// Of each class so many candidates stay on a table, beside those that serve most.
constexpr std::size_t kOfEveryClass = 4;

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

void add(ByDefinition& found, CandidateIndex candidate, const std::string& fingerprint,
         std::size_t place) {
  candidate.serves = {fingerprint};
  const auto [entry, inserted] = found.try_emplace(candidate.definition, Found{candidate});
  auto& [known, places] = entry->second;
  if (!inserted) {
    known.serves.insert(fingerprint);
    known.rule = std::min(known.rule, candidate.rule);
  }
  const auto [own, first] = places.try_emplace(fingerprint, place);
  own->second = std::min(own->second, place);
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
      std::map<std::string, std::size_t> of_rule;
      for (auto& candidate : apply_rules({use, *table, catalog, limits.max_width})) {
        const auto& keys = candidate.definition.keys;
        if (!std::all_of(keys.begin(), keys.end(), [&](const KeyPart& key) {
              return may_be_key(key, candidate.definition.table);
            })) {
          continue;
        }
        candidate.rule = query.foreign_key_check ? kForeignKeyRule : candidate.rule;
        const std::size_t place = of_rule[candidate.rule + candidate.made_from]++;
        add(found, std::move(candidate), query.fingerprint, place);
      }
    }
  }
  return found;
}

std::size_t width_of(const IndexDefinition& index) {
  return index.keys.size() + index.included.size();
}

/// The narrow ones first.
void place_merges(ByDefinition& found) {
  using Narrow = std::pair<std::size_t, IndexDefinition>;
  std::map<std::pair<std::string, Oid>, std::vector<Narrow>> by_class;
  for (const auto& [definition, entry] : found) {
    if (entry.candidate.rule == kMergeRule) {
      for (const auto& fingerprint : entry.candidate.serves) {
        by_class[{fingerprint, definition.table}].emplace_back(width_of(definition), definition);
      }
    }
  }
  for (auto& [owner, merges] : by_class) {
    std::sort(merges.begin(), merges.end());
    for (std::size_t place = 0; place < merges.size(); ++place) {
      found.at(merges[place].second).places[owner.first] = place;
    }
  }
}

void add_merges(ByDefinition& found, std::size_t max_width) {
  std::map<Oid, std::vector<CandidateIndex>> by_table;
  for (const auto& [definition, entry] : found) {
    by_table[definition.table].push_back(entry.candidate);
  }
  for (const auto& [table, candidates] : by_table) {
    for (auto& merge : merges(candidates, max_width)) {
      const auto [entry, inserted] = found.try_emplace(merge.definition, Found{merge});
      auto& known = entry->second.candidate;
      if (!inserted && known.rule == kMergeRule) {
        known.serves.insert(merge.serves.begin(), merge.serves.end());
      }
    }
  }
  place_merges(found);
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

/// The workload that a candidate may serve. Of what one rule proposes to one class each next is
/// thought worth less, so that the many ways to index one heavy class do not crowd out the others'.
/// Merges come last among equals: they serve two classes and would crowd out what each needs.
double worth(const Found& entry, const std::map<std::string, double>& weights) {
  double sum = 0;
  for (const auto& [fingerprint, place] : entry.places) {
    sum += weights.at(fingerprint) / static_cast<double>(1 + place);
  }
  return (entry.candidate.rule == kMergeRule ? 0.25 : 1.0) * sum;
}

/// The least place of each candidate among those of a class and table: the first of every rule
/// before the second of any, merges last.
std::map<IndexDefinition, std::size_t> places_of(const ByDefinition& found) {
  using Simplicity = std::tuple<bool, std::size_t, std::string, std::size_t, IndexDefinition>;
  std::map<std::pair<std::string, Oid>, std::vector<Simplicity>> by_class;
  for (const auto& [definition, entry] : found) {
    const std::string& rule = entry.candidate.rule;
    for (const auto& [fingerprint, place] : entry.places) {
      by_class[{fingerprint, definition.table}].emplace_back(rule == kMergeRule, place, rule,
                                                             width_of(definition), definition);
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

using Rank = std::tuple<std::size_t, double, std::string, std::size_t, std::size_t>;
using Ranked = std::vector<std::pair<Rank, CandidateIndex>>;

/// Takes from `ranked` the first of each table that still fit.
void take(Ranked& ranked, const CandidateLimits& limits, std::vector<CandidateIndex>& kept) {
  std::sort(ranked.begin(), ranked.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::map<Oid, std::size_t> per_table;
  std::erase_if(ranked, [&](auto& entry) {
    std::size_t& taken = per_table[entry.second.definition.table];
    if (kept.size() >= limits.total || taken >= limits.per_table) {
      return false;
    }
    ++taken;
    kept.push_back(std::move(entry.second));
    return true;
  });
}

/// Most workload served first; then simple before wide, then by definition. Beside these, of every
/// class in turn, the first few.
std::vector<CandidateIndex> limited(const ByDefinition& found,
                                    const std::map<std::string, double>& weights,
                                    const CandidateLimits& limits) {
  Ranked ranked;
  std::size_t order = 0;
  for (const auto& [definition, entry] : found) {
    ranked.push_back(
        {{0, -worth(entry, weights), entry.candidate.rule, width_of(definition), order++},
         entry.candidate});
  }
  std::vector<CandidateIndex> kept;
  take(ranked, limits, kept);
  const auto places = places_of(found);
  for (auto& [rank, candidate] : ranked) {
    std::get<0>(rank) = places.at(candidate.definition);
  }
  std::erase_if(ranked,
                [](const auto& entry) { return std::get<0>(entry.first) >= kOfEveryClass; });
  take(ranked, limits, kept);
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
