#include "advisor/rewrite/propose.hpp"

namespace quern::advisor {

std::vector<Proposal> propose_rewrites(const Workload& workload, const CatalogSnapshot& catalog,
                                       const planner_model::Planner& planner,
                                       const AdviceOptions& options) {
  static_cast<void>(workload);
  static_cast<void>(catalog);
  static_cast<void>(planner);
  static_cast<void>(options);
  return {};
}

}  // namespace quern::advisor
