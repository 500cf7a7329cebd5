// Words as to_tsquery() looks them up, beside the server's dictionary.
#include "planner-model/selectivity/english_stem.hpp"

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include <catch2/catch.hpp>
#include <pqxx/pqxx>

#include "tests/support/cluster.hpp"

namespace quern::planner_model {
namespace {

/// Of the project's own pages.
std::set<std::string> words() {
  std::set<std::string> found;
  using Walk = std::filesystem::recursive_directory_iterator;
  for (auto entry = Walk{QUERN_SOURCE_DIR}; entry != Walk{}; ++entry) {
    const std::string name = entry->path().filename();
    if (name == "build" || name == "node_modules" || name == ".git") {
      entry.disable_recursion_pending();
    }
    if (entry->path().extension() != ".md") {
      continue;
    }
    std::ifstream file{entry->path()};
    std::string word;
    for (auto at = std::istreambuf_iterator<char>{file}; at != std::istreambuf_iterator<char>{};
         ++at) {
      const auto c = static_cast<unsigned char>(*at);
      if (c < 0x80 && std::isalpha(c) != 0) {
        word += static_cast<char>(std::tolower(c));
      } else {
        found.insert(std::exchange(word, {}));
      }
    }
  }
  found.erase("");
  return found;
}

}  // namespace

TEST_CASE("English words have the server's stems, and stop words none", "[text_query]") {
  const auto all = words();
  REQUIRE(all.size() > 1500);
  pqxx::connection connection{quern::testing::Cluster::instance().dsn("postgres")};
  pqxx::nontransaction server{connection};
  connection.prepare("stem",
                     "SELECT coalesce(array_to_string(ts_lexize('english_stem', $1), ' '), '?')");
  for (const std::string& word : all) {
    const std::string stem = server.exec_prepared1("stem", word).at(0).c_str();
    CAPTURE(word);
    if (is_english_stop_word(word)) {
      CHECK(stem.empty());
    } else {
      CHECK(stem == english_stem(word));
    }
  }
}

}  // namespace quern::planner_model
