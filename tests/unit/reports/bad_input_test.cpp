// Whatever the program is given: a message that names the file, the line where there is one, and
// what to do, with exit code 2; or what can be used is used, and the rest is counted and shown.

#include <string>

#include <catch2/catch.hpp>

#include "collector/input/byte_source.hpp"

#include "tests/support/program.hpp"

using namespace quern::test;
using Catch::Matchers::Contains;

namespace {

const std::string kSample = std::string{QUERN_SOURCE_DIR} + "/samples/shop/";

std::string statement(const std::string& sql) {
  return "2026-11-21 10:00:00.000 UTC [7] ada@shop LOG:  duration: 1.000 ms  statement: " + sql +
         "\n";
}

/// Refused: exit code 2, nothing on standard output, and a message with all of these.
void refused(const Outcome& outcome, const std::vector<std::string>& parts) {
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  for (const std::string& part : parts) {
    CHECK_THAT(outcome.err, Contains(part));
  }
}

/// Used as far as it goes: exit code 0, a document, and a count of what was left out.
void counted(const Outcome& outcome, const std::vector<std::string>& parts) {
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out, Contains("\"format\": \"quern-workload\""));
  for (const std::string& part : parts) {
    CHECK_THAT(outcome.err, Contains(part));
  }
}

std::string catalog_text() {
  return quern::collector::read_document(kSample + "catalog.json.gz");
}

std::string with(std::string text, const std::string& old, const std::string& now) {
  const std::size_t at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), now);
}

}  // namespace

TEST_CASE("bad input: a log of unknown format", "[bad-input]") {
  refused(run_quern("collect " + written("page.log", "<html>\n<body>hello</body>\n</html>\n")),
          {"page.log: not a PostgreSQL log", "1 | <html>", "--prefix", "--format"});
  refused(run_quern("collect " + written("empty.log", "")), {"the input is empty"});
  refused(run_quern("collect missing.log"), {"missing.log: no such file"});
}

TEST_CASE("bad input: a log_line_prefix that does not fit", "[bad-input]") {
  const std::string log = written("prefix.log", statement("select 1"));
  refused(run_quern("collect " + log + " --format stderr --prefix '%t:%r:%u@%d:[%p]:'"),
          {"prefix.log: no line matches --prefix '%t:%r:%u@%d:[%p]:'",
           "--prefix '%m [%p] %q%u@%d ' would fit"});
  refused(run_quern("collect " + log + " --prefix '%z '"), {"%z", "SHOW log_line_prefix"});
}

TEST_CASE("bad input: a truncated gzip file", "[bad-input]") {
  counted(run_quern("collect -", "head -c 200000 '" + kSample + "logs/postgresql.log.gz'"),
          {"input ends early (truncated gzip input); what came before it was used",
           "first: standard input:"});
  const Outcome catalog =
      run_quern("explain -c - 'select 1'", "head -c 20000 '" + kSample + "catalog.json.gz'");
  refused(catalog, {"was cut", "copy it again"});
}

TEST_CASE("bad input: binary junk", "[bad-input]") {
  std::string junk;
  for (unsigned i = 1; i <= 5000; ++i) {
    junk += static_cast<char>(i * 2654435761U >> 24U);
  }
  const std::string path = written("junk.bin", junk);
  refused(run_quern("collect " + path), {"junk.bin: not a PostgreSQL log", "binary"});
  for (const std::string format : {"stderr", "csv", "json"}) {
    INFO(format);
    refused(run_quern("collect --format " + format + " " + path), {"junk.bin"});
  }
  refused(run_quern("profile " + path), {"junk.bin: not a workload document"});
  refused(run_quern("explain -c " + path + " 'select 1'"), {"junk.bin:1: not a catalog"});
  counted(run_quern("collect " + written("mixed.log", statement("select 1") + junk + "\n" +
                                                          statement("select 2"))),
          {"line without the log_line_prefix (first: "});
}

