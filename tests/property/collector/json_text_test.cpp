// The text of JSON is nlohmann's, byte for byte, whatever the tree holds.
#include "collector/base/json_text.hpp"

#include <random>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace quern;
using nlohmann::json;

namespace {

class Trees {
 public:
  explicit Trees(unsigned seed) : random_{seed} {}

  json draw(int depth) {
    switch (below(depth == 0 ? 8 : 10)) {
      case 0:
        return nullptr;
      case 1:
        return below(2) == 0;
      case 2:
        return static_cast<std::int64_t>(random_());
      case 3:
        return std::uint64_t{random_()};
      case 4:
        return static_cast<std::int64_t>(below(200)) - 100;
      case 5:
        return static_cast<double>(static_cast<std::int64_t>(random_())) / 1e7;
      case 6:
      case 7:
        return text();
      case 8: {
        json list = json::array();
        for (auto left = below(4); left > 0; --left) {
          list.push_back(draw(depth - 1));
        }
        return list;
      }
      default: {
        json object = json::object();
        for (auto left = below(4); left > 0; --left) {
          object[text()] = draw(depth - 1);
        }
        return object;
      }
    }
  }

 private:
  std::uint64_t below(std::uint64_t end) { return random_() % end; }

  /// Plain, with characters that need an escape, in UTF-8, or no UTF-8 at all.
  std::string text() {
    static constexpr std::array<const char*, 8> kPieces = {
        "select", "\"", "\\", "\n\t\x01", "\x7F", "\xC3\xA9", "\xE2\x82\xAC", "a"};
    std::string text;
    for (auto left = below(12); left > 0; --left) {
      text += kPieces[below(kPieces.size())];
    }
    if (below(6) == 0) {
      text.insert(below(text.size() + 1), 1, static_cast<char>(below(256)));
    }
    return text;
  }

  std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("the text of JSON is that of nlohmann") {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    const json tree = Trees{seed}.draw(4);
    INFO("seed " << seed);
    REQUIRE(json_text(tree) == tree.dump(-1, ' ', false, json::error_handler_t::replace));
  }
}

TEST_CASE("a writer tells where the values of its keys stand") {
  std::string text = "before ";
  std::vector<JsonWriter::Member> members;
  {
    JsonWriter object{JsonWriter::Kind::Object, text, &members};
    object.key("a");
    append_json(std::int64_t{-1}, text);
    object.key("b\"");
    append_json(std::string_view{"two, three"}, text);
  }
  CHECK(text == R"(before {"a":-1,"b\"":"two, three"})");
  REQUIRE(members.size() == 2);
  CHECK(text.substr(members[0].from, members[0].to - members[0].from) == "-1");
  CHECK(members[1].name == "b\"");
  CHECK(text.substr(members[1].from, members[1].to - members[1].from) == R"("two, three")");
}
