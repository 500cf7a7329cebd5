#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/support/program.hpp"

using quern::test::run_quern;

namespace {

/// Long options that a --help lists, in its order of columns.
std::set<std::string> options_of(const std::string& help) {
  std::set<std::string> names;
  std::istringstream lines{help};
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("  -", 0) != 0) {
      continue;
    }
    const auto from = line.find("--");
    const auto end = line.find_first_of(" ,=:", from);
    names.insert(line.substr(from, end - from));
  }
  return names;
}

std::vector<std::string> commands() {
  std::vector<std::string> names;
  std::istringstream lines{run_quern("--help").out};
  bool listed = false;
  for (std::string line; std::getline(lines, line);) {
    if (listed && line.rfind("  ", 0) == 0) {
      names.push_back(line.substr(2, line.find(' ', 2) - 2));
    } else {
      listed = line == "Subcommands:";
    }
  }
  return names;
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Lines from the one that contains `start` to the next that contains `end`.
std::string part_of(const std::string& text, const std::string& start, const std::string& end) {
  const auto from = text.find(start);
  REQUIRE(from != std::string::npos);
  return text.substr(from, text.find(end, from + start.size()) - from);
}

std::string roff(const std::string& name) {
  std::string escaped;
  for (const char c : name) {
    escaped += c == '-' ? "\\-" : std::string(1, c);
  }
  return escaped;
}

}  // namespace

TEST_CASE("completions and manual name every option of every command", "[reports][cli]") {
  const std::string bash = run_quern("completion bash").out;
  const std::string zsh = run_quern("completion zsh").out;
  const std::string fish = run_quern("completion fish").out;
  const std::string man = run_quern("completion man").out;
  REQUIRE(commands().size() >= 8);
  for (const std::string& command : commands()) {
    const std::string in_bash = part_of(bash, "\n    " + command + ") options=", "\n");
    const std::string in_zsh = part_of(zsh, "\n      " + command + ") _arguments", ";;");
    const std::string in_man = part_of(man, "\n.SS " + roff(command) + "\n", "\n.S");
    const auto options = options_of(run_quern(command + " --help").out);
    CHECK(options.count("--help") == 1);
    for (const std::string& option : options) {
      INFO(command << ' ' << option);
      CHECK(says(in_bash + " ", option + " ") + says(in_bash, option + "'") > 0);
      CHECK(says(in_zsh, option + "["));
      CHECK(says(fish, "from " + command + "'"));
      CHECK(says(fish, " -l " + option.substr(2) + " "));
      CHECK((option == "--help" || says(in_man, "\\fB" + roff(option) + "\\fR")));
    }
  }
}

TEST_CASE("bash completes commands, options and their values", "[reports][cli]") {
  const auto completed = [](const std::string& typed) {
    const std::string program = QUERN_BINARY_DIR "/quern";
    std::istringstream words{typed};
    std::string list;
    int last = -1;
    for (std::string word; words >> word; ++last) {
      list += "'" + word + "' ";
    }
    if (typed.back() == ' ') {
      list += "''";
      ++last;
    }
    const std::string script = "eval \"$('" + program + "' completion bash)\"; COMP_WORDS=(" +
                               list + "); COMP_CWORD=" + std::to_string(last) +
                               "; _quern; echo \"${COMPREPLY[*]}\"";
    const std::string file = QUERN_BINARY_DIR "/tests/completion.bash";
    std::ofstream{file} << script;
    FILE* pipe = popen(("bash '" + file + "'").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string out;
    for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) {
      out += static_cast<char>(c);
    }
    CHECK(pclose(pipe) == 0);
    return out;
  };
  CHECK(completed("quern adv") == "advise\n");
  CHECK(completed("quern --qui") == "--quiet\n");
  CHECK(completed("quern advise --max-w") == "--max-write-overhead --max-wal --max-width\n");
  CHECK(completed("quern advise --size-model ") == "as-built hypopg\n");
  CHECK(completed("quern -q check --fail-on w") == "warning\n");
  CHECK(completed("quern advise --budget ") == "\n");
}
