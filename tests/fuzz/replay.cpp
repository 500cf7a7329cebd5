// Runs every fuzz target over the inputs in SEEDS/<target>/.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#define X(name) extern "C" int name(const std::uint8_t* data, std::size_t size);
FUZZ_TARGETS
#undef X

namespace {

using Target = int (*)(const std::uint8_t*, std::size_t);

std::size_t replay(const std::filesystem::path& folder, Target target) {
  std::size_t inputs = 0;
  if (!std::filesystem::is_directory(folder)) {
    return inputs;
  }
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    std::cout << entry.path().string() << std::endl;  // the last one named is the one that fails
    std::ifstream file{entry.path(), std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    target(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    ++inputs;
  }
  return inputs;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: fuzz_replay SEEDS\n";
    return 2;
  }
  const std::filesystem::path seeds{arguments[1]};
  std::size_t missing = 0;
#define X(name) missing += replay(seeds / #name, name) == 0 ? 1 : 0;
  FUZZ_TARGETS
#undef X
  if (missing > 0) {
    std::cerr << missing << " targets have no inputs in " << seeds << '\n';
  }
  return missing > 0 ? 1 : 0;
}
