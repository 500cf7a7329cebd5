#include "planner-model/selectivity/english_stem.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <new>

#include <libstemmer.h>

namespace quern::planner_model {
namespace {

struct DeleteStemmer {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};

/// One for each thread: a stemmer works in its own memory.
sb_stemmer* english() {
  thread_local const std::unique_ptr<sb_stemmer, DeleteStemmer> stemmer{
      sb_stemmer_new("english", "UTF_8")};
  if (stemmer == nullptr) {
    throw std::bad_alloc{};
  }
  return stemmer.get();
}

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
  sb_stemmer* stemmer = english();
  const sb_symbol* stem = sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(word.data()),
                                          static_cast<int>(word.size()));
  if (stem == nullptr) {
    throw std::bad_alloc{};
  }
  return {reinterpret_cast<const char*>(stem),
          static_cast<std::size_t>(sb_stemmer_length(stemmer))};
}

bool is_english_stop_word(std::string_view word) {
  return std::find(kStopWords.begin(), kStopWords.end(), word) != kStopWords.end();
}

}  // namespace quern::planner_model
