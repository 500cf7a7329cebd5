// What the genetic search draws and how it sorts and recombines tours: geqo_random.c, geqo_erx.c,
// common/pg_prng.c, port/erand48.c, lib/sort_template.h, PostgreSQL 15.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "planner-model/plan/genetic_search.hpp"

namespace quern::planner_model {

namespace {

std::uint64_t rotated(std::uint64_t x, int bits) {
  return (x << bits) | (x >> (64 - bits));
}

std::uint64_t splitmix64(std::uint64_t& state) {
  std::uint64_t value = (state += 0x9E3779B97F4A7C15U);
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31);
}

constexpr std::uint64_t kLow48 = (std::uint64_t{1} << 48) - 1;

}  // namespace

GeneticDraws::GeneticDraws(double seed, bool as_erand48) : as_erand48_{as_erand48} {
  if (as_erand48_) {
    std::memcpy(&first_, &seed, sizeof seed);
    first_ &= kLow48;
    return;
  }
  constexpr std::uint64_t kMantissa = (std::uint64_t{1} << 52) - 1;
  auto state =
      static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<double>(kMantissa) * seed));
  first_ = splitmix64(state);
  second_ = splitmix64(state);
}

std::uint64_t GeneticDraws::next() {
  const std::uint64_t first = first_;
  const std::uint64_t mixed = second_ ^ first;
  first_ = rotated(first, 24) ^ mixed ^ (mixed << 16);
  second_ = rotated(mixed, 37);
  return rotated(first * 5, 7) * 9;
}

double GeneticDraws::fraction() {
  if (as_erand48_) {
    first_ = (first_ * 0x5DEECE66DU + 0xB) & kLow48;
    return std::ldexp(static_cast<double>(first_), -48);
  }
  return std::ldexp(static_cast<double>(next() >> 12), -52);
}

int GeneticDraws::between(int lowest, int highest) {
  if (as_erand48_) {
    return static_cast<int>(std::floor(fraction() * (highest - lowest + 0.999999))) + lowest;
  }
  if (highest <= lowest) {
    return lowest;
  }
  const auto range = static_cast<std::uint64_t>(highest - lowest);
  const int shift = __builtin_clzll(range);
  std::uint64_t value = next() >> shift;
  while (value > range) {
    value = next() >> shift;
  }
  return lowest + static_cast<int>(value);
}

namespace {

/// The quicksort of Bentley and McIlroy (Engineering a sort function, 1993), as sort_template.h has
/// it: which of equal tours comes first decides which are recombined.
class TourSort {
 public:
  explicit TourSort(std::vector<Tour>& tours) : tours_{tours} {}

  void sort(std::size_t a, std::size_t n) {
    while (n >= 7) {
      if (is_sorted(a, n)) {
        return;
      }
      const auto [less, greater] = part(a, n);
      if (less <= greater) {
        sort(a, less);
        a += n - greater;
        n = greater;
      } else {
        sort(a + n - greater, greater);
        n = less;
      }
    }
    for (std::size_t i = a + 1; i < a + n; ++i) {
      for (std::size_t j = i; j > a && worth(j - 1) > worth(j); --j) {
        swap(j, j - 1);
      }
    }
  }

 private:
  [[nodiscard]] double worth(std::size_t at) const { return tours_[at].worth; }

  void swap(std::size_t a, std::size_t b) { std::swap(tours_[a], tours_[b]); }

  void swap_runs(std::size_t a, std::size_t b, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      swap(a + i, b + i);
    }
  }

