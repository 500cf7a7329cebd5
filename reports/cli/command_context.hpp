#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "collector/catalog/snapshot.hpp"

namespace quern::reports {

/// What every subcommand is given. A command's CLI11 callback only sets `run`; main() calls it
/// after the whole command line and quern.toml have been read, so that usage errors come first.
///
///   void register_merge(CLI::App& app, CommandContext& context) {
///     auto options = std::make_shared<MergeOptions>();
///     CLI::App* command = app.add_subcommand("merge", "Fold several workload documents into one");
///     command->add_option("files", options->files, "Workload documents")->required();
///     command->footer("Examples:\n  quern merge a.workload.json b.workload.json -o
///     all.workload.json"); command->callback([&context, options] { context.run = [&context,
///     options] { ... }; });
///   }
struct CommandContext {
  std::ostream& out;   ///< results
  std::ostream& err;   ///< diagnostics and progress
  bool quiet = false;  ///< --quiet: no progress, no notes; warnings and errors stay
  int exit_code = 0;   ///< 1: `check` found something at or above its threshold
  std::function<void()> run = {};

  /// Width of the text on `out`: of the terminal, kept between 72 and 120; 100 in a pipe or file,
  /// so that what is kept does not depend on where it was made.
  [[nodiscard]] std::size_t columns() const;
  /// "quern: warning: ..." on stderr, also when quiet: something was left out.
  void warn(std::string_view message) const;
  /// "quern: ..." on stderr, unless quiet: what was done.
  void note(std::string_view message) const;
};

/// Writes to a file through a temporary one beside it, so that a failed run leaves the old file
/// whole; "-" or an empty path is context.out. Throws UserError naming the path and the cause.
void write_output(const CommandContext& context, const std::string& path, std::string_view text);

/// The whole of a small text file (a migration, a schema); "-" is standard input. Throws UserError;
/// so does a file above `limit` bytes.
[[nodiscard]] std::string read_text_file(const std::string& path, std::size_t limit = 256u << 20);

/// Reads a catalog snapshot; warns when its server is newer than any that the model knows. Throws
/// UserError.
[[nodiscard]] CatalogSnapshot load_catalog(const CommandContext& context, const std::string& path);

}  // namespace quern::reports
