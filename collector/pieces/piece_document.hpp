#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "collector/pieces/workload_piece.hpp"

namespace quern::collector {

/// A Workload document (see workload_document.hpp) of the settled piece, with one key more, `ends`:
/// what hangs over the piece's ends, and in `undo` the JSON Patch (RFC 6902) that takes from the
/// document what the ends added to it. For this patch classes and patterns are keyed by
/// fingerprint. `whole`, if given, takes the settled workload.
/// The bytes are the same for any number of threads.
[[nodiscard]] std::string write_piece(WorkloadPiece piece, Workload* whole = nullptr,
                                      std::size_t threads = 1);

/// A Workload document without ends is a piece with nothing open. Throws UserError as
/// read_workload().
[[nodiscard]] WorkloadPiece read_piece(std::string_view json, const std::string& name);

/// Reads a file, compressed or not, or "-".
[[nodiscard]] WorkloadPiece load_piece(const std::string& path);

}  // namespace quern::collector
