#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collector/base/failure.hpp"
#include "collector/base/units.hpp"
#include "collector/workload/duration_sketch.hpp"

namespace quern {

enum class StatementKind : std::uint8_t { Select, Insert, Update, Delete, Merge, Utility, Other };

/// $1 first; nullopt is SQL NULL.
using ParameterValues = std::vector<std::optional<std::string>>;

/// One execution that was really seen, kept so that the model can plan with its values.
struct SampleExecution {
  std::string sql;  ///< as logged: literals in place, or $n with `parameters`
  ParameterValues parameters = {};
  bool parameters_complete = true;  ///< false: the log cut or left out values
  Microseconds duration{0};
  std::int64_t at_us = 0;       ///< microseconds since 1970-01-01 UTC; 0: unknown
  std::string why = {};         ///< "slowest", "typical", "plan"
  std::string plan_shape = {};  ///< the ObservedPlan it ran with, where known
  bool operator==(const SampleExecution&) const = default;
};

struct TimeBucket {
  std::uint64_t calls = 0;
  Microseconds total{0};
  bool operator==(const TimeBucket&) const = default;
};

/// All executions of a class that the server ran with one plan shape.
struct ObservedPlan {
  std::string shape;  ///< hash of node types, relations and indexes; not of costs
  std::uint64_t calls = 0;
  Microseconds total{0};
  std::string example = {};  ///< EXPLAIN JSON text ({"Plan": ...}) of the slowest execution
  Microseconds example_duration{0};
  std::int64_t example_at_us = 0;  ///< when it ended; 0: not known. Of equal durations, the first.
  std::map<std::int64_t, TimeBucket> by_time = {};  ///< as of the class: see plan_periods()
  bool operator==(const ObservedPlan&) const = default;
};

inline constexpr std::size_t kMostQueryIds = 16;

/// One fingerprint: all executions that differ in constants only.
struct QueryClass {
  std::string fingerprint;  ///< 16 hex digits, libpg_query's
  std::string sql;          ///< normalized: constants as $n, comments and white space folded
  StatementKind kind = StatementKind::Other;
  std::uint64_t calls = 0;    ///< successful executions
  std::uint64_t untimed = 0;  ///< of `calls`, those logged without a duration
  std::uint64_t nested =
      0;  ///< of `calls`, those within another statement: a function's, a trigger's
  std::uint64_t errors = 0;  ///< failed executions, cancelled ones included
  std::uint64_t cancelled = 0;
  std::optional<std::uint64_t> rows = {};  ///< returned or changed, where the source tells
  std::uint64_t with_rows = 0;             ///< of `calls`, those that `rows` counts
  Microseconds total{0};
  Microseconds nested_total{0};  ///< of `total`, what the statements around them took, too
  Microseconds minimum{0};
  Microseconds maximum{0};
  Microseconds parse_and_bind{0};  ///< protocol steps before execution, not in `total`
  DurationSketch durations = {};
  std::map<std::int64_t, TimeBucket> by_time = {};  ///< key: bucket start, seconds since 1970 UTC
  std::map<std::string, std::uint64_t> users = {};
  std::map<std::string, std::uint64_t> databases = {};
  std::map<std::string, std::uint64_t> applications = {};
  /// Lengths of IN lists and ANY arrays seen, with calls: the fingerprint hides them.
  std::map<std::uint32_t, std::uint64_t> list_lengths = {};
  /// The server's for these statements, as %Q and pg_stat_statements tell them, the kMostQueryIds
  /// smallest: lists of other lengths, and tables created anew, have others.
  std::set<std::int64_t> query_ids = {};
  std::vector<SampleExecution> samples = {};
  std::vector<ObservedPlan> plans = {};  ///< by calls, then shape
  std::uint64_t temp_bytes = 0;
  std::uint64_t temp_files = 0;
  std::uint64_t lock_waits = 0;
  Microseconds lock_wait_time{0};
  bool operator==(const QueryClass&) const = default;
};

inline constexpr std::uint64_t kMinimumRun = 10;

/// N+1 evidence: a class run many times in a row by one session with changing parameters.
struct SessionPattern {
  std::string fingerprint;
  std::uint64_t runs = 0;   ///< sequences of at least kMinimumRun executions
  std::uint64_t calls = 0;  ///< executions inside them
  std::uint64_t longest = 0;
  Microseconds total{0};
  std::string preceded_by = {};  ///< most common fingerprint just before; empty: none
  std::map<std::string, std::uint64_t> predecessors = {};  ///< those fingerprints, with runs
  bool operator==(const SessionPattern&) const = default;
};

inline constexpr std::uint64_t kChattyStatements = 20;
inline constexpr Microseconds kSmallStatement{1000};

/// Transactions of many small statements, known by the statement that they begin with: at least
/// kChattyStatements of kSmallStatement or less in the mean. What they take is mostly the way
/// between client and server.
struct ChattyTransactions {
  std::string fingerprint;  ///< of the first statement after BEGIN
  std::uint64_t transactions = 0;
  std::uint64_t statements = 0;  ///< round trips in them, but for BEGIN, COMMIT and the like
  std::uint64_t longest = 0;     ///< statements of the longest
  Microseconds total{0};         ///< of the statements
  Microseconds elapsed{0};       ///< from the first statement's start to the last one's end
  bool operator==(const ChattyTransactions&) const = default;
};

/// What checkpoints wrote, summed.
struct CheckpointWork {
  std::uint64_t buffers = 0;
  std::uint64_t wal_kb = 0;  ///< distance to the checkpoint before
  Microseconds write{0};
  Microseconds sync{0};
  bool operator==(const CheckpointWork&) const = default;
};

/// What autovacuum did with a table, summed over its runs.
struct TableMaintenance {
  std::uint64_t vacuums = 0;
  std::uint64_t analyzes = 0;
  std::uint64_t index_scans = 0;
  std::uint64_t tuples_removed = 0;
  std::uint64_t dead_kept = 0;  ///< dead but not yet removable
  Microseconds elapsed{0};
  bool operator==(const TableMaintenance&) const = default;
};

/// What the log tells of the server itself.
struct ServerEvents {
  std::uint64_t checkpoints = 0;
  std::uint64_t autovacuums = 0;
  std::uint64_t deadlocks = 0;
  std::uint64_t connections = 0;
  std::map<std::string, std::uint64_t> errors_by_sqlstate = {};  ///< key: SQLSTATE or severity
  CheckpointWork checkpoint_work = {};
  std::map<std::string, TableMaintenance> tables = {};  ///< by `database.schema.table`
  bool operator==(const ServerEvents&) const = default;
};

/// Where the lines of the input went. lines = used + continuation + skipped.
struct InputCounts {
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
  std::uint64_t used = 0;
  std::uint64_t continuation = 0;
  std::uint64_t skipped = 0;   ///< by reason in Workload::skipped
  std::uint64_t filtered = 0;  ///< of `used`: left out by --since, --user, ...
  bool operator==(const InputCounts&) const = default;
};

/// What the collector hands on. All sums are integers, so that merging is associative and
/// commutative to the byte; classes are ordered by total time (descending), calls, fingerprint.
struct Workload {
  static constexpr int kFormatVersion = 1;

  std::int64_t from_us = 0;  ///< first and last statement, microseconds since 1970; 0: unknown
  std::int64_t until_us = 0;
  std::int32_t bucket_seconds = 60;
  std::vector<QueryClass> classes = {};
  std::vector<SessionPattern> patterns = {};
  std::vector<ChattyTransactions> chatty = {};  ///< by statements, then fingerprint
  ServerEvents events = {};
  InputCounts input = {};
  std::map<std::string, std::uint64_t> formats = {};  ///< "stderr", "csvlog", ... with records
  SkipReport skipped = {};
  bool operator==(const Workload&) const = default;
};

/// Keeps the kMostQueryIds smallest.
void add_query_id(QueryClass& query, std::int64_t id);

/// What the classes took, each moment once: without what is nested in another statement.
[[nodiscard]] Microseconds time_of(const Workload& workload);

/// Same result in any order and grouping, to the byte of its JSON.
[[nodiscard]] Workload merge(Workload a, const Workload& b);

}  // namespace quern
