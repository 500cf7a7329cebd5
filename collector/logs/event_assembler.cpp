#include "collector/logs/event_assembler.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <unordered_map>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "collector/base/utf8.hpp"
#include "collector/logs/message_text.hpp"
#include "collector/logs/server_messages.hpp"
#include "collector/logs/session_executions.hpp"
#include "collector/sql/several_statements.hpp"
#include "collector/sql/statement_kind.hpp"

namespace quern::collector {

namespace {

constexpr std::size_t kMostSessions = 20'000;
/// Records and bytes that a session may hold back at the start of a piece.
constexpr std::size_t kMostHeld = 32;
constexpr std::size_t kMostHeldBytes = 256U << 10U;
/// Bytes that all sessions together may hold: of records at their starts, and of what is open.
constexpr std::size_t kMostHeldInAll = 48U << 20U;
constexpr std::size_t kMostOpenInAll = 48U << 20U;

std::size_t open_bytes_of(const SessionState& session) {
  std::size_t bytes = session.open.present ? session.open.sql.size() : 0;
  bytes += session.open.planned ? session.open.plan.source.size() : 0;
  for (const PendingPlan& pending : session.pending) {
    bytes += pending.plan.source.size() + pending.plan.query_text.size();
  }
  return bytes;
}

/// Copies of a record's texts that are not clean UTF-8, with the stray bytes escaped.
class CleanTexts {
 public:
  LogRecord clean(const LogRecord& record) {
    LogRecord result = record;
    std::size_t used = 0;
    for (std::string_view* text : {&result.message, &result.detail, &result.statement, &result.user,
                                   &result.database, &result.application, &result.sqlstate}) {
      if (!text->empty() && !is_clean_utf8(*text)) {
        std::string& own = texts_[used++];
        own = to_clean_utf8(*text);
        *text = own;
        any_ = true;
      }
    }
    return result;
  }

  bool take_any() { return std::exchange(any_, false); }

 private:
  std::array<std::string, 7> texts_;
  bool any_ = false;
};

/// What is handed over ends up in a document: no password may.
bool holds_secret(const SessionState& session) {
  const auto secret = [](const HeldRecord& record) {
    return may_hold_secret(record.statement) || may_hold_secret(read_message(record.message).text);
  };
  return std::any_of(session.head.begin(), session.head.end(), secret) ||
         (session.open.present && may_hold_secret(session.open.sql)) ||
         std::any_of(session.pending.begin(), session.pending.end(),
                     [](const PendingPlan& plan) { return may_hold_secret(plan.plan.query_text); });
}

}  // namespace

struct EventAssembler::State {
  Aggregator& aggregator;
  const EventFilter& filter;
  const ReadTally& tally;
  SessionExecutions executions{aggregator};
  std::unordered_map<std::uint64_t, SessionState> sessions = {};  ///< by the hash of their id
  std::vector<SessionState> ended = {};  ///< they may still go on from the piece before
  std::size_t started = 0;               ///< sessions seen that are from_start
  std::size_t held_bytes = 0;            ///< in heads
  std::size_t open_bytes = 0;            ///< of open and pending executions
  std::uint64_t clock = 0;
  TextPosition where = {};
  CleanTexts texts = {};

  void note(const char* reason) { aggregator.skipped().add(reason, where); }

  static std::uint64_t key_of(std::string_view id) { return XXH3_64bits(id.data(), id.size()); }

  SessionState& session_of(const LogRecord& record) {
    bound_open_bytes();
    const std::uint64_t key = key_of(record.session);
    auto place = sessions.find(key);
    if (place == sessions.end()) {
      if (sessions.size() >= kMostSessions) {
        end_oldest_half();
      }
      place = sessions.try_emplace(key).first;
      place->second.id.assign(record.session);
      place->second.from_start = started < kMostSessions;
      place->second.decided = !place->second.from_start;
      place->second.first_us = record.at_us;
      started += place->second.from_start ? 1 : 0;
    }
    place->second.last_us = record.at_us;
    place->second.last_seen = ++clock;
    return place->second;
  }

