#include "planner-model/writes/gin_keys.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace quern::planner_model {
namespace {

constexpr double kIndexTuple = 8;
constexpr double kFourBytes = 4;

using Keys = std::map<std::string, double>;  // the key, and bytes of its datum

/// generate_trgm() (trgm_op.c): each word in lower case between two blanks and one.
Keys trigrams(std::string_view text) {
  Keys keys;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) {
      const std::string padded = "  " + word + " ";
      for (std::size_t i = 0; i + 3 <= padded.size(); ++i) {
        keys.emplace(padded.substr(i, 3), kFourBytes);
      }
      word.clear();
    }
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || byte >= 0x80) {
      word += static_cast<char>(std::tolower(byte));
    } else {
      end_word();
    }
  }
  end_word();
  return keys;
}

/// The scalars of a jsonb value; with `names` its object keys too (jsonb_ops; jsonb_path_ops hashes
/// each scalar with the path to it).
Keys json_keys(std::string_view text, bool names) {
  Keys keys;
  std::vector<std::string> path;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '{' || c == '[') {
      path.emplace_back();
      ++i;
    } else if (c == '}' || c == ']') {
      if (!path.empty()) {
        path.pop_back();
      }
      ++i;
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0 || c == ',' || c == ':') {
      ++i;
    } else {
      std::string word;
      const bool quoted = c == '"';
      std::size_t end = quoted ? i + 1 : i;
      while (end < text.size() &&
             (quoted ? text[end] != '"'
                     : std::string_view{",]} "}.find(text[end]) == std::string_view::npos)) {
        end += quoted && text[end] == '\\' && end + 1 < text.size() ? 2 : 1;
      }
      word = std::string{text.substr(quoted ? i + 1 : i, end - (quoted ? i + 1 : i))};
      i = quoted ? end + 1 : end;
      const bool name = quoted && i < text.size() && text[i] == ':';
      const double bytes = 2 + static_cast<double>(word.size());  // length word, kind
      if (name) {
        if (!path.empty()) {
          path.back() = word;
        }
        if (names) {
          keys.emplace("K" + word, bytes);
        }
      } else if (names) {
        keys.emplace((quoted ? "V" : "N") + word, bytes);
      } else {
        std::string whole;
        for (const auto& step : path) {
          whole += step + '\n';
        }
        keys.emplace(whole + word, kFourBytes);
      }
    }
  }
  return keys;
}

double element_bytes(const Type* type, std::size_t length) {
  return type == nullptr || type->length < 0 ? 1 + static_cast<double>(length)
                                             : static_cast<double>(type->length);
}

Keys array_keys(std::string_view text, const Type* element) {
  Keys keys;
  std::string word;
  bool quoted = false;
  const auto end_word = [&] {
    if (!word.empty()) {
      keys.emplace(word, element_bytes(element, word.size()));
      word.clear();
    }
  };
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '{' || c == '}' || c == ',')) {
      end_word();
    } else {
      word += c;
    }
  }
  end_word();
  return keys;
}

double tuple_size(double datum) {
  return align_up(kIndexTuple + datum, 8);
}

struct Sampled {
  double weight = 0;
  Keys keys = {};
  bool from_histogram = false;
};

/// Keys seen seldom in the histogram are taken together: what they have of the rows, and by the
/// unbiased estimate of their shares' squares, r (r - 1) / (n (n - 1)), how much one of them has.
void add_classes(GinKeys& all, const std::vector<Sampled>& samples, double rows) {
  struct Seen {
    double share = 0;
    int in_histogram = 0;
    double datum = 0;
    bool common = false;
  };

  std::map<std::string, Seen> seen;
  double weights = 0;
  double histogram_share = 0;
  int histogram_values = 0;
  for (const Sampled& sample : samples) {
    weights += sample.weight;
    histogram_share += sample.from_histogram ? sample.weight : 0;
    histogram_values += sample.from_histogram ? 1 : 0;
    for (const auto& [key, datum] : sample.keys) {
      Seen& one = seen[key];
      one.share += sample.weight;
      one.datum = datum;
      one.in_histogram += sample.from_histogram ? 1 : 0;
      one.common = one.common || !sample.from_histogram;
      all.per_row += sample.weight;
      all.pending_bytes += sample.weight * tuple_size(datum);
    }
  }
  if (weights > 0 && weights < 1) {
    all.per_row += 1 - weights;  // a NULL has one key, a placeholder
    all.pending_bytes += (1 - weights) * tuple_size(0);
    all.classes.push_back({1 - weights, 1, tuple_size(0)});
  }
  constexpr int kSeldom = 10;
  double seldom = 0;
  double share = 0;
  double squares = 0;
  double datum = 0;
  for (const auto& [key, one] : seen) {
    if (one.common || one.in_histogram > kSeldom) {
      all.classes.push_back({one.share, 1, tuple_size(one.datum)});
      continue;
    }
    ++seldom;
    share += one.share;
    datum += one.datum;
    squares += static_cast<double>(one.in_histogram) * (one.in_histogram - 1);
  }
  if (seldom > 0) {
    const double pairs = static_cast<double>(histogram_values) * std::max(histogram_values - 1, 1);
    squares *= histogram_share * histogram_share / pairs;
    const double each = std::clamp(squares / share, 1 / std::max(rows, 1.0), share / seldom);
    all.classes.push_back({each, share / each, tuple_size(datum / seldom)});
  }
}

