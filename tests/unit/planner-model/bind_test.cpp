#include "planner-model/query/bind.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/catalog/from_schema.hpp"

#include "tests/support/query_printer.hpp"

namespace quern::planner_model {
namespace {

using quern::testing::print;

struct Fixture {
  CatalogSnapshot catalog = collector::snapshot_from_schema_text(
      "CREATE TABLE t (id bigint PRIMARY KEY, kind integer, email text NOT NULL, "
      "short varchar(8), at timestamptz, gone timestamptz);"
      "CREATE INDEX t_kind_idx ON t (kind);",
      "test.sql");
  TypeSystem types{catalog};
  Binder binder{catalog, types};

  std::string where(const std::string& condition,
                    const std::vector<std::optional<std::string>>& parameters = {}) const {
    const auto bound = binder.bind("SELECT id FROM t WHERE " + condition, parameters);
    return print(bound->query.join_tree.quals, types);
  }

  std::string index(const std::string& ddl) const { return binder.bind_index(ddl).definition; }

  std::string repeated(const std::string& text, int times) const {
    std::string all;
    for (int i = 0; i < times; ++i) {
      all += text;
    }
    return all;
  }
};

TEST_CASE_METHOD(Fixture, "parameters take the type of their context") {
  CHECK(where("id = $1") == "(1.1 = $1:bigint)");
  CHECK(where("id = $1", {"5"}) == "(1.1 = '5':bigint)");
  CHECK(where("id = $1", {std::nullopt}) == "(1.1 = null:bigint)");
  CHECK(where("id = ANY ($1)", {"{1,2}"}) == "(1.1 = any '{1,2}':bigint[])");
  CHECK(where("short LIKE $1") == "(relabel(1.4 as text) ~~ $1:text)");
  CHECK(where("$1 IS NULL OR id = $1", {"7"}) == "or(($1:unknown is null), (1.1 = '7':bigint))");
  CHECK_THROWS_WITH(where("id = $1", {"x"}), "invalid input syntax for type bigint: \"x\"");
}

TEST_CASE_METHOD(Fixture, "a number that its place can not hold was declared wider by the client") {
  CHECK(where("id = $1", {"1679.0"}) == "(numeric(1.1) = '1679.0':numeric)");
  CHECK(where("id = $1", {"99999999999999999999"}) ==
        "(numeric(1.1) = '99999999999999999999':numeric)");
  CHECK_THROWS_WITH(where("id = $1 AND short LIKE $1", {"1.5"}),
                    "invalid input syntax for type bigint: \"1.5\"");
}

TEST_CASE_METHOD(Fixture, "relative dates are of the snapshot's moment and its time zone") {
  CatalogSnapshot snapshot = catalog;
  snapshot.taken_at = "2026-11-22T22:30:00Z";
  snapshot.settings["TimeZone"] = "Europe/Paris";
  const TypeSystem paris{snapshot};
  const auto bound = Binder{snapshot, paris}.bind(
      "SELECT id FROM t WHERE at > 'now' AND at >= 'today' AND at < 'tomorrow'", {});
  std::vector<std::string> moments;
  for (const ExprPtr& clause : bound->query.join_tree.quals->args) {
    moments.push_back(clause->args[1]->text);
  }
  CHECK(moments == std::vector<std::string>{"2026-11-22 22:30:00+00", "2026-11-21 23:00:00+00",
                                            "2026-11-22 23:00:00+00"});
}

TEST_CASE_METHOD(Fixture, "collations are derived as parse_collate.c does") {
  const auto bound = binder.bind(
      "SELECT email, email COLLATE \"C\", id FROM t WHERE email < 'a' COLLATE \"C\"", {});
  const Query& query = bound->query;
  CHECK(query.targets[0].expr->collation == kDefaultCollation);
  CHECK(query.targets[1].expr->collation == kCCollation);
  CHECK(query.targets[2].expr->collation == 0);
  CHECK(query.join_tree.quals->input_collation == kCCollation);
  CHECK_THROWS_WITH(binder.bind("SELECT 'a' COLLATE \"C\" < 'b' COLLATE \"POSIX\"", {}),
                    Catch::Matchers::StartsWith("collation mismatch between explicit"));
}

TEST_CASE_METHOD(Fixture, "CREATE INDEX gets the server's name and definition") {
  CHECK(index("CREATE INDEX CONCURRENTLY ON t (at DESC, id)") ==
        "CREATE INDEX t_at_id_idx ON public.t USING btree (at DESC, id)");
  CHECK(index("create index on t(kind)") ==
        "CREATE INDEX t_kind_idx1 ON public.t USING btree (kind)");
  CHECK(index("CREATE UNIQUE INDEX IF NOT EXISTS u ON t (lower(email) text_pattern_ops) "
              "INCLUDE (kind) WITH (fillfactor = 70) WHERE gone IS NULL") ==
        "CREATE UNIQUE INDEX u ON public.t USING btree (lower(email) text_pattern_ops) "
        "INCLUDE (kind) WITH (fillfactor='70') WHERE (gone IS NULL)");
  CHECK(index("CREATE INDEX ON t ((kind + 1), kind NULLS FIRST)") ==
        "CREATE INDEX t_expr_kind_idx ON public.t USING btree (((kind + 1)), kind NULLS FIRST)");
  CHECK_THROWS_WITH(index("CREATE INDEX ON t ((at::date))"),
                    "functions in index expression must be marked IMMUTABLE");
  CHECK_THROWS_WITH(index("CREATE INDEX ON t USING hash (id, kind)"),
                    "access method \"hash\" does not support multicolumn indexes");
  CHECK_THROWS_AS(index("SELECT 1"), UserError);
}

TEST_CASE_METHOD(Fixture, "an index's own keys say what the planner needs") {
  const Index index = binder.bind_index(
      "CREATE INDEX ON t (email COLLATE \"C\" DESC, lower(short)) WHERE kind IN (1, 2)");
  REQUIRE(index.keys.size() == 2);
  CHECK(index.keys[0].column == 3);
  CHECK(index.keys[0].collation == kCCollation);
  CHECK(index.keys[0].descending);
  CHECK(index.keys[0].nulls_first);
  CHECK(index.keys[0].operator_class_name == "text_ops");
  CHECK(index.keys[1].expression == "lower((short)::text)");
  CHECK(index.predicate == "(kind = ANY (ARRAY[1, 2]))");
}

TEST_CASE_METHOD(Fixture, "hostile statements end in an answer or a UserError") {
  CHECK_NOTHROW(binder.bind("SELECT id" + repeated(" + 1", 900) + " FROM t", {}));
  CHECK_NOTHROW(binder.bind("SELECT 1" + repeated(" UNION SELECT 1", 900), {}));
  CHECK_NOTHROW(binder.bind("SELECT id FROM t WHERE id IN (0" + repeated(",1", 5000) + ")", {}));
  CHECK_THROWS_AS(binder.bind("SELECT " + repeated("(", 100000), {}), UserError);
  CHECK_THROWS_AS(
      binder.bind("SELECT " + repeated("(", 200) + "1" + repeated(" BETWEEN 1 AND 2)::int", 200),
                  {}),
      UserError);
  CHECK_THROWS_AS(binder.bind("", {}), UserError);
  CHECK_THROWS_AS(binder.bind("SELECT 1; SELECT 2", {}), UserError);
  CHECK_THROWS_AS(binder.bind("SELECT $70000", {}), UserError);
}

TEST_CASE("a view that reads itself is an error, not a loop") {
  CatalogSnapshot catalog;
  catalog.tables.push_back({.oid = 20000,
                            .schema = "public",
                            .name = "v",
                            .kind = 'v',
                            .columns = {{.name = "a", .number = 1, .type = type_oid::kInt4}},
                            .view_definition = "SELECT v.a FROM v"});
  const TypeSystem types{catalog};
  CHECK_THROWS_AS((Binder{catalog, types}.bind("SELECT * FROM v", {})), UserError);
}

TEST_CASE("views in views are bound alike at first and later, up to the same depth") {
  CatalogSnapshot catalog;
  for (int i = 0; i < 65; ++i) {
    const std::string below =
        i == 0 ? "SELECT 1 AS a" : fmt::format("SELECT v{0}.a FROM v{0}", i - 1);
    catalog.tables.push_back({.oid = 20000U + static_cast<Oid>(i),
                              .schema = "public",
                              .name = fmt::format("v{}", i),
                              .kind = 'v',
                              .columns = {{.name = "a", .number = 1, .type = type_oid::kInt4}},
                              .view_definition = below});
  }
  const TypeSystem types{catalog};
  const Binder binder{catalog, types};
  CHECK_THROWS_AS(binder.bind("SELECT * FROM v64", {}), UserError);
  for (const char* sql : {"SELECT * FROM v7", "SELECT * FROM v63", "SELECT * FROM v63"}) {
    const auto bound = binder.bind(sql, {});
    REQUIRE(bound->query.targets.size() == 1);
    CHECK(bound->query.targets.front().expr->type == type_oid::kInt4);
  }
  CHECK_THROWS_AS(binder.bind("SELECT * FROM v64", {}), UserError);
}

}  // namespace
}  // namespace quern::planner_model
