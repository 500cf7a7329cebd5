#include "planner-model/size/sampled_keys.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>

#include "planner-model/size/analyze_sample.hpp"
#include "planner-model/size/gin_posting.hpp"

namespace quern::planner_model {
namespace {

/// How many of `count` stretches, of which some were looked at, show a key that so many of all of
/// them hold: hypergeometric.
class Looks {
 public:
  Looks(double all, double looked_at) : all_{all}, looked_at_{looked_at} {}

  [[nodiscard]] double chance(double shown, double holding) const {
    if (shown > holding || looked_at_ - shown > all_ - holding) {
      return 0;
    }
    return std::exp(choose(holding, shown) + choose(all_ - holding, looked_at_ - shown) -
                    choose(all_, looked_at_));
  }

 private:
  static double choose(double n, double k) {
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
  }

  double all_;
  double looked_at_;
};

/// A part of the mixture: keys that so many stretches of the table hold.
struct Part {
  double holding = 1;
  double keys = 1;
  std::vector<double> chances = {};  ///< to be shown by 0, 1, 2, ... stretches
};

std::vector<Part> parts(double all, double looked_at) {
  constexpr double kStep = 1.12;
  const Looks looks{all, looked_at};
  std::vector<Part> answer;
  for (double holding = 1; holding <= all;
       holding = std::max(holding + 1, std::floor(holding * kStep))) {
    Part part{.holding = holding};
    for (double shown = 0; shown <= looked_at; ++shown) {
      part.chances.push_back(looks.chance(shown, holding));
    }
    answer.push_back(std::move(part));
  }
  return answer;
}

/// Expectation and maximization (Dempster, Laird and Rubin 1977) over how many keys each part has,
/// the keys that no stretch shows among what is to be expected.
void fit(std::vector<Part>& mixture, const std::vector<double>& shown) {
  constexpr int kRounds = 300;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> next(mixture.size(), 0);
    for (std::size_t k = 1; k < shown.size(); ++k) {
      double sum = 0;
      for (const Part& part : mixture) {
        sum += part.keys * part.chances[k];
      }
      for (std::size_t i = 0; i < mixture.size() && sum > 0; ++i) {
        next[i] += shown[k] * mixture[i].keys * mixture[i].chances[k] / sum;
      }
    }
    for (std::size_t i = 0; i < mixture.size(); ++i) {
      mixture[i].keys = next[i] / std::max(1 - mixture[i].chances[0], 1e-300);
    }
  }
}

/// Keys in runs of rows that go on beyond the stretches of the sample. Of runs of length L
/// stretches of m rows show m * L / (L + m) on average; where L + m is wider than what lies between
/// two stretches, none is missed.
bool runs_on(const SampledKeys& one, const ColumnSample& sample) {
  const auto stretches = static_cast<double>(sample.stretches);
  const double stretch = static_cast<double>(sample.rows) / stretches;
  const double span =
      static_cast<double>(one.near_apart) / static_cast<double>(one.rows - one.near);
  const double run = stretch * span / std::max(stretch - span, 1.0);
  // They are not evenly far apart, but up to twice as far.
  const double between =
      2 * stretch * static_cast<double>(sample.of_pages) / static_cast<double>(sample.pages);
  return run + stretch >= between;
}

/// How many keys so many stretches show.
std::vector<double> by_stretches(const ColumnSample& sample) {
  std::vector<double> shown(static_cast<std::size_t>(sample.stretches) + 1, 0);
  for (const SampledKeys& one : sample.keys) {
    if (one.keys > 0 && one.stretches > 0 && one.stretches <= sample.stretches &&
        !runs_on(one, sample)) {
      shown[static_cast<std::size_t>(one.stretches)] += static_cast<double>(one.keys);
    }
  }
  return shown;
}

/// A document may say anything: figures that no sampling query can give are passed over.
bool is_sound(const ColumnSample& sample) {
  constexpr std::int64_t kMostStretches = 1024;  // as many pages does a sample have at most
  return sample.rows > 0 && sample.pages > 0 && sample.of_pages >= sample.pages &&
         sample.stretches > 0 && sample.stretches <= kMostStretches &&
         std::all_of(sample.keys.begin(), sample.keys.end(), [](const SampledKeys& one) {
           return one.keys > 0 && one.stretches > 0 && one.rows >= one.keys && one.near >= 0 &&
                  one.near < one.rows && one.near_apart >= 0 && one.near_bytes >= 0 &&
                  one.key_bytes >= 0;
         });
}

/// Keys of a class that need no estimate: as frequent as in the sample.
ExpectedKeys as_shown(const SampledKeys& one, double scale) {
  const auto keys = static_cast<double>(one.keys);
  return {
      .keys = keys,
      .rows = std::max(1.0, static_cast<double>(one.rows) / keys * scale),
      .key_size = static_cast<double>(one.key_bytes) / keys,
      .far = std::max(1.0, static_cast<double>(one.rows - one.near) / keys * scale),
      .near_bytes =
          one.near > 0 ? static_cast<double>(one.near_bytes) / static_cast<double>(one.near) : 1,
      .near_apart =
          one.near > 0 ? static_cast<double>(one.near_apart) / static_cast<double>(one.near) : 1};
}

/// Keys that may be equally frequent are brought nearer to each other, as far as chance sets those
/// of a sample apart.
void even_out(std::vector<ExpectedKeys>& all, double scale) {
  constexpr std::size_t kMost = 20'000;
  std::vector<double> counts;
  std::vector<std::size_t> whose;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (double key = 0; key + 0.5 < all[i].keys && counts.size() < kMost; ++key) {
      counts.push_back(all[i].rows / scale);
      whose.push_back(i);
    }
  }
  if (counts.empty() || counts.size() >= kMost) {
    return;
  }
  std::vector<double> rows(all.size(), 0);
  const double unseen = std::max(0.0, 1 - 1 / scale);
  const double deviations = std::sqrt(2 * std::log(static_cast<double>(counts.size()))) + 1;
  for (const auto& group : alike(counts, deviations, unseen)) {
    std::vector<double> of_group;
    for (const std::size_t i : group) {
      of_group.push_back(counts[i]);
    }
    const std::vector<double> evened = evened_out(of_group, unseen);
    for (std::size_t i = 0; i < group.size(); ++i) {
      rows[whose[group[i]]] += evened[i] * scale;
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double each = std::max(1.0, rows[i] / std::max(all[i].keys, 1.0));
    all[i].far *= each / all[i].rows;
    all[i].rows = each;
  }
}

/// Those that a stretch shows here and there: of each part of the mixture, keys like all those that
/// as many stretches show as may show its own.
void add_rare(const ColumnSample& sample, std::int64_t often, double all, double scale,
              std::vector<ExpectedKeys>& answer) {
  const std::vector<double> shown = by_stretches(sample);
  std::vector<Part> mixture = parts(all, static_cast<double>(sample.stretches));
  fit(mixture, shown);
  const std::size_t before = answer.size();
  double rows = 0;
  double wanted = 0;
  for (const Part& part : mixture) {
    double seen = 0;
    for (std::int64_t k = 1; k < often; ++k) {
      const auto at = static_cast<std::size_t>(k);
      seen += shown[at] > 0 ? part.chances[at] : 0;
    }
    const double rare = part.keys * (part.chances[0] + seen);
    for (const SampledKeys& one : sample.keys) {
      if (one.keys <= 0 || one.stretches <= 0 || one.stretches >= often || seen <= 0 ||
          runs_on(one, sample)) {
        continue;
      }
      const auto at = static_cast<std::size_t>(one.stretches);
      constexpr double kNone = 1e-3;
      const double keys =
          rare * part.chances[at] / seen * static_cast<double>(one.keys) / shown[at];
      if (keys < kNone) {
        continue;
      }
      ExpectedKeys like = as_shown(one, 1);
      like.rows = std::max(1.0, like.rows / static_cast<double>(one.stretches) * part.holding);
      like.far = part.holding;
      like.keys = keys;
      rows += keys * like.rows;
      answer.push_back(like);
    }
  }
  for (const SampledKeys& one : sample.keys) {
    wanted +=
        one.stretches < often && !runs_on(one, sample) ? static_cast<double>(one.rows) * scale : 0;
  }
  for (std::size_t i = before; i < answer.size() && rows > 0; ++i) {
    answer[i].rows = std::max(1.0, answer[i].rows * wanted / rows);
    answer[i].far = std::min(answer[i].far, answer[i].rows);
  }
}

/// In so many stretches of the sample a key is that others like it are hardly in none of them.
std::int64_t shown_for_certain(const ColumnSample& sample) {
  constexpr double kMissed = 0.005;
  const double share = static_cast<double>(sample.pages) / static_cast<double>(sample.of_pages);
  const double shown = std::log(kMissed) * share / std::log1p(-std::min(share, 1 - 1e-9));
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(shown)), 1, sample.stretches);
}

