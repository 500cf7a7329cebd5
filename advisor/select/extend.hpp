#pragma once

#include <functional>
#include <vector>

#include "advisor/select/problem.hpp"

namespace quern::advisor {

/// Adds to a choice, one after the other, the index that earns most a byte beyond its writes and
/// charges, by plans made for it: what each saves may be too little for any query to have been
/// explored, and still be something over all of them. The greedy step of Schlosser, Kossmann and
/// Boissier, "Efficient Scalable Multi-Attribute Index Selection Using Recursive Strategies",
/// ICDE 2019, from a good choice instead of from none. Ends with what it has where `stopped`, which
/// several threads ask.
[[nodiscard]] IndexSet extended(const CostModel& model, const std::vector<double>& weights,
                                const SelectionProblem& problem, IndexSet chosen,
                                const std::function<bool()>& stopped);

/// Takes out one index, or the few that earn least a byte, and extends what is left, as long as
/// that makes the choice cheaper by plans made for it. Where space is short, one large index stands
/// in the way of several small ones, each of which saves less than queries were explored to, or the
/// other way round.
[[nodiscard]] IndexSet exchanged(const CostModel& model, const std::vector<double>& weights,
                                 const SelectionProblem& problem, IndexSet chosen,
                                 const std::function<bool()>& stopped);

}  // namespace quern::advisor
