#pragma once

#include <cstddef>
#include <memory>

namespace CLI {
class FormatterBase;
}

namespace quern::reports {

/// --help whose descriptions are broken to the terminal, and whose values read as in a manual:
/// `--size-model as-built|hypopg`, not `--size-model MODEL:{as-built,hypopg}`.
[[nodiscard]] std::shared_ptr<CLI::FormatterBase> help_format(std::size_t columns);

}  // namespace quern::reports
