#include "planner-model/size/trigrams.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "planner-model/size/text_source.hpp"
#include "planner-model/size/value_classes.hpp"

namespace quern::planner_model {
namespace {

bool is_word_letter(unsigned char byte) {
  return (byte >= '0' && byte <= '9') || (byte | 0x20U) - 'a' < 26U || byte >= 0x80;
}

/// The letters of a word, each of one to four bytes, after what is there.
void add_letters(std::string_view word, std::vector<std::uint32_t>& letters) {
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U && !letters.empty()) {
      letters.back() = letters.back() << 8U | byte;  // a letter goes on
    } else {
      letters.push_back(byte >= 'A' && byte <= 'Z' ? byte | 0x20U : byte);
    }
  }
}

std::uint32_t packed(const std::uint32_t* letters) {
  if ((letters[0] | letters[1] | letters[2]) < 0x80U) {
    return letters[0] << 16U | letters[1] << 8U | letters[2];
  }
  // Any hash will do: as many values as the server's CRC has.
  std::uint64_t hash = 0x9E3779B97F4A7C15U;
  for (int i = 0; i < 3; ++i) {
    hash = (hash ^ letters[i]) * 0xFF51AFD7ED558CCDU;
    hash ^= hash >> 29U;
  }
  return static_cast<std::uint32_t>(hash & 0xFFFFFFU);
}

char kind_of(std::uint32_t letter) {
  return letter == ' ' ? ' ' : letter >= '0' && letter <= '9' ? '9' : 'x';
}

/// Trigrams that stand for each other, such as those of three digits; numbers seldom begin with a
/// zero.
std::uint32_t pattern(std::uint32_t trigram) {
  if ((trigram >> 16U & 0xFFU) == '0') {
    return pattern(trigram + (1U << 16U)) | 0x1000000U;
  }
  return static_cast<std::uint32_t>(kind_of(trigram >> 16U & 0xFFU)) << 16U |
         static_cast<std::uint32_t>(kind_of(trigram >> 8U & 0xFFU)) << 8U |
         static_cast<std::uint32_t>(kind_of(trigram & 0xFFU));
}

struct Seen {
  std::uint32_t trigram = 0;
  double common = 0;  ///< share of the rows, among the most common values
  double times = 0;   ///< among the texts made
};

/// How many there are, at most `most`, when `draws` random ones gave `seen` different ones.
double behind(double seen, double draws, double most) {
  double low = seen;
  double high = std::max(most, seen);
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (middle * (1 - std::exp(-draws / middle)) < seen ? low : high) = middle;
  }
  return low;
}

/// Good and Turing: the next text brings as many new ones as each so far brought that no other has.
double most_unseen(const std::vector<Seen*>& alike, double texts_left, double texts) {
  double once = 0;
  for (const Seen* seen : alike) {
    once += seen->times > 0 && seen->times < 1.5 && seen->common <= 0 ? 1 : 0;
  }
  return std::max(0.0, texts_left) * once / std::max(texts, 1.0);
}

/// What is alike in its pattern is as frequent; how far counts lie apart beyond what chance does
/// tells how much of their differences is real.
void even_out(std::vector<Seen*>& alike) {
  double mean = 0;
  for (const Seen* seen : alike) {
    mean += seen->times / static_cast<double>(alike.size());
  }
  double variance = 0;
  for (const Seen* seen : alike) {
    variance += std::pow(seen->times - mean, 2) / static_cast<double>(alike.size());
  }
  const double real = variance <= mean ? 0 : (variance - mean) / variance;
  for (Seen* seen : alike) {
    seen->times = mean + (seen->times - mean) * real;
  }
}

}  // namespace

namespace {

void add_trigrams(const std::vector<std::uint32_t>& letters, std::vector<std::uint32_t>& found) {
  for (std::size_t i = 0; i + 3 <= letters.size(); ++i) {
    found.push_back(packed(&letters[i]));
  }
}

void make_unique(std::vector<std::uint32_t>& found) {
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
}

}  // namespace

std::vector<std::uint32_t> trigrams(std::string_view text) {
  std::vector<std::uint32_t> found;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word_letter(static_cast<unsigned char>(text[end]))) {
      ++end;
    }
    if (end > at) {
      std::vector<std::uint32_t> letters{' ', ' '};
      add_letters(text.substr(at, end - at), letters);
      letters.push_back(' ');
      add_trigrams(letters, found);
    }
    at = end + 1;
  }
  make_unique(found);
  return found;
}

std::vector<std::uint32_t> pattern_trigrams(std::string_view pattern) {
  std::vector<std::uint32_t> found;
  bool after_wildcard = false;
  for (std::size_t at = 0; at < pattern.size();) {
    const bool escaped = pattern[at] == '\\' && at + 1 < pattern.size();
    const char first = pattern[at + (escaped ? 1 : 0)];
    if (!is_word_letter(static_cast<unsigned char>(first))) {
      after_wildcard = !escaped && (first == '%' || first == '_');
      at += escaped ? 2 : 1;
      continue;
    }
    std::vector<std::uint32_t> letters;
    if (!after_wildcard) {
      letters = {' ', ' '};
    }
    std::string word;
    for (; at < pattern.size(); ++at) {
      const bool escape = pattern[at] == '\\' && at + 1 < pattern.size();
      const char c = pattern[at + (escape ? 1 : 0)];
      if (!is_word_letter(static_cast<unsigned char>(c))) {
        break;
      }
      word += c;
      at += escape ? 1 : 0;
    }
    add_letters(word, letters);
    after_wildcard = at < pattern.size() && (pattern[at] == '%' || pattern[at] == '_');
    if (!after_wildcard) {
      letters.push_back(' ');
    }
    add_trigrams(letters, found);
  }
  make_unique(found);
  return found;
}