/// What a sample's stretches show of a key that each row has with a chance: the share of its rows
/// behind another one in their stretch, and the bytes of their addresses.
struct NearByChance {
  double share = 0;
  double bytes = 1;

  NearByChance(double chance, double stretch_rows, double page_rows) {
    constexpr double kOneByte = 128;
    constexpr double kTwoBytesPages = 8;
    double weight = chance;
    double sum = 0;
    for (double gap = 1; gap < stretch_rows && weight > 1e-9; ++gap, weight *= 1 - chance) {
      const double shown = weight * (1 - gap / stretch_rows);
      const double same_page = gap < kOneByte ? std::max(0.0, 1 - gap / page_rows) : 0;
      share += shown;
      sum += shown * (gap < kTwoBytesPages * page_rows ? 2 - same_page : 3);
    }
    bytes = share > 0 ? sum / share : 1;
  }
};

/// Average bytes of an address of the key behind the one before it. A sample shows gaps within its
/// stretches, the short ones, and how many are wider. By how much the average is off, one sees from
/// keys that come by chance, of which it is known (posting_bytes()).
class BytesBehind {
 public:
  BytesBehind(const ColumnSample& sample, double rows)
      : rows_{rows},
        page_rows_{static_cast<double>(sample.rows) / static_cast<double>(sample.pages)},
        stretch_rows_{static_cast<double>(sample.rows) /
                      static_cast<double>(std::max<std::int64_t>(sample.stretches, 1))},
        all_of_it_{sample.pages >= sample.of_pages} {}

