#include <algorithm>
#include <cmath>

#include "planner-model/selectivity/network.hpp"
#include "planner-model/selectivity/restriction.hpp"
#include "planner-model/selectivity/text_query.hpp"

// Estimators of particular types. Full-text search follows tsmatchsel() (ts_selfuncs.c).

namespace quern::planner_model {
namespace {

constexpr double kDefaultTextSearch = 0.005;

/// tsquery_opr_selec(): how often the words occur, from ANALYZE's common ones; without these by
/// default.
class TextQueryEstimate {
 public:
  /// `statistics` null: there are none.
  explicit TextQueryEstimate(const ParsedStatistics* statistics) : statistics_{statistics} {}

  [[nodiscard]] double of(const TextQueryNode& node) const {
    double estimate = 0;
    switch (node.kind) {
      case TextQueryNode::Kind::Word:
        estimate = node.prefix ? of_prefix(node.word) : of_word(node.word);
        break;
      case TextQueryNode::Kind::Not:
        estimate = 1.0 - of(*node.right);
        break;
      case TextQueryNode::Kind::Or: {
        const double left = of(*node.left);
        const double right = of(*node.right);
        estimate = left + right - left * right;
        break;
      }
      default:
        estimate = of(*node.left) * of(*node.right);  // a phrase: its words together
    }
    return std::clamp(estimate, 0.0, 1.0);
  }

 private:
  [[nodiscard]] double of_prefix(const std::string& prefix) const {
    constexpr std::size_t kEnough = 100;
    if (statistics_ == nullptr || statistics_->most_common_elements.size() < kEnough) {
      return kDefaultTextSearch * 4;
    }
    const auto& listed = statistics_->most_common_elements;
    const auto& frequencies = statistics_->most_common_element_frequencies;
    // The listed words with the prefix, independent of each other, stand for the unlisted ones.
    double matched = 0;
    double all_listed = 0;
    double count = 0;
    for (std::size_t i = 0; i < listed.size(); ++i) {
      if (listed[i].text.starts_with(prefix)) {
        matched += frequencies[i] - matched * frequencies[i];
        ++count;
      }
      all_listed += frequencies[i] - all_listed * frequencies[i];
    }
    matched = std::clamp(matched, 0.0, 1.0);
    all_listed = std::clamp(all_listed, 0.0, 1.0);
    const double estimate =
        matched + (1.0 - all_listed) * (count / static_cast<double>(listed.size()));
    return std::max(of_unlisted(), estimate);
  }

  [[nodiscard]] double of_word(const std::string& word) const {
    if (statistics_ == nullptr) {
      return kDefaultTextSearch;
    }
    const auto& listed = statistics_->most_common_elements;
    for (std::size_t i = 0; i < listed.size(); ++i) {
      if (listed[i].text == word) {
        return statistics_->most_common_element_frequencies[i];
      }
    }
    return of_unlisted();
  }

  [[nodiscard]] double of_unlisted() const {
    return std::min(kDefaultTextSearch, statistics_->minimum_element_frequency / 2);
  }

  const ParsedStatistics* statistics_;
};

/// tsmatchsel(), and _int_matchsel() of intarray, whose query_int is written alike; nothing: the
/// default.
std::optional<double> text_search(const Variable& variable, const Operator& op,
                                  const Value* constant) {
  const bool is_query = constant != nullptr &&
                        (constant->type == type_oid::kTsQuery || op.restriction == "_int_matchsel");
  const auto query = is_query ? parse_text_query(constant->text) : std::nullopt;
  if (!query) {
    return std::nullopt;
  }
  if (*query == nullptr) {
    return 0;
  }
  const ParsedStatistics* statistics = variable.statistics;
  const bool lists_words = statistics != nullptr && !statistics->most_common_elements.empty();
  const double of_values = TextQueryEstimate{lists_words ? statistics : nullptr}.of(**query);
  return statistics == nullptr ? of_values : of_values * (1.0 - statistics->null_fraction);
}

}  // namespace

std::optional<double> special_restriction(const Variable& variable, const Operator& op,
                                          const Value* constant, bool variable_on_left,
                                          bool* defaulted) {
  const auto by_default = [&](double selectivity) {
    if (defaulted != nullptr) {
      *defaulted = true;
    }
    return selectivity;
  };
  const std::string_view estimator = op.restriction;
  if (estimator == "tsmatchsel" || estimator == "_int_matchsel") {
    const auto known = text_search(variable, op, constant);
    return known ? known : by_default(kDefaultTextSearch);
  }
  if (estimator == "rangesel" || estimator == "multirangesel") {
    const RangeSelectivity range = range_restriction(variable, op.name, constant, variable_on_left);
    return range.is_default ? by_default(range.selectivity) : range.selectivity;
  }
  if (estimator == "networksel") {
    const auto known = network_selectivity(variable, op, constant, variable_on_left);
    return known ? known : std::optional{by_default(default_network_selectivity(op))};
  }
  if (estimator == "contsel") {
    return by_default(kDefaultContainmentSelectivity);
  }
  if (estimator == "areasel") {
    return by_default(kDefaultAreaSelectivity);
  }
  if (estimator == "positionsel") {
    return by_default(kDefaultPositionSelectivity);
  }
  if (estimator == "matchingsel") {
    return generic_restriction(variable, op, constant, variable_on_left,
                               kDefaultMatchingSelectivity);
  }
  return std::nullopt;
}

}  // namespace quern::planner_model
