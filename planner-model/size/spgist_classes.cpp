#include "planner-model/size/spgist_classes.hpp"

#include <algorithm>
#include <numeric>

namespace quern::planner_model {
namespace {

std::size_t common_prefix(std::string_view a, std::string_view b) {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t i = 0;
  while (i < most && a[i] == b[i]) {
    ++i;
  }
  return i;
}

/// A label is the byte behind the prefix, or that there is none.
constexpr int kEnd = -1;
constexpr int kDummy = -2;

int label_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : kEnd;
}

// Networks.

int most_bits(const NetworkGist::Key& one) {
  return one.family == 6 ? 128 : 32;
}

bool bit_at(const NetworkGist::Key& one, int bit) {
  return (one.address[static_cast<std::size_t>(bit / 8)] & (0x80 >> (bit % 8))) != 0;
}

/// bitncommon().
int bits_in_common(const NetworkGist::Key& a, const NetworkGist::Key& b, int most) {
  int bit = 0;
  while (bit < most && bit_at(a, bit) == bit_at(b, bit)) {
    ++bit;
  }
  return bit;
}

/// inet_spg_node_number().
int node_number(const NetworkGist::Key& one, int bits) {
  return (bits < most_bits(one) && bit_at(one, bits) ? 1 : 0) + (bits < one.least_bits ? 2 : 0);
}

constexpr int kNetworkNodes = 4;

}  // namespace

int TextSpGist::leaf_bytes(Datum text) {
  constexpr std::size_t kLongestShort = 126;
  return static_cast<int>(text.size() + (text.size() <= kLongestShort ? 1 : 4));
}

int TextSpGist::prefix_bytes(Prefix prefix) {
  return prefix.empty() ? 0 : leaf_bytes(prefix);
}

std::string_view TextSpGist::rest(Datum text, int level) {
  return text.substr(std::min(text.size(), static_cast<std::size_t>(level)));
}

/// spg_text_choose().
SpGistChoice<std::string_view> TextSpGist::choose(Prefix prefix, const std::vector<int>& labels,
                                                  bool all_the_same, Datum text, int level) {
  using Choice = SpGistChoice<Prefix>;
  const std::string_view left = rest(text, level);
  const std::size_t common = common_prefix(left, prefix);
  if (common < prefix.size()) {
    return {.action = Choice::Action::Split,
            .upper_labels = {label_at(prefix, common)},
            .upper_prefix = prefix.substr(0, common),
            .lower_prefix = prefix.substr(common + 1)};
  }
  const int label = label_at(left, common);
  const auto found = std::lower_bound(labels.begin(), labels.end(), label);
  const auto node = static_cast<int>(found - labels.begin());
  if (found != labels.end() && *found == label) {
    return {.action = Choice::Action::Match,
            .node = node,
            .level_add = static_cast<int>(common) + (label >= 0 ? 1 : 0)};
  }
  if (all_the_same) {
    return {.action = Choice::Action::Split, .upper_labels = {kDummy}, .upper_prefix = prefix};
  }
  return {.action = Choice::Action::AddNode, .node = node, .label = label};
}

/// spg_text_picksplit().
SpGistSplit<std::string_view, std::string_view> TextSpGist::picksplit(
    const std::vector<Datum>& values, int /*level*/) {
  constexpr std::size_t kLongestPrefix = 8192 - 258 * 16 - 100;  // SPGIST_MAX_PREFIX_LENGTH
  const std::string_view first = values.front();
  std::size_t common = std::min(first.size(), kLongestPrefix);
  for (const Datum& value : values) {
    common = std::min(common, common_prefix(first, value));
  }
  SpGistSplit<Datum, Prefix> split{.prefix = first.substr(0, common)};
  for (const Datum& value : values) {
    split.labels.push_back(label_at(value, common));
  }
  std::sort(split.labels.begin(), split.labels.end());
  split.labels.erase(std::unique(split.labels.begin(), split.labels.end()), split.labels.end());
  for (const Datum& value : values) {
    const auto node =
        std::lower_bound(split.labels.begin(), split.labels.end(), label_at(value, common));
    split.nodes.push_back(static_cast<int>(node - split.labels.begin()));
    split.leaves.push_back(value.substr(std::min(value.size(), common + 1)));
  }
  return split;
}

int NetworkSpGist::leaf_bytes(const Datum& address) {
  return 3 + (address.family == 6 ? 16 : 4);  // length, family, bits
}

int NetworkSpGist::prefix_bytes(const Prefix& prefix) {
  constexpr int kHeader = 6;  // a long length word, family, bits
  return prefix.network ? kHeader + (prefix.network->family == 6 ? 16 : 4) : 0;
}

/// inet_spg_choose().
SpGistChoice<NetworkSpGist::Prefix> NetworkSpGist::choose(const Prefix& prefix,
                                                          const std::vector<int>& /*labels*/,
                                                          bool /*all_the_same*/,
                                                          const Datum& address, int /*level*/) {
  using Choice = SpGistChoice<Prefix>;
  if (!prefix.network) {
    return {.node = address.family == 6 ? 1 : 0};
  }
  if (prefix.network->family != address.family) {
    return {.action = Choice::Action::Split,
            .node = prefix.network->family == 6 ? 1 : 0,
            .upper_labels = {0, 0},
            .lower_prefix = prefix};
  }
  const int common =
      bits_in_common(*prefix.network, address, std::min(prefix.bits, address.least_bits));
  if (common < prefix.bits) {
    return {.action = Choice::Action::Split,
            .node = node_number(*prefix.network, common),
            .upper_labels = std::vector<int>(kNetworkNodes, 0),
            .upper_prefix = {prefix.network, common},
            .lower_prefix = prefix};
  }
  return {.node = node_number(address, prefix.bits)};
}

/// inet_spg_picksplit().
SpGistSplit<NetworkSpGist::Datum, NetworkSpGist::Prefix> NetworkSpGist::picksplit(
    const std::vector<Datum>& values, int /*level*/) {
  SpGistSplit<Datum, Prefix> split{.leaves = values};
  const Datum& first = values.front();
  const bool mixed = std::any_of(values.begin(), values.end(),
                                 [&](const Datum& value) { return value.family != first.family; });
  if (mixed) {
    split.labels = {0, 0};
    for (const Datum& value : values) {
      split.nodes.push_back(value.family == 6 ? 1 : 0);
    }
    return split;
  }
  int common = first.least_bits;
  for (const Datum& value : values) {
    common = bits_in_common(first, value, std::min(common, value.least_bits));
  }
  split.prefix = {first, common};
  split.labels.assign(kNetworkNodes, 0);
  for (const Datum& value : values) {
    split.nodes.push_back(node_number(value, common));
  }
  return split;
}

SpGistSplit<NullSpGist::Datum, NullSpGist::Prefix> NullSpGist::picksplit(
    const std::vector<Datum>& values, int /*level*/) {
  return {.labels = {0}, .nodes = std::vector<int>(values.size(), 0), .leaves = values};
}

}  // namespace quern::planner_model
