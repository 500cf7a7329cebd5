#pragma once

#include <string>
#include <vector>

#include "advisor/migrate/plan.hpp"

#include "reports/migration/migration_files.hpp"

namespace quern::reports {

struct NumberedStep {
  advisor::MigrationStep step;  ///< texts without control characters
  std::string file_id;          ///< of letters, digits, _ and -
  std::string version;          ///< digits, one more a step
  std::string previous;         ///< the version before; empty: the first
};

/// Active Record: `disable_ddl_transaction!`.
[[nodiscard]] std::vector<MigrationText> rails_files(const std::vector<NumberedStep>& steps);
/// Django: `atomic = False`.
[[nodiscard]] std::vector<MigrationText> django_files(const std::vector<NumberedStep>& steps);
/// Flyway: `executeInTransaction=false` beside each script.
[[nodiscard]] std::vector<MigrationText> flyway_files(const std::vector<NumberedStep>& steps);
/// Alembic: `autocommit_block()`.
[[nodiscard]] std::vector<MigrationText> alembic_files(const std::vector<NumberedStep>& steps);
/// Prisma sends a file as one string, which is one transaction: a folder for each statement.
[[nodiscard]] std::vector<MigrationText> prisma_files(const std::vector<NumberedStep>& steps);

}  // namespace quern::reports
