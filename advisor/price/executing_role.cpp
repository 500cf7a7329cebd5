#include "advisor/price/executing_role.hpp"

#include <algorithm>

#include "collector/base/failure.hpp"

#include "planner-model/query/row_access.hpp"

#include "advisor/candidates/candidate_index.hpp"

namespace quern::advisor {

namespace {

using planner_model::Planner;
using planner_model::RowAccess;

/// Of users of as many executions the first by name; empty: the log tells none.
std::string main_user(const QueryClass& query) {
  const auto most =
      std::max_element(query.users.begin(), query.users.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == query.users.end() ? std::string{} : most->first;
}

bool sees_rows_everywhere(const QueryClass& query, const Planner& planner,
                          const std::string& role) {
  const CatalogSnapshot& catalog = planner.catalog();
  const auto bound = query.samples.empty() ? planner.bind(query.sql)
                                           : planner.bind(query.samples.front().sql,
                                                          query.samples.front().parameters);
  const auto uses = planner.table_uses(*bound);
  return std::none_of(uses.begin(), uses.end(), [&](const planner_model::TableUse& use) {
    const Table* table = find_table(catalog, use.table);
    return table != nullptr && planner_model::row_access(catalog, *table, role) == RowAccess::None;
  });
}

}  // namespace

std::string executing_role(const QueryClass& query, const Planner& planner,
                           const std::string& asked) {
  const CatalogSnapshot& catalog = planner.catalog();
  if (!asked.empty() || !planner_model::has_row_security(catalog)) {
    return asked;
  }
  const std::string user = main_user(query);
  if (user.empty() || planner_model::find_role(catalog, user) == nullptr) {
    return {};
  }
  try {
    return sees_rows_everywhere(query, planner, user) ? user : std::string{};
  } catch (const UserError&) {
    return {};  // it cannot be planned at all: whoever plans it says why
  }
}

}  // namespace quern::advisor
