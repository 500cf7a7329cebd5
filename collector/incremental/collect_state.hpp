#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/pieces/workload_piece.hpp"

namespace quern::collector {

/// How far a log file was read, and what it gave. A file is known by what stands in it, at its
/// beginning and just before where reading stopped, not by its name: log rotation renames, copies,
/// truncates and compresses.
struct FileProgress {
  std::string path = {};         ///< where it was last
  std::uint64_t inode = 0;       ///< likewise; tells twins apart
  std::uint64_t offset = 0;      ///< bytes read, of the uncompressed text
  std::uint64_t head_bytes = 0;  ///< hashed, from the beginning
  std::uint64_t head_hash = 0;
  std::uint64_t tail_hash = 0;              ///< of the last bytes before the offset
  std::optional<WorkloadPiece> piece = {};  ///< nothing: it is in CollectState::before
};

/// What `quern collect --state` keeps from run to run: positions and what they gave in one
/// document, so that a run either took place or did not.
struct CollectState {
  static constexpr int kFormatVersion = 1;

  std::optional<WorkloadPiece> before = {};  ///< of files that are gone
  std::vector<FileProgress> files = {};
};

[[nodiscard]] std::string write_state(const CollectState& state);
/// Throws UserError when the text is no state document.
[[nodiscard]] CollectState read_state(std::string_view text, const std::string& name);

}  // namespace quern::collector
