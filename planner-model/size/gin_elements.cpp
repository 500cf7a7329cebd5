#include "planner-model/size/gin_elements.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "planner-model/size/analyze_sample.hpp"
#include "planner-model/size/json_elements.hpp"
#include "planner-model/size/stored_size.hpp"
#include "planner-model/size/text_source.hpp"
#include "planner-model/size/trigrams.hpp"
#include "planner-model/size/value_classes.hpp"

namespace quern::planner_model {
namespace {

/// One thing that an operator class takes out of a value.
struct Element {
  std::string pool;  ///< elements of a pool are alike: of one path, of one kind
  std::string text;
  double key_size = 4;
  double place = 0;  ///< among the keys, in any scale
};

/// Texts in the order of their bytes, as numbers.
double place_of(std::string_view text) {
  constexpr std::size_t kBytes = 6;
  double place = 0;
  for (std::size_t i = 0; i < kBytes; ++i) {
    place = place * 256 + (i < text.size() ? static_cast<unsigned char>(text[i]) : 0);
  }
  return place;
}

/// Of JGINFLAG_KEY, NULL, BOOL, NUM, STR, which come first in the key (jsonb.h).
double place_of(const JsonElement& one) {
  constexpr double kFlag = 281474976710656.0;  // behind six bytes
  const double flag = one.kind == "k"   ? 1
                      : one.kind == "0" ? 2
                      : one.kind == "b" ? 3
                      : one.kind == "n" ? 4
                                        : 5;
  return flag * kFlag + place_of(std::string_view{one.text});
}

using Extract = std::function<std::vector<Element>(const std::string& value)>;

std::vector<Element> json_elements_of(const std::string& text, bool paths) {
  std::vector<Element> elements;
  constexpr double kHash = 4;
  for (const JsonElement& one : json_elements(text)) {
    if (paths) {
      if (!one.is_key) {
        elements.push_back({.pool = one.path + " " + one.kind,
                            .text = one.path + "=" + one.text,
                            .key_size = kHash});
      }
      continue;
    }
    // make_text_key(): a flag and the text, or the hash of a long one.
    constexpr std::size_t kLongestKey = 125;
    const double bytes =
        1 + static_cast<double>(one.text.size() > kLongestKey ? 8 : one.text.size());
    elements.push_back({.pool = one.is_key ? "" : one.path + " " + one.kind,
                        .text = one.kind + one.text,
                        .key_size = varlena_size(bytes),
                        .place = place_of(one)});
  }
  return elements;
}

struct Seen {
  double share = 0;
  double bounds = 0;        ///< of the histogram that have it
  double bounds_share = 0;  ///< of the rows, that those stand for
  double times = 0;         ///< among the histogram's values
  double common = 0;        ///< share among the most common values
  double key_size = 4;
  double place = 0;
  double rows_each = 0;  ///< share of the rows of one value that has it
  double values = 0;     ///< how many values are like that one
};

/// What of a pool is known by a few examples.
struct Rare {
  double share = 0;
  double draws = 0;
  double seen = 0;
  double once = 0;
  double size = 0;
  std::vector<std::string> texts = {};
  std::vector<std::pair<double, double>> rows_each = {};  ///< and of how many values
  std::vector<double> places = {};

