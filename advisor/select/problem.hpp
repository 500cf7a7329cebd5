#pragma once

#include <string>
#include <vector>

#include "advisor/select/cost_model.hpp"

namespace quern::advisor {

/// One way to run a query: costs `cost` wherever all of `needs` exist.
struct Alternative {
  IndexSet needs = {};
  double cost = 0;
  /// Where one of these is missing, or `doubted`, it may cost something else: is_exact().
  IndexSet preferred = {};
  bool doubted = false;
};

/// Sets of candidates that have none of `without`, whose cost is not known in full.
struct UnknownSets {
  IndexSet without = {};
  double at_least = 0;
};

/// Candidates whose accesses all cost the same within this share are one to a query.
inline constexpr double kSameAccess = 0.003;

/// Candidates that do for one query what another does, within kSameAccess, sorted: (15, 3) says
/// that 15 can take the place of 3.
using Substitutes = std::vector<std::pair<int, int>>;

struct SelectionQuery {
  double weight = 1;  ///< executions
  /// `alternatives` and the other sets name only the candidates that are taken the place of.
  Substitutes substitutes = {};
  /// Cheapest first; one of them needs nothing.
  std::vector<Alternative> alternatives = {};
  /// No set of candidates makes the query cheaper than this.
  double floor = 0;
  /// By how much any set may be cheaper than its alternatives say.
  double slack = 0;
  /// Where the benefit graph was cut off: these may be cheaper still.
  std::vector<UnknownSets> unknown = {};
  /// What a set costs at least that has none of these, the dearest first; for unknown sets.
  std::vector<UnknownSets> lacking = {};
};

/// Updates that are HOT until one of `blockers` is built; then every index of the table gets an
/// entry for each of them. heap_update() and HeapDetermineColumnsInfo(), heapam.c.
struct HotGroup {
  std::vector<int> blockers = {};  ///< candidates on a column that these updates set
  double existing_cost = 0;        ///< lost HOT, times the entries of all existing indexes
  std::vector<std::pair<int, double>> entry_costs = {};  ///< by candidate of the table: likewise
  double existing_wal = 0;                               ///< both again, in bytes of WAL
  std::vector<std::pair<int, double>> entry_wal = {};
};

/// At most so many of these candidates: those of one table.
struct CountLimit {
  IndexSet members = {};
  int at_most = 0;
};

/// The integer program's input. Candidates are 0 .. sizes.size() - 1.
struct SelectionProblem {
  std::vector<double> sizes = {};        ///< bytes
  std::vector<double> maintenance = {};  ///< write cost over the workload, each on its own
  std::vector<HotGroup> hot = {};
  std::vector<SelectionQuery> queries = {};
  double budget = 1e18;  ///< bytes
  int max_indexes = 1000;
  std::vector<CountLimit> counts = {};
  double max_write_cost = 1e300;  ///< of write_cost()
  std::vector<double> wal = {};   ///< bytes over the workload, each on its own; may be empty
  double max_wal = 1e300;         ///< of wal_added()
  std::vector<double> build_seconds = {};  ///< may be empty
  double max_build_seconds = 1e300;
  /// Chosen whatever they earn: they are not charged. Together they must be feasible.
  IndexSet must_have = {};
  /// What an index must earn to be worth having: charged once for each chosen index.
  double charge = 0;
  /// Space has a price too: charged for each byte of the chosen indexes.
  double charge_per_byte = 0;
};

struct Selection {
  IndexSet chosen = {};
  double cost = 0;   ///< objective(problem, chosen), charges included
  double bound = 0;  ///< no feasible choice costs less
  bool optimal = false;
  std::string method = {};  ///< "greedy", "integer program"
};

/// min over the alternatives that `chosen` allows.
[[nodiscard]] double query_cost(const SelectionQuery& query, const IndexSet& chosen);

/// Whether planning under `chosen` must say the same as query_cost(). Not where `chosen` lacks an
/// index that hid another path (PlanResult::indexes_preferred), where a substitute stands in, and
/// where the benefit graph was cut off.
[[nodiscard]] bool is_exact(const SelectionQuery& query, const IndexSet& chosen);

/// What a choice takes on disk.
[[nodiscard]] double bytes_of(const SelectionProblem& problem, const IndexSet& chosen);

/// Maintenance and lost HOT updates of a choice, without charges.
[[nodiscard]] double write_cost(const SelectionProblem& problem, const IndexSet& chosen);

/// Bytes of WAL that a choice adds over the workload.
[[nodiscard]] double wal_added(const SelectionProblem& problem, const IndexSet& chosen);

/// What the chosen indexes must earn together.
[[nodiscard]] double charges(const SelectionProblem& problem, const IndexSet& chosen);

/// Reads, writes and charges. The one definition that all algorithms minimize.
[[nodiscard]] double objective(const SelectionProblem& problem, const IndexSet& chosen);

enum class Limit { None, Storage, Count, CountOfTable, WriteCost, Wal, BuildTime, MustHave };

/// The first limit that a choice breaks.
[[nodiscard]] Limit broken_limit(const SelectionProblem& problem, const IndexSet& chosen);

[[nodiscard]] bool feasible(const SelectionProblem& problem, const IndexSet& chosen);

/// The set as the query's alternatives know it: with what its substitutes take the place of.
[[nodiscard]] IndexSet as_known(const SelectionQuery& query, const IndexSet& chosen);

[[nodiscard]] bool contains_all(const IndexSet& set, const IndexSet& wanted);
[[nodiscard]] bool have_common(const IndexSet& a, const IndexSet& b);
[[nodiscard]] IndexSet without(IndexSet set, int index);

}  // namespace quern::advisor
