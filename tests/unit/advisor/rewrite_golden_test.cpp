#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "advisor/rewrite/rule.hpp"

#include "tests/support/ddl_catalog.hpp"

// tests/golden/advisor/rewrites/*.golden: a schema, then cases of a query, a line of four dashes
// and what the rules make of it, separated by empty lines. QUERN_GOLDEN_WRITE=1 writes the answers
// anew.

namespace quern::advisor::rewrite {

namespace {

struct Case {
  std::string comment, query, expected;
};

struct Golden {
  std::string schema;
  std::vector<Case> cases;
};

std::vector<std::string> paragraphs(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream lines{text};
  bool open = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) {
      open = false;
    } else if (open) {
      found.back() += "\n" + line;
    } else {
      found.push_back(line);
      open = true;
    }
  }
  return found;
}

Golden read_golden(const std::filesystem::path& path) {
  std::ifstream file{path};
  std::stringstream text;
  text << file.rdbuf();
  const auto parts = paragraphs(text.str());
  Golden golden{parts.at(0), {}};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    Case one;
    std::istringstream lines{parts[i]};
    std::string* into = &one.query;
    for (std::string line; std::getline(lines, line);) {
      if (line == "----") {
        into = &one.expected;
      } else if (line.starts_with("--") && into == &one.query) {
        one.comment += line + "\n";
      } else {
        *into += (into->empty() ? "" : "\n") + line;
      }
    }
    golden.cases.push_back(one);
  }
  return golden;
}

std::string level(Equivalence equivalence) {
  switch (equivalence) {
    case Equivalence::Proven:
      return "proven";
    case Equivalence::UnderAssumption:
      return "under assumption";
    case Equivalence::ChangesMeaning:
      return "changes meaning";
  }
  return {};
}

std::string answer(const std::string& sql, const CatalogSnapshot& catalog) {
  std::string text;
  for (const Rule& rule : rules()) {
    auto query = Query::read(sql, catalog);
    REQUIRE(query.has_value());
    const auto finding = rule.apply(*query);
    if (!finding) {
      continue;
    }

    text += (text.empty() ? "" : "\n") + std::string{rule.id} + " " + level(finding->equivalence);
    text += finding->replacement.empty() ? "" : "\n" + finding->replacement;
    for (const Condition& condition : finding->conditions) {
      if (!condition.proven) {
        text += "\n  to be confirmed: " + condition.text;
      }
    }
  }
  return text.empty() ? "no rule" : text;
}

}  // namespace

TEST_CASE("rewrites and near misses, as in the golden files") {
  const std::filesystem::path folder{QUERN_SOURCE_DIR "/tests/golden/advisor/rewrites"};
  const bool write = std::getenv("QUERN_GOLDEN_WRITE") != nullptr;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  REQUIRE_FALSE(files.empty());
  for (const auto& path : files) {
    const Golden golden = read_golden(path);
    const CatalogSnapshot catalog = testing::catalog_of(golden.schema);
    std::string written = golden.schema + "\n";
    for (const Case& one : golden.cases) {
      INFO(path.filename().string() << "\n" << one.comment << one.query);
      const std::string actual = answer(one.query, catalog);
      written += "\n" + one.comment + one.query + "\n----\n" + actual + "\n";
      if (!write) {
        CHECK(actual == one.expected);
      }
    }
    if (write) {
      std::ofstream{path} << written;
    }
  }
}

TEST_CASE("text that does not parse is no query") {
  const CatalogSnapshot catalog;
  CHECK_FALSE(Query::read("SELECT FROM WHERE", catalog).has_value());
  CHECK_FALSE(Query::read("SELECT 1; SELECT 2", catalog).has_value());
}

}  // namespace quern::advisor::rewrite
