#include "reports/cli/command_context.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "collector/base/failure.hpp"
#include "collector/catalog/snapshot_document.hpp"

#include "reports/text/wrap.hpp"

namespace quern::reports {

namespace {

std::string last_error() {
  return std::strerror(errno);
}

}  // namespace

std::size_t CommandContext::columns() const {
  constexpr std::size_t kNarrowest = 72;
  constexpr std::size_t kWidest = 120;
  winsize size{};
  if (&out != &std::cout || isatty(STDOUT_FILENO) == 0 ||
      ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return kColumns;
  }
  return std::clamp<std::size_t>(size.ws_col, kNarrowest, kWidest);
}

void CommandContext::warn(std::string_view message) const {
  err << "quern: warning: " << message << '\n' << std::flush;
}

void CommandContext::note(std::string_view message) const {
  if (!quiet) {
    err << "quern: " << message << '\n' << std::flush;
  }
}

void write_output(const CommandContext& context, const std::string& path, std::string_view text) {
  if (path.empty() || path == "-") {
    context.out << text << std::flush;
    return;
  }
  std::error_code ignored;
  // A pipe or device (/dev/stderr, a FIFO) can not be replaced by renaming: write straight into it.
  const bool replaceable =
      !std::filesystem::exists(path, ignored) || std::filesystem::is_regular_file(path, ignored);
  const std::string target =
      replaceable ? fmt::format("{}.{}.partial", path, static_cast<long>(getpid())) : path;
  errno = 0;
  std::ofstream file{target, std::ios::binary | std::ios::trunc};
  if (!file) {
    throw UserError{fmt::format("{}: cannot write: {}", path, last_error())};
  }
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) {
    const std::string why = last_error();
    if (replaceable) {
      std::filesystem::remove(target, ignored);
    }
    throw UserError{fmt::format("{}: cannot write: {}", path, why)};
  }
  if (replaceable && std::rename(target.c_str(), path.c_str()) != 0) {
    const std::string why = last_error();
    std::filesystem::remove(target, ignored);
    throw UserError{fmt::format("{}: cannot write: {}", path, why)};
  }
}

std::string read_text_file(const std::string& path, std::size_t limit) {
  std::string text;
  const auto slurp = [&](std::istream& in) {
    char block[65536];
    while (in.read(block, sizeof block), in.gcount() > 0) {
      text.append(block, static_cast<std::size_t>(in.gcount()));
      if (text.size() > limit) {
        throw UserError{fmt::format("{}: larger than {} MB, which is no {} to read whole", path,
                                    limit >> 20, "text file")};
      }
    }
  };
  if (path == "-") {
    slurp(std::cin);
    return text;
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw UserError{fmt::format("{}: is a directory; name the file", path)};
  }
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  if (!file) {
    throw UserError{fmt::format("{}: cannot read: {}", path, last_error())};
  }
  slurp(file);
  return text;
}

CatalogSnapshot load_catalog(const CommandContext& context, const std::string& path) {
  constexpr int kNewestModelled = 18;
  constexpr int kOldestModelled = 13;
  constexpr int kPerMajor = 10'000;
  CatalogSnapshot catalog = collector::read_snapshot(path);
  const int major = catalog.server_version / kPerMajor;
  if (major > kNewestModelled || (major != 0 && major < kOldestModelled)) {
    context.warn(fmt::format(
        "{}: the catalog is of PostgreSQL {}; the model knows {} to {}: take costs as those of the "
        "nearest of these, and look for a newer quern",
        path, major, kOldestModelled, kNewestModelled));
  }
  return catalog;
}

}  // namespace quern::reports
