// SP-GiST indexes grown row by row, beside what PostgreSQL 15 built of the same 20,000 rows.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "planner-model/size/gin_order.hpp"
#include "planner-model/size/gin_posting.hpp"
#include "planner-model/size/spgist_classes.hpp"
#include "planner-model/size/spgist_tree.hpp"
#include "planner-model/size/text_order.hpp"

using namespace quern;
using namespace quern::planner_model;

namespace {

constexpr long long kRows = 20'000;

template <class MakeText>
std::size_t text_pages(MakeText text_of) {
  std::vector<std::string> texts;
  for (long long i = 1; i <= kRows; ++i) {
    texts.push_back(text_of(i));
  }
  SpGistTree<TextSpGist> tree;
  for (const std::string& text : texts) {
    tree.insert(text);
  }
  return tree.pages();
}

std::string address(long long number) {
  return fmt::format("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255);
}

template <class MakeAddress>
std::size_t network_pages(MakeAddress address_of) {
  SpGistTree<NetworkSpGist> tree;
  for (long long i = 1; i <= kRows; ++i) {
    tree.insert(NetworkGist::key(address_of(i)));
  }
  return tree.pages();
}

}  // namespace

TEST_CASE("texts in an SP-GiST index take the server's pages", "[size]") {
  CHECK(text_pages([](long long i) { return fmt::format("n{}", i); }) == 87);
  CHECK(text_pages([](long long i) { return fmt::format("{:x}", i * 7919 % 1000003); }) == 83);
  CHECK(text_pages([](long long i) {
          return std::string(static_cast<std::size_t>(i % 50), 'x') + std::to_string(i);
        }) == 91);
}

TEST_CASE("networks in an SP-GiST index take the server's pages", "[size]") {
  CHECK(network_pages(address) == 83);
  CHECK(network_pages([](long long i) {
          return i % 2 == 0 ? fmt::format("2001:db8::{:x}:{:x}", i * 5 >> 16, i * 5 & 0xFFFF)
                            : address(i * 7919 % 65536);
        }) == 140);
}

TEST_CASE("equal values and NULLs go to nodes by chance", "[size]") {
  CHECK(text_pages([](long long) { return std::string{"same"}; }) == Approx(83).margin(2));
  SpGistTree<NullSpGist> nulls;
  for (long long i = 1; i <= kRows; ++i) {
    nulls.insert({});
  }
  CHECK(nulls.pages() == Approx(61).margin(2));
}

TEST_CASE("one page holds the first values, and inserting splits it", "[size]") {
  SpGistTree<TextSpGist> tree;
  tree.insert("a");
  CHECK(tree.pages() == 3);
  const std::string longest(9000, 'z');  // longer than a page: its beginning goes into inner tuples
  tree.insert(longest);
  CHECK(tree.pages() > 3);
}

TEST_CASE("numbers that grow along the table are told by the order of their digits", "[size]") {
  ColumnStatistics statistics{.n_distinct = -1};
  std::vector<std::string> texts;
  for (int i = 1; i <= 30'000; ++i) {
    texts.push_back("user" + std::to_string(i));
  }
  std::sort(texts.begin(), texts.end());
  for (std::size_t i = 0; i < texts.size(); i += 300) {
    statistics.histogram_bounds.push_back(texts[i]);
  }
  // As the server's ANALYZE says of the same texts in order, and of them shuffled.
  statistics.correlation = -0.124;
  CHECK(counts_in_text(statistics, 30'000));
  statistics.correlation = 0.003;
  CHECK_FALSE(counts_in_text(statistics, 30'000));
}

TEST_CASE("trigrams of texts that count along the table stand in runs of rows", "[size]") {
  ColumnStatistics statistics{.average_width = 10, .n_distinct = -1, .correlation = -0.124};
  for (int i = 1; i <= 30'000; i += 300) {
    statistics.histogram_bounds.push_back("user" + std::to_string(i));
  }
  std::sort(statistics.histogram_bounds.begin(), statistics.histogram_bounds.end());
  IndexColumn column{.statistics = &statistics, .table_rows = 30'000, .all_rows = 30'000};
  // "r12", that of every number from 12000 to 12999 and a few more.
  const GinEntries entry{.rows = 1'111, .first = double{('r' << 16) + ('1' << 8) + '2'}};
  const double by_chance = posting_bytes(1'111 / 30'000.0, 60);
  const double counting = GinOrder{column, true, 30'000, 60}.posting_bytes(entry) / by_chance;
  CHECK(counting > 0.4);
  CHECK(counting < 0.95);
  statistics.correlation = 0.003;
  CHECK(GinOrder{column, true, 30'000, 60}.posting_bytes(entry) == by_chance);
}