  [[nodiscard]] bool is_sorted(std::size_t a, std::size_t n) const {
    for (std::size_t i = a + 1; i < a + n; ++i) {
      if (worth(i - 1) > worth(i)) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] std::size_t median(std::size_t a, std::size_t b, std::size_t c) const {
    return worth(a) < worth(b) ? (worth(b) < worth(c) ? b : (worth(a) < worth(c) ? c : a))
                               : (worth(b) > worth(c) ? b : (worth(a) < worth(c) ? a : c));
  }

  [[nodiscard]] std::size_t pivot(std::size_t a, std::size_t n) const {
    std::size_t middle = a + n / 2;
    if (n > 7) {
      std::size_t low = a;
      std::size_t high = a + n - 1;
      if (n > 40) {
        const std::size_t d = n / 8;
        low = median(low, low + d, low + 2 * d);
        middle = median(middle - d, middle, middle + d);
        high = median(high - 2 * d, high - d, high);
      }
      middle = median(low, middle, high);
    }
    return middle;
  }

  /// Equal ones to the middle; how many are less, how many greater.
  std::pair<std::size_t, std::size_t> part(std::size_t a, std::size_t n) {
    swap(a, pivot(a, n));
    std::size_t pa = a + 1;
    std::size_t pb = a + 1;
    std::size_t pc = a + n - 1;
    std::size_t pd = a + n - 1;
    for (;;) {
      for (; pb <= pc && worth(pb) <= worth(a); ++pb) {
        if (worth(pb) == worth(a)) {
          swap(pa++, pb);
        }
      }
      for (; pb <= pc && worth(pc) >= worth(a); --pc) {
        if (worth(pc) == worth(a)) {
          swap(pc, pd--);
        }
      }
      if (pb > pc) {
        break;
      }
      swap(pb++, pc--);
    }
    const std::size_t end = a + n;
    const std::size_t first = std::min(pa - a, pb - pa);
    swap_runs(a, pb - first, first);
    const std::size_t last = std::min(pd - pc, end - pd - 1);
    swap_runs(pb, end - last, last);
    return {pb - pa, pd - pc};
  }

  std::vector<Tour>& tours_;
};

/// The neighbours of a relation in two tours.
struct Edges {
  std::array<int, 4> list = {};  ///< those of both tours negative
  int total = 0;
  int unused = 0;  ///< -1: the relation is in the new tour
};

class Crossover {
 public:
  Crossover(const std::vector<int>& mother, const std::vector<int>& father, GeneticDraws& draws)
      : draws_{draws}, edges_(mother.size() + 1) {
    for (std::size_t i = 0; i < mother.size(); ++i) {
      const std::size_t next = (i + 1) % mother.size();
      for (const auto* tour : {&mother, &father}) {
        add_edge((*tour)[i], (*tour)[next]);
        add_edge((*tour)[next], (*tour)[i]);
      }
    }
  }

  /// gimme_tour()
  std::vector<int> tour() {
    const int genes = static_cast<int>(edges_.size()) - 1;
    std::vector<int> tour{draws_.between(1, genes)};
    while (static_cast<int>(tour.size()) < genes) {
      const int last = tour.back();
      remove(last);
      tour.push_back(of(last).unused > 0 ? neighbour(of(last)) : other_than(last));
      of(last).unused = -1;
    }
    return tour;
  }

 private:
  Edges& of(int gene) { return edges_[static_cast<std::size_t>(gene)]; }

  /// gimme_edge()
  void add_edge(int from, int to) {
    Edges& edges = of(from);
    const auto end = edges.list.begin() + edges.total;
    const auto known =
        std::find_if(edges.list.begin(), end, [&](int gene) { return std::abs(gene) == to; });
    if (known != end) {
      *known = -to;
      return;
    }
    *end = to;
    ++edges.total;
    ++edges.unused;
  }

  /// remove_gene()
  void remove(int gene) {
    const Edges edges = of(gene);
    for (int i = 0; i < edges.unused; ++i) {
      Edges& other = of(std::abs(edges.list[static_cast<std::size_t>(i)]));
      const auto end = other.list.begin() + std::max(other.unused, 0);
      const auto found =
          std::find_if(other.list.begin(), end, [&](int known) { return std::abs(known) == gene; });
      if (found != end) {
        --other.unused;
        *found = *(end - 1);
      }
    }
  }

  /// gimme_gene(): a neighbour in both tours, else one with the fewest neighbours left.
  int neighbour(const Edges& edges) {
    int fewest = 5;
    int candidates = -1;
    for (int i = 0; i < edges.unused; ++i) {
      const int gene = edges.list[static_cast<std::size_t>(i)];
      if (gene < 0) {
        return -gene;
      }
      if (of(gene).unused < fewest) {
        fewest = of(gene).unused;
        candidates = 1;
      } else if (of(gene).unused == fewest) {
        ++candidates;
      }
    }
    const int chosen = draws_.between(0, candidates - 1);
    for (int i = 0; i < edges.unused; ++i) {
      const int gene = edges.list[static_cast<std::size_t>(i)];
      if (of(gene).unused == fewest && --candidates == chosen) {
        return gene;
      }
    }
    return edges.list[0];
  }

  /// edge_failure(): any relation left, one with four neighbours at first if there is.
  int other_than(int gene) {
    std::vector<int> left;
    std::vector<int> with_four;
    for (int other = 1; other < static_cast<int>(edges_.size()); ++other) {
      if (other != gene && of(other).unused != -1) {
        left.push_back(other);
        if (of(other).total == 4) {
          with_four.push_back(other);
        }
      }
    }
    const auto& candidates = with_four.empty() ? left : with_four;
    const int last = static_cast<int>(candidates.size()) - 1;
    return candidates[static_cast<std::size_t>(last - draws_.between(0, last))];
  }

  GeneticDraws& draws_;
  std::vector<Edges> edges_;
};

}  // namespace

void sort_tours(std::vector<Tour>& tours) {
  TourSort{tours}.sort(0, tours.size());
}

std::vector<int> recombined(const std::vector<int>& mother, const std::vector<int>& father,
                            GeneticDraws& draws) {
  return Crossover{mother, father, draws}.tour();
}

}  // namespace quern::planner_model
