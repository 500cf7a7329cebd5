#include "advisor/rewrite/price.hpp"

namespace quern::advisor::rewrite {

namespace {

/// Differences below this share are noise of the estimate, not a reason to touch a query.
constexpr double kMinimumGain = 0.02;

using planner_model::IndexConfiguration;
using planner_model::Planner;

Price plan_both(const Planner& planner, const planner_model::BoundQuery& original,
                const planner_model::BoundQuery& replacement,
                const IndexConfiguration& configuration) {
  return {planner.plan(original, configuration), planner.plan(replacement, configuration)};
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

}  // namespace

bool Price::is_cheaper() const {
  return after.counted < (1.0 - kMinimumGain) * before.counted;
}

std::variant<Price, Unpriced> price(const Planner& planner, const std::string& original,
                                    const ParameterValues& parameters, const Finding& finding) {
  try {
    const auto before = planner.bind(original, parameters);
    const auto after = planner.bind(finding.replacement, parameters);
    Price best = plan_both(planner, *before, *after, {});
    for (const std::string& ddl : finding.indexes) {
      if (best.is_cheaper()) {
        break;
      }
      Price indexed = plan_both(planner, *before, *after, {{planner.hypothetical(ddl)}, {}});
      indexed.index = ddl;
      if (indexed.is_cheaper()) {
        best = std::move(indexed);
      }
    }
    auto missing = best.before.unmodelled;
    missing.insert(missing.end(), best.after.unmodelled.begin(), best.after.unmodelled.end());
    if (!missing.empty()) {
      return Unpriced{"the model does not price: " + joined(missing)};
    }
    return best;
  } catch (const UserError& error) {
    return Unpriced{error.what()};
  }
}

std::optional<Rows> rows_before_limit(const Planner& planner, const std::string& sql,
                                      const ParameterValues& parameters) {
  try {
    const auto plan = planner.plan(*planner.bind(sql, parameters)).plan;
    return plan.node_type == "Limit" ? plan.children.front().rows : plan.rows;
  } catch (const UserError&) {
    return std::nullopt;
  }
}

}  // namespace quern::advisor::rewrite
