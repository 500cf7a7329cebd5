#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/query/query.hpp"

namespace quern::planner_model {

/// Row-level security: gives each table of a query, and of the queries in it, the conditions of the
/// policies that hold for a role (get_row_security_policies(), rewrite/rowsecurity.c, and the end
/// of fireRIRrules()). What is under a view is read as the view's owner, unless it is a
/// security_invoker. WITH CHECK is not looked at: it costs nothing in a plan.
class RowSecurity {
 public:
  /// A policy's condition over `table` as range 1.
  using BindCondition = std::function<ExprPtr(const std::string& sql, const Table& table)>;

  RowSecurity(const CatalogSnapshot& catalog, BindCondition bind)
      : catalog_{catalog}, bind_{std::move(bind)} {}

  /// Throws UserError where the catalog lists roles and not this one, and where a policy reads its
  /// own table. An empty role bypasses.
  void add_policies(Query& query, std::string_view role);

 private:
  void add_to_query(Query& query, const std::string& role);
  void add_below(Query& query, const std::string& role);
  void add_to_table(Query& query, std::size_t at, const std::string& role);

  /// One condition, and which policies it is made of.
  struct Qual {
    std::vector<const RowPolicy*> policies;
    ExprPtr condition;
  };

  void add_conditions(const Table& table, char command, const std::string& role,
                      std::vector<Qual>& quals);
  void add_unique(std::vector<const RowPolicy*> policies, const Table& table,
                  const std::string& role, std::vector<Qual>& quals);
  [[nodiscard]] ExprPtr condition(const RowPolicy& policy, const Table& table,
                                  const std::string& role);

  const CatalogSnapshot& catalog_;
  BindCondition bind_;
  std::vector<Oid> active_ = {};  ///< tables whose policies' subqueries are being looked at
};

}  // namespace quern::planner_model
