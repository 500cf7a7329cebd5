#include "planner-model/query/row_access.hpp"

#include <algorithm>

namespace quern::planner_model {

namespace {

/// has_privs_of_role()
bool has_privileges_of(const CatalogSnapshot& catalog, std::string_view role, std::string_view of) {
  const Role* known = find_role(catalog, role);
  return role == of ||
         (known != nullptr &&
          (known->superuser || std::find(known->privileges_of.begin(), known->privileges_of.end(),
                                         of) != known->privileges_of.end()));
}

}  // namespace

bool has_row_security(const CatalogSnapshot& catalog) {
  return std::any_of(catalog.tables.begin(), catalog.tables.end(),
                     [](const Table& table) { return table.row_security; });
}

const Role* find_role(const CatalogSnapshot& catalog, std::string_view name) {
  const auto found = std::find_if(catalog.roles.begin(), catalog.roles.end(),
                                  [&](const Role& role) { return role.name == name; });
  return found == catalog.roles.end() ? nullptr : &*found;
}

bool must_obey_policies(const CatalogSnapshot& catalog, const Table& table, std::string_view role) {
  if (!table.row_security || role.empty() || (table.kind != 'r' && table.kind != 'p')) {
    return false;
  }
  const Role* known = find_role(catalog, role);
  if (known != nullptr && (known->superuser || known->bypasses_row_security)) {
    return false;
  }
  return table.force_row_security || table.owner.empty() ||
         !has_privileges_of(catalog, role, table.owner);
}

bool applies(const CatalogSnapshot& catalog, const RowPolicy& policy, char command,
             std::string_view role) {
  const auto is_of = [&](const std::string& name) {
    return has_privileges_of(catalog, role, name);
  };
  return (policy.command == '*' || policy.command == command) &&
         (policy.roles.empty() || std::any_of(policy.roles.begin(), policy.roles.end(), is_of));
}

RowAccess row_access(const CatalogSnapshot& catalog, const Table& table, std::string_view role) {
  constexpr char kSelect = 'r';
  if (!must_obey_policies(catalog, table, role)) {
    return RowAccess::All;
  }
  const auto permits = [&](const RowPolicy& policy) {
    return policy.permissive && !policy.using_expression.empty() &&
           applies(catalog, policy, kSelect, role);
  };
  return std::any_of(table.policies.begin(), table.policies.end(), permits) ? RowAccess::ByPolicies
                                                                            : RowAccess::None;
}

}  // namespace quern::planner_model
