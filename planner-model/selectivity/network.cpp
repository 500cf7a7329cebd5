#include "planner-model/selectivity/network.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

namespace quern::planner_model {
namespace {

constexpr double kDefaultOverlap = 0.01;
constexpr double kDefaultInclusion = 0.005;

/// How the left network lies to the right one; the negative of a relation is its commutator.
/// inet_opr_codenum().
enum Inclusion : int {
  kContains = -2,
  kContainsOrEquals = -1,
  kOverlaps = 0,
  kWithinOrEquals = 1,
  kWithin = 2
};

std::optional<int> inclusion_of(std::string_view op) {
  return op == ">>"    ? std::optional<int>{kContains}
         : op == ">>=" ? std::optional<int>{kContainsOrEquals}
         : op == "&&"  ? std::optional<int>{kOverlaps}
         : op == "<<=" ? std::optional<int>{kWithinOrEquals}
         : op == "<<"  ? std::optional<int>{kWithin}
                       : std::nullopt;
}

int bits(const Value& network) {
  return network.days;
}

bool same_family(const Value& a, const Value& b) {
  return a.bytes.size() == b.bytes.size();
}

/// The byte of the address that holds the bit; before them all stands the family.
unsigned byte_of(const Value& network, int bit) {
  return static_cast<unsigned char>(network.bytes[1 + static_cast<std::size_t>(bit / 8)]);
}

/// bitncommon(): leading bits that are equal, `most` at most.
int common_bits(const Value& a, const Value& b, int most) {
  int common = 0;
  while (common < most) {
    const unsigned mask = 0x80U >> (static_cast<unsigned>(common) % 8);
    if (((byte_of(a, common) ^ byte_of(b, common)) & mask) != 0) {
      break;
    }
    ++common;
  }
  return common;
}

/// inet_masklen_inclusion_cmp(): 0 if the operator takes masks of these lengths.
int compare_lengths(const Value& left, const Value& right, int relation) {
  const int order = bits(left) - bits(right);
  const bool taken = (order > 0 && relation >= 0) ||
                     (order == 0 && relation >= -1 && relation <= 1) ||
                     (order < 0 && relation <= 0);
  return taken ? 0 : relation;
}

/// inet_inclusion_cmp(): 0 if the relation holds; else on which side of those it holds for the left
/// one sorts.
int compare_inclusion(const Value& left, const Value& right, int relation) {
  if (!same_family(left, right)) {
    return left.bytes.size() < right.bytes.size() ? -1 : 1;
  }
  const int shorter = std::min(bits(left), bits(right));
  const int common = common_bits(left, right, shorter);
  if (common < shorter) {
    return byte_of(left, common) < byte_of(right, common) ? -1 : 1;
  }
  return compare_lengths(left, right, relation);
}

/// inet_hist_match_divider(): bits that decide and are not common; negative: no match possible.
int match_divider(const Value& boundary, const Value& query, int relation) {
  if (!same_family(boundary, query) || compare_lengths(boundary, query, relation) != 0) {
    return -1;
  }
  const int shorter = std::min(bits(boundary), bits(query));
  const int decisive = relation < 0 ? bits(boundary) : relation > 0 ? bits(query) : shorter;
  return decisive - common_bits(boundary, query, shorter);
}

/// inet_hist_value_sel(): the part of the histogram's values that has the relation to the query.
double histogram_share(const std::vector<Value>& histogram, const Value& query, int relation) {
  constexpr std::size_t kMostConsidered = 1024;
  if (histogram.size() <= 1) {
    return 0;
  }
  const std::size_t step = (histogram.size() - 2) / kMostConsidered + 1;
  double match = 0;
  int buckets = 0;
  const Value* left = &histogram.front();
  int left_order = compare_inclusion(*left, query, relation);
  for (std::size_t i = step; i < histogram.size(); i += step, ++buckets) {
    const Value* right = &histogram[i];
    const int right_order = compare_inclusion(*right, query, relation);
    if (left_order == 0 && right_order == 0) {
      match += 1;
    } else if ((left_order <= 0 && right_order >= 0) || (left_order >= 0 && right_order <= 0)) {
      const int divider =
          std::max(match_divider(*left, query, relation), match_divider(*right, query, relation));
      match += divider >= 0 ? std::ldexp(1.0, -divider) : 0;
    }
    left = right;
    left_order = right_order;
  }
  return match / buckets;
}

bool are_networks(const std::vector<Value>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](const Value& v) { return v.form == ValueForm::Network; });
}

}  // namespace

double default_network_selectivity(const Operator& op) {
  return op.name == "&&" ? kDefaultOverlap : kDefaultInclusion;
}

std::optional<double> network_selectivity(const Variable& variable, const Operator& op,
                                          const Value* constant, bool variable_on_left) {
  const auto named = inclusion_of(op.name);
  if (!named || constant == nullptr || constant->form != ValueForm::Network ||
      variable.statistics == nullptr || !are_networks(variable.statistics->most_common_values) ||
      !are_networks(variable.statistics->histogram)) {
    return std::nullopt;
  }
  const ParsedStatistics& statistics = *variable.statistics;
  const int relation = variable_on_left ? *named : -*named;
  double common = 0;
  for (std::size_t i = 0; i < statistics.most_common_values.size(); ++i) {
    if (compare_inclusion(statistics.most_common_values[i], *constant, relation) == 0) {
      common += statistics.most_common_frequencies[i];
    }
  }
  const double rest = statistics.histogram.empty()
                          ? default_network_selectivity(op)
                          : histogram_share(statistics.histogram, *constant, relation);
  return std::clamp(common + (1.0 - statistics.null_fraction - statistics.most_common_total) * rest,
                    0.0, 1.0);
}

}  // namespace quern::planner_model
