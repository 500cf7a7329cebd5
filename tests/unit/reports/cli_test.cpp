#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <catch2/catch.hpp>
#include <sys/wait.h>

namespace {

namespace fs = std::filesystem;

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

fs::path folder() {
  const fs::path path = fs::path{QUERN_BINARY_DIR} / "tests/cli";
  fs::create_directories(path);
  return path;
}

std::string content(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string written(const std::string& name, const std::string& text) {
  const fs::path path = folder() / name;
  std::ofstream{path, std::ios::binary} << text;
  return path.string();
}

/// Runs the program itself through the shell, in a folder without a quern.toml.
Outcome quern(const std::string& arguments) {
  const fs::path out = folder() / "stdout";
  const fs::path err = folder() / "stderr";
  const std::string command = "cd '" + folder().string() + "' && '" QUERN_BINARY_DIR "/quern' " +
                              arguments + " >'" + out.string() + "' 2>'" + err.string() +
                              "' </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content(out), content(err)};
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("help and version go to standard output", "[reports][cli]") {
  const Outcome help = quern("--help");
  CHECK(help.code == 0);
  CHECK(says(help.out, "Examples:"));
  for (const char* command : {"snapshot", "collect", "profile", "merge", "diff", "redact",
                              "calibrate", "advise", "check", "verify"}) {
    INFO(command);
    CHECK(says(help.out, std::string{"\n  "} + command));
    const Outcome own = quern(std::string{command} + " --help");
    CHECK(own.code == 0);
    CHECK(says(own.out, "Examples:"));
  }
  CHECK(quern("--version").out.substr(0, 6) == "quern ");
}

TEST_CASE("bad usage is 2 with a hint and nothing on standard output", "[reports][cli]") {
  for (const char* wrong : {"", "--nope", "nope", "advise", "advise --nope x", "advise x",
                            "advise x -c y --size-model z", "check x -c y"}) {
    INFO(wrong);
    const Outcome outcome = quern(wrong);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(says(outcome.err, "--help"));
  }
}

TEST_CASE("a file that is missing or of another kind is named", "[reports][cli]") {
  const std::string other = written("other.json", "{\"format\":\"something-else\",\"version\":1}");
  const std::string cut = written("cut.json", "{\"format\":\"quern-workload\",\"version\":1,\"cla");
  const std::string newer = written("newer.json", "{\"format\":\"quern-workload\",\"version\":99}");
  for (const std::string& path : {std::string{"missing.json"}, other, cut, newer}) {
    INFO(path);
    for (const std::string command : {"advise", "check"}) {
      const Outcome outcome = quern(command + " " + path + " -c " + other + " --migration x");
      CHECK(outcome.code == 2);
      CHECK(outcome.out.empty());
      CHECK(says(outcome.err, path));
    }
  }
}

TEST_CASE("a size that is none is refused before any work", "[reports][cli]") {
  const Outcome outcome = quern("advise missing.json -c missing.json --budget lots");
  CHECK(outcome.code == 2);
  CHECK(says(outcome.err, "'lots' is not a size"));
}

TEST_CASE("a setting that quern.toml gets wrong is an error", "[reports][cli]") {
  const std::string config = written("wrong.toml", "[advise]\nsize-model = \"guess\"\n");
  const Outcome outcome = quern("--config " + config + " advise x -c y");
  CHECK(outcome.code == 2);
  CHECK(says(outcome.err, "size-model"));
}

TEST_CASE("steps of another plan are not mixed with those of this one", "[reports][cli]") {
  const std::string workload = (folder() / "one.workload.json").string();
  const std::string sql =
      written("one.sql", "SELECT * FROM shipments WHERE tracking_code = 'x';\n");
  REQUIRE(quern("collect --format sql " + sql + " -o " + workload).code == 0);
  const fs::path steps = folder() / "steps";
  fs::remove_all(steps);
  const std::string advise = "advise " + workload + " -c " + QUERN_SOURCE_DIR +
                             "/samples/shop/catalog.json.gz --migration " + steps.string();
  REQUIRE(quern(advise).code == 0);
  CHECK(quern(advise).code == 0);  // the same plan again
  std::ofstream{steps / "notes.txt"} << "mine";
  CHECK(quern(advise).code == 0);
  std::ofstream{steps / "099_drop-old.up.sql"} << "DROP INDEX old;";
  const Outcome mixed = quern(advise);
  CHECK(mixed.code == 2);
  CHECK(says(mixed.err, "099_drop-old.up.sql"));
}
