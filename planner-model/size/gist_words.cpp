#include "planner-model/size/gist_words.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "planner-model/size/gin_elements.hpp"
#include "planner-model/size/gist_signatures.hpp"
#include "planner-model/size/gist_tree.hpp"
#include "planner-model/size/text_source.hpp"

namespace quern::planner_model {
namespace {

constexpr unsigned kBits = 992;  // SIGLENBIT(SIGLEN_DEFAULT)
constexpr double kTupleHeader = 8;
constexpr double kKeyHeader = 8;  // length word and flag
constexpr double kSignature = 124;
constexpr std::size_t kMostCodes = 500;  // beyond TOAST_INDEX_TARGET a leaf has a signature as well

int bits_set(const WordGist::Key& key) {
  int count = 0;
  for (const std::uint64_t word : key.bits) {
    count += std::popcount(word);
  }
  return count;
}

WordGist::Key bits_of_both(const WordGist::Key& a, const WordGist::Key& b) {
  WordGist::Key both{};
  for (std::size_t i = 0; i < both.bits.size(); ++i) {
    both.bits[i] = a.bits[i] | b.bits[i];
  }
  both.all_true = a.all_true || b.all_true;
  return both;
}

/// Rows' words, drawn by how often each comes.
class Rows {
 public:
  Rows(const IndexColumn& column, double rows, const TypeSystem& types) {
    std::uint32_t next = 1;
    for (const GinEntries& one : gin_entries(column, "", types, rows)) {
      const auto words = static_cast<std::uint32_t>(std::clamp(one.entries, 1.0, 1e9));
      words_.push_back(
          {next, words, one.entries * one.rows / std::max(1.0, rows * (1 - column.null_share()))});
      next += words;
    }
  }

  std::vector<std::uint32_t> next() {
    std::vector<std::uint32_t> codes;
    for (const Words& one : words_) {
      const double whole = std::floor(one.per_row);
      auto count = static_cast<int>(whole);
      count += chance_.uniform() < one.per_row - whole ? 1 : 0;
      for (int i = 0; i < count && codes.size() < kMostCodes; ++i) {
        const auto word = one.first + static_cast<std::uint32_t>(chance_.below(one.words));
        codes.push_back(scattered(word));
      }
    }
    std::sort(codes.begin(), codes.end());
    codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
    return codes;
  }

 private:
  struct Words {
    std::uint32_t first = 0;
    std::uint32_t words = 1;
    double per_row = 0;
  };

  /// In the place of the words' checksums: as evenly over all numbers (a step of Fibonacci hashing
  /// and one of mixing).
  static std::uint32_t scattered(std::uint32_t word) {
    std::uint64_t code = word * 0x9E3779B97F4A7C15U;
    code ^= code >> 32U;
    return static_cast<std::uint32_t>(code * 0xD6E8FEB86659FD93U >> 32U);
  }

  std::vector<Words> words_ = {};
  Stream chance_ = {};
};

}  // namespace

WordGist::Key WordGist::key(const std::vector<std::uint32_t>& codes) {
  Key key;
  for (const std::uint32_t code : codes) {
    const unsigned bit = code % kBits;
    key.bits[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  const double stored =
      codes.size() < kMostCodes ? 4 * static_cast<double>(codes.size()) : kSignature;
  key.leaf_size = align_up(kTupleHeader + kKeyHeader + stored, 8);
  return key;
}

int WordGist::distance(const Key& a, const Key& b) {
  if (a.all_true || b.all_true) {
    return a.all_true && b.all_true ? 0 : static_cast<int>(kBits) - bits_set(a.all_true ? b : a);
  }
  int apart = 0;
  for (std::size_t i = 0; i < a.bits.size(); ++i) {
    apart += std::popcount(a.bits[i] ^ b.bits[i]);
  }
  return apart;
}

float WordGist::penalty(const Key& page, const Key& item) {
  if (page.all_true) {
    return static_cast<float>(static_cast<int>(kBits) - bits_set(item)) /
           static_cast<float>(kBits + 1);
  }
  return static_cast<float>(distance(page, item));
}

WordGist::Key WordGist::unite(const Key& page, const Key& item) {
  Key both = bits_of_both(page, item);
  both.all_true = both.all_true || bits_set(both) == static_cast<int>(kBits);
  return both;
}

/// A full signature becomes one of all bits only when it is stored.
void WordGist::gather(Key& whole, const Key& item) {
  whole = bits_of_both(whole, item);
}

double WordGist::size(const Key& key, bool leaf) {
  return leaf ? key.leaf_size
              : align_up(kTupleHeader + kKeyHeader + (key.all_true ? 0 : kSignature), 8);
}

GistSplit WordGist::split(const std::vector<Key>& keys) {
  return SignatureSplit<WordGist>::of(keys);
}

double word_gist_pages(const IndexColumn& column, double rows, const TypeSystem& types) {
  constexpr double kMostRows = 10'000;
  const double filled = rows * (1 - column.null_share());
  const double followed = std::floor(std::min(filled, kMostRows));
  if (followed < 1) {
    return 0;
  }
  Rows source{column, rows, types};
  GistTree<WordGist> tree;
  for (double i = 0; i < followed; ++i) {
    tree.insert(WordGist::key(source.next()));
  }
  const auto pages = static_cast<double>(tree.pages());
  return pages <= 1 ? pages : pages * filled / followed;
}

}  // namespace quern::planner_model
