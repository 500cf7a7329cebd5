// CREATE POLICY and CREATE RULE: what the server adds to a statement or puts in its place.
#include <algorithm>

#include "collector/catalog/schema_builder.hpp"
#include "collector/catalog/schema_nodes.hpp"

namespace quern::collector {

namespace {

/// pg_policy.polcmd.
char policy_command(std::string_view name) {
  return name == "select"   ? 'r'
         : name == "insert" ? 'a'
         : name == "update" ? 'w'
         : name == "delete" ? 'd'
                            : '*';
}

/// Empty: PUBLIC is among them.
std::vector<std::string> role_names(PgQuery__Node* const* roles, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    const PgQuery__RoleSpec& role = *roles[i]->role_spec;
    if (role.roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_PUBLIC) {
      return {};
    }
    names.emplace_back(role.rolename);
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// pg_rewrite.ev_type.
char event_letter(PgQuery__CmdType event) {
  switch (event) {
    case PG_QUERY__CMD_TYPE__CMD_UPDATE:
      return '2';
    case PG_QUERY__CMD_TYPE__CMD_INSERT:
      return '3';
    case PG_QUERY__CMD_TYPE__CMD_DELETE:
      return '4';
    default:
      return '1';
  }
}

}  // namespace

void SchemaBuilder::create_policy(const PgQuery__CreatePolicyStmt& statement) {
  Table* table = find_table(*statement.table);
  if (table == nullptr) {
    return count_skipped("CREATE POLICY on a table that the schema does not define");
  }
  table->policies.push_back({.name = statement.policy_name,
                             .permissive = statement.permissive != 0,
                             .command = policy_command(statement.cmd_name),
                             .roles = role_names(statement.roles, statement.n_roles),
                             .using_expression = expression_text(statement.qual),
                             .check_expression = expression_text(statement.with_check)});
}

void SchemaBuilder::create_rule(const PgQuery__Node& statement) {
  const PgQuery__RuleStmt& rule = *statement.rule_stmt;
  Table* table = find_table(*rule.relation);
  if (table == nullptr) {
    return count_skipped("CREATE RULE on a table that the schema does not define");
  }
  table->rules.push_back({.name = rule.rulename,
                          .event = event_letter(rule.event),
                          .instead = rule.instead != 0,
                          .definition = select_text(&statement)});
}

}  // namespace quern::collector