  /// The sum that is kept up is near enough to know when to look.
  void bound_open_bytes() {
    if (open_bytes <= kMostOpenInAll) {
      return;
    }
    open_bytes = 0;
    for (const auto& [key, session] : sessions) {
      open_bytes += open_bytes_of(session);
    }
    if (open_bytes > kMostOpenInAll) {
      end_oldest_half();
    }
  }

  void end_oldest_half() {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> by_age;
    for (const auto& [key, session] : sessions) {
      by_age.emplace_back(session.last_seen, key);
    }
    std::sort(by_age.begin(), by_age.end());
    for (std::size_t i = 0; i < by_age.size() / 2; ++i) {
      const auto place = sessions.find(by_age[i].second);
      end(std::move(place->second));
      sessions.erase(place);
    }
  }

  // --- records -------------------------------------------------------------------------------

  void concerning(SessionState& session, const LogRecord& record, const MessageText& message) {
    const std::size_t before = open_bytes_of(session);
    executed(session, record, message);
    open_bytes += open_bytes_of(session);
    open_bytes -= std::min(open_bytes, before);
  }

  void executed(SessionState& session, const LogRecord& record, const MessageText& message) {
    if (session.decided) {
      executions.take(session, record, message);
    } else if (SessionExecutions::starts_afresh(session, record, message)) {
      decide(session);
      executions.take(session, record, message);
    } else {
      hold(session, record, message);
    }
  }

  void hold(SessionState& session, const LogRecord& record, const MessageText& message) {
    session.head.push_back(HeldRecord::of(record));
    held_bytes += session.head.back().size();
    std::size_t bytes = 0;
    for (const HeldRecord& held : session.head) {
      bytes += held.size();
    }
    if (session.head.size() > kMostHeld || bytes > kMostHeldBytes || held_bytes > kMostHeldInAll) {
      let_start_stand(session);
      return;
    }
    executions.rehearse(session, record, message);
    if (session.pending_known && !session.open.present && session.pending.empty()) {
      decide(session);
    }
  }

  static void decide(SessionState& session) {
    session.decided = true;
    session.open = OpenExecution{};
    session.pending.clear();
    session.unplanned = 0;
  }

  /// The session began with its first record: nothing from before belongs to it.
  void let_start_stand(SessionState& session) {
    session.from_start = false;
    if (session.decided && session.head.empty()) {
      return;
    }
    SessionState begun;
    for (const HeldRecord& held : std::exchange(session.head, {})) {
      const LogRecord record = held.view();
      held_bytes -= std::min(held_bytes, held.size());
      executions.take(begun, record, read_message(record.message));
    }
    if (session.decided) {
      executions.close(begun);
      begun.runs.join(session.runs, aggregator);
      begun.transactions.join(session.transactions, aggregator);
    } else {
      session.decided = true;
      session.open = std::move(begun.open);
      session.pending = std::move(begun.pending);
      session.unplanned = begun.unplanned;
      executions.remember_portals(session, begun);
    }
    session.runs = begun.runs;
    session.transactions = begun.transactions;
  }

  /// Nothing of the session goes on beyond here, before or after.
  void close(SessionState session) {
    let_start_stand(session);
    executions.close(session);
    session.runs.end(aggregator);
  }

  /// Nothing of the session goes on after this.
  void end(SessionState session) {
    open_bytes -= std::min(open_bytes, open_bytes_of(session));
    if (!session.from_start) {
      close(std::move(session));
      return;
    }
    if (session.decided) {
      executions.close(session);
    }
    if (!session.decided) {  // its head tells all of it
      session.open = OpenExecution{};
      session.pending.clear();
    }
    session.to_end = false;
    ended.push_back(std::move(session));
  }

  /// A process that serves a new connection has nothing to do with what its number was before.
  void connection(const LogRecord& record) {
    ++aggregator.events().connections;
    if (record.session.empty()) {
      return;  // the prefix does not tell sessions apart
    }
    const std::uint64_t key = key_of(record.session);
    if (const auto place = sessions.find(key); place != sessions.end()) {
      end(std::move(place->second));
      sessions.erase(place);
    }
    SessionState& fresh = session_of(record);
    started -= fresh.from_start ? 1 : 0;
    fresh.from_start = false;
    fresh.decided = true;
  }

