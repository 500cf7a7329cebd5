#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "collector/base/failure.hpp"
#include "collector/base/units.hpp"
#include "collector/plans/auto_explain.hpp"
#include "collector/workload/workload.hpp"

namespace quern::collector {

/// One execution of a statement, complete. Views are valid during the call.
struct Execution {
  std::string_view sql;
  std::string_view parameters = {};  ///< the DETAIL text `parameters: $1 = ...`, or empty
  bool timed = true;
  Microseconds duration{0};
  std::int64_t at_us = 0;
  std::string_view user = {};
  std::string_view database = {};
  std::string_view application = {};
  const LoggedPlan* plan = nullptr;
  bool nested = false;  ///< within another statement, whose time holds its own
  /// More than one only for weighted SQL files. None: what belongs to an execution that was told
  /// before: its plan, or else further time.
  std::uint64_t calls = 1;
  std::int64_t query_id = 0;  ///< the server's; 0: not known
  const TextPosition& where;
};

/// A class as the aggregator numbers it; kNoClass for text that is in none.
using ClassNumber = std::int32_t;
inline constexpr ClassNumber kNoClass = -1;

/// Memory held is bounded whatever the input: beyond these limits statements are counted in the
/// skip report instead of getting a class of their own.
struct AggregateLimits {
  std::size_t classes = 20'000;
  std::size_t shapes = 400'000;           ///< lexical shapes remembered, unparsable ones included
  std::size_t bytes = 128U << 20U;        ///< of SQL text, samples and plans
  std::size_t text_bytes = 64U << 10U;    ///< of a class's SQL; the rest is cut off
  std::size_t sample_bytes = 64U << 10U;  ///< SQL and parameters of one sample
  std::size_t plan_bytes = 64U << 10U;
  std::size_t plans = 64;  ///< shapes a class
};

/// Groups executions into query classes. Order of the calls does not matter to the result, as long
/// as no limit is met.
class Aggregator {
 public:
  explicit Aggregator(std::int32_t bucket_seconds, AggregateLimits limits = {});
  ~Aggregator();
  Aggregator(const Aggregator&) = delete;
  Aggregator& operator=(const Aggregator&) = delete;

  ClassNumber execution(const Execution& execution);
  void protocol_step(std::string_view sql, Microseconds duration, const TextPosition& where);
  void error(std::string_view sql, bool cancelled, const TextPosition& where);
  void temporary_file(std::string_view sql, std::uint64_t bytes, const TextPosition& where);
  /// Returned or changed, where the source tells.
  void rows(std::string_view sql, std::uint64_t calls, std::uint64_t number,
            const TextPosition& where);
  void lock_wait(std::string_view sql, const TextPosition& where);
  void lock_wait_time(std::string_view sql, Microseconds waited, const TextPosition& where);

  [[nodiscard]] bool is_utility(ClassNumber number) const;
  /// XXH3 of the SQL that was told last.
  [[nodiscard]] std::uint64_t last_text_hash() const;
  /// The fingerprint as a number, the same in every run.
  [[nodiscard]] std::uint64_t id(ClassNumber number) const;
  /// `length` executions of a class one after another in a session, after one of `before` (0:
  /// none). The classes may be known from another piece of the log.
  void run(std::uint64_t id, std::uint64_t before, std::uint64_t length, Microseconds total);

  /// A transaction of many small statements that began with the class `first`.
  void chatty(std::uint64_t first, std::uint64_t statements, Microseconds total,
              Microseconds elapsed);

  ServerEvents& events();
  InputCounts& input();
  SkipReport& skipped();
  std::map<std::string, std::uint64_t>& formats();

  /// What take() has to do anyway, as far as it can be done now.
  void settle();

  /// The finished document; the aggregator is empty afterwards.
  [[nodiscard]] Workload take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quern::collector