void add_elements(GinKeys& all, const ColumnStatistics& statistics, const Type* element,
                  double rows) {
  const auto& frequencies = statistics.most_common_element_frequencies;
  const std::size_t listed = std::min(frequencies.size(), statistics.most_common_elements.size());
  const double kept = 1 - statistics.null_fraction;
  double common = 0;
  double bytes = 0;
  for (std::size_t i = 0; i < listed; ++i) {
    const double datum = element_bytes(element, statistics.most_common_elements[i].size());
    all.classes.push_back({kept * frequencies[i], 1, tuple_size(datum)});
    common += frequencies[i];
    bytes += datum;
    all.pending_bytes += kept * frequencies[i] * tuple_size(datum);
  }
  const double average = statistics.element_count_histogram.empty()
                             ? common
                             : statistics.element_count_histogram.back();
  const double rest = std::max(0.0, average - common);
  const double datum = bytes / static_cast<double>(std::max<std::size_t>(listed, 1));
  if (rest > 0.01) {
    const double least = frequencies.size() > listed ? frequencies[listed] : 0.001;
    const double share = std::max(least / 4, 1 / std::max(rows, 1.0));
    all.classes.push_back({kept * share, rest / share, tuple_size(datum)});
  }
  all.per_row = kept * (common + rest) + (1 - kept);
  all.pending_bytes += kept * rest * tuple_size(datum) + (1 - kept) * tuple_size(0);
}

GinKeys column_keys(const IndexKey& key, const IndexColumn& column, const TypeSystem& types,
                    double rows) {
  GinKeys all{.per_row = 0};
  const Type* element = types.type(types.element_type(column.type));
  if (column.statistics != nullptr) {
    const auto& statistics = *column.statistics;
    std::vector<Sampled> samples;
    const auto extract = [&](const std::string& text) {
      const auto& name = key.operator_class_name;
      return name == "gin_trgm_ops"     ? trigrams(text)
             : name == "jsonb_ops"      ? json_keys(text, true)
             : name == "jsonb_path_ops" ? json_keys(text, false)
                                        : array_keys(text, element);
    };
    double rest = 1 - statistics.null_fraction;
    const auto& values = statistics.most_common_values;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double share = statistics.most_common_frequencies[i];
      samples.push_back({share, extract(values[i])});
      rest -= share;
    }
    const auto& bounds = statistics.histogram_bounds;
    for (const auto& bound : bounds) {
      samples.push_back({rest / static_cast<double>(bounds.size()), extract(bound), true});
    }
    if (!samples.empty()) {
      add_classes(all, samples, rows);
      return all;
    }
    if (!statistics.most_common_elements.empty()) {
      add_elements(all, statistics, element, rows);
      return all;
    }
  }
  constexpr double kGuess = 4;
  const double keys = std::max(1.0, rows / 10);
  return {.per_row = kGuess, .pending_bytes = kGuess * 16, .classes = {{kGuess / keys, keys, 16}}};
}

}  // namespace

bool has_pending_list(const Index& index) {
  const auto found = index.options.find("fastupdate");
  return found == index.options.end() || (found->second != "off" && found->second != "false" &&
                                          found->second != "0" && found->second != "no");
}

GinKeys gin_keys(const Index& index, const std::vector<IndexColumn>& columns,
                 const TypeSystem& types, double rows) {
  GinKeys all{.per_row = 0};
  for (std::size_t i = 0; i < index.keys.size() && i < columns.size(); ++i) {
    GinKeys one = column_keys(index.keys[i], columns[i], types, rows);
    all.per_row += one.per_row;
    all.pending_bytes += one.pending_bytes;
    all.classes.insert(all.classes.end(), one.classes.begin(), one.classes.end());
  }
  return all;
}

}  // namespace quern::planner_model
