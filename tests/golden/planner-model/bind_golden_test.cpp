#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/catalog/from_schema.hpp"

#include "planner-model/query/bind.hpp"

#include "tests/support/query_printer.hpp"

// bind.txt: the schema, then a statement, a line of dashes, its bound tree or its error; entries
// are separated by empty lines. QUERN_GOLDEN_WRITE=1 writes the answers anew: read the diff.
namespace quern::planner_model {
namespace {

const std::string kFile = QUERN_SOURCE_DIR "/tests/golden/planner-model/bind.txt";

struct Entry {
  std::string statement;
  std::string expected;
};

struct Golden {
  std::string schema;
  std::vector<Entry> entries;
};

Golden read_golden() {
  std::ifstream file{kFile};
  REQUIRE(file.good());
  Golden golden;
  std::string line;
  while (std::getline(file, line) && !line.empty()) {
    golden.schema += line + "\n";
  }
  while (std::getline(file, line)) {
    if (line.empty()) {
      continue;
    }
    Entry entry{line, {}};
    std::getline(file, line);
    REQUIRE(line == "----");
    std::getline(file, entry.expected);
    golden.entries.push_back(std::move(entry));
  }
  return golden;
}

std::string answer(const Binder& binder, const TypeSystem& types, const std::string& statement) {
  try {
    return quern::testing::print(binder.bind(statement, {})->query, types);
  } catch (const UserError& error) {
    return fmt::format("error: {}", error.what());
  }
}

TEST_CASE("bound trees are what the server's would be") {
  const Golden golden = read_golden();
  const CatalogSnapshot catalog = collector::snapshot_from_schema_text(golden.schema, "bind.txt");
  const TypeSystem types{catalog};
  const Binder binder{catalog, types};
  const bool write = std::getenv("QUERN_GOLDEN_WRITE") != nullptr;
  std::string text = golden.schema;
  for (const Entry& entry : golden.entries) {
    const std::string actual = answer(binder, types, entry.statement);
    text += fmt::format("\n{}\n----\n{}\n", entry.statement, actual);
    if (!write) {
      INFO(entry.statement);
      CHECK(actual == entry.expected);
    }
  }
  CHECK(golden.entries.size() > 50);
  if (write) {
    std::ofstream{kFile} << text;
  }
}

}  // namespace
}  // namespace quern::planner_model
