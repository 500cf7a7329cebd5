#pragma once

#include <cstdint>
#include <string_view>

#include "collector/catalog/snapshot.hpp"

namespace quern::planner_model {

/// What row-level security lets a role read of a table.
enum class RowAccess : std::uint8_t {
  All,         ///< it is off, or the role bypasses it
  ByPolicies,  ///< the rows that its policies permit
  None         ///< no policy permits it any
};

[[nodiscard]] RowAccess row_access(const CatalogSnapshot& catalog, const Table& table,
                                   std::string_view role);

/// Of any table.
[[nodiscard]] bool has_row_security(const CatalogSnapshot& catalog);
/// Null: the catalog does not list it.
[[nodiscard]] const Role* find_role(const CatalogSnapshot& catalog, std::string_view name);
/// check_enable_rls() (utils/misc/rls.c): do the table's policies hold for the role? An empty role
/// bypasses.
[[nodiscard]] bool must_obey_policies(const CatalogSnapshot& catalog, const Table& table,
                                      std::string_view role);
/// Is the policy one for the command (a letter of pg_policy.polcmd) and the role?
[[nodiscard]] bool applies(const CatalogSnapshot& catalog, const RowPolicy& policy, char command,
                           std::string_view role);

}  // namespace quern::planner_model
