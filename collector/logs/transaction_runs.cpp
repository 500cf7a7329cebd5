#include "collector/logs/transaction_runs.hpp"

#include <algorithm>
#include <string>

#include "collector/sql/lexer.hpp"
#include "collector/workload/aggregate.hpp"

namespace quern::collector {

namespace {

std::string lower_word(const Token& token) {
  std::string word{token.text.substr(0, 16)};
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return word;
}

void tell(const StatementRun& run, Aggregator& aggregator) {
  const bool small = run.total <= kSmallStatement * static_cast<std::int64_t>(run.statements);
  if (run.statements >= kChattyStatements && run.untimed == 0 && small) {
    const std::int64_t elapsed = run.from_us == 0 ? 0 : run.until_us - run.from_us;
    aggregator.chatty(run.first, run.statements, run.total,
                      std::max(run.total, Microseconds{elapsed}));
  }
}

}  // namespace

TransactionStep transaction_step(std::string_view sql) {
  Lexer lexer{sql};
  const std::string word = lower_word(lexer.next());
  if (word == "begin" || word == "start") {
    return TransactionStep::Begin;
  }
  if (word == "commit" || word == "end") {
    return TransactionStep::End;
  }
  if (word != "rollback" && word != "abort") {
    return TransactionStep::None;
  }
  std::string next = lower_word(lexer.next());
  if (next == "work" || next == "transaction") {
    next = lower_word(lexer.next());
  }
  return next == "to" ? TransactionStep::None : TransactionStep::End;
}

void StatementRun::add(const StatementRun& later) {
  if (later.statements == 0) {
    return;
  }
  if (statements == 0) {
    *this = later;
    return;
  }
  statements += later.statements;
  untimed += later.untimed;
  total += later.total;
  until_us = std::max(until_us, later.until_us);
}

void TransactionRuns::add(const StatementRun& one) {
  if (!stepped) {
    before.add(one);
  } else if (open) {
    last.add(one);
  }
}

void TransactionRuns::step(TransactionStep step, Aggregator& aggregator) {
  if (stepped && open) {
    tell(last, aggregator);
  }
  stepped = true;
  open = step == TransactionStep::Begin;
  last = StatementRun{};
}

void TransactionRuns::join(const TransactionRuns& later, Aggregator& aggregator) {
  add(later.before);
  if (later.stepped) {
    step(later.open ? TransactionStep::Begin : TransactionStep::End, aggregator);
    last = later.last;
  }
}

}  // namespace quern::collector
