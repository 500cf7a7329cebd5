#include "collector/input/input_file.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/base/failure.hpp"

namespace quern::collector {

class InputFile::Descriptor {
 public:
  explicit Descriptor(int number) : number_{number} {}

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  ~Descriptor() {
    if (number_ != STDIN_FILENO) {
      ::close(number_);
    }
  }

  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

namespace {

struct stat status_of(int descriptor) {
  struct stat status {};

  ensure(::fstat(descriptor, &status) == 0, "fstat of an open file");
  return status;
}

std::string unreadable(const std::string& path) {
  return fmt::format("{}: cannot be read: {}", path, std::strerror(errno));
}

}  // namespace

InputFile::InputFile(std::string path, std::shared_ptr<const Descriptor> descriptor)
    : path_{std::move(path)}, descriptor_{std::move(descriptor)} {}

InputFile InputFile::open(const std::string& path) {
  if (path == "-") {
    if (::fcntl(STDIN_FILENO, F_GETFD) < 0) {
      throw UserError{unreadable("standard input")};
    }
    return InputFile{"standard input", std::make_shared<Descriptor>(STDIN_FILENO)};
  }
  const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) {
    throw UserError{errno == ENOENT ? fmt::format("{}: no such file", path) : unreadable(path)};
  }
  InputFile file{path, std::make_shared<Descriptor>(number)};
  if (S_ISDIR(status_of(number).st_mode)) {
    throw UserError{fmt::format("{}: is a directory, a file is needed here", path)};
  }
  return file;
}

int InputFile::descriptor() const {
  return descriptor_->number();
}

bool InputFile::regular() const {
  return descriptor() != STDIN_FILENO && S_ISREG(status_of(descriptor()).st_mode);
}

std::uint64_t InputFile::size() const {
  const struct stat status = status_of(descriptor());
  return S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
}

std::uint64_t InputFile::inode() const {
  return status_of(descriptor()).st_ino;
}

std::int64_t InputFile::modified_us() const {
  const struct stat status = status_of(descriptor());
  return S_ISREG(status.st_mode) ? std::int64_t{status.st_mtime} * 1'000'000 : 0;
}

std::optional<std::size_t> InputFile::read_at(std::uint64_t offset, char* to,
                                              std::size_t most) const {
  ssize_t got = 0;
  do {
    got = ::pread(descriptor(), to, most, static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  return got < 0 ? std::nullopt : std::optional{static_cast<std::size_t>(got)};
}

}  // namespace quern::collector
