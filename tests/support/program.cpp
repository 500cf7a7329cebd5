#include "tests/support/program.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace quern::test {

namespace {

namespace fs = std::filesystem;

fs::path folder() {
  const fs::path path = fs::path{QUERN_BINARY_DIR} / "tests/program";
  fs::create_directories(path);
  return path;
}

std::string content(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

Outcome run_quern(const std::string& arguments, const std::string& input) {
  const fs::path out = folder() / "stdout";
  const fs::path err = folder() / "stderr";
  const std::string command = "cd '" + folder().string() + "' && " +
                              (input.empty() ? "" : input + " | ") +
                              "'" QUERN_BINARY_DIR "/quern' " + arguments + " >'" + out.string() +
                              "' 2>'" + err.string() + "'" + (input.empty() ? " </dev/null" : "");
  const pid_t child = fork();
  if (child == 0) {
    execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = -1;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content(out), content(err),
          usage.ru_maxrss};
}

std::string written(const std::string& name, const std::string& text) {
  const fs::path path = folder() / name;
  std::ofstream{path, std::ios::binary} << text;
  return path.string();
}

}  // namespace quern::test
