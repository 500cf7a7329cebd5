#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace quern::advisor {

/// Ordinals of candidates, sorted and unique.
using IndexSet = std::vector<int>;

/// What one query costs under a set of candidates, and which of them its plan uses. Costs are those
/// of one execution, in planner units.
struct PlannedCost {
  double cost = 0;
  IndexSet used = {};
  /// Where one of these is missing the cost could also be less: PlanResult::indexes_preferred.
  IndexSet preferred = {};
};

/// The planner as selection sees it. Pure: same arguments, same answer; calls about different
/// queries may run at once.
///
/// Assumed of it, as of every index benefit graph: used(X) ⊆ Y ⊆ X gives cost(Y) = cost(X), and
/// more indexes never cost more. PostgreSQL bends the second, mostly by up to 1 % (is_exact(),
/// problem.hpp); the chosen set is therefore re-planned, and what is reported comes from that.
class CostModel {
 public:
  virtual ~CostModel() = default;
  [[nodiscard]] virtual std::size_t queries() const = 0;
  /// Candidates worth exploring for the query, sorted. Others may be asked for as well.
  [[nodiscard]] virtual const IndexSet& relevant(std::size_t query) const = 0;

  /// Which candidates beside the relevant ones do for the query what one of these does.
  [[nodiscard]] virtual std::vector<std::pair<int, int>> substitutes(std::size_t query) const {
    (void)query;
    return {};
  }

  /// Sets of relevant candidates of which one does what another does, if not as well: those of each
  /// table, and of these those that begin with the same key. Only bounds rest on it.
  [[nodiscard]] virtual std::vector<IndexSet> parts(std::size_t query) const {
    return {relevant(query)};
  }

  /// What a plan of the query takes, in thousandths of a second of a usual core: counted, not
  /// measured, so that it is the same on every machine.
  [[nodiscard]] virtual double effort(std::size_t query) const {
    (void)query;
    return 0;
  }

  /// What the plans of the query that were made so far have taken, likewise.
  [[nodiscard]] virtual double spent(std::size_t query) const {
    (void)query;
    return 0;
  }

  /// May answer by the first assumption from a plan that is known already.
  [[nodiscard]] virtual PlannedCost cost(std::size_t query, const IndexSet& indexes) const = 0;

  /// What cost() answers for each, in any order.
  [[nodiscard]] virtual std::vector<PlannedCost> costs(std::size_t query,
                                                       const std::vector<IndexSet>& sets) const {
    std::vector<PlannedCost> all;
    for (const IndexSet& indexes : sets) {
      all.push_back(cost(query, indexes));
    }
    return all;
  }

  /// Of a plan made under this very set.
  [[nodiscard]] virtual PlannedCost replanned(std::size_t query, const IndexSet& indexes) const {
    return cost(query, indexes);
  }
};

}  // namespace quern::advisor
