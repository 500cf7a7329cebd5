#pragma once

#include <cstdint>
#include <string_view>

#include "collector/base/units.hpp"

namespace quern::collector {

class Aggregator;

/// Statements of a session one after another, without one that begins or ends a transaction.
struct StatementRun {
  std::uint64_t first = 0;  ///< class of the first; 0: there is none
  std::uint64_t statements = 0;
  std::uint64_t untimed = 0;  ///< of them, those without a duration
  Microseconds total{0};
  std::int64_t from_us = 0;  ///< the first one's start, microseconds since 1970; 0: unknown
  std::int64_t until_us = 0;

  void add(const StatementRun& later);
};

enum class TransactionStep : std::uint8_t { None, Begin, End };

/// What a statement does to the transaction: BEGIN, START TRANSACTION; COMMIT, END, ROLLBACK, ABORT
/// (not of a savepoint).
[[nodiscard]] TransactionStep transaction_step(std::string_view sql);

/// A session's transactions, of which the first and the last may go on in the pieces of the log
/// before and after; chatty ones between are told to the aggregator. Joining is associative.
struct TransactionRuns {
  StatementRun before = {};  ///< up to the first step
  bool stepped = false;      ///< a transaction began or ended
  bool open = false;         ///< the last step was a beginning
  StatementRun last = {};    ///< since then, if it was

  void add(const StatementRun& one);
  void step(TransactionStep step, Aggregator& aggregator);
  /// `later` comes next.
  void join(const TransactionRuns& later, Aggregator& aggregator);
};

}  // namespace quern::collector
