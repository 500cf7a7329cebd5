#include "advisor/price/sized_candidate.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/base/in_parallel.hpp"

#include "advisor/migrate/index_ddl.hpp"
#include "advisor/migrate/index_name.hpp"

namespace quern::advisor {

namespace {

std::int16_t number_in(const Table& leaf, const Table& parent, std::int16_t number) {
  const Column* column = find_column(parent, number);
  for (const auto& other : leaf.columns) {
    if (column != nullptr && other.name == column->name) {
      return other.number;
    }
  }
  return number;
}

IndexDefinition on_leaf(IndexDefinition index, const Table& leaf, const Table& parent) {
  index.table = leaf.oid;
  for (auto& key : index.keys) {
    key.column = key.column == 0 ? key.column : number_in(leaf, parent, key.column);
  }
  for (auto& column : index.included) {
    column = number_in(leaf, parent, column);
  }
  return index;
}

SizedCandidate sized_candidate(const CandidateIndex& candidate, const std::string& ddl,
                               const planner_model::Planner& planner) {
  const CatalogSnapshot& catalog = planner.catalog();
  const Table& table = *find_table(catalog, candidate.definition.table);
  SizedCandidate sized{.index = candidate, .ddl = ddl};
  int number = 0;
  for (const Table* leaf : leaves(table, catalog)) {
    const bool own = leaf == &table;
    const std::string name =
        own ? candidate.name : fitted(fmt::format("{}_{}", candidate.name, ++number));
    const IndexDefinition definition =
        own ? candidate.definition : on_leaf(candidate.definition, *leaf, table);
    sized.parts.push_back(
        planner.hypothetical(create_index_text(definition, name, *leaf, catalog)));
    sized.size += sized.parts.back().size;
  }
  return sized;
}

std::string ddl_of(const CandidateIndex& candidate, const CatalogSnapshot& catalog) {
  return create_index_text(candidate.definition, candidate.name,
                           *find_table(catalog, candidate.definition.table), catalog);
}

}  // namespace

SizedCandidates size_candidates(const std::vector<CandidateIndex>& candidates,
                                const planner_model::Planner& planner) {
  struct Outcome {
    std::optional<SizedCandidate> sized = {};
    UnsizedCandidate unsized = {};
  };

  std::vector<Outcome> outcomes(candidates.size());
  in_parallel(candidates.size(), [&](std::size_t i) {
    const std::string ddl = ddl_of(candidates[i], planner.catalog());
    try {
      outcomes[i].sized = sized_candidate(candidates[i], ddl, planner);
    } catch (const UserError& reason) {
      outcomes[i].unsized = {ddl, candidates[i].rule, reason.what()};
    }
  });
  SizedCandidates result;
  for (auto& [sized, unsized] : outcomes) {
    if (sized) {
      result.sized.push_back(std::move(*sized));
    } else {
      result.unsized.push_back(std::move(unsized));
    }
  }
  return result;
}

void rename_chosen(std::vector<SizedCandidate>& candidates, const std::vector<int>& chosen,
                   const planner_model::Planner& planner) {
  const CatalogSnapshot& catalog = planner.catalog();
  IndexNames names{catalog};
  // Those not chosen step aside; names in plans must stay one index's own.
  for (auto& candidate : candidates) {
    candidate.index.name = "candidate " + candidate.index.name;
    for (auto& part : candidate.parts) {
      part.definition.name = "candidate " + part.definition.name;
    }
  }
  for (const int index : chosen) {
    auto& candidate = candidates[static_cast<std::size_t>(index)];
    const Table& table = *find_table(catalog, candidate.index.definition.table);
    candidate.index.name = names.choose(candidate.index.definition, table);
    candidate = sized_candidate(candidate.index, ddl_of(candidate.index, catalog), planner);
  }
}

}  // namespace quern::advisor
