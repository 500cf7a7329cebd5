#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "collector/base/failure.hpp"
#include "collector/catalog/snapshot.hpp"

#include "planner-model/plan/flat_map.hpp"
#include "planner-model/query/expr.hpp"
#include "planner-model/query/table_expressions.hpp"
#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

enum class AccessMethod : std::uint8_t { Btree, Hash, Gin, Gist, SpGist, Brin, Bloom, Other };

/// What the catalog says of an index, as one range of a query reads it: the same for every
/// statement. Source: get_relation_info(), plancat.c, and the relation cache that it reads.
struct IndexFacts {
  const Index* index = nullptr;
  AccessMethod method = AccessMethod::Btree;
  bool unique = false;
  bool immediate = true;
  bool search_array = false, search_nulls = false, optional_key = false, can_parallel = false;
  bool has_gettuple = true, has_getbitmap = true, can_order = false;
  bool can_order_by_operator = false;  ///< ORDER BY column <-> value
  int key_columns = 0;
  std::span<const int> columns = {};          ///< key then included attnums; 0: expression
  std::span<const ExprPtr> expressions = {};  ///< parallel to columns
  std::span<const Oid> opfamilies = {};       ///< per key column
  std::span<const Oid> input_types = {};      ///< opcintype per key column
  std::span<const Oid> collations = {};
  std::span<const bool> descending = {};
  std::span<const bool> nulls_first = {};
  std::span<const bool> can_return = {};
  std::span<const ExprPtr> predicate = {};
};

/// One value a column of an index, of which there are at most INDEX_MAX_KEYS.
template <class T>
class PerIndexColumn {
 public:
  void push_back(T value) {
    if (size_ == items_.size()) {
      throw UserError{"an index has more than 32 columns"};
    }
    items_[size_++] = value;
  }

  [[nodiscard]] std::span<const T> list() const { return {items_.data(), size_}; }

 private:
  std::array<T, 32> items_;  // those past size_ are never read
  std::size_t size_ = 0;
};

/// The facts of an index, and the lists that they look at.
class OwnedIndexFacts {
 public:
  /// `renumbered`: the numbers that columns have in the relation that the table is part of, by the
  /// table's own. Throws UserError when an expression cannot be read.
  OwnedIndexFacts(const Index& index, const Table& table, int range,
                  const FlatMap<int, int>& renumbered, const TableExpressions& expressions,
                  const TypeSystem& types);
  OwnedIndexFacts(const OwnedIndexFacts&) = delete;
  OwnedIndexFacts& operator=(const OwnedIndexFacts&) = delete;

  [[nodiscard]] const IndexFacts& facts() const { return facts_; }

 private:
  void add_key(const IndexKey& key, ExprPtr expr, int column, const TypeSystem& types);

  PerIndexColumn<int> columns_;
  std::vector<ExprPtr> expressions_ = {};
  PerIndexColumn<Oid> opfamilies_;
  PerIndexColumn<Oid> input_types_;
  PerIndexColumn<Oid> collations_;
  PerIndexColumn<bool> descending_;
  PerIndexColumn<bool> nulls_first_;
  PerIndexColumn<bool> can_return_;
  std::vector<ExprPtr> predicate_ = {};
  IndexFacts facts_ = {};
};

/// The facts of the catalog's indexes, made on first use. One per planner, safe from several
/// threads.
class CatalogIndexFacts {
 public:
  CatalogIndexFacts(const CatalogSnapshot& catalog, const TableExpressions& expressions,
                    const TypeSystem& types);
  ~CatalogIndexFacts();
  CatalogIndexFacts(const CatalogIndexFacts&) = delete;
  CatalogIndexFacts& operator=(const CatalogIndexFacts&) = delete;

  /// Of an index of the catalog, as `range` reads its table. Null: an expression cannot be read.
  [[nodiscard]] const IndexFacts* get(const Index& index, const Table& table, int range) const;

 private:
  struct Slots;
  const CatalogSnapshot& catalog_;
  const TableExpressions& expressions_;
  const TypeSystem& types_;
  std::unique_ptr<Slots> slots_;
};

}  // namespace quern::planner_model
