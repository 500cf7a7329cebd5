#include "planner-model/size/gist_classes.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "planner-model/selectivity/value_text.hpp"
#include "planner-model/size/gist_signatures.hpp"
#include "planner-model/size/index_columns.hpp"
#include "planner-model/size/trigrams.hpp"

namespace quern::planner_model {
namespace {

constexpr double kTupleHeader = 8;

// Signatures.

constexpr int kSignatureBits = 95;  // SIGLENBIT(SIGLEN_DEFAULT); one more is always set
constexpr double kTrigramHeader = 5;

int bits_set(const TrigramGist::Key& key) {
  return std::popcount(key.low) + std::popcount(key.high);
}

int apart(const TrigramGist::Key& a, const TrigramGist::Key& b) {
  return std::popcount(a.low ^ b.low) + std::popcount(a.high ^ b.high);
}

void set_bit(TrigramGist::Key& key, unsigned bit) {
  if (bit < 64) {
    key.low |= std::uint64_t{1} << bit;
  } else {
    key.high |= std::uint32_t{1} << (bit - 64);
  }
}

// Networks.

int bits_in_common(const NetworkGist::Key& a, const NetworkGist::Key& b, int most) {
  for (int bit = 0; bit < most; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    if (((a.address[byte] ^ b.address[byte]) & (0x80 >> (bit % 8))) != 0) {
      return bit;
    }
  }
  return most;
}

bool bit_at(const NetworkGist::Key& key, int bit) {
  return (key.address[static_cast<std::size_t>(bit / 8)] & (0x80 >> (bit % 8))) != 0;
}

GistSplit halves(std::size_t count) {
  GistSplit split;
  for (std::size_t i = 0; i < count; ++i) {
    (i < count / 2 ? split.first : split.second).push_back(i);
  }
  return split;
}

}  // namespace

TrigramGist::Key TrigramGist::key(std::string_view text) {
  Key key;
  set_bit(key, kSignatureBits);
  const auto found = trigrams(text);
  for (const std::uint32_t trigram : found) {
    // The server packs the first letter lowest.
    const std::uint32_t turned = (trigram & 0xFFU) << 16U | (trigram & 0xFF00U) | trigram >> 16U;
    set_bit(key, turned % kSignatureBits);
  }
  key.leaf_size =
      align_up(kTupleHeader + kTrigramHeader + 3 * static_cast<double>(found.size()), 8);
  return key;
}

float TrigramGist::penalty(const Key& page, const Key& item) {
  if (page.all_true) {
    return static_cast<float>(kSignatureBits - bits_set(item)) /
           static_cast<float>(kSignatureBits + 1);
  }
  return static_cast<float>(apart(page, item));
}

TrigramGist::Key TrigramGist::unite(const Key& page, const Key& item) {
  Key key{.low = page.low | item.low, .high = page.high | item.high};
  key.all_true = page.all_true || item.all_true || bits_set(key) > kSignatureBits;
  return key;
}

double TrigramGist::size(const Key& key, bool leaf) {
  constexpr double kSignature = 12;
  return leaf ? key.leaf_size
              : align_up(kTupleHeader + kTrigramHeader + (key.all_true ? 0 : kSignature), 8);
}

int TrigramGist::distance(const Key& a, const Key& b) {
  if (a.all_true || b.all_true) {
    return a.all_true && b.all_true ? 0 : kSignatureBits - bits_set(a.all_true ? b : a);
  }
  return apart(a, b);
}

/// A full signature becomes one of all bits only when it is stored.
void TrigramGist::gather(Key& whole, const Key& item) {
  const bool all_true = whole.all_true || item.all_true;
  whole = unite(whole, item);
  whole.all_true = all_true;
}

GistSplit TrigramGist::split(const std::vector<Key>& keys) {
  return SignatureSplit<TrigramGist>::of(keys);
}

NetworkGist::Key NetworkGist::key(std::string_view text) {
  Key key;
  const auto address = value_text::read_network(text, false);
  if (!address || address->bytes.size() < 5) {
    return key;
  }
  const bool six = address->bytes.size() > 5;
  key.family = six ? 6 : 4;
  key.common_bits = six ? 128 : 32;
  key.least_bits = address->bits;
  std::copy_n(address->bytes.begin() + 1, six ? 16 : 4, key.address.begin());
  return key;
}

float NetworkGist::penalty(const Key& page, const Key& item) {
  if (page.family != item.family) {
    return 4;
  }
  if (page.least_bits > item.least_bits) {
    return 3;
  }
  const int common = bits_in_common(page, item, std::min(page.common_bits, item.common_bits));
  return common > 0 ? 1.0F / static_cast<float>(common) : 2;
}

NetworkGist::Key NetworkGist::unite(const Key& page, const Key& item) {
  Key key = page;
  key.least_bits = std::min(page.least_bits, item.least_bits);
  key.common_bits = bits_in_common(page, item, std::min(page.common_bits, item.common_bits));
  if (page.family != item.family) {
    key.family = 0;
    key.least_bits = key.common_bits = 0;
  }
  return key;
}

double NetworkGist::size(const Key& key, bool /*leaf*/) {
  constexpr double kKeyHeader = 4;  // length byte, family, both numbers of bits
  return align_up(kTupleHeader + kKeyHeader + (key.family == 6 ? 16 : 4), 8);
}

/// inet_gist_picksplit().
GistSplit NetworkGist::split(const std::vector<Key>& keys) {
  Key whole = keys.front();
  int largest = 0;
  bool mixed = false;
  for (const Key& key : keys) {
    mixed = mixed || key.family != keys.front().family;
    largest = std::max(largest, key.family);
    whole = unite(whole, key);
  }
  GistSplit split;
  if (mixed) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      (keys[i].family != largest ? split.first : split.second).push_back(i);
    }
    return split;
  }
  const int most = keys.front().family == 6 ? 128 : 32;
  for (int bit = whole.common_bits; bit < most; ++bit) {
    split = {};
    for (std::size_t i = 0; i < keys.size(); ++i) {
      (bit_at(keys[i], bit) ? split.second : split.first).push_back(i);
    }
    if (!split.first.empty() && !split.second.empty()) {
      return split;
    }
  }
  return halves(keys.size());
}

GistSplit NullGist::split(const std::vector<Key>& keys) {
  GistSplit halves;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    (2 * i < keys.size() ? halves.first : halves.second).push_back(i);
  }
  return halves;
}

}  // namespace quern::planner_model