  void act(const LogRecord& record, const MessageText& message) {
    switch (message.kind) {
      case MessageKind::ProtocolStep:
        aggregator.protocol_step(message.text, *message.duration, where);
        break;
      case MessageKind::TemporaryFile:
        with_statement(record, [&](std::string_view sql) {
          aggregator.temporary_file(sql, message.bytes, where);
        });
        break;
      case MessageKind::LockWait:
        with_statement(record, [&](std::string_view sql) { aggregator.lock_wait(sql, where); });
        break;
      case MessageKind::LockAcquired:
        with_statement(record, [&](std::string_view sql) {
          aggregator.lock_wait_time(sql, *message.duration, where);
        });
        break;
      case MessageKind::Checkpoint:
        count_checkpoint(record.message, aggregator.events());
        break;
      case MessageKind::Autovacuum:
        if (!count_autovacuum(record.message, aggregator.events())) {
          note("autovacuum of a table beyond the limit of tables");
        }
        break;
      case MessageKind::Connection:
        connection(record);
        break;
      case MessageKind::Translated:
        note("duration in a language other than English (lc_messages)");
        break;
      default:
        break;
    }
  }

  template <class Count>
  void with_statement(const LogRecord& record, Count count) {
    if (record.statement.empty()) {
      note("temporary file or lock wait without its STATEMENT");
    } else {
      count(principal_statement(record.statement));
    }
  }

  // --- ends ----------------------------------------------------------------------------------

  void follow(SessionState later, Neighbours neighbours) {
    const auto place = sessions.find(key_of(later.id));
    const bool known = place != sessions.end();
    const bool certain = neighbours == Neighbours::Certain;
    const bool back_in_time =
        known && later.first_us != 0 && place->second.last_us > later.first_us;
    const bool ended_before =
        !certain && !known &&
        std::any_of(ended.begin(), ended.end(), [&](const auto& e) { return e.id == later.id; });
    if (ended_before || (back_in_time && !certain)) {
      let_start_stand(later);
    }
    if (known && later.from_start) {
      join(place->second, std::move(later));
      if (!place->second.to_end) {
        end(std::move(place->second));
        sessions.erase(place);
      }
      return;
    }
    if (known && later.to_end) {
      end(std::move(place->second));
      sessions.erase(place);
    }
    insert(std::move(later));
  }

  void join(SessionState& session, SessionState later) {
    for (const HeldRecord& held : later.head) {
      const LogRecord record = held.view();
      concerning(session, record, read_message(record.message));
    }
    if (later.decided) {
      if (session.decided) {
        executions.close(session);
      } else {
        decide(session);
      }
      session.runs.join(later.runs, aggregator);
      session.transactions.join(later.transactions, aggregator);
      session.open = std::move(later.open);
      session.pending = std::move(later.pending);
      session.unplanned = later.unplanned;
      executions.remember_portals(session, later);
      session.pending_known = true;
    }
    session.last_us = later.last_us;  // also where a clock was set back meanwhile
    session.to_end = later.to_end;
    session.last_seen = ++clock;
  }

  void insert(SessionState session) {
    if (session.from_start && started >= kMostSessions) {
      let_start_stand(session);
    }
    started += session.from_start ? 1 : 0;
    if (!session.to_end) {
      end(std::move(session));
      return;
    }
    session.last_seen = ++clock;
    const std::uint64_t key = key_of(session.id);
    sessions.insert_or_assign(key, std::move(session));
  }

  /// All sessions, those whose last record is oldest first; none is left.
  std::vector<SessionState> take_all() {
    std::vector<SessionState> all;
    for (auto& [key, session] : sessions) {
      all.push_back(std::move(session));
    }
    sessions.clear();
    held_bytes = 0;
    open_bytes = 0;
    std::sort(all.begin(), all.end(), [](const SessionState& a, const SessionState& b) {
      return std::tie(a.last_us, a.id) < std::tie(b.last_us, b.id);
    });
    return all;
  }

