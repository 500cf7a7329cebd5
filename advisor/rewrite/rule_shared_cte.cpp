#include <algorithm>

#include <fmt/core.h>

#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

constexpr std::int32_t kMaterializedKeyword = 120000;  // WITH x AS [NOT] MATERIALIZED

/// How many times the CTE is read, and whether every reader filters it.
struct References {
  std::size_t count = 0;
  bool all_filtered = true;
};

References references(const Query& query, std::string_view name) {
  References found;
  for (const Block& block : query.blocks) {
    for (const Source& source : block.sources) {
      if (source.node != nullptr && source.table == nullptr && name == source.node->relname &&
          *source.node->schemaname == '\0') {
        ++found.count;
        found.all_filtered = found.all_filtered && *block.where != nullptr;
      }
    }
  }
  return found;
}

bool may_inline(const Query& query, const PgQuery__CommonTableExpr& cte) {
  const auto* select = as<PgQuery__SelectStmt>(cte.ctequery);
  return select != nullptr && select->n_locking_clause == 0 &&
         cte.ctematerialized == PG_QUERY__CTEMATERIALIZE__CTEMaterializeDefault &&
         query.deterministic(cte.ctequery);
}

}  // namespace

std::optional<Finding> shared_cte(Query& query) {
  const auto* select = as<PgQuery__SelectStmt>(query.tree.statement());
  if (select == nullptr || select->with_clause == nullptr || select->with_clause->recursive ||
      query.catalog->server_version < kMaterializedKeyword) {
    return std::nullopt;
  }
  std::string names;
  const PgQuery__WithClause& with = *select->with_clause;
  for (std::size_t i = 0; i < with.n_ctes; ++i) {
    auto* cte = as<PgQuery__CommonTableExpr>(with.ctes[i]);
    const auto used = references(query, cte->ctename);
    if (used.count >= 2 && used.all_filtered && may_inline(query, *cte)) {
      cte->ctematerialized = PG_QUERY__CTEMATERIALIZE__CTEMaterializeNever;
      names += (names.empty() ? "" : ", ") + std::string{cte->ctename};
    }
  }
  if (names.empty()) {
    return std::nullopt;
  }
  return Finding{
      .replacement = query.tree.sql(),
      .why = fmt::format("A CTE that is read more than once ({}) is computed whole and stored; "
                         "the filters of its readers come too late. NOT MATERIALIZED lets each "
                         "reader push its own filter in.",
                         names),
      .conditions = {{"the CTE only reads: no data-modifying statement, no row lock"},
                     {"no volatile function in the CTE"},
                     {"every reader has a WHERE clause"}}};
}

}  // namespace quern::advisor::rewrite