namespace {

/// The values of a column by what is known of them.
struct Texts {
  std::vector<std::pair<std::string, double>> common = {};  ///< with their shares of the rows
  std::vector<std::string> examples = {};                   ///< of the others
  double rest_share = 0;
  double rest_values = 0;

  explicit Texts(const ColumnValues& values) {
    for (const auto& entry : values.entries) {
      if (entry.text && entry.from_histogram) {
        examples.push_back(*entry.text);
        rest_share += entry.share;
        rest_values += entry.values;
      } else if (entry.text) {
        common.emplace_back(*entry.text, entry.share);
      }
    }
  }
};

/// Trigrams of a text without any are none: its rows stand under an empty entry.
class Counter {
 public:
  explicit Counter(const Texts& texts) {
    for (const auto& [text, share] : texts.common) {
      const auto found = trigrams(text);
      empty_ += found.empty() ? share : 0;
      for (const std::uint32_t trigram : found) {
        seen_[trigram].common += share;
      }
    }
    make_texts(texts);
  }

  [[nodiscard]] double empty_share() const { return empty_; }

  [[nodiscard]] double texts() const { return texts_; }

  [[nodiscard]] std::map<std::uint32_t, Seen>& seen() { return seen_; }

 private:
  /// One that is not made yet: the next number where nearly all of them come, else by chance.
  std::string another(const TextSource& source,
                      const std::optional<std::pair<double, double>>& range, std::size_t count,
                      std::set<std::string>& made, Stream& stream) const {
    constexpr double kNearlyAll = 1.3;
    const double numbers = range ? range->second - range->first + 1 : 0;
    if (range && numbers < kNearlyAll * texts_) {
      const double step = std::max(1.0, numbers / texts_);
      const double number = range->first + std::floor(static_cast<double>(count) * step);
      return source.with_number(static_cast<long long>(number), stream);
    }
    constexpr int kTries = 10;
    std::string text;
    for (int i = 0; i < kTries; ++i) {
      text = source.next(stream);
      if (made.insert(text).second) {
        break;
      }
    }
    return text;
  }

  void make_texts(const Texts& texts) {
    if (texts.examples.empty()) {
      return;
    }
    constexpr double kMostTexts = 6000;
    const TextSource source{texts.examples};
    const bool listed = texts.rest_values < 1.2 * static_cast<double>(texts.examples.size());
    texts_ = listed ? static_cast<double>(texts.examples.size())
                    : std::floor(std::min(texts.rest_values, kMostTexts));
    const bool all_of_them = !listed && texts.rest_values <= kMostTexts;
    const auto range = all_of_them ? source.number_range() : std::nullopt;
    Stream stream;
    std::set<std::string> made;
    std::vector<std::uint32_t> all;
    for (std::size_t i = 0; i < static_cast<std::size_t>(texts_); ++i) {
      const auto found = trigrams(listed        ? texts.examples[i]
                                  : all_of_them ? another(source, range, i, made, stream)
                                                : source.next(stream));
      empty_ += found.empty() ? texts.rest_share / texts_ : 0;
      all.insert(all.end(), found.begin(), found.end());
    }
    std::sort(all.begin(), all.end());
    for (auto begin = all.begin(); begin != all.end();) {
      const auto end = std::upper_bound(begin, all.end(), *begin);
      seen_[*begin].times = static_cast<double>(end - begin);
      begin = end;
    }
  }

  std::map<std::uint32_t, Seen> seen_;
  double empty_ = 0;
  double texts_ = 1;
};

}  // namespace

std::vector<GinEntries> trigram_entries(const IndexColumn& column, double rows_indexed) {
  const Texts texts{indexed_values(column)};
  Counter counter{texts};
  std::map<std::uint32_t, std::vector<Seen*>> patterns;
  for (auto& [trigram, one] : counter.seen()) {
    one.trigram = trigram;
    patterns[one.times > 0 ? pattern(trigram) : 0].push_back(&one);
  }
  std::vector<GinEntries> answer;
  for (auto& [name, alike] : patterns) {
    double times = 0;
    for (const Seen* one : alike) {
      times += one->times;
    }
    // More texts would show more of them.
    const auto different = static_cast<double>(alike.size());
    const double all =
        times <= 0 ? different
                   : behind(different, times,
                            different + most_unseen(alike, texts.rest_values - counter.texts(),
                                                    counter.texts()));
    even_out(alike);
    for (const Seen* one : alike) {
      const double of_rest = one->times * texts.rest_share / counter.texts();
      const double share = std::min(1.0, one->common + of_rest * different / all);
      answer.push_back({.entries = one->common > 0 ? 1 : all / different,
                        .rows = std::max(1.0, share * rows_indexed),
                        .key_size = 4,
                        .first = static_cast<double>(one->trigram),
                        .last = one->trigram + 1.0});
    }
  }
  if (counter.empty_share() > 0) {
    answer.push_back({.entries = 1, .rows = counter.empty_share() * rows_indexed, .key_size = 0});
  }
  return answer;
}

}  // namespace quern::planner_model