TEST_CASE("bad input: mixed encodings", "[bad-input]") {
  const Outcome outcome = run_quern(
      "collect " + written("encodings.log", statement("select 'caf\xE9'") +
                                                statement("select 'z\xC3\xBC' || '\xF0\x9F'")));
  counted(outcome, {"2 x bytes that are not UTF-8, kept as \\xHH", "encodings.log:1"});
  CHECK_THAT(outcome.out, Contains("caf\\\\xE9"));
}

TEST_CASE("bad input: a line of 100 MB", "[bad-input]") {
  const std::string line = "printf '%s' \"" + statement("select 1").substr(0, 75) +
                           " select '\"; head -c 100000000 /dev/zero | tr '\\0' x; echo \"'\"";
  const Outcome outcome = run_quern("collect -", "{ " + line + "; " + line + "; }");
  counted(outcome, {"2 x message cut at 16 MiB (first: standard input:1)"});
  CHECK(outcome.peak_kilobytes < 200'000);
}

TEST_CASE("bad input: SQL that does not parse", "[bad-input]") {
  counted(run_quern("collect " + written("sql.log", statement("select 1") + statement("selekt 1"))),
          {"1 x SQL that does not parse (first: ", "sql.log:2)"});
  refused(run_quern("explain -c " + kSample + "catalog.json.gz 'selekt 1'"),
          {"syntax error at or near \"selekt\""});
}

TEST_CASE("bad input: a table that the catalog does not have", "[bad-input]") {
  const std::string missing = "relation \"nowhere\" does not exist";
  refused(run_quern("explain -c " + kSample + "catalog.json.gz 'select * from nowhere'"),
          {missing, "catalog snapshot does not have it"});
  const std::string log =
      written("nowhere.log", statement("select a from nowhere where b = 1") +
                                 statement("select * from orders where id = 1"));
  const std::string workload = written("nowhere.json", run_quern("collect " + log).out);
  const Outcome advice = run_quern("advise " + workload + " -c " + kSample + "catalog.json.gz");
  CHECK(advice.code == 0);
  CHECK_THAT(advice.out, Contains("could not be planned (1)") && Contains(missing));
}

TEST_CASE("bad input: a catalog of a newer version", "[bad-input]") {
  const std::string document =
      written("document.json", with(catalog_text(), "\"version\": 1", "\"version\": 99"));
  refused(run_quern("explain -c " + document + " 'select 1'"),
          {"document.json: catalog format version 99 is newer", "use a newer quern"});
  const std::string server = written(
      "server.json", with(catalog_text(), "\"server_version\": 150", "\"server_version\": 250"));
  const Outcome outcome = run_quern("explain -c " + server + " 'select 1'");
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.err, Contains("server.json: the catalog is of PostgreSQL 25"));
}

TEST_CASE("bad input: a Workload file cut in half", "[bad-input]") {
  const std::string whole =
      run_quern("collect " + written("whole.log", statement("select 1") + statement("select a")))
          .out;
  for (const std::size_t size : {whole.size() / 2, whole.size() - 2, whole.rfind('}') - 1}) {
    const std::string half = written("half.json", whole.substr(0, size));
    for (const std::string& command : {"profile " + half, "merge " + half,
                                       "advise " + half + " -c " + kSample + "catalog.json.gz"}) {
      INFO(command);
      refused(run_quern(command),
              {"half.json: the workload document ends in the middle", "copy or collect it again"});
    }
  }
}

TEST_CASE("bad input: an unreachable server, and the password in its name", "[bad-input]") {
  for (const std::string dsn :
       {"postgresql://ada:s3cret@127.0.0.1:1/shop", "host=/nowhere user=ada password=s3cret",
        "postgresql://ada@127.0.0.1:1/shop?password=s3cret", "password=s3cret nonsense",
        "postgresql://ada:s3cret@[::1/shop"}) {
    INFO(dsn);
    const Outcome outcome = run_quern("snapshot '" + dsn + "'");
    refused(outcome, {"quern: ", "***"});
    CHECK_THAT(outcome.err, !Contains("s3cret"));
  }
  refused(run_quern("snapshot 'postgresql://ada:s3cret@127.0.0.1:1/shop'"),
          {"cannot reach postgresql://ada:***@127.0.0.1:1/shop", "Is the server running"});
}
