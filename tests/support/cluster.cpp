#include "tests/support/cluster.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "tests/support/oracle.hpp"

namespace quern::testing {

namespace {

constexpr int kHypopgMajor = 15;  ///< the version of instance()

bool read_environment(const std::string& path, std::string& socket_folder, std::string& port) {
  std::ifstream file{path};
  return std::getline(file, socket_folder) && std::getline(file, port) &&
         std::ifstream{socket_folder + "/.s.PGSQL." + port + ".lock"}.good();
}

std::string quoted(pqxx::connection& connection, const std::string& name) {
  return connection.quote_name(name);
}

}  // namespace

Cluster::Cluster(const std::string& major) {
  const std::string environment =
      QUERN_BINARY_DIR "/cluster" + (major.empty() ? "" : "-" + major) + ".env";
  if (!read_environment(environment, socket_folder_, port_)) {
    const std::string start = "'" QUERN_SOURCE_DIR
                              "/tests/support/cluster.sh' start "
                              "'" QUERN_BINARY_DIR "' " +
                              major;
    if (std::system(start.c_str()) != 0 || !read_environment(environment, socket_folder_, port_)) {
      throw std::runtime_error{"the throwaway server did not start; run: " + start};
    }
  }
}

Cluster& Cluster::instance() {
  static Cluster cluster{""};
  return cluster;
}

Cluster& Cluster::of_version(int major) {
  if (major == kHypopgMajor) {
    return instance();
  }
  static std::map<int, std::unique_ptr<Cluster>> clusters;
  auto& cluster = clusters[major];
  if (!cluster) {
    cluster.reset(new Cluster{std::to_string(major)});
  }
  return *cluster;
}

bool Cluster::has_binaries(int major) {
  return major == kHypopgMajor ||
         std::ifstream{fmt::format(QUERN_SOURCE_DIR
                                   "/build/servers/node_modules/postgres-{}/native/bin/postgres",
                                   major)}
             .good();
}

std::string Cluster::dsn(std::string_view database) const {
  return server() + " dbname=" + std::string{database};
}

std::string Cluster::server() const {
  return "host=" + socket_folder_ + " port=" + port_ + " user=quern";
}

std::vector<Cluster::Row> Cluster::query(const std::string& sql, std::string_view database) const {
  pqxx::connection connection{dsn(database)};
  pqxx::nontransaction session{connection};
  std::vector<Row> rows;
  for (const auto& row : session.exec(sql)) {
    Row& out = rows.emplace_back();
    for (const auto& field : row) {
      out.push_back(field.is_null() ? std::nullopt : std::optional<std::string>{field.c_str()});
    }
  }
  return rows;
}

std::string Cluster::value(const std::string& sql, std::string_view database) const {
  const auto rows = query(sql, database);
  return rows.empty() || rows.front().empty() ? "" : rows.front().front().value_or("");
}

std::string Cluster::explain_json(const std::string& sql, const Settings& settings,
                                  std::string_view database,
                                  const std::vector<std::string>& before) const {
  pqxx::connection connection{dsn(database)};
  pqxx::nontransaction session{connection};
  for (const auto& [name, setting] : settings) {
    session.exec("SET " + quoted(connection, name) + " = " + connection.quote(setting));
  }
  for (const std::string& statement : before) {
    session.exec(statement);
  }
  return session.exec("EXPLAIN (FORMAT JSON) " + sql).at(0).at(0).c_str();
}

std::string Cluster::copy_of(std::string_view database, const std::string& name) const {
  pqxx::connection connection{dsn("postgres")};
  pqxx::nontransaction session{connection};
  session.exec("DROP DATABASE IF EXISTS " + quoted(connection, name));
  session.exec("CREATE DATABASE " + quoted(connection, name) + " TEMPLATE " +
               quoted(connection, std::string{database}));
  return name;
}

std::string Cluster::fresh_database(const std::string& name, const std::string& sql_file) const {
  {
    pqxx::connection connection{dsn("postgres")};
    pqxx::nontransaction session{connection};
    session.exec("DROP DATABASE IF EXISTS " + quoted(connection, name));
    session.exec("CREATE DATABASE " + quoted(connection, name));
  }
  pqxx::connection connection{dsn(name)};
  pqxx::nontransaction session{connection};
  for (const auto& statement : read_statements(sql_file)) {
    session.exec(statement.sql);
  }
  return dsn(name);
}

}  // namespace quern::testing
