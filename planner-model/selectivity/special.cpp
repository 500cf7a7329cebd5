#include <algorithm>
#include <cmath>

#include "planner-model/selectivity/network.hpp"
#include "planner-model/selectivity/restriction.hpp"

// Estimators of particular types. Full-text search follows tsmatchsel() (ts_selfuncs.c);
// multiranges use the server's defaults, and say so.

namespace quern::planner_model {
namespace {

constexpr double kDefaultTextSearch = 0.005;

/// One tsquery, read from its text form: 'fat' & ( 'rat' | !'cat':* )
class TextQuery {
 public:
  TextQuery(std::string_view text, const ParsedStatistics& statistics)
      : rest_{text}, statistics_{statistics} {}

  [[nodiscard]] double selectivity() { return std::clamp(any(0), 0.0, 1.0); }

 private:
  static constexpr int kDeepest = 100;

  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }

  bool take(std::string_view token) {
    skip_blanks();
    if (!rest_.starts_with(token)) {
      return false;
    }
    rest_.remove_prefix(token.size());
    return true;
  }

  double any(int depth) {
    double sum = all(depth);
    while (take("|")) {
      const double next = all(depth);
      sum = sum + next - sum * next;
    }
    return sum;
  }

  double all(int depth) {
    double product = one(depth);
    for (;;) {
      if (take("&")) {
        product *= one(depth);
      } else if (take("<->") || take_distance()) {
        product *= one(depth);  // a phrase is estimated as its words together
      } else {
        return product;
      }
    }
  }

  bool take_distance() {
    skip_blanks();
    const auto close = rest_.find('>');
    if (!rest_.starts_with('<') || close == std::string_view::npos) {
      return false;
    }
    rest_.remove_prefix(close + 1);
    return true;
  }

  double one(int depth) {
    if (depth > kDeepest) {
      return kDefaultTextSearch;
    }
    if (take("!")) {
      return 1.0 - one(depth + 1);
    }
    if (take("(")) {
      const double inner = any(depth + 1);
      take(")");
      return inner;
    }
    return word();
  }

  double word() {
    skip_blanks();
    std::string lexeme;
    if (rest_.starts_with('\'')) {
      rest_.remove_prefix(1);
      while (!rest_.empty()) {
        const char c = rest_.front();
        rest_.remove_prefix(1);
        if (c == '\'' && !rest_.starts_with('\'')) {
          break;
        }
        if (c == '\'') {
          rest_.remove_prefix(1);
        }
        lexeme += c;
      }
    } else {
      const auto end = std::min(rest_.find_first_of(" &|!():<"), rest_.size());
      lexeme = rest_.substr(0, end);
      rest_.remove_prefix(std::max<std::size_t>(end, rest_.empty() ? 0 : 1));
    }
    bool prefix = false;
    if (rest_.starts_with(':')) {
      const auto end = std::min(rest_.find_first_of(" &|!()<"), rest_.size());
      prefix = rest_.substr(0, end).find('*') != std::string_view::npos;
      rest_.remove_prefix(end);
    }
    return frequency(lexeme, prefix);
  }

  double frequency(const std::string& lexeme, bool prefix) const {
    const auto& listed = statistics_.most_common_elements;
    const auto& frequencies = statistics_.most_common_element_frequencies;
    if (prefix) {
      constexpr std::size_t kEnough = 100;
      if (listed.size() < kEnough) {
        return kDefaultTextSearch * 4;
      }
      // The listed words with the prefix, independent of each other, stand for the unlisted ones.
      double matched = 0;
      double all_listed = 0;
      double count = 0;
      for (std::size_t i = 0; i < listed.size(); ++i) {
        if (listed[i].text.starts_with(lexeme)) {
          matched += frequencies[i] - matched * frequencies[i];
          ++count;
        }
        all_listed += frequencies[i] - all_listed * frequencies[i];
      }
      matched = std::clamp(matched, 0.0, 1.0);
      all_listed = std::clamp(all_listed, 0.0, 1.0);
      const double estimate =
          matched + (1.0 - all_listed) * (count / static_cast<double>(listed.size()));
      return std::max(std::min(kDefaultTextSearch, statistics_.minimum_element_frequency / 2),
                      estimate);
    }
    for (std::size_t i = 0; i < listed.size(); ++i) {
      if (listed[i].text == lexeme) {
        return frequencies[i];
      }
    }
    return std::min(kDefaultTextSearch, statistics_.minimum_element_frequency / 2);
  }

  std::string_view rest_;
  const ParsedStatistics& statistics_;
};

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
  if (estimator == "tsmatchsel") {
    if (constant == nullptr || variable.statistics == nullptr ||
        variable.statistics->most_common_elements.empty() || !variable_on_left) {
      return by_default(kDefaultTextSearch);
    }
    return TextQuery{constant->text, *variable.statistics}.selectivity() *
           (1.0 - variable.statistics->null_fraction);
  }
  if (estimator == "rangesel") {
    const RangeSelectivity range = range_restriction(variable, op.name, constant, variable_on_left);
    return range.is_default ? by_default(range.selectivity) : range.selectivity;
  }
  if (estimator == "multirangesel") {
    // default_multirange_selectivity() (multirangetypes_selfuncs.c) has the same ones
    return by_default(default_range_selectivity(op.name));
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
