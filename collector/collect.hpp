#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/input/byte_source.hpp"
#include "collector/logs/event_filter.hpp"
#include "collector/logs/log_format.hpp"
#include "collector/pieces/workload_piece.hpp"
#include "collector/workload/aggregate.hpp"
#include "collector/workload/workload.hpp"

namespace quern::collector {

struct CollectOptions {
  LogFormat format = LogFormat::Auto;
  std::optional<std::string> prefix = {};  ///< log_line_prefix of stderr logs; otherwise inferred
  EventFilter filter = {};
  std::int32_t bucket_seconds = 60;
  AggregateLimits limits = {};
  unsigned threads = 1;  ///< that read; what more than one read is joined on the caller's
  std::size_t chunk_bytes = 2U << 20U;  ///< that a thread reads at a time
  /// Called now and then with the bytes read from the files so far, and of all files together
  /// (0: unknown).
  std::function<void(std::uint64_t done, std::uint64_t all)> progress = {};
  /// Called for each file, or member of an archive, with what it was recognized as.
  std::function<void(const std::string& file, const std::string& layout)> recognized = {};
};

/// Reads logs (files, directories, patterns, "-") into one Workload. Unreadable files are errors;
/// damaged ones are read as far as they go. Throws UserError with a diagnosis when nothing is
/// recognized.
[[nodiscard]] Workload collect(const std::vector<std::string>& inputs,
                               const CollectOptions& options);

/// The same, with what hangs over the ends of the input kept apart, so that pieces of one log can
/// be joined.
[[nodiscard]] WorkloadPiece collect_piece(const std::vector<std::string>& inputs,
                                          const CollectOptions& options);

/// A piece of a log whose make is known, from a source that stands at its stream: nothing is
/// detected, and nothing need be recognized. `bytes`: how many were read.
[[nodiscard]] WorkloadPiece collect_part(ByteSource& source, const LogLayout& layout,
                                         const CollectOptions& options, std::uint64_t& bytes);

/// What collect() would take the first stream of a file for; nothing: for no log.
[[nodiscard]] std::optional<LogLayout> layout_of_file(const InputFile& file,
                                                      const CollectOptions& options);

/// Throws UserError when filters left nothing: more likely a mistake than a finding.
[[nodiscard]] Workload checked(Workload workload);

/// As collect(), over one text in memory.
[[nodiscard]] Workload collect_text(std::string_view text, const CollectOptions& options,
                                    std::string name = "memory");
[[nodiscard]] WorkloadPiece collect_piece_text(std::string_view text, const CollectOptions& options,
                                               std::string name = "memory");

}  // namespace quern::collector
