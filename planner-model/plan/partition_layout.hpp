#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// One key's value in a range bound: MINVALUE, a value, or MAXVALUE.
struct BoundItem {
  int infinity = 0;  ///< -1: MINVALUE; 1: MAXVALUE
  const Value* value = nullptr;
};

using BoundItems = std::vector<BoundItem>;  ///< one a key

/// A stretch of the keys' line (range), one of the key's values (list), or one remainder (hash).
/// `owner` null: a gap between ranges, which the default partition fills.
struct PartitionUnit {
  const Table* owner = nullptr;
  BoundItems from = {};
  BoundItems to = {};
  const Value* value = nullptr;
  std::uint64_t modulus = 0, remainder = 0;
};

/// PartitionBoundInfo and PartitionKey: what a partitioned table's partitions hold.
struct PartitionLayout {
  enum class Kind : std::uint8_t { Range, List, Hash };
  Kind kind = Kind::Range;
  std::vector<ExprPtr> keys = {};
  std::vector<PartitionUnit> units = {};  ///< ranges: in their order, gaps included
  const Table* default_partition = nullptr;
  const Table* null_partition = nullptr;
};

/// The partitions of `parent`, with the keys as expressions of `rel`. Nothing: they can not be
/// read. Throws UserError where a bound can not be bound.
[[nodiscard]] std::optional<PartitionLayout> partition_layout(PlannerInfo& root,
                                                              const RelOptInfo& rel,
                                                              const Table& parent);

/// partition_rbound_datum_cmp(): the first `values.size()` keys of a bound against values. Nothing:
/// they can not be compared.
[[nodiscard]] std::optional<int> compare_bound(const BoundItems& bound,
                                               const std::vector<const Value*>& values,
                                               const std::vector<ExprPtr>& keys,
                                               const TypeSystem& types);

/// partitions_are_ordered(): whether these partitions, in the order of their bounds, hold the keys'
/// values in order, NULL last.
[[nodiscard]] bool partitions_are_ordered(const PartitionLayout& layout,
                                          const std::vector<const Table*>& partitions,
                                          const ServerVersion& server);

}  // namespace quern::planner_model
