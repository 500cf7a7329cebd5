#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/base/failure.hpp"

#include "reports/check_rules.hpp"
#include "reports/cli/size_text.hpp"
#include "reports/json/advice_json.hpp"
#include "reports/junit/render_check.hpp"
#include "reports/markdown/render_advice.hpp"
#include "reports/markdown/render_check.hpp"
#include "reports/migration/migration_files.hpp"
#include "reports/report_document.hpp"
#include "reports/sarif/render_check.hpp"
#include "reports/text/profile_text.hpp"
#include "reports/text/render_advice.hpp"
#include "reports/text/render_check.hpp"
#include "reports/text/wrap.hpp"
#include "reports/web/render_html.hpp"

#include "tests/support/sample_advice.hpp"

using namespace quern;
using namespace quern::reports;
using namespace quern::testing;

namespace {

ReportDocument sample_document() {
  return build_document(sample_workload(), sample_catalog(), sample_advice());
}

/// Everything that comes from outside, made hostile; and many classes, for the page's size.
ReportDocument hostile_document() {
  Workload workload = sample_workload();
  workload.classes.front().sql = kHostile;
  for (int i = 0; i < 1000; ++i) {
    QueryClass query = workload.classes.back();
    query.fingerprint = fmt::format("{:016x}", i);
    query.sql = fmt::format("SELECT {} {}", i, kHostile);
    workload.classes.push_back(query);
  }
  advisor::Advice advice = sample_advice();
  advice.proposals.front().title = kHostile;
  advice.proposals.front().evidence = {kHostile};
  advice.proposals.front().queries.front().sql = kHostile;
  advice.proposals.front().queries.front().plan_after.properties = {{"Index Cond", kHostile}};
  advice.unplanned.front().reason = kHostile;
  return build_document(workload, sample_catalog(), advice);
}

/// Compares with tests/golden/reports/<name>; QUERN_GOLDEN_WRITE=1 writes it.
void check_golden(const std::string& name, const std::string& got) {
  const std::filesystem::path path =
      std::filesystem::path{QUERN_SOURCE_DIR} / "tests/golden/reports" / name;
  if (std::getenv("QUERN_GOLDEN_WRITE") != nullptr) {
    std::ofstream{path, std::ios::binary} << got;
  }
  std::ifstream file{path, std::ios::binary};
  REQUIRE(file);
  const std::string wanted{std::istreambuf_iterator<char>{file}, {}};
  CHECK(got == wanted);
}

void write_page(const std::string& name, const std::string& text) {
  const std::filesystem::path folder = std::filesystem::path{QUERN_BINARY_DIR} / "tests/pages";
  std::filesystem::create_directories(folder);
  std::ofstream{folder / name, std::ios::binary} << text;
}

}  // namespace

TEST_CASE("goldens of the advice", "[reports][golden]") {
  const ReportDocument document = sample_document();
  check_golden("advice.txt", render_text(document));
  check_golden("profile.txt", profile_text(sample_workload(), {}));
  check_golden("advice.md", render_markdown(document));
  check_golden("advice.json", advice_json(sample_advice()));
}

TEST_CASE("goldens of the check", "[reports][golden]") {
  check_golden("check.txt", render_check_text(sample_check()));
  check_golden("check.md", render_check_markdown(sample_check()));
  check_golden("check.json", check_json(sample_check()));
  check_golden("check.sarif", render_sarif(sample_check()));
  check_golden("check.xml", render_junit(sample_check(), {"db/042 index.sql", "db/043.sql"},
                                         advisor::Severity::Warning));
}

TEST_CASE("SARIF is one run of objects, not of pairs", "[reports][sarif]") {
  const auto log = nlohmann::json::parse(render_sarif(sample_check()));
  REQUIRE(log["runs"].size() == 1);
  const auto& run = log["runs"][0];
  CHECK(run["tool"]["driver"]["name"] == "quern");
  REQUIRE(run["results"].size() == 2);
  CHECK(run["results"][0]["level"] == "error");
  CHECK(run["results"][1]["level"] == "note");
  const auto& place = run["results"][0]["locations"][0]["physicalLocation"];
  CHECK(place["artifactLocation"]["uri"] == "db/042%20index.sql");
  CHECK(place["region"]["startLine"] == 3);
}