  void add(const std::string& text, const Seen& one) {
    share += one.share;
    draws += one.times;
    seen += 1;
    once += one.times < 2 ? 1 : 0;
    size += one.key_size * one.times;
    texts.push_back(text);
    rows_each.emplace_back(one.rows_each, one.values);
    places.push_back(one.place);
  }
};

/// How many of a histogram's hundred bounds have an element is as much chance as frequency:
/// elements that are alike are brought nearer to each other.
void even_out(std::map<std::string, Seen>& pool) {
  std::vector<Seen*> all;
  std::vector<double> bounds;
  for (auto& [text, seen] : pool) {
    if (seen.bounds > 0) {
      all.push_back(&seen);
      bounds.push_back(seen.bounds);
    }
  }
  constexpr double kDeviations = 2;
  for (const auto& group : alike(bounds, kDeviations)) {
    std::vector<double> counts;
    double sum = 0;
    double share = 0;
    for (const std::size_t i : group) {
      counts.push_back(bounds[i]);
      sum += bounds[i];
      share += all[i]->bounds_share;
    }
    const std::vector<double> evened = evened_out(counts);
    for (std::size_t i = 0; i < group.size(); ++i) {
      Seen& seen = *all[group[i]];
      seen.times += evened[i] - seen.bounds;
      seen.share += evened[i] / sum * share - seen.bounds_share;
    }
  }
}

/// The frequencies of the listed elements, those alike brought nearer to each other as far as a
/// sample's chance sets them apart; of so many equally frequent ones none is further off than about
/// sqrt(2 ln n) deviations.
std::vector<double> element_frequencies(const ColumnStatistics& statistics, double rows) {
  std::vector<double> counts = statistics.most_common_element_frequencies;
  counts.resize(std::min(counts.size(), statistics.most_common_elements.size()));
  const double share = sampled_share(statistics, rows);
  const double sample = share * rows * (1 - statistics.null_fraction);
  if (counts.empty() || share >= 1 || sample < 1) {
    return counts;
  }
  for (double& count : counts) {
    count *= sample;
  }
  const double deviations = std::sqrt(2 * std::log(static_cast<double>(counts.size()))) + 1;
  std::vector<double> frequencies(counts.size());
  for (const auto& group : alike(counts, deviations, 1 - share)) {
    std::vector<double> of_group;
    for (const std::size_t i : group) {
      of_group.push_back(counts[i]);
    }
    const std::vector<double> evened = evened_out(of_group, 1 - share);
    for (std::size_t i = 0; i < group.size(); ++i) {
      frequencies[group[i]] = evened[i] / sample;
    }
  }
  return frequencies;
}

/// Elements of which some are known: as unlike in frequency as the values that have them.
void add_rare(double entries, double all_rows, Rare rare, std::vector<GinEntries>& answer) {
  auto& each = rare.rows_each;
  std::sort(each.begin(), each.end());
  double values = 0;
  for (const auto& one : each) {
    values += one.second;
  }
  constexpr std::size_t kClasses = 5;
  std::vector<double> sizes;
  double sum = 0;
  auto at = each.begin();
  double passed = at->second;
  for (std::size_t i = 0; i < kClasses; ++i) {
    const double middle = values * static_cast<double>(2 * i + 1) / (2 * kClasses);
    for (; passed < middle && std::next(at) != each.end(); passed += at->second) {
      ++at;
    }
    sizes.push_back(at->first);
    sum += at->first;
  }
  const auto [first, last] = std::minmax_element(rare.places.begin(), rare.places.end());
  for (const double size : sizes) {
    const double rows = std::max(1.0, size / std::max(sum / kClasses, 1e-12) * all_rows / entries);
    answer.push_back({.entries = std::min(entries, all_rows / rows) / kClasses,
                      .rows = rows,
                      .key_size = rare.size / rare.draws,
                      .first = *first,
                      .last = *last});
  }
}

/// Entries from the values that the statistics list. Elements whose frequency is `known` are left
/// out.
void from_values(const IndexColumn& column, double rows, const Extract& extract,
                 const std::set<std::string>& known, std::vector<GinEntries>& answer) {
  const ColumnValues values = column_values(*column.statistics, column.type, column.table_rows);
  std::map<std::string, std::map<std::string, Seen>> pools;
  std::map<std::string, std::string> pool_of;  // where an element was seen first
  double values_of_rest = 1;
  double empty = 0;
  double examples = 0;
  for (const auto& entry : values.entries) {
    if (!entry.text) {
      continue;
    }
    // A common value that is hardly more common than others is an example as well.
    constexpr double kCommon = 0.004;
    const bool example = entry.from_histogram || entry.share < kCommon;
    examples += example ? 1 : 0;
    values_of_rest += example ? entry.values : 0;
    const auto elements = extract(*entry.text);
    empty += elements.empty() ? entry.share : 0;
    std::set<std::string> once;
    for (const Element& element : elements) {
      if (known.contains(element.text) || !once.insert(element.text).second) {
        continue;
      }
      Seen& seen = pools[pool_of.emplace(element.text, element.pool).first->second][element.text];
      seen.share += entry.share;
      seen.bounds += entry.from_histogram ? 1 : 0;
      seen.bounds_share += entry.from_histogram ? entry.share : 0;
      seen.times += example ? 1 : 0;
      seen.common += example ? 0 : entry.share;
      seen.key_size = element.key_size;
      seen.place = element.place;
      seen.rows_each = entry.share / std::max(entry.values, 1e-9);
      seen.values = entry.values;
    }
  }
  if (empty > 0) {
    answer.push_back({.entries = 1, .rows = empty * rows, .key_size = 0});
  }
  for (auto& [name, pool] : pools) {
    constexpr double kOften = 5;
    even_out(pool);
    Rare rare;
    for (const auto& [text, seen] : pool) {
      if (seen.times >= kOften || seen.common > 0 || examples < 20) {
        answer.push_back({.entries = 1,
                          .rows = std::max(1.0, seen.share * rows),
                          .key_size = seen.key_size,
                          .first = seen.place,
                          .last = seen.place});
      } else {
        rare.add(text, seen);
      }
    }
    if (rare.seen > 0) {
      // Good and Turing: the next value brings as many new elements as each so far brought that no
      // other has.
      const double values_left = std::max(0.0, values_of_rest - examples);
      const double most = std::min(rare.seen + values_left * rare.once / std::max(examples, 1.0),
                                   std::max(rare.seen, TextSource{rare.texts}.possible()));
      const double entries = std::min(
          {values_behind(rare.seen, rare.draws, most), most, std::max(1.0, rare.share * rows)});
      add_rare(entries, rare.share * rows, std::move(rare), answer);
    }
  }
}

double element_size(const Type& element, const std::string& text, const TypeSystem& types) {
  const double size = stored_size(element, -1, text, types);
  return size < 0 ? varlena_size(static_cast<double>(text.size())) : size;
}

int alignment_of(const Type& type, double size) {
  if (type.length < 0 && size < 127) {
    return 1;
  }
  return type.alignment == 'd' ? 8 : type.alignment == 's' ? 2 : type.alignment == 'c' ? 1 : 4;
}

double element_place(const Type& element, const std::string& text) {
  return element.length < 0 ? place_of(std::string_view{text}) : std::strtod(text.c_str(), nullptr);
}

void array_entries(const IndexColumn& column, const TypeSystem& types, double rows,
                   std::vector<GinEntries>& answer) {
  const auto& statistics = *column.statistics;
  const Type* array = types.type(column.type);
  const Type* element = array == nullptr ? nullptr : types.type(array->element);
  if (element == nullptr) {
    return;
  }
  std::set<std::string> known;
  const auto& listed_frequencies = statistics.most_common_element_frequencies;
  const std::vector<double> frequencies = element_frequencies(statistics, column.table_rows);
  const double filled = 1 - statistics.null_fraction;
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    const std::string& text = statistics.most_common_elements[i];
    known.insert(text);
    const double size = element_size(*element, text, types);
    // Of the rows that are not null; NULLs of the column have an entry of their own.
    answer.push_back({.entries = 1,
                      .rows = std::max(1.0, frequencies[i] * rows * filled),
                      .key_size = size,
                      .alignment = alignment_of(*element, size),
                      .first = element_place(*element, text),
                      .last = element_place(*element, text)});
  }
  const std::size_t before = answer.size();
  from_values(
      column, rows,
      [&](const std::string& text) {
        std::vector<Element> elements;
        for (auto& value : array_elements(text)) {
          const double size = element_size(*element, value, types);
          const double place = element_place(*element, value);
          elements.push_back(
              {.pool = {}, .text = std::move(value), .key_size = size, .place = place});
        }
        return elements;
      },
      known, answer);
  // The rest is as much as the element counts leave, however few values were looked at; none of it
  // is more frequent than the least of the listed.
  if (!statistics.element_count_histogram.empty() && !known.empty()) {
    double listed = 0;
    for (const double frequency : frequencies) {
      listed += frequency;
    }
    const double rest = std::max(0.0, statistics.element_count_histogram.back() - listed);
    double found = 0;
    for (std::size_t i = before; i < answer.size(); ++i) {
      found += answer[i].key_size > 0 ? answer[i].entries * answer[i].rows : 0;
    }
    const double least =
        listed_frequencies.size() > known.size() ? listed_frequencies[known.size()] : 1;
    for (std::size_t i = before; i < answer.size() && found > 0; ++i) {
      if (answer[i].key_size > 0) {
        const double all = answer[i].entries * answer[i].rows * (rest * rows * filled / found);
        // No more of them than Zipf's law from the least frequent listed on makes up the rest of.
        const auto count = static_cast<double>(known.size());
        const double words = count * std::exp(std::min(rest / (least * count), 20.0));
        answer[i].entries =
            std::min(std::max(answer[i].entries, all / std::max(1.0, least * rows * filled)),
                     std::max(words, 1.0));
        answer[i].rows = std::max(1.0, all / answer[i].entries);
        answer[i].entries = std::max(all / answer[i].rows, 0.0);
      }
    }
  }
}

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

void word_entries(const IndexColumn& column, double rows, std::vector<GinEntries>& answer) {
  const auto& statistics = *column.statistics;
  const std::vector<double> frequencies = element_frequencies(statistics, column.table_rows);
  const double filled = 1 - statistics.null_fraction;
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
                      .rows = std::max(1.0, frequencies[i] * rows * filled),
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
                                     listed + rest, rows * filled)
                  : 0;
  if (rest > 0.02 && none_above < 0.5 * least) {
    // A word that comes twice in a row has a second position of two bytes.
    constexpr double kPosition = 2;
    if (bytes < kPosition * listed) {
      return;
    }
    const double words = rare_words(rest, none_above, rows * filled);
    answer.push_back({.entries = words,
                      .rows = std::max(1.0, rest * rows * filled / words),
                      .key_size = varlena_size(length),
                      .alignment = 1});
  } else if (rest > 0.02 && rest <= least * numbered) {
    // As many as those are can be all of the rest: none comes more often than the least listed.
    // Where there are as many numbers as rows, that some are listed tells that they come by chance.
    const double all_rows = rest * rows * filled;
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
    const double all_rows = rows * filled;
    const double last =
        std::min(words * std::exp(std::min(rest / step, 50.0)), words + rest * all_rows);
    constexpr int kClasses = 12;
    double placed = 0;
    std::vector<GinEntries> classes;
    for (int i = 0; i < kClasses; ++i) {
      const double from = words * std::pow(last / words, static_cast<double>(i) / kClasses);
      const double to = words * std::pow(last / words, (i + 1.0) / kClasses);
      const double share = step * std::log(to / from);
      placed += share;
      classes.push_back({.entries = to - from,
                         .rows = std::max(1.0, share * all_rows / std::max(to - from, 1e-9)),
                         .key_size = varlena_size(length),
                         .alignment = 1});
    }
    for (GinEntries& one : classes) {
      one.entries = std::min(one.entries, one.entries * rest / placed * 1.0);
      answer.push_back(one);
    }
  }
}

}  // namespace

