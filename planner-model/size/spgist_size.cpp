#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "planner-model/size/equal_values.hpp"
#include "planner-model/size/network_rows.hpp"
#include "planner-model/size/other_sizes.hpp"
#include "planner-model/size/range_rows.hpp"
#include "planner-model/size/spgist_classes.hpp"
#include "planner-model/size/spgist_quads.hpp"
#include "planner-model/size/spgist_tree.hpp"
#include "planner-model/size/synthetic_rows.hpp"
#include "planner-model/size/text_order.hpp"
#include "planner-model/size/value_classes.hpp"

namespace quern::planner_model {
namespace {

constexpr double kFixedPages = 3;  // metapage, the roots of values and of NULLs
constexpr double kMostRows = 60'000;

bool is_text(Oid type) {
  return type == type_oid::kText || type == type_oid::kVarchar || type == type_oid::kBpchar;
}

bool is_network(Oid type) {
  return type == type_oid::kInet || type == type_oid::kCidr;
}

/// Pages beside the fixed ones, of all the rows that the simulated ones stand for.
double scaled(std::size_t pages, double scale) {
  return std::ceil((static_cast<double>(pages) - kFixedPages) * scale);
}

/// Digits branch like this level for level, words do not.
constexpr std::size_t kDigits = 16;

/// How many ways the texts go where they first differ.
std::size_t first_branches(const std::vector<std::string>& bounds) {
  std::set<char> branches;
  std::size_t common = bounds.empty() ? 0 : bounds.front().size();
  for (const std::string& bound : bounds) {
    std::size_t i = 0;
    while (i < std::min(common, bound.size()) && bound[i] == bounds.front()[i]) {
      ++i;
    }
    common = i;
  }
  for (const std::string& bound : bounds) {
    branches.insert(common < bound.size() ? bound[common] : '\0');
  }
  return branches.size();
}

/// A radix tree looks the same one level down: as many rows are followed as are below some node,
/// so that its leaves are as full as those of all.
double rows_followed(std::size_t branches, double rows) {
  if (branches > kDigits) {
    return std::min(rows, kMostRows);
  }
  double followed = rows;
  while (followed > kMostRows) {
    followed /= std::max<double>(static_cast<double>(branches), 2);
  }
  return followed;
}

/// The word that a text begins with.
std::string first_word(const std::string& text) {
  const auto end = std::find_if(text.begin(), text.end(),
                                [](unsigned char c) { return std::isalpha(c) == 0 && c < 0x80; });
  return {text.begin(), end};
}

/// The values of which about `most` of `filled` rows are, next to each other: all that begin with
/// one of some words, so that what is below these is as full as in the whole tree. Nothing when
/// words do not tell them apart.
std::optional<ColumnValues> stretch(const ColumnValues& all, double filled, double most) {
  std::map<std::string, double> words;
  double sum = 0;
  for (const auto& entry : all.entries) {
    if (entry.text) {
      words[first_word(*entry.text)] += entry.share;
      sum += entry.share;
    }
  }
  constexpr std::size_t kFewest = 16;
  if (words.size() < kFewest || filled <= most) {
    return std::nullopt;
  }
  auto first = words.begin();
  std::advance(first, static_cast<std::ptrdiff_t>(words.size() / 3));
  double taken = 0;
  auto last = first;
  while (last != words.end() && (last == first || (taken + last->second) * filled <= most * sum)) {
    taken += (last++)->second;
  }
  constexpr double kFar = 1.5;
  if (taken * filled > kFar * most * sum) {
    return std::nullopt;
  }
  ColumnValues part{.type = all.type, .entries = {}};
  for (const auto& entry : all.entries) {
    const std::string word = entry.text ? first_word(*entry.text) : "";
    if (entry.text && word >= first->first && (last == words.end() || word < last->first)) {
      part.entries.push_back(entry);
    }
  }
  return part;
}

double text_pages(const IndexColumn& column, double rows) {
  const ColumnStatistics& statistics = *column.statistics;
  const double filled = rows * (1 - column.null_share());
  const std::size_t branches = first_branches(statistics.histogram_bounds);
  const double followed = rows_followed(branches, filled);
  const ColumnValues all = indexed_values(column);
  const auto part = branches > kDigits ? stretch(all, filled, followed) : std::nullopt;
  const ColumnValues values = part ? *part : whole_values(all, rows, followed);
  const bool counts = counts_in_text(statistics, column.all_rows);
  const auto key = [counts](const std::string& text) {
    constexpr std::size_t kPlaces = 20;
    const std::string number =
        counts ? std::to_string(static_cast<long long>(number_in(text))) : "";
    return counts ? std::string(kPlaces - std::min(kPlaces, number.size()), '0') + number : text;
  };
  const double known = statistics.correlation.value_or(0);
  const double correlation = counts ? 1
                             : part ? correlation_within(known, std::min(1.0, followed / filled))
                                    : known;
  const SyntheticRows sample = synthetic_rows(values, rows, static_cast<std::size_t>(followed),
                                              correlation, key, part ? &all : nullptr);
  SpGistTree<TextSpGist> tree;
  for (const std::size_t row : sample.rows) {
    tree.insert(sample.values[row]);
  }
  return scaled(tree.pages(), filled / std::max(1.0, static_cast<double>(sample.rows.size())));
}

double network_pages(const IndexColumn& column, double rows) {
  constexpr double kHeavyRows = 5000;  // so many that it matters little whose pages they share
  const NetworkRows networks =
      network_rows(column, rows, static_cast<std::size_t>(kMostRows), kHeavyRows);
  std::vector<NetworkGist::Key> keys;
  for (const std::string& value : networks.light.values) {
    keys.push_back(NetworkGist::key(value));
  }
  SpGistTree<NetworkSpGist> tree;
  for (const std::size_t row : networks.light.rows) {
    tree.insert(keys[row]);
  }
  return scaled(tree.pages(), networks.light.scale) +
         std::ceil(pages_of_equal_values<SpGistTree<NetworkSpGist>>(
             NetworkGist::Key{}, networks.heavy, kFixedPages, false));
}

double null_pages(double rows) {
  const double followed = std::min(rows, kMostRows);
  SpGistTree<NullSpGist> tree;
  for (double i = 0; i + 0.5 < followed; ++i) {
    tree.insert({});
  }
  return scaled(tree.pages(), rows / std::max(followed, 1.0));
}

/// A quad tree looks the same one level down, where it divides into so many parts.
double followed_of(double rows, double parts) {
  while (rows > kMostRows) {
    rows /= parts;
  }
  return std::floor(rows);
}

/// ANALYZE keeps nothing of where points are: they are spread evenly, all different.
template <class Class>
double point_pages(double rows, double parts) {
  const double followed = followed_of(rows, parts);
  SpGistTree<Class> tree;
  Stream stream;
  for (double i = 0; i < followed; ++i) {
    const double x = stream.uniform();
    tree.insert({x, stream.uniform()});
  }
  return scaled(tree.pages(), rows / std::max(followed, 1.0));
}

double range_pages(const IndexColumn& column, const TypeSystem& types, double rows) {
  constexpr int kEmptyRange = 6;  // length byte, type, flags
  const double followed = followed_of(rows, 2);
  SpGistTree<RangeSpGist> tree;
  for (const RangeRow& row : range_rows(column, types, rows, followed)) {
    tree.insert({row, row.empty ? kEmptyRange : static_cast<int>(std::rint(column.width))});
  }
  return scaled(tree.pages(), rows / std::max(followed, 1.0));
}

double pages_by_thumb(const IndexColumn& column, double rows) {
  constexpr double kPageBody = 8192 - 24 - 8;
  constexpr double kLeafHeader = 16;  // SGLTHDRSZ
  constexpr double kLinePointer = 4;
  constexpr double kFill = 0.65;
  const double item = align_up(kLeafHeader + column.width, 8) + kLinePointer;
  const double leaves = std::ceil(rows * item / (kPageBody * kFill));
  constexpr double kInnerShare = 0.01;
  return leaves <= 1 ? 0 : std::ceil(leaves * (1 + kInnerShare));
}

}  // namespace

double spgist_index_pages(const Index& index, const std::vector<IndexColumn>& columns,
                          const TypeSystem& types, double rows) {
  const IndexColumn& column = columns.front();
  const double nulls = rows * column.null_share();
  const double filled = rows - nulls;
  const bool alone = columns.size() == 1;
  const bool followed = alone && column.statistics != nullptr &&
                        !(column.statistics->histogram_bounds.empty() &&
                          column.statistics->most_common_values.empty());
  constexpr Oid kPoint = 600;
  double pages = kFixedPages;
  if (followed && is_text(column.type)) {
    pages += text_pages(column, rows);
  } else if (followed && is_network(column.type)) {
    pages += network_pages(column, rows);
  } else if (alone && column.type == kPoint) {
    const bool kd = !index.keys.empty() && index.keys[0].operator_class_name == "kd_point_ops";
    pages += kd ? point_pages<KdPointSpGist>(filled, 2) : point_pages<PointSpGist>(filled, 4);
  } else if (alone && types.is_range(column.type)) {
    pages += range_pages(column, types, filled);
  } else {
    pages += pages_by_thumb(column, filled);
  }
  return pages + null_pages(nulls);
}

}  // namespace quern::planner_model
