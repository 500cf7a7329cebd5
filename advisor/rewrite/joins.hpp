#pragma once

#include <set>
#include <vector>

#include "advisor/rewrite/query.hpp"

namespace quern::advisor::rewrite {

/// The joins of a FROM clause whose rows an outer join above cannot replace by NULLs: what they
/// drop could as well be dropped by WHERE. Each node may be overwritten by one of its sides.
[[nodiscard]] std::vector<PgQuery__Node*> unguarded_joins(const Block& block);

/// The source that a FROM item names; null when it is not a plain table of the block.
[[nodiscard]] const Source* source_of(const Block& block, const PgQuery__Node* item);

/// a.x = b.y between two columns of the block.
struct ColumnEquality {
  ResolvedColumn left, right;
};

[[nodiscard]] std::optional<ColumnEquality> column_equality(const Query& query, const Block& block,
                                                            const PgQuery__Node* predicate);

/// Whether no two rows of the block's result can be equal in all output columns: each source's row
/// is determined by a key in the select list, or through equalities from one that is. Blocks with
/// grouping or set operations are not judged (false).
[[nodiscard]] bool rows_are_unique(const Query& query, const Block& block);

/// Columns of the source that conjuncts fix to a constant or parameter.
[[nodiscard]] std::set<std::int16_t> fixed_columns(const Query& query, const Block& block,
                                                   const Source& source);

}  // namespace quern::advisor::rewrite
