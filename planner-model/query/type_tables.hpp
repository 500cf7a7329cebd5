#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "planner-model/query/oid_table.hpp"
#include "planner-model/query/query.hpp"
#include "planner-model/query/type_system.hpp"
#include "planner-model/selectivity/time_settings.hpp"

namespace quern::planner_model {

/// What pg_amop's unique index is over, for search operators.
struct SearchOperator {
  Oid family = 0, left = 0, right = 0;
  int strategy = 0;

  bool operator==(const SearchOperator&) const = default;

  struct Hash {
    std::size_t operator()(const SearchOperator& key) const {
      constexpr std::uint64_t kMix = 0x9E3779B97F4A7C15;
      const auto types = static_cast<std::uint64_t>(key.left) << 32U | key.right;
      const auto place =
          static_cast<std::uint64_t>(key.family) << 32U | static_cast<std::uint32_t>(key.strategy);
      return (types * kMix ^ place) * kMix >> 16U;
    }
  };
};

/// Hash indexes over a set of catalog rows.
struct CatalogIndex {
  template <class Row>
  using ByOid = OidTable<const Row*>;
  template <class Row>
  using ByName = std::unordered_map<std::string_view, std::vector<const Row*>>;

  ByOid<Type> types;
  ByName<Type> types_by_name;
  ByOid<Function> functions;
  ByName<Function> functions_by_name;
  ByOid<Aggregate> aggregates;
  ByOid<Operator> operators;
  ByName<Operator> operators_by_name;
  ByOid<OpClass> operator_classes;
  std::vector<const OpClass*> operator_class_list;
  std::unordered_map<std::uint64_t, const Cast*> casts;
  ByOid<Range> ranges;
  ByOid<Range> multiranges;
  OidTable<std::vector<const FamilyMember*>> memberships;  ///< by operator
  OidTable<std::vector<Oid>> merge_families;               ///< by operator: btree equality
  std::unordered_map<SearchOperator, Oid, SearchOperator::Hash> search_operators;
  std::unordered_set<Oid> families;  ///< whose members are known

  static std::uint64_t pair(Oid source, Oid target) {
    return static_cast<std::uint64_t>(source) << 32U | target;
  }

  void add(const Type& row);
  void add(const Function& row);

  void add(const Aggregate& row) { aggregates.add(row.function, &row); }

  void add(const Operator& row);
  void add(const OpClass& row);

  void add(const Cast& row) { casts.emplace(pair(row.source, row.target), &row); }

  void add(const Range& row);
  void add(const FamilyMember& row);
};

/// Of builtin_catalog(); made once.
[[nodiscard]] const CatalogIndex& builtin_index();

[[nodiscard]] const TimeSettings& session_times(const TypeSystem& types);

struct TypeSystem::Tables {
  explicit Tables(const CatalogSnapshot& catalog);

  static const TimeSettings& times_in(const TypeSystem& types) { return types.tables_->times; }

  friend const TimeSettings& session_times(const TypeSystem& system) { return times_in(system); }

  const CatalogSnapshot& catalog;
  const TimeSettings times;
  const CatalogIndex& builtin = builtin_index();
  std::deque<Type> types = {};
  std::deque<Function> functions = {};
  std::deque<Aggregate> aggregates = {};
  std::deque<Operator> operators = {};
  std::deque<Cast> casts = {};
  std::deque<OpClass> operator_classes = {};
  std::deque<FamilyMember> members = {};
  /// The snapshot's own rows; entries by name start with the built-in ones of that name.
  CatalogIndex own = {};
  CatalogIndex::ByName<Table> relations = {};
  std::vector<RangeColumns> columns = {};  ///< of the snapshot's tables, in its order

 private:
  void add_types();
  void add_functions();
  void add_operators();
  void add_casts();
  void add_operator_classes();
};

}  // namespace quern::planner_model
