#include "planner-model/query/table_expressions.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

/// The entry of `key`, made by `make` without the lock when it is missing: two threads may make the
/// same one, and the first to come keeps its own.
template <typename Map, typename Make>
const typename Map::mapped_type& find_or_make(Map& map, std::shared_mutex& mutex,
                                              typename Map::key_type key, const Make& make) {
  {
    const std::shared_lock reading{mutex};
    if (const auto found = map.find(key); found != map.end()) {
      return found->second;
    }
  }
  auto value = make();
  const std::unique_lock writing{mutex};
  return map.try_emplace(std::move(key), std::move(value)).first->second;
}

}  // namespace

TableExpressions::TableExpressions(const CatalogSnapshot& catalog, const TypeSystem& types)
    : types_{types}, binder_{catalog, types} {
  for (const Constraint& constraint : catalog.constraints) {
    if (constraint.kind == 'c' && constraint.validated) {
      checks_[constraint.table].push_back(&constraint);
    }
  }
  // CheckConstraintFetch(), relcache.c.
  for (auto& [table, list] : checks_) {
    std::sort(list.begin(), list.end(),
              [](const Constraint* a, const Constraint* b) { return a->name < b->name; });
  }
}

const std::vector<ExprPtr>& TableExpressions::columns(const Table& table, int range) const {
  return find_or_make(columns_, mutex_, {table.oid, range}, [&] {
    std::vector<ExprPtr> vars;
    for (const Column& column : table.columns) {
      auto var = std::make_shared<Expr>();
      var->kind = ExprKind::Var;
      var->varno = range;
      var->attno = column.number;
      var->type = column.type;
      var->typmod = column.type_modifier;
      var->collation = column.collation;
      vars.push_back(std::move(var));
    }
    return vars;
  });
}

const ExprPtr& TableExpressions::expression(std::string_view sql, const Table& table,
                                            int range) const {
  return find_or_make(expressions_, mutex_, {table.oid, range, std::string{sql}}, [&] {
    return simplify(binder_.bind_table_expression(sql, table, range), types_);
  });
}

const std::vector<ExprPtr>& TableExpressions::condition(std::string_view sql, const Table& table,
                                                        int range) const {
  return find_or_make(conditions_, mutex_, {table.oid, range, std::string{sql}}, [&] {
    return conjuncts(
        canonicalize(simplify(binder_.bind_table_expression(sql, table, range), types_)));
  });
}

const std::vector<const Constraint*>& TableExpressions::checks(const Table& table) const {
  static const std::vector<const Constraint*> kNone;
  const auto found = checks_.find(table.oid);
  return found == checks_.end() ? kNone : found->second;
}

}  // namespace quern::planner_model