  [[nodiscard]] double of(const ExpectedKeys& one) const {
    const double near = std::max(0.0, one.rows - one.far);
    const double far = std::max(0.0, one.far - 1);
    if (near + far < 1e-9) {
      return 1;
    }
    // A key that comes every so many rows: the gaps between stretches are no wider.
    constexpr double kAsWide = 1.5;
    const double gap = (rows_ - near * one.near_apart) / one.far;
    if (!all_of_it_ && near >= far && gap < kAsWide * one.near_apart) {
      return one.near_bytes;
    }
    const double far_bytes = posting_bytes(std::min(1.0, one.far / rows_), page_rows_);
    const double shown = (near * one.near_bytes + far * far_bytes) / (near + far);
    return std::max(1.0, all_of_it_ ? shown : shown * correction(one.rows / rows_));
  }

 private:
  [[nodiscard]] double correction(double chance) const {
    const NearByChance near{chance, stretch_rows_, page_rows_};
    const double far = 1 - near.share;
    const double shown =
        near.share * near.bytes + far * posting_bytes(std::min(1.0, far * chance), page_rows_);
    return posting_bytes(std::min(1.0, chance), page_rows_) / shown;
  }

  double rows_;
  double page_rows_;
  double stretch_rows_;
  bool all_of_it_;
};

}  // namespace

const ColumnSample* sample_of(const IndexColumn& column, std::string_view keys_of) {
  if (column.samples == nullptr) {
    return nullptr;
  }
  const auto found = std::find_if(column.samples->begin(), column.samples->end(),
                                  [&](const ColumnSample& one) { return one.keys_of == keys_of; });
  return found == column.samples->end() || !is_sound(*found) ? nullptr : &*found;
}

std::vector<ExpectedKeys> expected_keys(const ColumnSample& sample, double rows) {
  const double scale = rows / static_cast<double>(sample.rows);
  std::vector<ExpectedKeys> answer;
  const bool all_of_it = sample.pages >= sample.of_pages;
  const std::int64_t often = all_of_it ? 1 : shown_for_certain(sample);
  for (const SampledKeys& one : sample.keys) {
    if (one.keys > 0 && (one.stretches >= often || runs_on(one, sample))) {
      answer.push_back(as_shown(one, scale));
      if (all_of_it) {
        answer.back().far = 1;
      }
    }
  }
  if (!all_of_it && sample.stretches > 1) {
    even_out(answer, scale);
    const double all = std::max(
        static_cast<double>(sample.stretches),
        std::rint(static_cast<double>(sample.of_pages) * static_cast<double>(sample.stretches) /
                  static_cast<double>(sample.pages)));
    add_rare(sample, often, all, scale, answer);
  }
  return answer;
}

std::vector<GinEntries> sampled_entries(const ColumnSample& sample, double rows) {
  std::vector<GinEntries> answer;
  const double scale = rows / static_cast<double>(sample.rows);
  const BytesBehind bytes{sample, rows};
  for (const std::int64_t none : {sample.null_rows, sample.empty_rows, sample.null_key_rows}) {
    if (static_cast<double>(none) * scale >= 0.5) {
      answer.push_back({.entries = 1, .rows = static_cast<double>(none) * scale, .key_size = 0});
    }
  }
  for (const ExpectedKeys& one : expected_keys(sample, rows)) {
    answer.push_back({.entries = one.keys,
                      .rows = one.rows,
                      .key_size = one.key_size,
                      .posting_bytes = bytes.of(one)});
  }
  return answer;
}

}  // namespace quern::planner_model
