#include "advisor/rewrite/instead.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

namespace quern::advisor {

namespace {

/// The proven rewrite of this query that costs no more than `most` without a new index; null: none.
const Proposal* rewrite_of(const std::vector<Proposal>& proposals, const std::string& fingerprint,
                           Cost most) {
  const auto suits = [&](const Proposal& proposal) {
    return proposal.kind == ProposalKind::RewriteQuery && proposal.queries.size() == 1 &&
           proposal.rewrite->equivalence == Equivalence::Proven &&
           proposal.queries.front().fingerprint == fingerprint &&
           proposal.queries.front().after <= most && !proposal.queries.front().uses_index;
  };
  const auto found = std::find_if(proposals.begin(), proposals.end(), suits);
  return found == proposals.end() ? nullptr : &*found;
}

/// Titles of the rewrites that stand for the index; none where a query is left that reads it.
std::set<std::string> rewrites_instead(const std::vector<Proposal>& proposals,
                                       const Proposal& index) {
  std::set<std::string> titles;
  for (const QueryEffect& query : index.queries) {
    if (!query.uses_index) {
      continue;
    }
    const Proposal* rewrite = rewrite_of(proposals, query.fingerprint, query.after);
    if (rewrite == nullptr) {
      return {};
    }
    titles.insert(rewrite->title);
  }
  return titles;
}

}  // namespace

void name_rewrites_instead(std::vector<Proposal>& proposals) {
  for (Proposal& proposal : proposals) {
    if (proposal.kind != ProposalKind::CreateIndex) {
      continue;
    }
    if (const auto titles = rewrites_instead(proposals, proposal); !titles.empty()) {
      proposal.warnings.push_back(
          fmt::format("Not needed once what reads it is rewritten, which costs no more without it: "
                      "{}.",
                      fmt::join(titles, "; ")));
    }
  }
}

}  // namespace quern::advisor
