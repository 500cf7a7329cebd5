#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "advisor/advice.hpp"

namespace quern::reports {

/// Whose migrations: plain SQL for psql, or a framework's own files.
enum class MigrationFormat : std::uint8_t { Sql, Rails, Django, Flyway, Alembic, Prisma };

struct MigrationText {
  std::string name;  ///< "001_create-orders-customer_id.up.sql"; may hold folders
  std::string text;
};

/// "sql", "rails", ... Throws UserError for any other name.
[[nodiscard]] MigrationFormat migration_format(std::string_view name);

/// One step a proposal with DDL, what creates before what drops; each statement stands alone, since
/// CONCURRENTLY can not run in a transaction. `version`: digits that the frameworks' numbers begin
/// with, so that they sort after the application's own ("20261121053125").
[[nodiscard]] std::vector<MigrationText> migration_files(
    const advisor::Advice& advice, MigrationFormat format = MigrationFormat::Sql,
    const std::string& version = "");

}  // namespace quern::reports