TEST_CASE("hostile text stays text in every renderer", "[reports][escaping]") {
  const ReportDocument document = hostile_document();
  const std::string json = document_json(document);
  CHECK(json.find('<') == std::string::npos);
  CHECK_NOTHROW(nlohmann::json::parse(json));
  const std::string text = render_text(document);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\0') == std::string::npos);
  CHECK(markdown_text(kHostile).find('<') == std::string::npos);
  CHECK(markdown_code("a``b|<c>") == "``` a``b\\|<c> ```");  // a code span is text already
  CHECK(xml_text("<a b=\"c\">&'\x01") == "&lt;a b=&quot;c&quot;&gt;&amp;&apos; ");
  const std::string page = render_html(document);
  CHECK(page.find("</script><script>alert") == std::string::npos);
  write_page("hostile.html", page);
  write_page("sample.html", render_html(sample_document()));
  write_page("empty.html", render_html(build_document({}, {}, {})));
}

TEST_CASE("the text keeps to its columns but for statements", "[reports][text]") {
  for (const std::size_t columns : {72, 80, 100, 120}) {
    std::string line;
    for (const char c : render_text(hostile_document(), {.columns = columns}) + "\n" +
                            render_check_text(sample_check(), advisor::Severity::Error, columns) +
                            profile_text(sample_workload(), {.columns = columns})) {
      if (c != '\n') {
        line += c;
        continue;
      }
      const bool statement = line.find("INDEX CONCURRENTLY") != std::string::npos;
      INFO(line);
      CHECK((statement || width_of(line) <= columns));
      line.clear();
    }
  }
}

TEST_CASE("only the first proposals are shown in detail, all of them in the table",
          "[reports][text]") {
  const std::string text = render_text(sample_document(), {.details = 1});
  CHECK(text.find("CREATE INDEX CONCURRENTLY orders_customer_id") != std::string::npos);
  CHECK(text.find("DROP INDEX CONCURRENTLY") == std::string::npos);
  CHECK(text.find("2 more proposals in detail: --details 3") != std::string::npos);
  CHECK(text.find("Drop orders_status_idx") != std::string::npos);
}

TEST_CASE("warnings that many proposals share are said once", "[reports][text]") {
  advisor::Advice advice = sample_advice();
  for (int i = 0; i < 3; ++i) {
    advisor::Proposal proposal = advice.proposals.front();
    proposal.index = fmt::format("an_index_{}", i);
    proposal.ddl_up = {"SET lock_timeout = 0;", "CREATE INDEX an_index;", "RESET lock_timeout;"};
    proposal.warnings = {fmt::format("Look after an_index_{} then.", i), fmt::format("Own {}.", i)};
    advice.proposals.push_back(proposal);
  }
  const ReportDocument document = build_document(sample_workload(), sample_catalog(), advice);
  REQUIRE(document.shared_warnings.size() == 1);
  CHECK(document.shared_warnings[0].text == "Look after <index> then.");
  CHECK(document.shared_warnings[0].proposals == 3);
  CHECK(document.proposals[4].warnings == std::vector<std::string>{"Own 1."});
  CHECK(document.proposals[4].ddl_essential == std::vector<std::string>{"CREATE INDEX an_index;"});
  const std::string text = render_text(document, {.details = 9});
  CHECK(text.find("lock_timeout") == std::string::npos);
  CHECK(text.find("Look after <index> then. (3 proposals)") != std::string::npos);
  CHECK(text.find("--migration DIR") != std::string::npos);
}

TEST_CASE("every rule of check has a title for code hosts", "[reports][sarif]") {
  const std::regex id{"\"(M[0-9]{2})\""};
  std::size_t found = 0;
  for (const auto& file : std::filesystem::directory_iterator{
           std::filesystem::path{QUERN_SOURCE_DIR} / "advisor/check"}) {
    std::ifstream in{file.path()};
    const std::string source{std::istreambuf_iterator<char>{in}, {}};
    for (std::sregex_iterator match{source.begin(), source.end(), id}, end; match != end; ++match) {
      INFO(match->str(1));
      CHECK_FALSE(check_rule_title(match->str(1)).empty());
      ++found;
    }
  }
  CHECK(found > 30);
}