  /// Of those that may go on before, and of those that may go on after, lets stand all but
  /// kMostEnds; and all that hold a secret.
  void limit(std::vector<SessionState>& all) {
    std::vector<SessionState> kept;
    std::sort(all.begin(), all.end(), [](const SessionState& a, const SessionState& b) {
      return std::tie(a.first_us, a.id, a.last_us) < std::tie(b.first_us, b.id, b.last_us);
    });
    std::size_t from_start = 0;
    for (SessionState& session : all) {
      if (session.from_start && ++from_start > kMostEnds) {
        let_start_stand(session);
      }
    }
    std::sort(all.begin(), all.end(), [](const SessionState& a, const SessionState& b) {
      return std::tie(b.last_us, b.id, b.first_us) < std::tie(a.last_us, a.id, a.first_us);
    });
    std::size_t to_end = 0;
    for (SessionState& session : all) {
      const bool goes_on = session.to_end && ++to_end <= kMostEnds;
      if (holds_secret(session)) {
        close(std::move(session));
      } else if (goes_on) {
        kept.push_back(std::move(session));
      } else {
        end(std::move(session));
      }
    }
    std::move(ended.begin(), ended.end(), std::back_inserter(kept));
    ended.clear();
    all = std::move(kept);
  }
};

EventAssembler::EventAssembler(Aggregator& aggregator, const EventFilter& filter,
                               const ReadTally& tally)
    : state_{new State{aggregator, filter, tally}} {}

EventAssembler::~EventAssembler() = default;

void EventAssembler::take(const LogRecord& raw) {
  State& s = *state_;
  if (!s.filter.lets_through(raw)) {
    ++s.aggregator.input().filtered;
    return;
  }
  LogRecord record = s.texts.clean(raw);
  if (record.file.empty()) {
    record.file = s.tally.file;
  }
  if (s.where.file != record.file) {
    s.where.file.assign(record.file);
  }
  s.where.line = record.line;
  if (s.texts.take_any()) {
    s.note("bytes that are not UTF-8, kept as \\xHH");
  }
  if (record.severity < Severity::Error && record.severity != Severity::Log) {
    return;
  }
  const MessageText message =
      record.severity == Severity::Log ? read_message(record.message) : MessageText{};
  if (record.nested && message.kind == MessageKind::Plan) {
    s.executions.take_nested(record, message);
  } else if (SessionExecutions::concerns(record, message.kind)) {
    s.concerning(s.session_of(record), record, message);
  } else {
    s.act(record, message);
  }
}

void EventAssembler::finish() {
  for (SessionState& session : std::exchange(state_->ended, {})) {
    state_->close(std::move(session));
  }
  for (SessionState& session : state_->take_all()) {
    state_->close(std::move(session));
  }
}

std::vector<SessionState> EventAssembler::suspend(Handover where) {
  State& s = *state_;
  std::vector<SessionState> all = s.take_all();
  std::move(s.ended.begin(), s.ended.end(), std::back_inserter(all));
  s.ended.clear();
  s.started = 0;
  if (where == Handover::IntoDocument) {
    s.limit(all);
  }
  std::sort(all.begin(), all.end(), [](const SessionState& a, const SessionState& b) {
    return std::tie(a.id, a.first_us, a.to_end) < std::tie(b.id, b.first_us, b.to_end);
  });
  return all;
}

void EventAssembler::resume(std::vector<SessionState> sessions) {
  std::sort(sessions.begin(), sessions.end(), [](const SessionState& a, const SessionState& b) {
    return std::tie(a.last_us, a.id) < std::tie(b.last_us, b.id);
  });
  for (SessionState& session : sessions) {
    state_->insert(std::move(session));
  }
}

void EventAssembler::follow(std::vector<SessionState> sessions, Neighbours neighbours) {
  const bool certain = neighbours == Neighbours::Certain;  // no clock is asked then
  std::sort(sessions.begin(), sessions.end(),
            [certain](const SessionState& a, const SessionState& b) {
              return certain ? a.last_seen < b.last_seen
                             : std::tie(a.last_us, a.id) < std::tie(b.last_us, b.id);
            });
  for (SessionState& session : sessions) {
    state_->follow(std::move(session), neighbours);
  }
}

}  // namespace quern::collector
