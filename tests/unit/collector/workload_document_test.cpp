#include "collector/workload/workload_document.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "collector/base/failure.hpp"
#include "collector/collect.hpp"
#include "collector/input/byte_source.hpp"

using namespace quern;
using namespace quern::collector;
using Catch::Matchers::Contains;

namespace {

Workload sample() {
  return collect({std::string{QUERN_SOURCE_DIR} + "/samples/shop/logs/postgresql.log.gz"}, {});
}

std::string file(const std::string& name, const std::string& content) {
  const std::string path = std::string{QUERN_BINARY_DIR} + "/" + name;
  std::ofstream{path, std::ios::binary} << content;
  return path;
}

}  // namespace

TEST_CASE("a workload document reads back as it was") {
  const Workload w = sample();
  const std::string text = write_workload(w);
  CHECK(read_workload(text, "x") == w);
  CHECK(write_workload(read_workload(text, "x")) == text);
}

TEST_CASE("the keys of a document are sorted, whatever a class holds") {
  Workload w = sample();
  for (QueryClass& c : w.classes) {
    c.nested = 1;
    c.query_ids = {-3, 1};
    c.rows = c.rows ? std::nullopt : std::optional<std::uint64_t>{2};
    c.list_lengths = {{3, 4}};
  }
  const std::string text = write_workload(w);
  std::size_t classes = 0;
  for (std::istringstream lines{text}; lines;) {
    std::string line;
    std::getline(lines, line);
    if (line.rfind("{\"applications\"", 0) == 0) {
      line.erase(line.find_last_of('}') + 1);
      REQUIRE(nlohmann::json::parse(line).dump() == line);
      ++classes;
    }
  }
  CHECK(classes == w.classes.size());
}

TEST_CASE("a document written on several threads is the same") {
  const Workload w = sample();
  CHECK(write_workload(w, 4) == write_workload(w));
}

TEST_CASE("a compressed workload document is read as it is") {
  const std::string text = write_workload(sample());
  const std::string path = file("document.json", text);
  REQUIRE(std::system(("gzip -kf " + path).c_str()) == 0);
  CHECK(write_workload(load_workload(path + ".gz")) == text);
}

TEST_CASE("documents that can not be used say why") {
  const std::string text = write_workload(sample());
  CHECK_THROWS_WITH(read_workload(text.substr(0, text.size() / 2), "w.json"),
                    Contains("w.json") && Contains("cut"));
  CHECK_THROWS_WITH(read_workload("{\"format\": \"quern-workload\", \"version\": 99}", "w.json"),
                    Contains("newer"));
  CHECK_THROWS_WITH(read_workload("{\"format\": \"quern-catalog\", \"version\": 1}", "w.json"),
                    Contains("quern-catalog"));
  CHECK_THROWS_WITH(read_workload("[1]", "w.json"), Contains("not a workload document"));
  CHECK_THROWS_WITH(read_workload("", "w.json"), Contains("w.json"));
  CHECK_THROWS_WITH(read_workload("hello", "w.json"), Contains("not a workload document"));
  CHECK_THROWS_WITH(read_workload("{\"format\": \"quern-workload\", \"version\": 1}", "w.json"),
                    Contains("damaged"));
  CHECK_THROWS_WITH(
      read_workload("{\"format\": \"quern-workload\", \"version\": 1, \"from_us\": 2e75}",
                    "w.json"),
      Contains("64 bits"));
  CHECK_THROWS_AS(load_workload("/nowhere/w.json"), UserError);
}

TEST_CASE("a truncated gzip log is used as far as it goes") {
  std::ifstream whole{std::string{QUERN_SOURCE_DIR} + "/samples/shop/logs/postgresql.log.gz",
                      std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{whole}, {}};
  const std::string path = file("cut.log.gz", bytes.substr(0, bytes.size() / 2));
  const Workload w = collect({path}, {});
  CHECK(w.classes.size() > 20);
  CHECK(w.classes.size() <= sample().classes.size());
  bool told = false;
  for (const auto& [reason, entry] : w.skipped.by_reason()) {
    told = told || reason.find("input ends early") == 0;
  }
  CHECK(told);
}

TEST_CASE("inputs that are not there") {
  CHECK_THROWS_WITH(collect({"/nowhere/x.log"}, {}), Contains("no such file"));
  CHECK_THROWS_WITH(collect({"/nowhere/*.log"}, {}), Contains("no such file"));
}
