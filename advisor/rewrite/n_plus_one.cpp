#include "advisor/rewrite/n_plus_one.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace quern::advisor::rewrite {

namespace {

const QueryClass* find_class(const Workload& workload, const std::string& fingerprint) {
  const auto found =
      std::find_if(workload.classes.begin(), workload.classes.end(),
                   [&](const QueryClass& query) { return query.fingerprint == fingerprint; });
  return found == workload.classes.end() ? nullptr : &*found;
}

double milliseconds(Microseconds time) {
  return Milliseconds{time}.count();
}

}  // namespace

std::vector<Proposal> n_plus_one(const Workload& workload) {
  std::vector<Proposal> proposals;
  for (const SessionPattern& pattern : workload.patterns) {
    const QueryClass* query = find_class(workload, pattern.fingerprint);
    if (query == nullptr || query->kind != StatementKind::Select || pattern.runs == 0) {
      continue;
    }
    Proposal proposal;
    proposal.id = "rewrite-R52-" + pattern.fingerprint;
    proposal.kind = ProposalKind::Investigate;
    proposal.rule = "R52";
    proposal.title =
        fmt::format("N+1: one query run {:.0f} times in a row on average",
                    static_cast<double>(pattern.calls) / static_cast<double>(pattern.runs));
    proposal.rationale =
        "One session ran this statement again and again, each time with another parameter. Every "
        "run "
        "costs a round trip besides its own time. Fetch the rows with one statement: column = "
        "ANY($1) with an array of the keys, a join with the query before, or the mapper's eager "
        "loading.";
    proposal.confidence = Confidence::Medium;
    proposal.evidence.push_back(fmt::format(
        "measured: {} sequences with {} executions, the longest of {}, {:.1f} ms in all",
        pattern.runs, pattern.calls, pattern.longest, milliseconds(pattern.total)));
    if (const QueryClass* parent = find_class(workload, pattern.preceded_by)) {
      proposal.evidence.push_back("most often just after: " + parent->sql);
    }
    QueryEffect effect;
    effect.fingerprint = query->fingerprint;
    effect.sql = query->sql;
    effect.calls = static_cast<double>(query->calls);
    proposal.queries.push_back(std::move(effect));
    proposal.rewrite =
        Rewrite{"R52",
                "N+1 queries",
                Equivalence::ChangesMeaning,
                query->sql,
                {},
                {"to be confirmed: the keys are known before the first of these runs"}};
    proposals.push_back(std::move(proposal));
  }
  return proposals;
}

}  // namespace quern::advisor::rewrite
