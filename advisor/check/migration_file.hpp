#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collector/sql/parse_tree.hpp"

#include "advisor/check/check.hpp"

namespace quern::advisor::check_detail {

struct MigrationStatement {
  std::string sql;                                ///< from its first word on
  std::uint64_t line = 0;                         ///< of that word
  std::optional<collector::ParseTree> tree = {};  ///< none: `error` says why
  std::string error = {};
  std::uint64_t error_line = 0;
  std::set<std::string> ignored =
      {};  ///< rules named by `-- quern:ignore M05 reason` above or inside
};

/// What a migration tool would run when it applies the file.
struct Migration {
  std::string name;
  std::string dialect = "plain SQL";  ///< "dbmate", "goose", "Flyway", ...
  bool one_transaction = false;       ///< the tool wraps the file in one
  std::vector<MigrationStatement> statements = {};
  std::vector<std::string> caveats = {};  ///< "the down section is not checked"
};

/// Splits at semicolons outside quotes, leaves out psql's meta-commands, COPY data and everything
/// after a down marker, and parses each statement by itself, so that one error hides no other
/// finding.
[[nodiscard]] Migration read_migration(const MigrationFile& file);

}  // namespace quern::advisor::check_detail
