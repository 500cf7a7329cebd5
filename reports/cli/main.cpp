#include <cerrno>
#include <csignal>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "collector/base/failure.hpp"

#include "reports/cli/application.hpp"

namespace {

constexpr int kFailed = 2;

}  // namespace

// The only place where an error becomes text and an exit code.
int main(int argc, char** argv) {
  // A reader that went away (`quern profile ... | head`) is not an error: writes fail quietly.
  std::signal(SIGPIPE, SIG_IGN);
  std::ios::sync_with_stdio(false);
  try {
    const int code = quern::reports::run({argv + 1, argv + argc}, std::cout, std::cerr);
    errno = 0;
    std::cout.flush();
    if (!std::cout && errno != EPIPE && errno != 0) {
      std::cerr << "quern: cannot write the result: the output is full or closed\n";
      return kFailed;
    }
    return code;
  } catch (const quern::UserError& error) {
    std::cout.flush();
    std::cerr << "quern: " << error.what() << '\n';
  } catch (const std::bad_alloc&) {
    std::cerr << "quern: out of memory\n";
  } catch (const std::exception& error) {
    std::cout.flush();
    std::cerr << "quern: internal error, please report it with this line: " << error.what() << '\n';
  }
  return kFailed;
}
