#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "planner-model/query/oid_table.hpp"
#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

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
  OidTable<std::vector<const FamilyMember*>> families;     ///< by family

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

struct TypeSystem::Tables {
  explicit Tables(const CatalogSnapshot& catalog);

  const CatalogSnapshot& catalog;
  const CatalogIndex& builtin = builtin_index();
  std::deque<Type> types = {};
  std::deque<Function> functions = {};
  std::deque<Aggregate> aggregates = {};
  std::deque<Operator> operators = {};
  std::deque<OpClass> operator_classes = {};
  std::deque<FamilyMember> members = {};
  /// The snapshot's own rows; entries by name start with the built-in ones of that name.
  CatalogIndex own = {};

 private:
  void add_types();
  void add_functions();
  void add_operators();
  void add_operator_classes();
};

}  // namespace quern::planner_model
