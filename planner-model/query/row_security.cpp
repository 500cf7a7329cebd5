#include "planner-model/query/row_security.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "collector/base/failure.hpp"

#include "planner-model/plan/query_walk.hpp"
#include "planner-model/query/bind_nodes.hpp"
#include "planner-model/query/row_access.hpp"

namespace quern::planner_model {

namespace {

/// checkAsUser: who reads what the entry stands for, or is changed through.
const std::string& reader_of(const RangeTableEntry& entry, const std::string& role) {
  return entry.view != nullptr && !is_on(*entry.view, "security_invoker") ? entry.view->owner
                                                                          : role;
}

/// pg_policy.polcmd; MERGE has no policies of its own.
char letter_of(Command command) {
  switch (command) {
    case Command::Insert:
      return 'a';
    case Command::Update:
      return 'w';
    case Command::Delete:
      return 'd';
    case Command::Merge:
      return '*';
    case Command::Select:
      break;
  }
  return 'r';
}

/// Whether the statement reads columns of the table that it changes (requiredPerms & ACL_SELECT).
bool reads_target(const Query& query) {
  bool reads = false;
  Query copy = query;
  change_query(copy, [&](const ExprPtr& expr, int depth) -> ExprPtr {
    reads = reads || (expr->kind == ExprKind::Var && expr->levels_up == depth &&
                      expr->varno == query.result_range);
    return nullptr;
  });
  return reads;
}

}  // namespace

void RowSecurity::add_policies(Query& query, std::string_view role) {
  if (role.empty()) {
    return;
  }
  if (!catalog_.roles.empty() && find_role(catalog_, role) == nullptr) {
    throw UserError{fmt::format("role \"{}\" is not in the catalog snapshot", role)};
  }
  if (has_row_security(catalog_)) {
    add_to_query(query, std::string{role});
  }
}

void RowSecurity::add_to_query(Query& query, const std::string& role) {
  add_below(query, role);
  const std::size_t ranges = query.range_table.size();
  for (std::size_t at = 0; at < ranges; ++at) {
    const RangeTableEntry& entry = query.range_table[at];
    if (entry.kind == RangeKind::Relation && entry.table != nullptr) {
      add_to_table(query, at, reader_of(entry, role));
    }
  }
}

/// The queries within: a view's is shared by all statements, so each is copied.
void RowSecurity::add_below(Query& query, const std::string& role) {
  for (RangeTableEntry& entry : query.range_table) {
    if (entry.subquery) {
      entry.subquery = std::make_shared<Query>(*entry.subquery);
      add_to_query(*entry.subquery, reader_of(entry, role));
    }
  }
  for (CommonTableExpression& cte : query.ctes) {
    cte.query = std::make_shared<Query>(*cte.query);
    add_to_query(*cte.query, role);
  }
  if (!query.has_sublinks) {
    return;
  }
  const std::function<ExprPtr(const ExprPtr&)> sublinks = [&](const ExprPtr& expr) {
    if (expr->kind != ExprKind::SubLink) {
      return ExprPtr{};
    }
    auto link = std::make_shared<Expr>(*map_children(expr, [&](const ExprPtr& child) {
      return change_expr(child, [&](const ExprPtr& e, int) { return sublinks(e); });
    }));
    auto inner = std::make_shared<Query>(*expr->subquery);
    add_to_query(*inner, role);
    link->subquery = std::move(inner);
    return ExprPtr{std::move(link)};
  };
  change_query(query, [&](const ExprPtr& expr, int depth) {
    return depth == 0 ? sublinks(expr) : ExprPtr{};
  });
}

void RowSecurity::add_to_table(Query& query, std::size_t at, const std::string& role) {
  const Table& table = *query.range_table[at].table;
  if (!must_obey_policies(catalog_, table, role)) {
    return;
  }
  const int range = static_cast<int>(at) + 1;
  const Command command = range == query.result_range ? query.command : Command::Select;
  std::vector<Qual> quals;
  const bool locked =
      std::find(query.row_marks.begin(), query.row_marks.end(), range) != query.row_marks.end();
  if (command == Command::Select && locked) {
    add_conditions(table, 'w', role, quals);
  }
  if (command != Command::Insert && command != Command::Merge) {
    add_conditions(table, letter_of(command), role, quals);
  }
  if (command != Command::Select && command != Command::Insert && reads_target(query)) {
    add_conditions(table, 'r', role, quals);
  }
  for (const Qual& qual : quals) {
    query.has_sublinks = query.has_sublinks || has_sublink(qual.condition);
    query.range_table[at].security_quals.push_back(
        change_expr(qual.condition, offsetting(range - 1)));
  }
}

/// get_policies_for_relation() and add_security_quals()
void RowSecurity::add_conditions(const Table& table, char command, const std::string& role,
                                 std::vector<Qual>& quals) {
  std::vector<const RowPolicy*> permissive;
  std::vector<const RowPolicy*> restrictive;
  for (const RowPolicy& policy : table.policies) {
    if (applies(catalog_, policy, command, role) && !policy.using_expression.empty()) {
      (policy.permissive ? permissive : restrictive).push_back(&policy);
    }
  }
  if (permissive.empty()) {
    quals.push_back({{}, make_bool_const(false)});
    return;
  }
  for (const RowPolicy* policy : restrictive) {
    add_unique({policy}, table, role, quals);
  }
  // RelationBuildRowSecurity() puts each policy before the ones read so far.
  std::reverse(permissive.begin(), permissive.end());
  add_unique(std::move(permissive), table, role, quals);
}

/// list_append_unique(): one of the policies must permit.
void RowSecurity::add_unique(std::vector<const RowPolicy*> policies, const Table& table,
                             const std::string& role, std::vector<Qual>& quals) {
  if (std::any_of(quals.begin(), quals.end(),
                  [&](const Qual& known) { return known.policies == policies; })) {
    return;
  }
  std::vector<ExprPtr> conditions;
  conditions.reserve(policies.size());
  for (const RowPolicy* policy : policies) {
    conditions.push_back(condition(*policy, table, role));
  }
  ExprPtr any = conditions.size() == 1 ? std::move(conditions.front())
                                       : make_bool_expr(ExprKind::Or, std::move(conditions));
  quals.push_back({std::move(policies), std::move(any)});
}

ExprPtr RowSecurity::condition(const RowPolicy& policy, const Table& table,
                               const std::string& role) {
  ExprPtr bound = bind_(policy.using_expression, table);
  if (!has_sublink(bound)) {
    return bound;
  }
  if (std::find(active_.begin(), active_.end(), table.oid) != active_.end()) {
    throw UserError{
        fmt::format("infinite recursion detected in policy for relation \"{}\"", table.name)};
  }
  active_.push_back(table.oid);
  Query holder;
  holder.has_sublinks = true;
  holder.having = std::move(bound);
  add_below(holder, role);
  active_.pop_back();
  return holder.having;
}

}  // namespace quern::planner_model