TEST_CASE("migration files are ordered pairs of complete statements", "[reports][migration]") {
  const auto files = migration_files(sample_advice());
  REQUIRE(files.size() == 5);  // the rewrite has no DDL
  CHECK(files[0].name == "001_create-orders-customer_id-created_at.up.sql");
  CHECK(files[1].name == "001_create-orders-customer_id-created_at.down.sql");
  CHECK(files[3].text.find("CREATE INDEX CONCURRENTLY orders_status_idx") != std::string::npos);
  CHECK(files[4].name == "clean_up.sql");
  CHECK(files[4].text.find("AND NOT indisvalid \\gexec") != std::string::npos);
}

TEST_CASE("every framework's migration runs outside a transaction", "[reports][migration]") {
  const auto texts = [](MigrationFormat format) {
    std::string all;
    for (const auto& file : migration_files(sample_advice(), format, "20261121053125")) {
      all += file.name + "\n" + file.text;
    }
    return all;
  };
  const auto holds = [](const std::string& text, const char* part) {
    INFO(text);
    return text.find(part) != std::string::npos;
  };
  CHECK(holds(texts(MigrationFormat::Rails), "disable_ddl_transaction!"));
  CHECK(holds(texts(MigrationFormat::Rails),
              "class CreateOrdersCustomerIdCreatedAt < ActiveRecord::Migration"));
  CHECK(holds(texts(MigrationFormat::Django), "atomic = False"));
  CHECK(holds(texts(MigrationFormat::Flyway), "executeInTransaction=false"));
  CHECK(holds(texts(MigrationFormat::Alembic), "autocommit_block()"));
  CHECK(holds(texts(MigrationFormat::Alembic), "down_revision = '20261121053125001'"));
  CHECK(holds(texts(MigrationFormat::Prisma), "_01/migration.sql"));
  CHECK_THROWS_AS(migration_format("liquibase"), UserError);
}

TEST_CASE("frameworks get names and texts that they take", "[reports][migration]") {
  advisor::Advice advice = sample_advice();
  for (advisor::Proposal& proposal : advice.proposals) {
    proposal.id = "create-Orders Placed_At";  // as often as there are proposals
    for (std::string& statement : proposal.ddl_up) {
      statement += " WHERE (note <> ':word')";
    }
  }
  std::set<std::string> classes;
  std::size_t files = 0;
  for (const auto& file : migration_files(advice, MigrationFormat::Rails, "20261231235959")) {
    // ActiveRecord::MigrationFilenameRegexp; a version beyond 14 digits is no time.
    CHECK(std::regex_match(file.name, std::regex{"[0-9]{14}_[_a-z0-9]*\\.rb"}));
    classes.insert(file.text.substr(file.text.find("\nclass "), 60));
    ++files;
    CHECK(file.name.substr(0, 14) == (files == 1 ? "20261231235959" : "20270101000000"));
  }
  CHECK(files == 2);
  CHECK(classes.size() == files);
  const auto alembic = migration_files(advice, MigrationFormat::Alembic, "20261231235959");
  CHECK(alembic.front().text.find("\\'\\\\:word\\'") != std::string::npos);
}

TEST_CASE("sizes on the command line", "[reports][cli]") {
  CHECK(parse_size("500MB").value() == 500e6);
  CHECK(parse_size("500MiB").value() == 500.0 * 1024 * 1024);
  CHECK(parse_size("1.5 gib").value() == 1.5 * 1024 * 1024 * 1024);
  CHECK(parse_size("4096").value() == 4096);
  for (const char* wrong : {"", "MB", "-1MB", "inf", "1e9", "5XB", "5 MBs", "nan"}) {
    INFO(wrong);
    CHECK_THROWS_AS(parse_size(wrong), UserError);
  }
}
