#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace quern::advisor {

/// What an executor does, in units that both an executed plan's counters and an estimated plan
/// tell.
enum class Component : std::size_t {
  SequentialPage,  ///< a page of a sequential scan, wherever it comes from
  RandomPage,      ///< a page of an index or of a table visited through one
  PageRead,        ///< of both, one that was not in shared buffers: what that adds
  ScannedRow,      ///< read by a sequential or bitmap scan, whether a filter lets it through or not
  IndexEntry,      ///< read by an index scan
  Condition,       ///< evaluated once: of a filter or a join filter
  Row,             ///< handed on by a node
  HashedRow,       ///< put into a hash table, or looked up in one
  Comparison,      ///< of sorting and merging
  AggregatedRow,
  NodeStart,    ///< each execution of a node
  WorkerStart,  ///< of a parallel plan
};

inline constexpr std::size_t kComponents = 12;

/// "sequential page": for people. component_key() is for documents.
[[nodiscard]] std::string_view component_words(Component component);
[[nodiscard]] std::string_view component_key(Component component);

/// An amount of each component; on one process, where several work at once.
struct Work {
  std::array<double, kComponents> amounts = {};

  [[nodiscard]] double& operator[](Component component) {
    return amounts[static_cast<std::size_t>(component)];
  }

  [[nodiscard]] double operator[](Component component) const {
    return amounts[static_cast<std::size_t>(component)];
  }

  Work& add(const Work& other, double times = 1) {
    for (std::size_t k = 0; k < kComponents; ++k) {
      amounts[k] += times * other.amounts[k];
    }
    return *this;
  }
};

/// EXPLAIN's texts of node types that do not differ in what their work is made of.
[[nodiscard]] bool is_index_scan(std::string_view node_type);

/// How many conditions are joined by AND and OR.
[[nodiscard]] double conditions_in(std::string_view filter);

/// Comparisons of sorting rows; of a top-N heapsort about one a row.
[[nodiscard]] double comparisons(double rows, bool only_top);

}  // namespace quern::advisor
