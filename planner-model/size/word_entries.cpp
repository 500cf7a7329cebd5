#include "planner-model/size/word_entries.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "planner-model/size/element_pools.hpp"
#include "planner-model/size/stored_size.hpp"

namespace quern::planner_model {
namespace {

/// Words that differ in the number at their ends ("item42"), of which some are listed: how many
/// others there are when all numbers between those come, going by the greatest of a sample.
double unlisted_numbers(const std::vector<std::string>& words) {
  struct Alike {
    double listed = 0;
    double least = 1e18;
    double most = 0;
  };

  std::map<std::string, Alike> groups;
  for (const std::string& word : words) {
    const auto digits = word.find_last_not_of("0123456789") + 1;
    constexpr std::size_t kLongest = 15;
    if (digits == word.size() || word.size() - digits > kLongest) {
      continue;
    }
    Alike& alike = groups[word.substr(0, digits)];
    const double number = std::strtod(word.c_str() + digits, nullptr);
    ++alike.listed;
    alike.least = std::min(alike.least, number);
    alike.most = std::max(alike.most, number);
  }
  double others = 0;
  constexpr double kEnough = 10;
  for (const auto& [beginning, alike] : groups) {
    if (alike.listed >= kEnough) {
      const double all = (alike.most - alike.least + 1) * (1 + 1 / alike.listed);
      others += std::max(0.0, std::rint(all - alike.listed - 1));
    }
  }
  return others;
}

/// Of the rows, how many a word that is not listed can have: compute_tsvector_stats()
/// (ts_typanalyze.c) lists all that came more often than its cutoff, up to ten words a unit of the
/// statistics target. `listed`: their shares of the rest of them.
double unlisted_at_most(const std::vector<double>& listed, double words_a_row, double rows) {
  constexpr double kTarget = 100;
  constexpr double kRowsPerUnit = 300;
  constexpr double kListedPerUnit = 10;
  const double sample = std::max(1.0, std::min(rows, kTarget * kRowsPerUnit));
  const auto cutoff = [&](double most_listed) {
    const double bucket_width = (most_listed + 10) * 1000 / 7;
    return (std::floor(9 * sample * words_a_row / bucket_width) + 0.5) / sample;
  };
  const auto count = static_cast<double>(listed.size());
  const double most = kListedPerUnit * kTarget;
  if (listed.empty()) {
    return cutoff(most);
  }
  if (count >= most) {
    return 1;
  }
  // A full list of a column with another target falls off and ends far above the default's cutoff.
  constexpr double kFarAbove = 4;
  constexpr double kFallsOff = 3;
  const auto [least, greatest] = std::minmax_element(listed.begin(), listed.end());
  const bool of_another_target = listed.size() % 10 == 0 && *greatest > kFallsOff * *least &&
                                 *least > cutoff(count) && *least > kFarAbove * cutoff(most);
  return of_another_target ? 1 : cutoff(most);
}

/// The chance that more than `most` of `count` rows are in a sample that takes each with this
/// chance.
double chance_of_more(int count, double most, double chance) {
  double probability = std::pow(1 - chance, count);
  double none_so_far = probability;
  for (int i = 1; i <= count && i <= most; ++i) {
    probability *= (count - i + 1) / static_cast<double>(i) * chance / std::max(1 - chance, 1e-12);
    none_so_far += probability;
  }
  return chance > 1 - 1e-9 ? (count > most ? 1 : 0) : std::max(0.0, 1 - none_so_far);
}

/// How many words make up `rest` of a row, none of which is listed, as none came more often in
/// ANALYZE's sample than `most` of its rows: one for each row, or so few that the sample is not yet
/// to be expected to show one more often. What tells rows apart ("n1042") is more usual than what
/// two or three of them share; where more may share one, nothing tells how many (ANALYZE takes all
/// values of a tsvector for different ones), and the middle is taken.
double rare_words(double rest, double most, double rows) {
  constexpr double kSampledRows = 30'000;
  constexpr int kFew = 6;
  constexpr int kMany = 1000;
  const double upper = std::max(1.0, rest * rows);
  const double sample = std::min(std::max(rows, 1.0), kSampledRows);
  const double cutoff = std::floor(most * sample);
  int shared = 1;
  while (shared < kMany &&
         upper / (shared + 1) * chance_of_more(shared + 1, cutoff, sample / std::max(rows, 1.0)) <
             1) {
    ++shared;
  }
  return shared < kFew ? upper : upper / std::sqrt(shared);
}

}  // namespace

void add_word_entries(const IndexColumn& column, double filled_rows,
                      std::vector<GinEntries>& answer) {
  const auto& statistics = *column.statistics;
  const std::vector<double> frequencies = element_frequencies(statistics, column.all_rows);
  // A word takes an entry of 4 bytes, its letters, and its positions: a count and each one, on even
  // bytes (tsvector's layout, ts_type.h).
  constexpr double kHeader = 5;
  constexpr double kWord = 4 + 2 + 2;
  double listed = 0;
  double listed_length = 0;
  double listed_bytes = 0;
  double least = 1;
  const std::size_t count = frequencies.size();
  for (std::size_t i = 0; i < count; ++i) {
    const auto length = static_cast<double>(statistics.most_common_elements[i].size());
    listed_bytes += frequencies[i] * (kWord + align_up(length, 2));
    answer.push_back({.entries = 1,
                      .rows = std::max(1.0, frequencies[i] * filled_rows),
                      .key_size = varlena_size(length),
                      .alignment = 1});
    listed += frequencies[i];
    listed_length += frequencies[i] * length;
    least = std::min(least, statistics.most_common_element_frequencies[i]);
  }
  const double length = listed > 0 ? listed_length / listed : 6;
  // ANALYZE cuts the width off to whole bytes: less than one is no word.
  const double bytes = statistics.average_width + 0.5 - kHeader - listed_bytes;
  const double rest = bytes < 1 ? 0 : bytes / (kWord + length + 0.5);
  const double numbered = unlisted_numbers(statistics.most_common_elements);
  const double none_above =
      rest > 0.02 ? unlisted_at_most({frequencies.begin(),
                                      frequencies.begin() + static_cast<std::ptrdiff_t>(count)},
                                     listed + rest, filled_rows)
                  : 0;
  if (rest > 0.02 && none_above < 0.5 * least) {
    // A word that comes twice in a row has a second position of two bytes.
    constexpr double kPosition = 2;
    if (bytes < kPosition * listed) {
      return;
    }
    const double words = rare_words(rest, none_above, filled_rows);
    answer.push_back({.entries = words,
                      .rows = std::max(1.0, rest * filled_rows / words),
                      .key_size = varlena_size(length),
                      .alignment = 1});
  } else if (rest > 0.02 && rest <= least * numbered) {
    // As many as those are can be all of the rest: none comes more often than the least listed.
    // Where there are as many numbers as rows, that some are listed tells that they come by chance.
    const double all_rows = rest * filled_rows;
    const double entries = numbered * -std::expm1(-all_rows / numbered);
    answer.push_back({.entries = entries,
                      .rows = all_rows / entries,
                      .key_size = varlena_size(length),
                      .alignment = 1});
  } else if (rest > 0.02) {
    // Zipf's law from the least frequent word listed on: the r-th word comes least * listed / r
    // often. As many words as it takes to make up the rest, or as there are rows for.
    const double words = std::max(1.0, static_cast<double>(count));
    const double step = least * words;
    const double last =
        std::min(words * std::exp(std::min(rest / step, 50.0)), words + rest * filled_rows);
    constexpr int kClasses = 12;
    double placed = 0;
    std::vector<GinEntries> classes;
    for (int i = 0; i < kClasses; ++i) {
      const double from = words * std::pow(last / words, static_cast<double>(i) / kClasses);
      const double to = words * std::pow(last / words, (i + 1.0) / kClasses);
      const double share = step * std::log(to / from);
      placed += share;
      classes.push_back({.entries = to - from,
                         .rows = std::max(1.0, share * filled_rows / std::max(to - from, 1e-9)),
                         .key_size = varlena_size(length),
                         .alignment = 1});
    }
    for (GinEntries& one : classes) {
      one.entries = std::min(one.entries, one.entries * rest / placed * 1.0);
      answer.push_back(one);
    }
  }
}

std::vector<std::string> words_of(std::string_view tsvector) {
  std::vector<std::string> words;
  for (std::size_t at = tsvector.find('\''); at < tsvector.size(); at = tsvector.find('\'', at)) {
    std::string word;
    for (++at; at < tsvector.size(); ++at) {
      const bool twice = at + 1 < tsvector.size() && tsvector[at + 1] == tsvector[at];
      if (tsvector[at] == '\'' && !twice) {
        break;
      }
      at += (tsvector[at] == '\'' || tsvector[at] == '\\') && twice ? 1 : 0;
      word += tsvector[at];
    }
    ++at;
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace quern::planner_model
