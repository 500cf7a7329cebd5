#pragma once

#include "advisor/check/state.hpp"
#include "advisor/rewrite/query.hpp"

namespace quern::advisor::check_detail {

/// Calls `visit` for each command of an ALTER TABLE on a table that this migration did not create.
template <class Visit>
void for_each_command(const Step& step, Visit visit) {
  const auto* alter = rewrite::as<PgQuery__AlterTableStmt>(step.node);
  if (alter == nullptr || alter->objtype != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE ||
      is_created_here(step, alter->relation)) {
    return;
  }
  for (std::size_t i = 0; i < alter->n_cmds; ++i) {
    if (const auto* command = rewrite::as<PgQuery__AlterTableCmd>(alter->cmds[i])) {
      visit(*alter, *command, find_table(step.state.now, alter->relation));
    }
  }
}

}  // namespace quern::advisor::check_detail