namespace {

/// The entries when each row stays with this chance.
void thin_out(std::vector<GinEntries>& entries, double kept) {
  for (GinEntries& one : entries) {
    const double left = one.rows * kept;
    const double present = one.rows < 1.5 ? kept : 1 - std::pow(1 - kept, one.rows);
    one.entries *= present;
    one.rows = std::max(1.0, left / std::max(present, 1e-12));
  }
}

/// Those of so many rows of the table.
std::vector<GinEntries> entries_of(const IndexColumn& column, std::string_view operator_class,
                                   const TypeSystem& types, double rows_indexed) {
  std::vector<GinEntries> answer;
  const Type* type = types.type(column.type);
  if (column.statistics == nullptr || type == nullptr) {
    constexpr double kElements = 4;
    const double distinct = std::max(1.0, rows_indexed / 10);
    return {{.entries = distinct,
             .rows = std::max(1.0, kElements * rows_indexed / distinct),
             .key_size = 8,
             .alignment = 1}};
  }
  const double nulls = column.null_share();
  if (nulls * rows_indexed >= 0.5) {
    answer.push_back({.entries = 1, .rows = nulls * rows_indexed, .key_size = 0});
  }
  if ((1 - nulls) * rows_indexed < 0.5) {
    return answer;
  }
  // The statistics are of all rows; a predicate may keep more or fewer of those without NULL. So
  // many rows of the table have as many without NULL as the index.
  const double of_all = std::max(1e-6, 1 - column.statistics->null_fraction);
  const double as_of_all = rows_indexed * (1 - nulls) / of_all;
  if (column.type == type_oid::kTsVector) {
    word_entries(column, as_of_all, answer);
  } else if (type->is_array) {
    array_entries(column, types, as_of_all, answer);
  } else if (column.type == type_oid::kJsonb) {
    const bool paths = operator_class == "jsonb_path_ops";
    from_values(
        column, as_of_all,
        [paths](const std::string& text) { return json_elements_of(text, paths); }, {}, answer);
    for (auto& entry : answer) {
      entry.alignment = paths ? 4 : 1;
    }
  } else {
    const auto entries = trigram_entries(column, as_of_all);
    answer.insert(answer.end(), entries.begin(), entries.end());
  }
  return answer;
}

}  // namespace

std::vector<GinEntries> gin_entries(const IndexColumn& column, std::string_view operator_class,
                                    const TypeSystem& types, double rows_indexed) {
  const double rows = std::max(rows_indexed, column.table_rows);
  std::vector<GinEntries> answer = entries_of(column, operator_class, types, rows);
  if (rows_indexed < rows) {
    thin_out(answer, rows_indexed / rows);
  }
  return answer;
}

}  // namespace quern::planner_model
