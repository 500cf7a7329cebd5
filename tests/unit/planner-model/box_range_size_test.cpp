// GiST and SP-GiST indexes of points and ranges, beside what PostgreSQL 15 built of the same 20,000
// rows in the same order.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include <catch2/catch.hpp>

#include "planner-model/size/gist_boxes.hpp"
#include "planner-model/size/gist_ranges.hpp"
#include "planner-model/size/gist_sorted.hpp"
#include "planner-model/size/gist_tree.hpp"
#include "planner-model/size/spgist_quads.hpp"
#include "planner-model/size/spgist_tree.hpp"

using namespace quern;
using namespace quern::planner_model;

namespace {

constexpr long long kRows = 20'000;

/// point(i * 7919 % 100003, i * 104729 % 100019)
PointSpGist::Datum point(long long i) {
  return {static_cast<double>(i * 7919 % 100'003), static_cast<double>(i * 104'729 % 100'019)};
}

/// int4range(i * 7919 % 100003, i * 7919 % 100003 + 1 + i * 31 % 50)
RangeRow any_range(long long i) {
  const auto lower = static_cast<double>(i * 7919 % 100'003);
  return {.lower = lower, .upper = lower + static_cast<double>(1 + i * 31 % 50)};
}

/// int4range(i, i + 10)
RangeRow range_in_order(long long i) {
  return {.lower = static_cast<double>(i), .upper = static_cast<double>(i + 10)};
}

template <class Class>
std::size_t point_pages() {
  SpGistTree<Class> tree;
  for (long long i = 1; i <= kRows; ++i) {
    tree.insert(point(i));
  }
  return tree.pages();
}

std::size_t spgist_pages(RangeRow (*range)(long long)) {
  SpGistTree<RangeSpGist> tree;
  for (long long i = 1; i <= kRows; ++i) {
    tree.insert({range(i), 14});
  }
  return tree.pages();
}

double gist_pages(RangeRow (*range)(long long)) {
  GistTree<RangeGist> tree;
  for (long long i = 1; i <= kRows; ++i) {
    tree.insert({.range = range(i), .tuple = 24});
  }
  return static_cast<double>(tree.pages());
}

/// The server sorts by the bits of both coordinates, one of each by turns.
std::uint64_t z_order(const PointSpGist::Datum& point) {
  std::uint64_t order = 0;
  const auto x = std::bit_cast<std::uint32_t>(static_cast<float>(point[0]));
  const auto y = std::bit_cast<std::uint32_t>(static_cast<float>(point[1]));
  for (unsigned bit = 0; bit < 32; ++bit) {
    order |= std::uint64_t{x >> bit & 1U} << (2 * bit);
    order |= std::uint64_t{y >> bit & 1U} << (2 * bit + 1);
  }
  return order;
}

/// Of rows of which those with a point are told by `has_point`.
std::size_t sorted_gist_pages(bool (*has_point)(long long)) {
  std::vector<PointSpGist::Datum> points;
  for (long long i = 1; i <= kRows; ++i) {
    if (has_point(i)) {
      points.push_back(point(i));
    }
  }
  std::sort(points.begin(), points.end(),
            [](const auto& a, const auto& b) { return z_order(a) < z_order(b); });
  GistSortedBuild<BoxGist> build;
  for (const auto& one : points) {
    build.add(BoxGist::Key{.low = one, .high = one});
  }
  for (auto nulls = kRows - static_cast<long long>(points.size()); nulls > 0; --nulls) {
    build.add(std::nullopt);
  }
  return build.pages();
}

}  // namespace

TEST_CASE("points in an SP-GiST index take the server's pages", "[size]") {
  CHECK(point_pages<PointSpGist>() == 129);
  CHECK(point_pages<KdPointSpGist>() == 133);
}

TEST_CASE("ranges in an SP-GiST index take the server's pages", "[size]") {
  CHECK(spgist_pages(any_range) == 157);
  CHECK(spgist_pages(range_in_order) == 269);
}

TEST_CASE("sorted points in a GiST index take the server's pages, with NULLs and without",
          "[size]") {
  CHECK(sorted_gist_pages([](long long /*row*/) { return true; }) == 161);
  CHECK(sorted_gist_pages([](long long i) { return i % 3 == 0; }) == 103);
}

TEST_CASE("ranges in a GiST index take the server's pages but for chance", "[size]") {
  CHECK(gist_pages(any_range) == Approx(122).epsilon(0.03));
  CHECK(gist_pages(range_in_order) == Approx(153).epsilon(0.03));
}

TEST_CASE("a GiST index of points takes fewer pages when they were not divided", "[size]") {
  constexpr Oid kPoint = 600;
  const double divided = box_gist_pages(kPoint, 100'000, 0, BuildVersion{150000});
  CHECK(divided == Approx(820).epsilon(0.02));  // PostgreSQL 15: 820 of random ones
  CHECK(box_gist_pages(kPoint, 100'000, 0, BuildVersion{140000}) < 0.8 * divided);
}
