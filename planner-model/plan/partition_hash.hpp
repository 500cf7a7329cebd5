#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "planner-model/selectivity/value.hpp"

namespace quern::planner_model {

/// The hash by which a row is given to a hash partition by its keys' values, nothing for NULL
/// (compute_partition_hash_value(), partbounds.c; the extended hash functions of hashfunc.c and
/// common/hashfn.c). nullopt: a type whose hash is not known here.
[[nodiscard]] std::optional<std::uint64_t> partition_hash(
    const std::vector<std::optional<Value>>& row);

}  // namespace quern::planner_model
