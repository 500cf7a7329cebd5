#pragma once

#include <functional>
#include <map>
#include <shared_mutex>
#include <string>
#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/query/bind.hpp"
#include "planner-model/query/expr.hpp"
#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// What a function in SQL runs: its body's text, or what stands behind RETURN or within BEGIN
/// ATOMIC of its whole definition, where the body is in standard SQL (pg_get_functiondef()).
[[nodiscard]] std::string statement_of(std::string_view body);

/// Functions in SQL whose body is one expression: the server puts the body in place of the call
/// (inline_function(), clauses.c). Its own are `date_part(text, date)`, `'x' || 5`,
/// `round(numeric)` and the like (catalog/system_functions.sql); a database's are in the snapshot.
/// Safe to use from several threads.
class SqlFunctions {
 public:
  SqlFunctions(const CatalogSnapshot& catalog, const TypeSystem& types);

  /// The body with the call's arguments in place, not simplified; null when the call stays.
  [[nodiscard]] ExprPtr inlined(const Expr& call) const;

 private:
  using Key = std::vector<Oid>;  ///< the function and the arguments' types

  /// The body with argument n as column n of relation 1; null: not one expression.
  [[nodiscard]] ExprPtr body(const Function& function, const Expr& call) const;
  [[nodiscard]] ExprPtr bind_body(const Function& function, const Expr& call) const;
  [[nodiscard]] bool may_stand_for(const Function& function, const ExprPtr& body) const;

  const TypeSystem& types_;
  Binder binder_;
  std::map<Oid, std::string> builtin_ = {};
  std::map<Oid, const FunctionDefinition*> own_ = {};
  mutable std::shared_mutex mutex_ = {};
  mutable std::map<Key, ExprPtr> bodies_ = {};
};

}  // namespace quern::planner_model
