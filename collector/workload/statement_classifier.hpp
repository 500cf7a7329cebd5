#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collector/sql/lexical_shape.hpp"
#include "collector/sql/text_skeleton.hpp"
#include "collector/workload/aggregated.hpp"

namespace quern::collector {

/// A statement seen lately, by the hash of its text or of its skeleton: most need no lexer then.
struct RecentText {
  std::uint64_t hash = 0;
  ClassNumber number = kNoClass;
  bool known = false;
  std::vector<std::uint32_t> list_lengths = {};
};

template <std::size_t N>
class RecentTexts {
 public:
  [[nodiscard]] const RecentText* find(std::uint64_t hash) const {
    if (places_.empty()) {
      return nullptr;
    }
    const RecentText& place = places_[hash % N];
    return place.known && place.hash == hash ? &place : nullptr;
  }

  void keep(std::uint64_t hash, ClassNumber number, const std::vector<std::uint32_t>& lengths) {
    if (places_.empty()) {
      places_.resize(N);  // the many that only join pieces remember nothing
    }
    RecentText& place = places_[hash % N];
    place.hash = hash;
    place.number = number;
    place.known = true;
    place.list_lengths = lengths;
  }

 private:
  std::vector<RecentText> places_;
};

/// The query class of a statement. Most texts came before, or differ from one that came in their
/// literals only: one hash tells them. Else their tokens are looked at, and the library parses only
/// what has another shape than all before.
class StatementClassifier {
 public:
  static constexpr const char* kUnparsable = "SQL that does not parse";

  /// New classes are added to `held`.
  explicit StatementClassifier(Aggregated& held) : held_{held} {}

  /// kNoClass where there is none: that is counted by its reason, for what does not parse
  /// `unparsable`.
  ClassNumber classify(std::string_view sql, const TextPosition& where, std::uint64_t count = 1,
                       const char* unparsable = kUnparsable);

  /// Of the last text.
  [[nodiscard]] std::uint64_t text_hash() const { return text_hash_; }

  /// Likewise: lengths of its lists of constants.
  [[nodiscard]] const std::vector<std::uint32_t>& list_lengths() const { return *list_lengths_; }

 private:
  bool comes_again(std::uint64_t text);
  ClassNumber counted(ClassNumber number, std::string_view sql, const TextPosition& where,
                      std::uint64_t count, const char* unparsable);
  ClassNumber new_shape(std::string_view sql);

  Aggregated& held_;
  LexicalShaper shaper_;
  TextSkeleton skeleton_;
  RecentTexts<4096> recent_texts_;
  RecentTexts<16384> recent_skeletons_;
  std::vector<std::uint64_t> lately_ = std::vector<std::uint64_t>(16384);  ///< hashes of texts
  std::uint64_t text_hash_ = 0;
  const std::vector<std::uint32_t>* list_lengths_ = nullptr;  ///< where they are remembered
  std::unordered_map<std::uint64_t, ClassNumber> by_shape_ = {};
  std::unordered_map<std::string, ClassNumber> by_fingerprint_ = {};
};

}  // namespace quern::collector
