#pragma once

#include <string>
#include <vector>

#include "advisor/advice.hpp"

namespace quern::reports {

struct MigrationText {
  std::string name;  ///< "001_create-orders-customer_id.up.sql"
  std::string text;
};

/// One pair of files a proposal with DDL, in rank order: what applies it (.up.sql) and what takes
/// it back (.down.sql). Each statement stands alone, since CONCURRENTLY can not run in a
/// transaction.
[[nodiscard]] std::vector<MigrationText> migration_files(const advisor::Advice& advice);

}  // namespace quern::reports
