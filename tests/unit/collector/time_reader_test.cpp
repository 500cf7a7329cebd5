#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "collector/base/time_text.hpp"

namespace quern {

namespace {

bool same(const std::optional<ReadTime>& a, const std::optional<ReadTime>& b) {
  return a.has_value() == b.has_value() &&
         (!a || (a->at_us == b->at_us && a->length == b->length && a->zone_known == b->zone_known));
}

}  // namespace

TEST_CASE("TimeReader: what it remembers of a line changes nothing for the next") {
  std::vector<std::string> tails;
  for (const char* seconds :
       {"00", "27", "59", "60", "7", "61", "27.725", "27.7251", "27.72", "27."}) {
    for (const char* zone :
         {"", " UTC", " CET", "+01", "-03", " +0530", "+01:00", "Z", " XYZT", " LOG"}) {
      for (const char* after :
           {"", " [13258] ", ":[1]", "[1]", " LOG:  ", "0", "a", ":30 ", " 12 "}) {
        tails.push_back(std::string{seconds} + zone + after);
      }
    }
  }
  TimeReader reader;
  for (const std::string& first : tails) {
    for (const std::string& second : tails) {
      const std::string a = "2026-11-21 23:59:" + first;
      const std::string b = "2026-11-21 23:59:" + second;
      const bool right = same(reader.read(a), read_time(a)) && same(reader.read(b), read_time(b));
      if (!right) {
        CAPTURE(a, b);
        FAIL("differs from read_time()");
      }
    }
  }
  CHECK(same(reader.read("2026-11-22 00:00:00 UTC "), read_time("2026-11-22 00:00:00 UTC ")));
}

}  // namespace quern
