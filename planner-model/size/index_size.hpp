#pragma once

#include <optional>

#include "collector/base/units.hpp"
#include "collector/catalog/snapshot.hpp"

#include "planner-model/size/index_columns.hpp"
#include "planner-model/whatif/planner.hpp"

namespace quern::planner_model {

struct IndexSize {
  Pages pages;
  Rows tuples;
  std::optional<int> tree_height = {};  ///< levels above the leaves; none: not a btree, or HypoPG
  Bytes bytes;
};

/// The size of an index over `rows_indexed` rows of the table (after its predicate), from the
/// statistics of its columns. AsBuilt: what CREATE INDEX would write. HypoPG: what HypoPG 1.3.1
/// claims.
[[nodiscard]] IndexSize index_size(const Index& index, const Table& table,
                                   const SizeContext& context, double rows_indexed,
                                   SizeModel model);
[[nodiscard]] IndexSize index_size(const Index& index, const Table& table,
                                   const CatalogSnapshot& catalog, double rows_indexed,
                                   SizeModel model);

}  // namespace quern::planner_model
