#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "advisor/check/lint.hpp"

#include "tests/support/ddl_catalog.hpp"

// tests/golden/advisor/check/*.golden: a schema, then cases of a migration (its first line "file
// NAME") and the findings, separated by empty lines. QUERN_GOLDEN_WRITE=1 writes the findings anew.

namespace quern::advisor::check_detail {

namespace {

constexpr double kLarge = 10e6;
constexpr double kSmall = 1000;

Workload recorded() {
  Workload workload;
  QueryClass query;
  query.fingerprint = "1";
  query.sql = "SELECT id, total FROM orders WHERE status = $1";
  query.kind = StatementKind::Select;
  query.calls = 40;
  workload.classes.push_back(query);
  return workload;
}

std::string answer(const std::string& name, const std::string& sql,
                   const CatalogSnapshot& catalog) {
  const Workload workload = recorded();
  const auto result = lint(workload, catalog, {{name, sql}});
  std::string text;
  for (const Finding& finding : result.findings) {
    const char* severity = finding.severity == Severity::Error     ? "error"
                           : finding.severity == Severity::Warning ? "warning"
                                                                   : "info";
    text += (text.empty() ? "" : "\n") + std::to_string(finding.where.line) + " " + finding.rule +
            " " + severity + ": " + finding.message;
  }
  for (const auto& caveat : result.caveats) {
    text += (text.empty() ? "" : "\n") + caveat;
  }
  return text.empty() ? "nothing" : text;
}

std::vector<Finding> findings_of(const std::string& sql, double rows) {
  const auto catalog = testing::catalog_of("CREATE TABLE t (id int PRIMARY KEY, a int)", rows);
  const Workload workload;
  return lint(workload, catalog, {{"m.sql", sql}}).findings;
}

}  // namespace

TEST_CASE("migrations and what is found in them, as in the golden file") {
  const std::filesystem::path path{QUERN_SOURCE_DIR
                                   "/tests/golden/advisor/check/migrations.golden"};
  const bool write = std::getenv("QUERN_GOLDEN_WRITE") != nullptr;
  std::ifstream file{path};
  std::string schema, written, comment, name, sql, expected;
  CatalogSnapshot catalog;
  bool in_answer = false;
  std::size_t cases = 0;
  const auto close = [&] {
    if (schema.empty()) {
      schema = sql;
      catalog = testing::catalog_of(schema, kLarge);
      written = schema;
    } else if (!name.empty()) {
      ++cases;
      INFO(comment << sql);
      const std::string actual = answer(name, sql, catalog);
      written += "\n" + comment + "file " + name + "\n" + sql + "----\n" + actual + "\n";
      if (!write) {
        CHECK(actual + "\n" == expected);
      }
    }
    comment.clear(), name.clear(), sql.clear(), expected.clear();
    in_answer = false;
  };
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) {
      close();
    } else if (line == "----") {
      in_answer = true;
    } else if (in_answer) {
      expected += line + "\n";
    } else if (name.empty() && line.starts_with("file ")) {
      name = line.substr(5);
    } else if (name.empty() && line.starts_with("--")) {
      comment += line + "\n";
    } else {
      sql += line + "\n";
    }
  }
  close();
  CHECK(cases > 20);
  if (write) {
    file.close();
    std::ofstream{path} << written;
  }
}

TEST_CASE("a small table makes a blocking build a note") {
  CHECK(findings_of("CREATE INDEX i ON t (a)", kLarge).at(0).severity == Severity::Error);
  CHECK(findings_of("CREATE INDEX i ON t (a)", kSmall).at(0).severity == Severity::Info);
}

TEST_CASE("an unknown table is not taken for a small one") {
  const auto findings = findings_of("CREATE INDEX i ON elsewhere (a)", kSmall);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::Error);
}

TEST_CASE("IF NOT EXISTS over an invalid index is an error") {
  auto catalog = testing::catalog_of("CREATE TABLE t (id int, a int); CREATE INDEX i ON t (a)");
  catalog.indexes.at(0).valid = false;
  const Workload workload;
  const auto result =
      lint(workload, catalog, {{"m.sql", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)"}});
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].rule == "M09");
  CHECK(result.findings[0].severity == Severity::Error);
}

TEST_CASE("a statement that does not parse is named by file and line, and the rest is still read") {
  const auto findings =
      findings_of("SELECT 1;\n\nCREATE INDEX\n  i ON;\nDROP INDEX t_pkey;", kLarge);
  REQUIRE(findings.size() >= 2);
  CHECK(findings[0].rule == "M00");
  CHECK(findings[0].where.file == "m.sql");
  CHECK(findings[0].where.line == 4);
  CHECK(findings[1].where.line == 5);
}

TEST_CASE("hostile migration text never throws") {
  for (const std::string& text :
       {std::string{}, std::string{";;;"}, std::string{"'unterminated"},
        std::string{"$$ never closed"}, std::string{"/* /* "}, std::string("\0\xff\xfe", 3),
        std::string(100000, '('), std::string{"COPY t FROM stdin;\n"},
        std::string{"-- quern:ignore"}, std::string{"\\"}}) {
    CHECK_NOTHROW(findings_of(text, kSmall));
  }
}

}  // namespace quern::advisor::check_detail
