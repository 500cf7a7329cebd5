#include "planner-model/selectivity/english_stem.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace quern::planner_model {
namespace {

using Replacement = std::pair<std::string_view, std::string_view>;

/// The algorithm's names: a vowel is one of aeiouy, Y stands for a y that is a consonant; R1 and R2
/// are the regions after the first and the second non-vowel that follows a vowel.
class Stemmer {
 public:
  explicit Stemmer(std::string_view word) : word_{word} {
    mark_consonants();
    mark_regions();
  }

  std::string run() {
    plurals();
    static constexpr auto kFinished = std::to_array<std::string_view>(
        {"inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed"});
    if (std::find(kFinished.begin(), kFinished.end(), word_) == kFinished.end()) {
      participles();
      final_y();
      derivations();
      more_derivations();
      endings();
      last_letter();
    }
    std::replace(word_.begin(), word_.end(), 'Y', 'y');
    return word_;
  }

 private:
  [[nodiscard]] bool is_vowel(std::size_t at) const {
    return std::string_view{"aeiouy"}.find(word_[at]) != std::string_view::npos;
  }

  [[nodiscard]] bool has_vowel(std::size_t end) const {
    for (std::size_t i = 0; i < end; ++i) {
      if (is_vowel(i)) {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool ends(std::string_view suffix) const {
    return std::string_view{word_}.ends_with(suffix);
  }

  void mark_consonants() {
    for (std::size_t i = 0; i < word_.size(); ++i) {
      if (word_[i] == 'y' && (i == 0 || is_vowel(i - 1))) {
        word_[i] = 'Y';
      }
    }
  }

  [[nodiscard]] std::size_t region_after(std::size_t from) const {
    std::size_t i = from;
    while (i < word_.size() && !is_vowel(i)) {
      ++i;
    }
    while (i < word_.size() && is_vowel(i)) {
      ++i;
    }
    return std::min(i + 1, word_.size());
  }

  void mark_regions() {
    static constexpr auto kPrefixes = std::to_array<std::string_view>({"gener", "commun", "arsen"});
    const auto prefix = std::find_if(kPrefixes.begin(), kPrefixes.end(), [&](std::string_view p) {
      return std::string_view{word_}.starts_with(p);
    });
    r1_ = prefix != kPrefixes.end() ? prefix->size() : region_after(0);
    r2_ = region_after(r1_);
  }

  [[nodiscard]] bool in_region(std::string_view suffix, std::size_t region) const {
    return word_.size() - suffix.size() >= region;
  }

  void replace(std::string_view suffix, std::string_view by) {
    word_.replace(word_.size() - suffix.size(), suffix.size(), by);
  }

  /// The word up to `end` ends in a short syllable.
  [[nodiscard]] bool ends_short(std::size_t end) const {
    if (end == 2) {
      return is_vowel(0) && !is_vowel(1);
    }
    return end > 2 && !is_vowel(end - 3) && is_vowel(end - 2) && !is_vowel(end - 1) &&
           std::string_view{"wxY"}.find(word_[end - 1]) == std::string_view::npos;
  }

  /// The longest of the suffixes that the word has; empty: none.
  [[nodiscard]] Replacement longest(std::span<const Replacement> suffixes) const {
    Replacement found;
    for (const Replacement& one : suffixes) {
      if (one.first.size() > found.first.size() && ends(one.first)) {
        found = one;
      }
    }
    return found;
  }

  // Step 1a
  void plurals() {
    if (ends("sses")) {
      replace("sses", "ss");
    } else if (ends("ied") || ends("ies")) {
      word_.resize(word_.size() - (word_.size() > 4 ? 2 : 1));
    } else if (ends("s") && !ends("us") && !ends("ss") && word_.size() > 2 &&
               has_vowel(word_.size() - 2)) {
      word_.pop_back();
    }
  }

  // Step 1b
  void participles() {
    static constexpr auto kSuffixes = std::to_array<Replacement>(
        {{"eed", ""}, {"eedly", ""}, {"ed", ""}, {"edly", ""}, {"ing", ""}, {"ingly", ""}});
    const std::string_view suffix = longest(kSuffixes).first;
    if (suffix.empty()) {
      return;
    }
    if (suffix.starts_with("eed")) {
      if (in_region(suffix, r1_)) {
        replace(suffix, "ee");
      }
      return;
    }
    if (!has_vowel(word_.size() - suffix.size())) {
      return;
    }
    replace(suffix, "");
    if (ends("at") || ends("bl") || ends("iz")) {
      word_ += 'e';
    } else if (ends_double()) {
      word_.pop_back();
    } else if (word_.size() <= r1_ && ends_short(word_.size())) {
      word_ += 'e';
    }
  }

  [[nodiscard]] bool ends_double() const {
    return word_.size() > 1 && word_.back() == word_[word_.size() - 2] &&
           std::string_view{"bdfgmnprt"}.find(word_.back()) != std::string_view::npos;
  }

  // Step 1c
  void final_y() {
    if (word_.size() > 2 && (word_.back() == 'y' || word_.back() == 'Y') &&
        !is_vowel(word_.size() - 2)) {
      word_.back() = 'i';
    }
  }

  // Step 2
  void derivations() {
    static constexpr auto kSuffixes = std::to_array<Replacement>(
        {{"tional", "tion"}, {"enci", "ence"},   {"anci", "ance"},   {"abli", "able"},
         {"entli", "ent"},   {"izer", "ize"},    {"ization", "ize"}, {"ational", "ate"},
         {"ation", "ate"},   {"ator", "ate"},    {"alism", "al"},    {"aliti", "al"},
         {"alli", "al"},     {"fulness", "ful"}, {"ousli", "ous"},   {"ousness", "ous"},
         {"iveness", "ive"}, {"iviti", "ive"},   {"biliti", "ble"},  {"bli", "ble"},
         {"ogi", "og"},      {"fulli", "ful"},   {"lessli", "less"}, {"li", ""}});
    const auto [suffix, by] = longest(kSuffixes);
    if (suffix.empty() || !in_region(suffix, r1_)) {
      return;
    }
    const std::size_t stem = word_.size() - suffix.size();
    const char before = stem > 0 ? word_[stem - 1] : ' ';
    if ((suffix == "ogi" && before != 'l') ||
        (suffix == "li" && std::string_view{"cdeghkmnrt"}.find(before) == std::string_view::npos)) {
      return;
    }
    replace(suffix, by);
  }

  // Step 3
  void more_derivations() {
    static constexpr auto kSuffixes = std::to_array<Replacement>({{"tional", "tion"},
                                                                  {"ational", "ate"},
                                                                  {"alize", "al"},
                                                                  {"icate", "ic"},
                                                                  {"iciti", "ic"},
                                                                  {"ical", "ic"},
                                                                  {"ful", ""},
                                                                  {"ness", ""},
                                                                  {"ative", ""}});
    const auto [suffix, by] = longest(kSuffixes);
    if (!suffix.empty() && in_region(suffix, suffix == "ative" ? std::max(r1_, r2_) : r1_)) {
      replace(suffix, by);
    }
  }

  // Step 4
  void endings() {
    static constexpr auto kSuffixes = std::to_array<Replacement>({{"al", ""},
                                                                  {"ance", ""},
                                                                  {"ence", ""},
                                                                  {"er", ""},
                                                                  {"ic", ""},
                                                                  {"able", ""},
                                                                  {"ible", ""},
                                                                  {"ant", ""},
                                                                  {"ement", ""},
                                                                  {"ment", ""},
                                                                  {"ent", ""},
                                                                  {"ism", ""},
                                                                  {"ate", ""},
                                                                  {"iti", ""},
                                                                  {"ous", ""},
                                                                  {"ive", ""},
                                                                  {"ize", ""},
                                                                  {"ion", ""}});
    const std::string_view suffix = longest(kSuffixes).first;
    if (suffix.empty() || !in_region(suffix, r2_)) {
      return;
    }
    const std::size_t stem = word_.size() - suffix.size();
    if (suffix == "ion" && (stem == 0 || (word_[stem - 1] != 's' && word_[stem - 1] != 't'))) {
      return;
    }
    replace(suffix, "");
  }

  // Step 5
  void last_letter() {
    const std::size_t stem = word_.empty() ? 0 : word_.size() - 1;
    if ((ends("e") && (stem >= r2_ || (stem >= r1_ && !ends_short(stem)))) ||
        (ends("ll") && stem >= r2_)) {
      word_.pop_back();
    }
  }

  std::string word_;
  std::size_t r1_ = 0;
  std::size_t r2_ = 0;
};

constexpr auto kExceptions = std::to_array<Replacement>({{"skis", "ski"},
                                                         {"skies", "sky"},
                                                         {"dying", "die"},
                                                         {"lying", "lie"},
                                                         {"tying", "tie"},
                                                         {"idly", "idl"},
                                                         {"gently", "gentl"},
                                                         {"ugly", "ugli"},
                                                         {"early", "earli"},
                                                         {"only", "onli"},
                                                         {"singly", "singl"},
                                                         {"sky", "sky"},
                                                         {"news", "news"},
                                                         {"howe", "howe"},
                                                         {"atlas", "atlas"},
                                                         {"cosmos", "cosmos"},
                                                         {"bias", "bias"},
                                                         {"andes", "andes"}});

constexpr auto kStopWords = std::to_array<std::string_view>(
    {"i",       "me",      "my",      "myself",   "we",         "our",    "ours",    "ourselves",
     "you",     "your",    "yours",   "yourself", "yourselves", "he",     "him",     "his",
     "himself", "she",     "her",     "hers",     "herself",    "it",     "its",     "itself",
     "they",    "them",    "their",   "theirs",   "themselves", "what",   "which",   "who",
     "whom",    "this",    "that",    "these",    "those",      "am",     "is",      "are",
     "was",     "were",    "be",      "been",     "being",      "have",   "has",     "had",
     "having",  "do",      "does",    "did",      "doing",      "a",      "an",      "the",
     "and",     "but",     "if",      "or",       "because",    "as",     "until",   "while",
     "of",      "at",      "by",      "for",      "with",       "about",  "against", "between",
     "into",    "through", "during",  "before",   "after",      "above",  "below",   "to",
     "from",    "up",      "down",    "in",       "out",        "on",     "off",     "over",
     "under",   "again",   "further", "then",     "once",       "here",   "there",   "when",
     "where",   "why",     "how",     "all",      "any",        "both",   "each",    "few",
     "more",    "most",    "other",   "some",     "such",       "no",     "nor",     "not",
     "only",    "own",     "same",    "so",       "than",       "too",    "very",    "s",
     "t",       "can",     "will",    "just",     "don",        "should", "now"});

}  // namespace

std::string english_stem(std::string_view word) {
  const auto exception = std::find_if(kExceptions.begin(), kExceptions.end(),
                                      [&](const Replacement& one) { return one.first == word; });
  if (exception != kExceptions.end()) {
    return std::string{exception->second};
  }
  return word.size() <= 2 ? std::string{word} : Stemmer{word}.run();
}

bool is_english_stop_word(std::string_view word) {
  return std::find(kStopWords.begin(), kStopWords.end(), word) != kStopWords.end();
}

}  // namespace quern::planner_model
