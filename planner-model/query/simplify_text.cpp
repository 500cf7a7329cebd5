// Functions of texts over constants: varlena.c, oracle_compat.c; the case of ASCII alone.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "planner-model/query/listed_functions.hpp"
#include "planner-model/selectivity/ascii.hpp"
#include "planner-model/selectivity/utf8.hpp"

namespace quern::planner_model {

namespace {

/// Longer answers are left to the server.
constexpr std::int64_t kLongest = 100'000;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Each character in another case, by what stands before it.
template <typename Change>
std::optional<Value> in_case(const Value& value, Oid result, const Change& change) {
  if (!is_ascii(value.text)) {
    return std::nullopt;
  }
  std::string text;
  for (const char c : value.text) {
    text += change(text.empty() ? '\0' : text.back(), c);
  }
  return make_text(text, result);
}

std::optional<Value> lower(Arguments args, Oid result, const FoldContext&) {
  return in_case(args[0], result, [](char, char c) { return to_lower(c); });
}

std::optional<Value> upper(Arguments args, Oid result, const FoldContext&) {
  return in_case(args[0], result, [](char, char c) { return to_upper(c); });
}

std::optional<Value> initcap(Arguments args, Oid result, const FoldContext&) {
  return in_case(args[0], result, [](char before, char c) {
    return is_alphanumeric(before) ? to_lower(c) : to_upper(c);
  });
}

std::optional<Value> concatenated(Arguments args, Oid result, const FoldContext&) {
  return make_text(args[0].text + args[1].text, result);
}

std::optional<Value> reversed(Arguments args, Oid result, const FoldContext&) {
  const auto characters = characters_of(args[0].text);
  std::string text;
  for (auto it = characters.rbegin(); it != characters.rend(); ++it) {
    text += *it;
  }
  return make_text(text, result);
}

std::optional<Value> repeated(Arguments args, Oid result, const FoldContext&) {
  const std::int64_t times = std::max<std::int64_t>(args[1].integer, 0);
  if (times * static_cast<std::int64_t>(args[0].text.size()) > kLongest) {
    return std::nullopt;
  }
  std::string text;
  for (std::int64_t i = 0; i < times; ++i) {
    text += args[0].text;
  }
  return make_text(text, result);
}

std::optional<Value> characters_in(Arguments args, Oid, const FoldContext&) {
  return make_integer(count_characters(args[0].text));
}

std::optional<Value> octets_in(Arguments args, Oid, const FoldContext&) {
  return make_integer(static_cast<std::int64_t>(args[0].text.size()));
}

std::optional<Value> bits_in(Arguments args, Oid, const FoldContext&) {
  return make_integer(8 * static_cast<std::int64_t>(args[0].text.size()));
}

/// substring(text, from[, for]) counts characters from 1.
std::optional<Value> substring(Arguments args, Oid result, const FoldContext&) {
  const std::int64_t from = args[1].integer;
  std::int64_t end = std::numeric_limits<std::int32_t>::max();
  if (args.size() > 2) {
    if (args[2].integer < 0) {
      return std::nullopt;
    }
    end = from + args[2].integer;
  }
  const std::int64_t start = std::max<std::int64_t>(from, 1);
  return make_text(start >= end ? "" : characters_between(args[0].text, start - 1, end - 1),
                   result);
}

std::optional<Value> left(Arguments args, Oid result, const FoldContext&) {
  const std::int64_t size = count_characters(args[0].text);
  const std::int64_t count = args[1].integer;
  return make_text(characters_between(args[0].text, 0,
                                      count < 0 ? std::max<std::int64_t>(size + count, 0) : count),
                   result);
}

std::optional<Value> right(Arguments args, Oid result, const FoldContext&) {
  const std::int64_t size = count_characters(args[0].text);
  const std::int64_t count = args[1].integer;
  const std::int64_t from = count < 0 ? -count : std::max<std::int64_t>(size - count, 0);
  return make_text(characters_between(args[0].text, from, size), result);
}

/// overlay(text placing other from place[ for length])
std::optional<Value> overlaid(Arguments args, Oid result, const FoldContext&) {
  const std::int64_t place = args[2].integer;
  const std::int64_t length = args.size() > 3 ? args[3].integer : count_characters(args[1].text);
  if (place <= 0) {
    return std::nullopt;
  }
  const std::int64_t rest = std::max<std::int64_t>(place - 1 + length, 0);
  const std::string before{characters_between(args[0].text, 0, place - 1)};
  const std::string_view after =
      characters_between(args[0].text, rest, std::numeric_limits<std::int64_t>::max());
  return make_text(before + args[1].text + std::string{after}, result);
}

/// What fills lpad() and rpad(); `text` is cut to the length.
std::optional<std::string> padding(std::string& text, std::int64_t length, std::string_view fill) {
  if (length > kLongest) {
    return std::nullopt;
  }
  text = characters_between(text, 0, std::max<std::int64_t>(length, 0));
  const auto characters = characters_of(fill);
  const std::int64_t missing = length - count_characters(text);
  std::string pad;
  for (std::int64_t i = 0; i < missing && !characters.empty(); ++i) {
    pad += characters[static_cast<std::size_t>(i) % characters.size()];
  }
  return pad;
}

std::optional<Value> padded_left(Arguments args, Oid result, const FoldContext&) {
  std::string text = args[0].text;
  const auto pad = padding(text, args[1].integer, args.size() > 2 ? args[2].text : " ");
  return pad ? std::optional{make_text(*pad + text, result)} : std::nullopt;
}

std::optional<Value> padded_right(Arguments args, Oid result, const FoldContext&) {
  std::string text = args[0].text;
  const auto pad = padding(text, args[1].integer, args.size() > 2 ? args[2].text : " ");
  return pad ? std::optional{make_text(text + *pad, result)} : std::nullopt;
}

std::optional<Value> trimmed(Arguments args, Oid result, bool from_left, bool from_right) {
  const auto characters = characters_of(args[0].text);
  const auto set = characters_of(args.size() > 1 ? std::string_view{args[1].text} : " ");
  const auto stays = [&](std::string_view character) {
    return std::find(set.begin(), set.end(), character) == set.end();
  };
  auto begin = characters.begin();
  auto end = characters.end();
  if (from_left) {
    begin = std::find_if(begin, end, stays);
  }
  if (from_right) {
    end = std::find_if(characters.rbegin(), std::make_reverse_iterator(begin), stays).base();
  }
  std::string text;
  for (; begin != end; ++begin) {
    text += *begin;
  }
  return make_text(text, result);
}

std::optional<Value> btrim(Arguments args, Oid result, const FoldContext&) {
  return trimmed(args, result, true, true);
}

std::optional<Value> ltrim(Arguments args, Oid result, const FoldContext&) {
  return trimmed(args, result, true, false);
}

std::optional<Value> rtrim(Arguments args, Oid result, const FoldContext&) {
  return trimmed(args, result, false, true);
}

std::optional<Value> position(Arguments args, Oid, const FoldContext&) {
  const std::string& text = args[0].text;
  const std::size_t at = text.find(args[1].text);
  return make_integer(at == std::string::npos ? 0 : count_characters(text.substr(0, at)) + 1);
}

std::optional<Value> starts_with(Arguments args, Oid, const FoldContext&) {
  return make_bool(args[0].text.starts_with(args[1].text));
}

std::optional<Value> replaced(Arguments args, Oid result, const FoldContext&) {
  std::string text = args[0].text;
  const std::string& from = args[1].text;
  const std::string& to = args[2].text;
  for (std::size_t at = from.empty() ? std::string::npos : text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return make_text(text, result);
}

std::optional<Value> translated(Arguments args, Oid result, const FoldContext&) {
  const auto from = characters_of(args[1].text);
  const auto to = characters_of(args[2].text);
  std::string text;
  for (const std::string_view character : characters_of(args[0].text)) {
    const auto found = std::find(from.begin(), from.end(), character);
    const auto number = static_cast<std::size_t>(found - from.begin());
    if (found == from.end()) {
      text += character;
    } else if (number < to.size()) {
      text += to[number];
    }
  }
  return make_text(text, result);
}

/// The part of that number, counted from 1; from 14 on negative numbers count from the end.
std::optional<Value> split_part(Arguments args, Oid result, const FoldContext& context) {
  constexpr std::int32_t kCountsFromEnd = 140000;
  const std::string& text = args[0].text;
  const std::string& separator = args[1].text;
  const std::int64_t number = args[2].integer;
  if (number == 0 || (number < 0 && context.types.catalog().server_version < kCountsFromEnd)) {
    return std::nullopt;
  }
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end = separator.empty() ? std::string::npos : text.find(separator);
       end != std::string::npos; end = text.find(separator, begin)) {
    parts.push_back(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
  parts.push_back(text.substr(begin));
  const auto count = static_cast<std::int64_t>(parts.size());
  const std::int64_t at = number > 0 ? number - 1 : count + number;
  return make_text(at >= 0 && at < count ? parts[static_cast<std::size_t>(at)] : "", result);
}

/// string_to_array(text, separator[, what stands for NULL]).
std::optional<Value> string_to_array(Arguments args, Oid result, const FoldContext&) {
  const std::string& text = args[0].text;
  const std::string& separator = args[1].text;
  std::vector<std::optional<Value>> elements;
  const auto add = [&](const std::string& element) {
    const bool is_null = args.size() > 2 && element == args[2].text;
    elements.push_back(is_null ? std::nullopt : std::optional{make_text(element, type_oid::kText)});
  };
  std::size_t from = 0;
  for (std::size_t at = separator.empty() ? std::string::npos : text.find(separator);
       at != std::string::npos; at = text.find(separator, from)) {
    add(text.substr(from, at - from));
    from = at + separator.size();
  }
  if (!text.empty()) {
    add(text.substr(from));
  }
  return make_array(result, std::move(elements));
}

std::optional<Value> ascii(Arguments args, Oid, const FoldContext&) {
  const auto characters = characters_of(args[0].text);
  if (characters.empty()) {
    return make_integer(0);
  }
  const auto point = code_point(characters.front());
  return point ? std::optional{make_integer(*point)} : std::nullopt;
}

std::optional<Value> chr(Arguments args, Oid result, const FoldContext&) {
  const auto character = character_of(args[0].integer);
  return character && args[0].integer != 0 ? std::optional{make_text(*character, result)}
                                           : std::nullopt;
}

std::optional<Value> to_hex(Arguments args, Oid result, const FoldContext&) {
  const bool is_short = args[0].type == type_oid::kInt4;
  const auto bits = static_cast<std::uint64_t>(args[0].integer);
  return make_text(fmt::format("{:x}", is_short ? bits & 0xFFFFFFFFU : bits), result);
}

/// quote_literal_internal(): with a backslash in it, an E before the quotes.
std::optional<Value> quote_literal(Arguments args, Oid result, const FoldContext&) {
  std::string text = args[0].text.find('\\') == std::string::npos ? "'" : "E'";
  for (const char c : args[0].text) {
    text += c == '\'' || c == '\\' ? std::string(2, c) : std::string(1, c);
  }
  return make_text(text + "'", result);
}

}  // namespace

const FunctionList& text_functions() {
  static const FunctionList list{
      {"lower", "t", lower},
      {"upper", "t", upper},
      {"initcap", "t", initcap},
      {"textcat", "tt", concatenated},
      {"reverse", "t", reversed},
      {"repeat", "ti", repeated},
      {"length", "t", characters_in},
      {"char_length", "t", characters_in},
      {"character_length", "t", characters_in},
      {"octet_length", "t", octets_in},
      {"bit_length", "t", bits_in},
      {"substring", "ti", substring},
      {"substring", "tii", substring},
      {"substr", "ti", substring},
      {"substr", "tii", substring},
      {"left", "ti", left},
      {"right", "ti", right},
      {"overlay", "tti", overlaid},
      {"overlay", "ttii", overlaid},
      {"lpad", "ti", padded_left},
      {"lpad", "tit", padded_left},
      {"rpad", "ti", padded_right},
      {"rpad", "tit", padded_right},
      {"btrim", "t", btrim},
      {"btrim", "tt", btrim},
      {"ltrim", "t", ltrim},
      {"ltrim", "tt", ltrim},
      {"rtrim", "t", rtrim},
      {"rtrim", "tt", rtrim},
      {"position", "tt", position},
      {"strpos", "tt", position},
      {"starts_with", "tt", starts_with},
      {"replace", "ttt", replaced},
      {"translate", "ttt", translated},
      {"split_part", "tti", split_part},
      {"string_to_array", "tt", string_to_array},
      {"string_to_array", "ttt", string_to_array},
      {"ascii", "t", ascii},
      {"chr", "i", chr},
      {"to_hex", "i", to_hex},
      {"quote_literal", "t", quote_literal},
      {"quote_nullable", "t", quote_literal},
  };
  return list;
}

}  // namespace quern::planner_model
