#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern::planner_model::value_text {

// What stands in a date or a time: numbers, words, zones.

enum class WordKind : std::uint8_t {
  Reserved,
  Month,
  Weekday,
  Meridian,
  Era,
  Unit,
  IsoTime,
  Summer,
  Ignored,
  Unknown
};

enum class Reserved : std::uint8_t { Early, Late, Epoch, Now, Today, Tomorrow, Yesterday, Zulu };
enum class Unit : std::uint8_t {
  None,
  Year,
  Month,
  Day,
  Hour,
  Minute,
  Second,
  Julian,
  Time,
  Other
};

struct Word {
  std::string_view name;
  WordKind kind = WordKind::Unknown;
  int value = 0;
};

/// DecodeSpecial()
[[nodiscard]] Word word_named(std::string_view text);

struct Token {
  enum class Kind : std::uint8_t { Number, Date, Time, Zone, Word, SignedWord } kind = Kind::Number;
  std::string text = {};
};

/// ParseDateTime(): words in lower case. Nothing: no part of a date or a time can look like that.
[[nodiscard]] std::optional<std::vector<Token>> date_time_tokens(std::string_view text);

}  // namespace quern::planner_model::value_text
