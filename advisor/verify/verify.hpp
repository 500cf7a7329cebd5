#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collector/postgres/staging_session.hpp"
#include "collector/workload/workload.hpp"

namespace quern::advisor {

/// What an advice document says, as far as a server can be asked about it.
struct Prediction {
  struct Class {
    double calls = 0;
    double before = 0;  ///< EXPLAIN's total of one execution
    double after = 0;
    std::set<std::string> indexes = {};  ///< that the predicted plan reads
    /// Indexes on expressions whose statistics the predicted plan rests on.
    std::vector<std::string> analyzed = {};
  };

  std::vector<std::string> create = {};       ///< CREATE INDEX without CONCURRENTLY, in order
  std::vector<std::string> attach = {};       ///< of partitioned indexes, in order
  std::vector<std::string> analyze = {};      ///< tables that get indexes on expressions
  std::vector<std::string> drop = {};         ///< DROP INDEX
  std::map<std::string, Class> classes = {};  ///< by fingerprint
};

/// One side: planned, and measured where the statement was run.
struct Observed {
  double cost = 0;
  std::optional<double> milliseconds = {};
  std::optional<double> blocks = {};  ///< shared buffers hit or read
};

struct VerifiedClass {
  std::string fingerprint;
  std::string sql;
  Prediction::Class predicted = {};
  Observed before = {};
  Observed after = {};
  std::vector<std::string> indexes = {};  ///< that the server's plan reads after the change
  bool agrees = true;  ///< both costs within a tenth, or within the cost of a page
};

struct Verification {
  bool real = false;
  std::vector<VerifiedClass> classes = {};  ///< by what they cost before, calls included
  std::vector<std::string> unused = {};     ///< created, and in no plan of the server's
  std::vector<std::string> refused = {};    ///< statements and classes, with the server's words
};

struct VerifyOptions {
  /// True: the indexes are really built and statements really run, in a transaction that is rolled
  /// back; the tables cannot be written to meanwhile. False: HypoPG's hypothetical indexes.
  bool real = false;
  std::string statement_timeout = "60s";
};

/// Plans (and with `real` runs) the workload's own executions before and after the change.
[[nodiscard]] Verification verify(const Workload& workload, const Prediction& prediction,
                                  collector::StagingSession& server, const VerifyOptions& options);

}  // namespace quern::advisor
