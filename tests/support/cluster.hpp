#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern::testing {

/// The throwaway PostgreSQL 15 + HypoPG server of this build folder, with the shop sample loaded
/// into the database `shop`. ctest's fixture `cluster` starts it once a run; a test binary run by
/// hand finds it not running and starts it itself. The database `shop` is shared by all tests:
/// leave it as it was, or work in a copy_of() it.
class Cluster {
 public:
  using Row = std::vector<std::optional<std::string>>;
  using Settings = std::map<std::string, std::string>;

  static Cluster& instance();

  /// The like of a major version of support/servers/package.json, without HypoPG; 15 is
  /// instance(). Started when first asked for, stopped by ctest's fixture of its name.
  static Cluster& of_version(int major);

  /// of_version() can start it: ./dev servers has installed it.
  static bool has_binaries(int major);

  /// A connection string in key=value form; the user is a superuser without password.
  [[nodiscard]] std::string dsn(std::string_view database) const;

  /// dsn() without a database.
  [[nodiscard]] std::string server() const;

  /// Rows of the last statement as text; nothing stands for NULL. `sql` may hold several
  /// statements, which share one session. Throws what libpqxx throws.
  std::vector<Row> query(const std::string& sql, std::string_view database = "shop") const;

  /// The first column of the first row; empty for NULL.
  std::string value(const std::string& sql, std::string_view database = "shop") const;

  /// The array that EXPLAIN (FORMAT JSON) prints for `sql`, after `SET`ting `settings` and running
  /// `before` (for instance SELECT hypopg_create_index(...)) in the same session.
  std::string explain_json(const std::string& sql, const Settings& settings = {},
                           std::string_view database = "shop",
                           const std::vector<std::string>& before = {}) const;

  /// A fresh copy of a database (CREATE DATABASE ... TEMPLATE: same files, same statistics, same
  /// relation OIDs). An older copy of that name is dropped. Returns `name`.
  std::string copy_of(std::string_view database, const std::string& name) const;

  /// A database with what the statements of `sql_file` make. An older one of that name is dropped.
  /// Returns its connection string.
  std::string fresh_database(const std::string& name, const std::string& sql_file) const;

 private:
  explicit Cluster(const std::string& major);

  std::string socket_folder_;
  std::string port_;
};

}  // namespace quern::testing
