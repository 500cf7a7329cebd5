#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/base/failure.hpp"
#include "collector/base/units.hpp"
#include "collector/catalog/snapshot.hpp"

#include "planner-model/whatif/plan_node.hpp"

namespace quern::advisor {

enum class ProposalKind : std::uint8_t {
  CreateIndex,
  DropIndex,
  ReplaceIndex,  ///< create one, drop those it makes redundant
  RewriteQuery,
  CollectStatistics,
  Investigate  ///< a finding without DDL: invalid index, N+1, a likely bug
};

enum class Confidence : std::uint8_t { Low, Medium, High };

/// How far a rewrite is the same query. rewrite-rules: auto, assist, advise.
enum class Equivalence : std::uint8_t { Proven, UnderAssumption, ChangesMeaning };

/// Mean time of one execution, where it was measured and the log's plans calibrate the model.
struct TimeEffect {
  double before_ms = 0;
  double after_ms = 0;
  double after_low_ms = 0;  ///< 95 %
  double after_high_ms = 0;
};

/// Saved over the recorded period, with its 95 % interval.
struct TimeGain {
  double saved_ms = 0;
  double low_ms = 0;
  double high_ms = 0;
};

/// What a proposal (or the whole chosen set) does to one query class.
struct QueryEffect {
  std::string fingerprint;
  std::string sql;   ///< normalized
  double calls = 0;  ///< weight in the workload
  Cost before;       ///< planner cost of one execution
  Cost after;
  std::optional<Microseconds> measured_mean = {};
  std::optional<TimeEffect> time = {};
  /// Measured time over what the model and the log's other plans say of it, where these disagree
  /// beyond doubt; its cost counts so many times in the objective.
  double evidence_factor = 1;
  bool uses_index = false;  ///< the after-plan uses the proposed index
  planner_model::PlanNode plan_before = {};
  planner_model::PlanNode plan_after = {};
  /// EXPLAIN's total before, where the server guesses less of an expression without statistics than
  /// `before` says (planner_model::Expressions).
  std::optional<Cost> guessed_before = {};
  /// Indexes on expressions that the after-plan takes to have been analyzed.
  std::vector<std::string> analyzed = {};
};

/// The price in writes, from recorded statements or table counters.
struct WriteEffect {
  double rows_inserted = 0;  ///< in the recorded period
  double rows_updated = 0;
  double rows_deleted = 0;
  double hot_updates_lost = 0;  ///< updates that could no longer be HOT
  Bytes wal_per_insert;         ///< bytes added per inserted row
  /// Of one warm core, pages in memory: an order of magnitude on another machine.
  std::chrono::duration<double, std::micro> time_per_insert{0};
  /// Executions over the recorded period that name the table; each looks at the index
  /// when it is planned.
  double statements_planned = 0;
  std::chrono::duration<double, std::micro> time_per_planning{0};
  /// Rows over the recorded period whose entry is left dead: deleted, or updated and not HOT.
  double dead_entries = 0;
  double vacuums = 0;  ///< that so many bring (autovacuum's threshold)
  Bytes vacuum_read;   ///< of the index, by them, over the recorded period
  Bytes vacuum_wal;
  Bytes wal_total;  ///< over the recorded period, VACUUM's included
  Cost cost_total;  ///< planner units over the recorded period
};

struct Rewrite {
  std::string rule;  ///< "R01"
  std::string name;  ///< "NOT IN to NOT EXISTS"
  Equivalence equivalence = Equivalence::ChangesMeaning;
  std::string original;
  std::string replacement;                   ///< empty: advice in words only
  std::vector<std::string> conditions = {};  ///< side conditions, each checked or to be checked
};

/// A proposal's saving where one of the things that it rests on is otherwise.
struct Scenario {
  std::string assumption;  ///< "rows", "random_page_cost" or "parameters"
  double value = 0;        ///< multiple of the estimate, setting, or ordinal of the recorded values
  double saved_share = 0;  ///< of the cost of the queries looked at; below 0: they get dearer
};

struct Robustness {
  double saved_share = 0;   ///< as proposed
  std::size_t queries = 0;  ///< looked at: those that make up most of the gain
  std::vector<Scenario> scenarios = {};
  bool complete = true;  ///< false: not all scenarios were planned, for time's sake
};

struct Proposal {
  std::string id;  ///< stable: "create-orders-customer_id-created_at"
  ProposalKind kind = ProposalKind::CreateIndex;
  std::string title;                     ///< one line, no full stop
  std::string rationale;                 ///< a paragraph: why, in words
  std::string table = {};                ///< schema-qualified where not in the search path
  std::string index = {};                ///< name of the created or dropped index
  std::string rule = {};                 ///< the numbered rule that proposed it
  std::vector<std::string> ddl_up = {};  ///< complete statements in order
  std::vector<std::string> ddl_down = {};
  std::optional<Bytes> size = {};  ///< of the created (estimated) or dropped (measured) index
  std::optional<double> build_seconds = {};  ///< at best; disks make it up to three times as long
  /// Planner cost saved over the workload (weighted by calls), reads only; then net of writes.
  Cost read_benefit;
  Cost net_benefit;
  double share_of_workload = 0;            ///< net benefit / workload cost before, in [0, 1]
  std::optional<TimeGain> time = {};       ///< nothing: the log has no evidence
  std::optional<Cost> leave_one_out = {};  ///< what the chosen set loses without it
  std::optional<WriteEffect> writes = {};
  std::vector<QueryEffect> queries = {};  ///< helped first, then hurt; by weight
  std::optional<Rewrite> rewrite = {};
  std::optional<Robustness> robustness = {};
  Confidence confidence = Confidence::Medium;
  std::vector<std::string> evidence = {};  ///< sentences with figures, each measured or estimated
  std::vector<std::string> warnings = {};
};

/// Total over all query classes that could be planned.
struct WorkloadCost {
  Cost reads_before, reads_after;
  Cost writes_before, writes_after;
  Cost lower_bound;  ///< no index set among the candidates can cost less
  /// (objective - its bound) / its bound: how much better any set of the candidates could be, where
  /// the objective is the cost after and what every index was asked to earn.
  double gap = 0;
  std::string gap_basis = {};  ///< how the bound was proved: "integer program, optimal", ...
};

struct UnplannedQuery {
  std::string fingerprint;
  std::string sql;
  std::uint64_t calls = 0;
  std::string reason;
};

struct Candidate {
  std::string ddl;
  std::string rule;
  Bytes size;
  bool chosen = false;
  std::string verdict = {};  ///< why not chosen: "no plan uses it", "costs more in writes than ..."
};

struct ParetoPoint {
  Bytes storage;
  Cost cost;
  std::uint32_t indexes = 0;
  bool knee = false;  ///< past it storage brings less than on average
};

/// What the reads cost for so much of added write cost.
struct WriteParetoPoint {
  Cost writes_added;
  Cost reads;
  std::uint32_t indexes = 0;
  bool knee = false;
};

struct Advice {
  static constexpr int kFormatVersion = 1;

  std::vector<Proposal> proposals = {};  ///< ranked: by net benefit, then id
  WorkloadCost cost;
  Bytes storage_added;
  Bytes storage_freed;
  std::vector<QueryEffect> queries = {};  ///< every planned class under the whole chosen set
  std::vector<UnplannedQuery> unplanned = {};
  std::vector<std::string> unmodelled = {};  ///< constructs, with how many classes
  std::vector<Candidate> candidates = {};
  std::vector<ParetoPoint> pareto = {};
  std::vector<WriteParetoPoint> write_pareto = {};  ///< empty: the chosen set adds no write cost
  std::vector<std::string> caveats = {};
};

}  // namespace quern::advisor
