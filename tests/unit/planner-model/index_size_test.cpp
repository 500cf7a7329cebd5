#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/query/type_system.hpp"
#include "planner-model/size/analyze_sample.hpp"
#include "planner-model/size/gin_posting.hpp"
#include "planner-model/size/key_sample.hpp"
#include "planner-model/size/stored_size.hpp"
#include "planner-model/size/synthetic_rows.hpp"
#include "planner-model/size/text_order.hpp"
#include "planner-model/size/text_source.hpp"
#include "planner-model/size/value_classes.hpp"

using namespace quern;
using namespace quern::planner_model;

TEST_CASE("A posting list's bytes follow the pages that it goes over", "[size]") {
  // Every row: one byte within the page, two bytes to the next one.
  CHECK(posting_bytes(1, 8) == Approx(1 + 1.0 / 8));
  CHECK(posting_bytes(1, 100) == Approx(1.01));
  // A row a page: 2,048 a page, so two bytes up to the eighth.
  CHECK(posting_bytes(1, 1) == Approx(2));
  CHECK(posting_bytes(1e-6, 1) > 3);
}

TEST_CASE("A posting tree's pages are filled segment by segment", "[size]") {
  // PostgreSQL 15: every row of a column that is one value, 100 rows a page; a posting tree of one
  // page up to 21 segments of 384 bytes and one of 88, of three with the next row.
  CHECK(posting_tree_pages(7900, 1) == 1);
  CHECK(posting_tree_pages(8100, 1) == 3);
  // 12,610 addresses of 1.238 bytes: 21 segments, 31 shorter ones, and the rest behind these.
  CHECK(posting_tree_pages(12'610, 1.238) == 3);
  CHECK(posting_tree_pages(13'000, 1.238) == 4);
  // More leaves than one inner page has room for.
  CHECK(posting_tree_pages(8'000'000, 1) > 8'000'000 / 8152.0 + 2);
}

TEST_CASE("Elements of an array are padded, the last one too", "[size]") {
  const CatalogSnapshot catalog;
  const TypeSystem types{catalog};
  constexpr Oid kTextArray = 1009;
  const Type* array = types.type(kTextArray);
  REQUIRE(array != nullptr);
  // pg_column_size(array['t0', 'u10']::text[]) in a table: 37.
  CHECK(stored_size(*array, -1, "{t0,u10}", types) == 37);
  CHECK(stored_size(*array, -1, "{t0,u0}", types) == 37);
}

namespace {

/// As ANALYZE has them of 'n' || i for i from 1 to `rows`, in this order or another.
ColumnStatistics numbered_texts(int rows, double correlation) {
  std::vector<std::string> texts;
  for (int i = 1; i <= rows; ++i) {
    texts.push_back("n" + std::to_string(i));
  }
  std::sort(texts.begin(), texts.end());
  ColumnStatistics statistics{.n_distinct = -1, .correlation = correlation};
  for (std::size_t i = 0; i <= 100; ++i) {
    statistics.histogram_bounds.push_back(texts[i * (texts.size() - 1) / 100]);
  }
  return statistics;
}

}  // namespace

TEST_CASE("Texts that count along the table are told by their correlation", "[size]") {
  // Of 'n1' to 'n250000' in this order PostgreSQL 15 finds -0.25 to -0.27.
  constexpr int kRows = 250'000;
  const double in_order = [] {
    std::vector<std::pair<std::string, int>> texts;
    for (int i = 1; i <= kRows; ++i) {
      texts.emplace_back("n" + std::to_string(i), i);
    }
    std::sort(texts.begin(), texts.end());
    double products = 0;
    double squares = 0;
    for (int rank = 0; rank < kRows; ++rank) {
      const double place = rank - (kRows - 1) / 2.0;
      const double number = texts[static_cast<std::size_t>(rank)].second - (kRows + 1) / 2.0;
      products += place * number;
      squares += place * place;
    }
    return products / squares;
  }();
  CHECK(counts_in_text(numbered_texts(kRows, in_order), kRows));
  CHECK_FALSE(counts_in_text(numbered_texts(kRows, 0.003), kRows));
  CHECK_FALSE(counts_in_text(numbered_texts(kRows, in_order + 0.1), kRows));
}

TEST_CASE("Numbers of a text that leave none out are counted where chance hides the order",
          "[size]") {
  // Of 'n1' to 'n352781' in this order the correlation is next to nothing.
  constexpr int kRows = 352'781;
  ColumnStatistics statistics = numbered_texts(kRows, 0.005);
  CHECK(counts_in_text(statistics, kRows));
  // Far fewer of them than rows, so drawn by chance: then the correlation would have to tell.
  statistics.n_distinct = -0.63;
  CHECK_FALSE(numbers_along_table(statistics, kRows));
  // As many numbers again are left out: any unique numbers, in any order.
  statistics.n_distinct = -1;
  CHECK_FALSE(numbers_along_table(statistics, kRows / 2.0));
}

TEST_CASE("Fewer numbers in texts than a count gives are drawn around the line", "[size]") {
  constexpr int kRows = 250'000;
  ColumnStatistics statistics = numbered_texts(kRows, -0.26);
  const auto counted = numbers_along_table(statistics, kRows);
  REQUIRE(counted);
  CHECK(counted->band == 0);
  // Of as many random draws 1 - 1/e are different; of a sample ANALYZE makes about that.
  statistics.n_distinct = -0.6;
  const auto drawn = numbers_along_table(statistics, kRows);
  REQUIRE(drawn);
  CHECK(drawn->band > 10.0 / kRows);
  CHECK(drawn->band < 0.3);
  CHECK_FALSE(counts_in_text(statistics, kRows));
}

TEST_CASE("Counts of a sample that chance sets apart are evened out, others kept", "[size]") {
  // Two kinds: 600 and 75 times on average, by chance.
  std::vector<double> counts;
  Stream stream;
  for (int i = 0; i < 450; ++i) {
    const double mean = i < 50 ? 600 : 75;
    counts.push_back(std::rint(mean + std::sqrt(mean) * stream.normal()));
  }
  constexpr double kDeviations = 4.5;
  const auto groups = alike(counts, kDeviations);
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].size() == 50);
  for (const auto& group : groups) {
    std::vector<double> of_group;
    for (const std::size_t i : group) {
      of_group.push_back(counts[i]);
    }
    const auto [before_least, before_most] = std::minmax_element(of_group.begin(), of_group.end());
    const double mean = group.size() == 50 ? 600 : 75;
    const auto evened = evened_out(of_group);
    const auto [least, most] = std::minmax_element(evened.begin(), evened.end());
    CHECK(*most - *least < 0.4 * (*before_most - *before_least));
    CHECK(*least > 0.9 * mean);
    CHECK(*most < 1.1 * mean);
  }
  const std::vector<double> apart = {100, 400, 900};
  CHECK(evened_out(apart)[2] > 890);
}

TEST_CASE("An order is told from chance by the sample's size", "[size]") {
  ColumnStatistics statistics{.n_distinct = 40, .correlation = 0.025};
  statistics.most_common_frequencies.assign(40, 0.025);
  CHECK(correlation_by_chance(statistics) == Approx(0.025).epsilon(1e-6));
  CHECK_FALSE(has_an_order(statistics, 100'000));
  statistics.correlation = 0.1;
  CHECK(has_an_order(statistics, 100'000));
  CHECK_FALSE(has_an_order(statistics, 100));
}

TEST_CASE("Choices that come about as often as each other are taken so", "[size]") {
  std::vector<std::string> examples;
  for (int i = 0; i < 100; ++i) {
    examples.push_back((i < 57 ? "left" : "right") + std::string{"@"} +
                       std::to_string(1000 + 37 * i));
  }
  const TextSource source{examples};
  Stream stream;
  int left = 0;
  constexpr int kDraws = 10'000;
  for (int i = 0; i < kDraws; ++i) {
    left += source.next(stream).starts_with("left") ? 1 : 0;
  }
  CHECK(left > 0.48 * kDraws);
  CHECK(left < 0.52 * kDraws);
}

TEST_CASE("Values whose frequencies fall are as many as ANALYZE's estimate of them tells",
          "[size]") {
  // 100,000 rows of floor(100000 * u * u), u even in [0, 1): 55,700 different ones, of which
  // ANALYZE's estimator makes 42,500 to 43,500 from 30,000 rows, with the hundredth most common six
  // times.
  constexpr double kRows = 100'000;
  ColumnStatistics statistics{.average_width = 4, .n_distinct = -0.43, .correlation = 0.0};
  constexpr double kSample = 30'000;
  for (int rank = 1; rank <= 100; ++rank) {
    const double times = kSample * (std::sqrt(rank) - std::sqrt(rank - 1)) / std::sqrt(kRows);
    statistics.most_common_frequencies.push_back(std::max(times, 6.0) / kSample);
    statistics.most_common_values.push_back(std::to_string(rank - 1));
  }
  const ColumnValues values = column_values(statistics, type_oid::kInt4, kRows);
  double different = 0;
  double share = 0;
  for (const auto& entry : values.entries) {
    different += entry.values;
    share += entry.share;
  }
  CHECK(share == Approx(1));
  CHECK(different == Approx(55'700).epsilon(0.08));
}

TEST_CASE("Of common values some stand for all", "[size]") {
  ColumnValues values{.type = type_oid::kText, .entries = {}};
  for (int i = 0; i < 40; ++i) {
    values.entries.push_back({.share = 0.02, .text = "v" + std::to_string(i)});
  }
  values.entries.push_back({.share = 0.2, .is_null = true});
  const ColumnValues some = whole_values(values, 400'000, 80'000);
  // 8,000 rows each: ten of them, and the NULLs.
  CHECK(some.entries.size() == 11);
  CHECK(whole_values(values, 80'000, 80'000).entries.size() == 41);
}

TEST_CASE("Columns that follow the table meet where their values stand", "[size]") {
  // 82,000 rows: 3,000 values around a moving middle, a twentieth of the table each, and seven that
  // come one after the other. Each boundary of the seven is within the windows of about 150 values.
  constexpr double kRows = 82'000;
  const auto column = [](double values) {
    return IndexColumn{.type = type_oid::kInt4,
                       .table_rows = kRows,
                       .classes = {{.share = 1, .values = values, .size = 4}}};
  };
  IndexColumn moving = column(3000);
  moving.window = 0.05;
  IndexColumn runs = column(7);
  const auto pairs = [](const std::vector<IndexColumn>& columns) {
    return sample_keys(Index{}, columns, CatalogSnapshot{}, kRows).prefixes.at(1).distinct;
  };
  const double apart = pairs({moving, runs});
  runs.in_runs = true;
  const double together = pairs({moving, runs});
  CHECK(apart > 15'000);
  CHECK(together > 3000);
  CHECK(together < 4500);
  CHECK(pairs({runs, moving}) == Approx(together));
}
