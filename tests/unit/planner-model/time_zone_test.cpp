#include "planner-model/selectivity/time_zone.hpp"

#include <catch2/catch.hpp>

namespace quern::planner_model {
namespace {

constexpr std::int64_t kDay = 86'400;

TEST_CASE("A POSIX zone changes its clocks by its rule, in any year") {
  const auto zone = TimeZone::named("CET-1CEST,M3.5.0,M10.5.0/3");
  REQUIRE(zone.has_value());
  constexpr std::int64_t kJuly2024 = 19'905 * kDay;
  constexpr std::int64_t kCycles = 146'097 * kDay * 100;  // 40,000 years
  CHECK(zone->at(kJuly2024).east == 7200);
  CHECK(zone->at(kJuly2024).abbreviation == "CEST");
  CHECK(zone->at(kJuly2024 + kCycles).east == 7200);
  CHECK(zone->at(kJuly2024 - 180 * kDay).east == 3600);
  CHECK_FALSE(zone->fixed().has_value());
  // 2024-03-31: the clock goes from 02:00 to 03:00, 2024-10-27 from 03:00 back to 02:00.
  constexpr std::int64_t kSpring = 19'813 * kDay;
  constexpr std::int64_t kAutumn = 20'023 * kDay;
  CHECK(zone->east_of_local(kSpring + 3599 + 3600) == 3600);
  CHECK(zone->east_of_local(kSpring + 2 * 3600 + 1800) == 3600);
  CHECK(zone->east_of_local(kSpring + 3 * 3600) == 7200);
  CHECK(zone->east_of_local(kAutumn + 2 * 3600 - 1) == 7200);
  CHECK(zone->east_of_local(kAutumn + 2 * 3600 + 1800) == 3600);
}

TEST_CASE("Offsets without a name are zones") {
  CHECK(TimeZone::named("<+0545>-5:45")->fixed() == 20'700);
  CHECK(TimeZone::named("UTC")->fixed() == 0);
  CHECK(TimeZone::named("-03")->fixed() == 10'800);
}

TEST_CASE("What is no zone is none") {
  for (const char* name :
       {"", "/", "../etc/passwd", "/etc/passwd", "America", "America/", "zone.tab",
        "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.5.0", "CET-999", "tzdata.zi", "a\0b"}) {
    INFO(name);
    CHECK_FALSE(TimeZone::named(name).has_value());
  }
  CHECK_FALSE(TimeZone::named(std::string(1'000, 'a')).has_value());
}

TEST_CASE("Abbreviations are offsets, or zones that know") {
  CHECK(zone_abbreviation("pst")->east == -8 * 3600);
  CHECK(zone_abbreviation("msk")->zone == "Europe/Moscow");
  CHECK_FALSE(zone_abbreviation("xyz").has_value());
}

}  // namespace
}  // namespace quern::planner_model
