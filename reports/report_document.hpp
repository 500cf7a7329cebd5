#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/catalog/snapshot.hpp"
#include "collector/workload/workload.hpp"

#include "advisor/advice.hpp"

/// One finished report: every string worded, rounded and cleaned, every order decided, so that the
/// renderers only place it. Numbers stand beside their words for charts and sorting. SQL and DDL
/// are whole; a renderer that needs one line shortens them (words.hpp, one_line).
namespace quern::reports {

/// A headline: {"Planner cost", "1.20 M to 312,000", "-74.0 %"}.
struct DocumentFact {
  std::string label;
  std::string value;
  std::string note = {};
};

/// A table of what the log tells besides: chatty transactions, plans that flipped, findings on
/// plans, writes.
struct DocumentEvidence {
  std::string title;
  std::vector<std::string> columns;  ///< three, for a fact's label, value and note
  bool sql = false;                  ///< labels are SQL
  std::vector<DocumentFact> facts = {};
};

/// One query class under a proposal or under the whole chosen set.
struct DocumentQuery {
  std::string fingerprint;
  std::string sql;
  std::string calls;
  std::string before;  ///< planner cost of one execution
  std::string after;
  std::string change;    ///< "-93.1 %"
  std::string measured;  ///< mean duration; empty: unknown
  bool uses_index = false;
  bool priced = true;    ///< false: the finding is about it, and has no cost
  bool same = false;     ///< neither better nor worse
  int plan_before = -1;  ///< position in ReportDocument::plans; -1: not kept
  int plan_after = -1;
  double calls_number = 0;
  double before_number = 0;
  double after_number = 0;
};

struct DocumentRewrite {
  std::string rule;
  std::string name;
  std::string equivalence;
  std::string original;
  std::string replacement;
  std::vector<std::string> conditions = {};
};

struct DocumentProposal {
  std::string id;
  std::size_t rank = 0;  ///< from 1
  std::string kind;      ///< "Create index"
  std::string title;
  std::string rationale;
  std::string table;
  std::string index;
  std::string rule;
  std::string benefit;     ///< "34.2 % of the workload's cost"; empty: not priced
  std::string saves;       ///< "34.2 %", for a column
  std::string size;        ///< "adds 136 MB", "frees 24 MB"; empty: none
  std::string storage;     ///< "+136 MB", "-24 MB", for a column
  std::string write_cost;  ///< "12 MB WAL a day, 96 bytes an inserted row"; empty: none
  std::string wal;         ///< "+12 MB", in ReportDocument::wal_period, for a column
  std::string time;        ///< "32.4 %": share of the recorded time that the helped classes took
  std::string confidence;
  std::string alone;  ///< what the set loses without it; empty: not measured
  double share = 0;
  std::vector<std::string> ddl_up = {};
  std::vector<std::string> ddl_down = {};
  std::vector<std::string> ddl_essential = {};  ///< ddl_up without its settings of timeouts
  std::vector<std::string> evidence = {};
  std::vector<std::string> warnings = {};  ///< those that ReportDocument::shared_warnings has not
  std::vector<DocumentQuery> helped = {};
  std::vector<DocumentQuery> hurt = {};
  std::optional<DocumentRewrite> rewrite = {};
};

struct DocumentBucket {
  std::int64_t start = 0;  ///< seconds since 1970 UTC
  double calls = 0;
  double total_ms = 0;
};

/// One row of the workload profile, and what the whole set does to it.
struct DocumentClass {
  std::string fingerprint;
  std::string sql;
  std::string kind;
  std::string calls;
  std::string total;
  std::string share;  ///< of the workload's total time
  std::string mean;
  std::string median;
  std::string p95;
  std::string p99;
  std::string maximum;
  std::string rows;
  std::string cost_before;  ///< planner cost of one execution; empty: not planned
  std::string cost_after;   ///< under the chosen set
  std::string cost_change;  ///< "-93.1 %"
  std::string trouble;      ///< "12 errors, 3 lock waits, 40 MB temporary files"
  double calls_number = 0;
  double total_ms = 0;
  double mean_ms = 0;
  double p95_ms = 0;
  double maximum_ms = 0;
  double share_number = 0;
  double cost_number = 0;
  std::vector<DocumentBucket> series = {};
};

struct DocumentCandidate {
  std::string ddl;
  std::string rule;
  std::string size;
  std::string verdict;
  bool chosen = false;
  double bytes = 0;
};

/// A set of indexes on a curve: what it spends of one thing, and what the workload then costs.
struct DocumentParetoPoint {
  std::string spent;
  std::string cost;
  std::string indexes;
  double spent_number = 0;
  double cost_number = 0;
  bool knee = false;
};

/// A warning that several proposals carry word for word, but for the name of their index.
struct DocumentNote {
  std::string text;
  std::size_t proposals = 0;
};

/// One plan as EXPLAIN prints it: the text to compare, the JSON for the plan viewer.
struct DocumentPlan {
  std::string text;
  std::string json;
};

struct DocumentGap {
  std::string what;  ///< SQL, a reason, a construct
  std::string why;
  std::string count;
  std::string where = {};
};

struct ReportDocument {
  std::string title;
  std::string source;   ///< "PostgreSQL 15.18; 9,238 executions of 116 query classes"
  std::string summary;  ///< the answer in one or two sentences
  std::vector<DocumentFact> facts = {};
  std::vector<DocumentProposal> proposals = {};
  std::vector<DocumentNote> shared_warnings = {};
  std::string wal_period;  ///< "a day", or "in 2 min 12 s" where the log is too short to scale
  std::vector<DocumentQuery> queries = {};  ///< every planned class under the chosen set
  std::vector<DocumentClass> profile = {};  ///< by total time
  std::size_t profile_left_out = 0;         ///< classes beyond kProfileLimit
  std::vector<DocumentFact> patterns = {};  ///< N+1 runs
  std::vector<DocumentEvidence> evidence = {};
  std::vector<DocumentCandidate> candidates = {};
  std::vector<DocumentParetoPoint> pareto = {};        ///< over storage
  std::vector<DocumentParetoPoint> write_pareto = {};  ///< reads over added write cost
  std::vector<DocumentGap> skipped = {};               ///< input lines not used
  std::vector<DocumentGap> unplanned = {};             ///< classes without a cost
  std::vector<std::string> unmodelled = {};
  std::vector<std::string> caveats = {};
  std::vector<DocumentPlan> plans = {};
  double cost_before = 0;
  double cost_after = 0;
  double lower_bound = 0;
  std::int32_t bucket_seconds = 60;
};

/// A page stays quick to open: no more classes and plans than these are carried.
inline constexpr std::size_t kProfileLimit = 2000;
inline constexpr std::size_t kSeriesLimit = 300;  ///< classes with a time series
inline constexpr std::size_t kPlansPerProposal = 12;
inline constexpr std::size_t kEvidenceLimit = 200;  ///< rows of one table

[[nodiscard]] ReportDocument build_document(const Workload& workload,
                                            const CatalogSnapshot& catalog,
                                            const advisor::Advice& advice);

}  // namespace quern::reports
