#pragma once

#include <cstddef>
#include <functional>
#include <limits>

namespace quern {

/// Calls `work` once for each number below `count`, on as many threads as the machine has, or on
/// no more than `threads`. Calls must not depend on each other; then the result does not depend on
/// the number of threads. `work` may call this again: threads help as soon as they are idle.
/// `progress` is called on the calling thread. The exception of the lowest number is thrown again.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work,
                 const std::function<void(double)>& progress = {},
                 std::size_t threads = std::numeric_limits<std::size_t>::max());

}  // namespace quern
