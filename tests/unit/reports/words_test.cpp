#include "reports/words.hpp"

#include <catch2/catch.hpp>

using namespace quern;
using namespace quern::reports;

TEST_CASE("sizes are said as pg_size_pretty says them", "[reports][words]") {
  CHECK(size_words(Bytes{0}) == "0 bytes");
  CHECK(size_words(Bytes{1}) == "1 byte");
  CHECK(size_words(Bytes{8192}) == "8192 bytes");
  CHECK(size_words(Bytes{10239}) == "10239 bytes");
  CHECK(size_words(Bytes{10240}) == "10 kB");
  CHECK(size_words(Bytes{136.0 * 1024 * 1024}) == "136 MB");
  CHECK(size_words(Bytes{24.0 * 1024 * 1024}) == "24 MB");
}

TEST_CASE("durations keep three digits and their unit", "[reports][words]") {
  CHECK(duration_words(Microseconds{850}) == "0.850 ms");
  CHECK(duration_words(Microseconds{12340}) == "12.3 ms");
  CHECK(duration_words(Microseconds{4210000}) == "4.21 s");
  CHECK(duration_words(Microseconds{723000000}) == "12 min 3 s");
  CHECK(duration_words(Microseconds{18720000000}) == "5 h 12 min");
  CHECK(duration_words(Microseconds{273600000000}) == "3 d 4 h");
}

TEST_CASE("counts, costs, shares and changes", "[reports][words]") {
  CHECK(count_words(1234567) == "1,234,567");
  CHECK(count_words(-1234) == "-1,234");
  CHECK(count_words(999) == "999");
  CHECK(plural(1, "call", "calls") == "1 call");
  CHECK(cost_words(Cost{8.444}) == "8.44");
  CHECK(cost_words(Cost{1234.4}) == "1,234");
  CHECK(cost_words(Cost{12345678}) == "12.3 M");
  CHECK(share_words(0.3421) == "34.2 %");
  CHECK(share_words(0.0004) == "<0.1 %");
  CHECK(share_words(0) == "0 %");
  CHECK(change_words(Cost{100}, Cost{6.9}) == "-93.1 %");
  CHECK(change_words(Cost{4072}, Cost{1.23}) == "-99.97 %");
  CHECK(change_words(Cost{1e9}, Cost{1}) == "-99.99 %");
  CHECK(change_words(Cost{100}, Cost{104}) == "+4.0 %");
  CHECK(change_words(Cost{100}, Cost{1230}) == "12.3x");
  CHECK(change_words(Cost{100}, Cost{100.01}) == "same");
  CHECK(time_words(1714550400000000) == "2024-05-01 08:00:00 UTC");
  CHECK(time_words(0).empty());
}

TEST_CASE("what is shown is valid UTF-8 without control characters", "[reports][words]") {
  CHECK(clean_text("a\x1b[31mb") == "a [31mb");
  CHECK(clean_text(std::string_view{"a\0b", 3}) ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(clean_text("\xff\xfe") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(clean_text("\xC3\xBC\n\t") == "\xC3\xBC\n\t");
  CHECK(clean_text("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
  CHECK(clean_text("\xC2\x9B") == " ");                                         // C1: CSI
  CHECK(one_line("a \n  b", 10) == "a b");
  CHECK(one_line("abcdefghij", 5) == "abcd…");
}
