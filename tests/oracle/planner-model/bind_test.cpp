#include "planner-model/query/bind.hpp"

#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <pqxx/pqxx>

#include "collector/base/failure.hpp"
#include "collector/catalog/read_catalog.hpp"

#include "planner-model/query/simplify.hpp"

#include "tests/support/cluster.hpp"

// The binder accepts what the server accepts, with the same columns, and refuses the rest in the
// server's words; constants fold to what the server computes; CREATE INDEX gets the server's names
// and definitions. The statements stand in the text files beside this one.
namespace quern::planner_model {
namespace {

const std::string kFolder = QUERN_SOURCE_DIR "/tests/oracle/planner-model/";

std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream file{kFolder + name};
  REQUIRE(file.good());
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.rfind("--", 0) != 0) {
      lines.push_back(line);
    }
  }
  return lines;
}

std::string first_line(std::string text) {
  if (const auto error = text.find("ERROR:  "); error != std::string::npos) {
    text.erase(0, error + 8);
  }
  return text.substr(0, text.find('\n'));
}

struct Server {
  const CatalogSnapshot catalog = collector::read_catalog(testing::Cluster::instance().dsn("shop"));
  const TypeSystem types{catalog};
  const Binder binder{catalog, types};
  pqxx::connection connection{testing::Cluster::instance().dsn("shop")};

  /// Names and types of the result, as the server describes them: domains as their base types.
  std::string own_columns(const Query& query) const {
    std::string text;
    for (const TargetEntry& target : query.targets) {
      if (!target.junk) {
        const Oid type = types.base_type(target.expr->type);
        text += fmt::format("{} {}, ", target.name, type == type_oid::kRecord ? 0 : type);
      }
    }
    return text;
  }

  std::string server_columns(const std::string& statement) {
    pqxx::work work{connection};
    work.exec("DECLARE c CURSOR FOR " + statement);
    const pqxx::result rows = work.exec("FETCH 0 FROM c");
    std::string text;
    for (pqxx::row::size_type i = 0; i < rows.columns(); ++i) {
      const Oid type = rows.column_type(i);
      const bool row = type == type_oid::kRecord || types.type(type) == nullptr;
      text += fmt::format("{} {}, ", rows.column_name(i), row ? 0 : type);
    }
    return text;
  }

  /// Empty when the server accepts the statement, else its error.
  std::string server_error(const std::string& statement) {
    try {
      pqxx::work work{connection};
      work.exec("PREPARE p AS " + statement);
      return {};
    } catch (const pqxx::sql_error& error) {
      return first_line(error.what());
    }
  }
};

bool has_cursor(const Query& query, const std::string& statement) {
  return query.command == Command::Select && !query.for_update &&
         statement.find('$') == std::string::npos;
}

TEST_CASE_METHOD(Server, "the binder and the server agree on statements") {
  for (const std::string& statement : lines_of("bind_statements.sql")) {
    INFO(statement);
    const std::string refusal = server_error(statement);
    std::shared_ptr<const BoundQuery> bound;
    std::string own_refusal;
    try {
      bound = binder.bind(statement, {});
    } catch (const UserError& error) {
      own_refusal = error.what();
    }
    if (!refusal.empty()) {
      CHECK(own_refusal.find(refusal) != std::string::npos);
      CHECK(own_refusal != "");
    } else if (bound == nullptr) {
      FAIL_CHECK("refused: " << own_refusal);
    } else if (has_cursor(bound->query, statement)) {
      CHECK(own_columns(bound->query) == server_columns(statement));
    }
    if (refusal.empty()) {
      pqxx::nontransaction session{connection};
      session.exec("DEALLOCATE ALL");
    }
  }
}

TEST_CASE_METHOD(Server, "constants fold to the server's values") {
  constexpr std::int64_t kAnyMoment = 1'754'049'600'000'000;
  for (const std::string& expression : lines_of("fold_expressions.txt")) {
    INFO(expression);
    const auto bound = binder.bind("SELECT " + expression, {});
    const ExprPtr folded =
        simplify(bound->query.targets[0].expr, types, FoldStable::Yes, kAnyMoment);
    pqxx::nontransaction session{connection};
    const pqxx::result rows = session.exec("SELECT " + expression);
    CHECK(folded->kind == ExprKind::Const);
    CHECK((folded->is_null ? "NULL" : folded->text) ==
          (rows[0][0].is_null() ? "NULL" : std::string{rows[0][0].c_str()}));
  }
}

TEST_CASE_METHOD(Server, "index definitions are the server's") {
  for (const std::string& ddl : lines_of("index_statements.sql")) {
    INFO(ddl);
    std::string own;
    try {
      own = binder.bind_index(ddl).definition;
    } catch (const UserError& error) {
      own = error.what();
    }
    try {
      pqxx::work work{connection};
      work.exec(ddl);
      const pqxx::result rows = work.exec(
          "SELECT pg_get_indexdef(indexrelid) FROM pg_index ORDER BY indexrelid DESC LIMIT 1");
      CHECK(own == rows[0][0].c_str());
    } catch (const pqxx::sql_error& error) {
      CHECK(own.find(first_line(error.what())) != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace quern::planner_model
