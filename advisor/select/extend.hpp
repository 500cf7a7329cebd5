#pragma once

#include <cstdint>
#include <vector>

#include "advisor/select/patience.hpp"
#include "advisor/select/problem.hpp"

namespace quern::advisor {

/// Which of the indexes that fit comes first.
enum class Prefer : std::uint8_t {
  EarnedPerByte,  ///< where space is short, many small ones can earn more than a large one
  Earned          ///< or a large one more than all small ones that fit beside it
};

/// Adds to a choice, one after the other, the index that earns most, or most a byte, beyond its
/// writes and charges, by plans made for it: what each saves may be too little for any query to
/// have been explored, and still be something over all of them. The greedy step of Schlosser,
/// Kossmann and Boissier, "Efficient Scalable Multi-Attribute Index Selection Using Recursive
/// Strategies", ICDE 2019, and by what is earned in all that of Chaudhuri and Narasayya, "Anytime
/// Algorithm of Database Tuning Advisor for Microsoft SQL Server", 2020, from any choice instead of
/// from none. Ends with what it has when the patience is over.
[[nodiscard]] IndexSet extended(const CostModel& model, const std::vector<double>& weights,
                                const SelectionProblem& problem, IndexSet chosen, Prefer prefer,
                                const Patience& patience);

/// Plans the queries under the choice with one candidate more, whether there is room for it or not,
/// and with one of its indexes less. What a graph that was cut off does not know of the choices
/// near this one, the problem knows then.
void learn_near(const CostModel& model, SelectionProblem& problem, const IndexSet& chosen,
                const Patience& patience);

/// Makes a choice cheaper by plans made for it, until no exchange does: one index, or the few that
/// earn least a byte, leave and what is left is extended; or one that earns much has those make
/// room for it that earn least a byte beside it. Where space is short, one large index stands in
/// the way of several small ones, each of which saves less than queries were explored to, or the
/// other way round.
[[nodiscard]] IndexSet exchanged(const CostModel& model, const std::vector<double>& weights,
                                 const SelectionProblem& problem, IndexSet chosen,
                                 const Patience& patience);

}  // namespace quern::advisor
