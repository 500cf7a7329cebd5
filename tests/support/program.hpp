#pragma once

#include <string>

namespace quern::test {

struct Outcome {
  int code = -1;  ///< -1: ended by a signal
  std::string out = {};
  std::string err = {};
  long peak_kilobytes = 0;  ///< of resident memory
};

/// Runs `quern ARGUMENTS` through the shell, in a folder of its own that has no quern.toml, with
/// standard input from the shell command `input` or from nowhere.
[[nodiscard]] Outcome run_quern(const std::string& arguments, const std::string& input = {});

/// Writes a file into that folder; its path.
std::string written(const std::string& name, const std::string& text);

}  // namespace quern::test
