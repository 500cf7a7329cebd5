#pragma once

#include <compare>
#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/query/bind.hpp"
#include "planner-model/query/expr.hpp"
#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// The catalog's expressions over one table (index keys, predicates, partition bounds), bound and
/// simplified once for all statements: what the server keeps in its relation cache
/// (RelationGetIndexExpressions, RelationGetIndexPredicate in utils/cache/relcache.c). Safe to use
/// from several threads; what it returns lives as long as it.
class TableExpressions {
 public:
  TableExpressions(const CatalogSnapshot& catalog, const TypeSystem& types);

  /// A Var for each of the table's columns, in the table's order, without names.
  [[nodiscard]] const std::vector<ExprPtr>& columns(const Table& table, int range) const;

  /// Vars have varno `range`. Throws UserError when the text cannot be read.
  [[nodiscard]] const ExprPtr& expression(std::string_view sql, const Table& table,
                                          int range) const;

  /// A condition as a list of AND-ed clauses, canonicalized.
  [[nodiscard]] const std::vector<ExprPtr>& condition(std::string_view sql, const Table& table,
                                                      int range) const;

  /// The table's validated CHECK constraints, by name.
  [[nodiscard]] const std::vector<const Constraint*>& checks(const Table& table) const;

 private:
  struct Key {
    Oid table = 0;
    int range = 0;
    std::string sql;
    std::strong_ordering operator<=>(const Key&) const = default;
  };

  const TypeSystem& types_;
  Binder binder_;
  std::map<Oid, std::vector<const Constraint*>> checks_ = {};
  mutable std::shared_mutex mutex_;
  mutable std::map<std::pair<Oid, int>, std::vector<ExprPtr>> columns_;  ///< by table and range
  mutable std::map<Key, ExprPtr> expressions_;
  mutable std::map<Key, std::vector<ExprPtr>> conditions_;
};

}  // namespace quern::planner_model
