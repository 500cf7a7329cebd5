#pragma once

#include <string>
#include <vector>

#include "planner-model/query/table_expressions.hpp"
#include "planner-model/size/column_readings.hpp"
#include "planner-model/writes/index_write_cost.hpp"

#include "advisor/advice.hpp"
#include "advisor/price/sized_candidate.hpp"
#include "advisor/price/write_profile.hpp"
#include "advisor/select/problem.hpp"

namespace quern::advisor {

struct Price {
  double cost = 0;  ///< planner units
  double wal = 0;   ///< bytes

  Price& operator+=(const Price& other) {
    cost += other.cost;
    wal += other.wal;
    return *this;
  }

  friend Price operator+(Price a, const Price& b) { return a += b; }

  friend Price operator*(double rows, const Price& one) {
    return {rows * one.cost, rows * one.wal};
  }
};

/// Of one row's entries, by the share of the table's rows that have one: made, and removed by
/// VACUUM once the row is dead.
struct EntryPrices {
  Price made = {};
  Price removed = {};
  Price inserted = {};  ///< of a new row

  /// A new version of a row leaves the old one's entry dead.
  [[nodiscard]] Price replaced() const { return made + removed; }

  EntryPrices& operator+=(const EntryPrices& other) {
    made += other.made;
    removed += other.removed;
    inserted += other.inserted;
    return *this;
  }
};

struct PricedIndex {
  planner_model::IndexWriteCost cost = {};
  double new_rows = 1;  ///< entries of a new row, where any row of the table has one
  EntryPrices entry = {};
};

/// Prices what indexes add to writes.
class WritePrices {
 public:
  WritePrices(const WriteProfile& profile, const CatalogSnapshot& catalog);

  /// Fills maintenance, wal and hot of a selection problem.
  void price(SelectionProblem& problem, const std::vector<SizedCandidate>& candidates) const;

  /// Entries of all existing indexes over the recorded period.
  [[nodiscard]] Cost existing_cost() const;

  /// Of one index beside the existing ones.
  [[nodiscard]] WriteEffect effect(const SizedCandidate& candidate) const;
  [[nodiscard]] WriteEffect effect(const Index& existing) const;

 private:
  [[nodiscard]] WriteEffect effect_of(const Index& index, const IndexDefinition& definition,
                                      Oid table, const std::string& except) const;
  /// `leaf`: the table, or the part of it that holds the index.
  [[nodiscard]] PricedIndex priced(const Index& index, const Table& table, const Table& leaf,
                                   const TableWrites& writes) const;
  /// Of a table's existing indexes together.
  [[nodiscard]] EntryPrices existing_entries(const Table& table, const TableWrites& writes) const;

  const WriteProfile& profile_;
  const CatalogSnapshot& catalog_;
  planner_model::TypeSystem types_{catalog_};
  mutable planner_model::ColumnReadings readings_ = {};
  planner_model::SizeContext sizes_{types_, nullptr, &readings_};
  planner_model::TableExpressions expressions_{catalog_, types_};
};

}  // namespace quern::advisor
