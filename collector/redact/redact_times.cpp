#include "collector/redact/redact_times.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

namespace quern::collector {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

std::string lower(std::string_view text) {
  std::string result{text};
  for (char& c : result) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

/// PostgreSQL's words for moments (datetktbl in datetime.c).
bool is_moment(std::string_view text) {
  const std::string word = lower(text);
  for (const char* moment : {"infinity", "-infinity", "now", "today", "tomorrow", "yesterday",
                             "epoch", "allballs", ""}) {
    if (word == moment) {
      return true;
    }
  }
  return false;
}

/// PostgreSQL's words for units (datetktbl and deltatktbl in datetime.c) and their abbreviations.
std::string_view unit_abbreviation(std::string_view word) {
  struct Unit {
    std::string_view abbreviation;
    std::array<std::string_view, 4> words;
  };

  static constexpr std::array<Unit, 10> kUnits = {{
      {"us", {"microsecond", "microseconds", "usec", "usecs"}},
      {"ms", {"millisecond", "milliseconds", "msec", "msecs"}},
      {"s", {"second", "seconds", "sec", "secs"}},
      {"m", {"minute", "minutes", "min", "mins"}},
      {"h", {"hour", "hours", "hr", "hrs"}},
      {"d", {"day", "days", "d", "d"}},
      {"w", {"week", "weeks", "w", "w"}},
      {"mon", {"month", "months", "mons", "mon"}},
      {"y", {"year", "years", "yr", "yrs"}},
      {"ago", {"ago", "ago", "ago", "ago"}},
  }};
  for (const Unit& unit : kUnits) {
    if (word == unit.abbreviation ||
        std::find(unit.words.begin(), unit.words.end(), word) != unit.words.end()) {
      return unit.abbreviation;
    }
  }
  return {};
}

/// -02:30:15.5 as -2h -30m -15.5s, what is zero left out.
std::string spelled_clock(std::string_view clock) {
  const bool signed_clock = clock.front() == '-' || clock.front() == '+';
  const std::string sign{clock.substr(0, clock.front() == '-' ? 1 : 0)};
  clock.remove_prefix(signed_clock ? 1 : 0);
  std::string result;
  for (const char unit : {'h', 'm', 's'}) {
    const std::string_view part = clock.substr(0, clock.find(':'));
    clock.remove_prefix(std::min(part.size() + 1, clock.size()));
    const std::size_t digits = std::min(part.find_first_not_of('0'), part.size());
    if (part.find_first_not_of("0.") == std::string_view::npos) {
      continue;
    }
    result.append(result.empty() ? "" : " ").append(sign);
    result.append(part[digits] == '.' ? "0" : "").append(part.substr(digits)) += unit;
  }
  return result.empty() ? "0s" : result;
}

/// Where the run of digits at `at` ends.
std::size_t end_of_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) {
    ++at;
  }
  return at;
}

/// Of a run of digits in a date: where its year begins. Of eight, first (20240317) or last
/// (17032024).
std::optional<std::size_t> place_of_year(std::string_view digits) {
  const auto is_year = [&](std::size_t at) {
    return digits.size() >= at + 4 &&
           (digits.substr(at, 2) == "19" || digits.substr(at, 2) == "20");
  };
  if (digits.size() < 4) {
    return std::nullopt;
  }
  if (digits.size() == 4 || is_year(0)) {
    return 0;
  }
  return is_year(digits.size() - 4) ? std::optional{digits.size() - 4} : std::nullopt;
}

}  // namespace

bool is_iso_time(std::string_view text) {
  return text.size() >= 10 && std::all_of(text.begin(), text.begin() + 4, is_digit) &&
         text[4] == '-' && is_digit(text[5]) && is_digit(text[6]) && text[7] == '-' &&
         is_digit(text[8]) && is_digit(text[9]) && text.find("BC") == std::string_view::npos;
}

std::optional<std::string> moved_time(std::string_view value, int years) {
  if (is_moment(value)) {
    return std::string{value};
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::size_t end = end_of_digits(value, i);
    // Not a zone's hours, nor parts of a second.
    const bool date =
        i == 0 || std::string_view{"+:."}.find(value[i - 1]) == std::string_view::npos;
    const auto place = date ? place_of_year(value.substr(i, end - i)) : std::nullopt;
    if (!place) {
      i = std::max(i, end);
      continue;
    }
    const std::size_t at = i + *place;
    const int year = std::atoi(std::string{value.substr(at, 4)}.c_str()) + years;
    if (year < 1) {
      return std::nullopt;
    }
    std::string result = fmt::format("{}{:04}{}", value.substr(0, at), year, value.substr(at + 4));
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (!leap && is_iso_time(value) && result.compare(4, 6, "-02-29") == 0) {
      result[9] = '8';
    }
    return result;
  }
  return std::nullopt;
}

std::string halved_time_of_day(std::string_view value) {
  int hours = 0;
  int minutes = 0;
  double seconds = 0;
  int length = 0;
  const std::string text{value};
  const int parts =
      std::sscanf(text.c_str(), "%2d:%2d%n:%lf%n", &hours, &minutes, &length, &seconds, &length);
  if (parts < 2 || hours < 0 || minutes < 0 || !(seconds >= 0 && seconds < 61)) {
    return text;
  }
  const std::int64_t microseconds = std::llround(((hours * 60 + minutes) * 60 + seconds) * 5e5);
  const std::int64_t whole = microseconds / 1'000'000;
  const std::string clock =
      fmt::format("{:02}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  const std::int64_t rest = microseconds % 1'000'000;
  return clock + (rest == 0 ? "" : fmt::format(".{:06}", rest)) +
         text.substr(static_cast<std::size_t>(length));
}

std::optional<std::string> respelled_interval(std::string_view text) {
  std::string result;
  bool respelled = false;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t from = i;
    if (is_letter(text[i])) {
      while (i < text.size() && is_letter(text[i])) {
        ++i;
      }
      const std::string_view unit = unit_abbreviation(lower(text.substr(from, i - from)));
      const std::size_t before = result.find_last_not_of(' ');
      if (unit.empty() || before == std::string::npos) {
        return std::nullopt;
      }
      result.resize(before + 1);
      result.append(unit == "ago" ? " " : "").append(unit);
      respelled = true;
      continue;
    }
    while (i < text.size() && (is_digit(text[i]) || text[i] == ':' || text[i] == '.' ||
                               (i == from && (text[i] == '-' || text[i] == '+')))) {
      ++i;
    }
    if (i == from && text[i] != ' ') {
      return std::nullopt;
    }
    const std::string_view word = text.substr(from, std::max(i, from + 1) - from);
    const bool clock = word.find(':') != std::string_view::npos && word.size() >= 3;
    result.append(clock ? spelled_clock(word) : std::string{word});
    respelled = respelled || clock;
    i = std::max(i, from + 1);
  }
  return respelled ? std::optional{std::move(result)} : std::nullopt;
}

}  // namespace quern::collector
