// The samples of every format, cut, garbled and mixed: nothing crashes, and every line is counted.
#include <algorithm>
#include <filesystem>
#include <random>

#include <catch2/catch.hpp>

#include "collector/base/failure.hpp"
#include "collector/collect.hpp"
#include "collector/input/byte_source.hpp"

using namespace quern;
using namespace quern::collector;

namespace {

std::vector<std::pair<std::string, std::string>> samples() {
  std::vector<std::pair<std::string, std::string>> samples;
  const std::filesystem::path folder = QUERN_SOURCE_DIR "/tests/golden/collector/logs";
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.path().extension() != ".golden") {
      samples.emplace_back(entry.path().filename().string(), read_document(entry.path().string()));
    }
  }
  std::sort(samples.begin(), samples.end());
  return samples;
}

void collect_and_count(const std::string& text) {
  try {
    const Workload w = collect_text(text, {});
    CHECK(w.input.lines == w.input.used + w.input.continuation + w.input.skipped);
    std::uint64_t told = 0;
    for (const auto& [reason, entry] : w.skipped.by_reason()) {
      told += entry.count;
    }
    CHECK(told >= w.input.skipped);
  } catch (const UserError& error) {
    CHECK(std::string{error.what()}.size() > 10);  // says why
  }
}

}  // namespace

TEST_CASE("samples cut anywhere") {
  std::mt19937 random{20261121};
  for (const auto& [name, text] : samples()) {
    INFO(name);
    for (int i = 0; i < 12; ++i) {
      const std::size_t from = random() % text.size();
      const std::size_t length = random() % (text.size() - from) + 1;
      INFO(from << " " << length);
      collect_and_count(text.substr(from, length));
      collect_and_count(text.substr(0, length));
    }
  }
}

TEST_CASE("samples with bytes changed") {
  std::mt19937 random{7};
  constexpr std::string_view kBytes{"\"{}[]\\,:\n\t\r\0%#<>-' $\xFF\xC3", 23};
  for (const auto& [name, text] : samples()) {
    INFO(name);
    for (int i = 0; i < 15; ++i) {
      std::string garbled = text;
      for (int k = 0; k < 1 + i; ++k) {
        garbled[random() % garbled.size()] = kBytes[random() % kBytes.size()];
      }
      collect_and_count(garbled);
    }
  }
}

TEST_CASE("samples after one another in one file") {
  std::mt19937 random{11};
  const auto all = samples();
  for (int i = 0; i < 80; ++i) {
    const auto& [a, first] = all[random() % all.size()];
    const auto& [b, second] = all[random() % all.size()];
    INFO(a << " then " << b);
    collect_and_count(first + second);
  }
}
