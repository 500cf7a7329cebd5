#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>

namespace quern::testing {

/// A folder that is gone again afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_{std::filesystem::temp_directory_path() / unique_name()} {
    std::filesystem::create_directories(path_);
  }

  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  /// The path of the file.
  std::string write(const std::string& name, std::string_view text) const {
    std::ofstream{path_ / name, std::ios::binary} << text;
    return (path_ / name).string();
  }

 private:
  static std::string unique_name() {
    static int number = 0;
    return "quern-test-" + std::to_string(::getpid()) + "-" + std::to_string(++number);
  }

  std::filesystem::path path_;
};

}  // namespace quern::testing
