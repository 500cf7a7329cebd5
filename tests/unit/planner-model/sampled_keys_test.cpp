#include "planner-model/size/sampled_keys.hpp"

#include <limits>
#include <vector>

#include <catch2/catch.hpp>

namespace quern::planner_model {
namespace {

/// 480 of 4,800 pages in 48 stretches, ten rows a page; 30 keys in every stretch.
ColumnSample tenth_of_table() {
  return {.keys_of = "array_ops",
          .pages = 480,
          .of_pages = 4'800,
          .stretches = 48,
          .rows = 4'800,
          .keys = {{.keys = 30,
                    .stretches = 48,
                    .rows = 30 * 160,
                    .near = 30 * 112,
                    .near_apart = 30 * 112 * 30,
                    .near_bytes = 30 * 112 * 2,
                    .key_bytes = 30 * 4}}};
}

double all_keys(const std::vector<ExpectedKeys>& classes) {
  double sum = 0;
  for (const ExpectedKeys& one : classes) {
    sum += one.keys;
  }
  return sum;
}

TEST_CASE("keys that every stretch shows are as frequent in the table") {
  const auto keys = expected_keys(tenth_of_table(), 48'000);
  CHECK(all_keys(keys) == Approx(30).margin(0.1));
  CHECK(keys.front().rows == Approx(1'600).epsilon(0.01));
}

TEST_CASE("of keys that stand once in the table a tenth of it shows a tenth") {
  ColumnSample sample = tenth_of_table();
  sample.keys.push_back({.keys = 4'800, .stretches = 1, .rows = 4'800, .key_bytes = 4'800 * 4});
  CHECK(all_keys(expected_keys(sample, 48'000)) == Approx(48'030).epsilon(0.02));
}

TEST_CASE("figures that no sampling can give are passed over") {
  std::vector<ColumnSample> samples(1, tenth_of_table());
  IndexColumn column;
  column.samples = &samples;
  CHECK(sample_of(column, "array_ops") == &samples.front());
  CHECK(sample_of(column, "jsonb_ops") == nullptr);
  const auto refused = [&](auto&& spoil) {
    samples.front() = tenth_of_table();
    spoil(samples.front());
    return sample_of(column, "array_ops") == nullptr;
  };
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  CHECK(refused([](ColumnSample& one) { one.stretches = kMost; }));
  CHECK(refused([](ColumnSample& one) { one.pages = one.of_pages + 1; }));
  CHECK(refused([](ColumnSample& one) { one.rows = 0; }));
  CHECK(refused([](ColumnSample& one) { one.keys.front().near = one.keys.front().rows; }));
  CHECK(refused([](ColumnSample& one) { one.keys.front().keys = -1; }));
  CHECK(refused([](ColumnSample& one) { one.keys.front().stretches = 0; }));
}

}  // namespace
}  // namespace quern::planner_model
