// The tree that ParseTree hands out is taken out of the library before it writes protobuf bytes.
// It must be the tree that those bytes hold.
#include "collector/sql/parse_tree.hpp"

#include <stdexcept>

#include <catch2/catch.hpp>
#include <pg_query.h>

#include "collector/base/failure.hpp"
#include "collector/sql/passing_tree.hpp"

#include "tests/support/oracle.hpp"

namespace quern::collector {
namespace {

std::string packed(const ProtobufCMessage& message) {
  std::string bytes(protobuf_c_message_get_packed_size(&message), '\0');
  protobuf_c_message_pack(&message, reinterpret_cast<std::uint8_t*>(bytes.data()));
  return bytes;
}

std::vector<std::string> by_the_library(const std::string& sql) {
  const PgQueryProtobufParseResult result = pg_query_parse_protobuf(sql.c_str());
  REQUIRE(result.error == nullptr);
  PgQuery__ParseResult* tree =
      pg_query__parse_result__unpack(nullptr, result.parse_tree.len,
                                     reinterpret_cast<const std::uint8_t*>(result.parse_tree.data));
  REQUIRE(tree != nullptr);
  std::vector<std::string> statements;
  for (std::size_t i = 0; i < tree->n_stmts; ++i) {
    statements.push_back(packed(tree->stmts[i]->stmt->base));
  }
  pg_query__parse_result__free_unpacked(tree, nullptr);
  pg_query_free_protobuf_parse_result(result);
  return statements;
}

std::vector<std::string> by_parse_tree(const std::string& sql) {
  const ParseTree tree = ParseTree::parse_or_throw(sql);
  std::vector<std::string> statements;
  for (const ParseTree::Statement& statement : tree.statements()) {
    statements.push_back(packed(statement.node->base));
  }
  return statements;
}

}  // namespace

TEST_CASE("a parse tree is the library's, message for message") {
  for (const char* sample : {"shop", "warehouse"}) {
    for (const auto& statement : quern::testing::read_statements(
             std::string{QUERN_SOURCE_DIR} + "/samples/" + sample + "/queries.sql")) {
      INFO(statement.sql);
      CHECK(by_parse_tree(statement.sql) == by_the_library(statement.sql));
    }
  }
  for (const char* sql :
       {"select 1; select ''; ; select null, -1, 1.5e3, b'01', x'ff', true, array[]::int[], ''",
        "create table a (b int primary key, c text collate \"C\" default 'x') partition by hash "
        "(b)",
        "alter table a add constraint k foreign key (b, c) references d (e, f) on delete set null "
        "(c)",
        "copy a (b) from stdin with (format csv, force_null (b))",
        "select count(*) filter (where a > 1) over (partition by b order by c rows between 1 "
        "preceding and current row exclude ties) from x tablesample system (1) repeatable (2)",
        "merge into a using b on a.i = b.i when matched and b.j then update set k = b.k when not "
        "matched then insert values (b.i, default)",
        "explain (analyze, buffers) execute p (1, 'two', null)",
        "create function f(a int) returns "
        "int language sql begin atomic select a; end"}) {
    INFO(sql);
    CHECK(by_parse_tree(sql) == by_the_library(sql));
  }
}

TEST_CASE("texts without a statement have an empty tree, broken ones an error with its place") {
  CHECK(ParseTree::parse_or_throw("").statements().empty());
  CHECK(ParseTree::parse_or_throw(" ; -- nothing\n ;").statements().empty());
  SyntaxError error;
  CHECK_FALSE(ParseTree::parse("select 1 +", error));
  CHECK(error.message == "syntax error at end of input");
  CHECK(error.position == 10);
  // A parse that failed leaves nothing behind for the next.
  CHECK(ParseTree::parse_or_throw("select 1").statements().size() == 1);
}

TEST_CASE("a look at a passing tree may parse, write a tree and throw") {
  const std::string sql = "select a from b";
  const auto nested = [&](const PgQuery__ParseResult& tree) {
    const std::string before = packed(tree.base);
    CHECK(ParseTree::parse_or_throw("select * from c where d = 1").statements().size() == 1);
    CHECK_THROWS_AS(ParseTree::parse_or_throw("select 1 +"), UserError);
    CHECK(library_text(tree) == "SELECT a FROM b");
    CHECK(packed(tree.base) == before);
  };
  look_at_tree_or_throw(sql, nested);
  CHECK_THROWS_AS(look_at_tree(sql, [](const auto&) { throw std::out_of_range{"from the look"}; }),
                  std::out_of_range);
  CHECK_THROWS_AS(look_at_tree_or_throw("select 1 +", nested), UserError);
  // Neither leaves anything behind for the next.
  CHECK(ParseTree::parse_or_throw(sql).statements().size() == 1);
}

TEST_CASE("copies of a tree outlive the first") {
  std::optional<ParseTree> first = ParseTree::parse_or_throw("select a from b where c = 'd'");
  const ParseTree second = *first;
  const std::string before = packed(second.statements().front().node->base);
  first.reset();
  CHECK(packed(second.statements().front().node->base) == before);
}

}  // namespace quern::collector
