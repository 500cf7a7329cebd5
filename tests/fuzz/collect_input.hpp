#pragma once

#include <cstdint>

#include "collector/base/failure.hpp"
#include "collector/collect.hpp"
#include "collector/pieces/piece_document.hpp"
#include "collector/workload/workload_document.hpp"

namespace quern::fuzz {

inline void check_lines(const Workload& workload) {
  const InputCounts& in = workload.input;
  ensure(in.lines == in.used + in.continuation + in.skipped, "every line is accounted for");
}

inline collector::WorkloadPiece written_and_read(const collector::WorkloadPiece& piece) {
  const std::string text = write_piece(piece);
  collector::WorkloadPiece again = collector::read_piece(text, "fuzz.json");
  ensure(write_piece(again) == text, "a piece reads back");
  return again;
}

/// Two threads that read a few lines at a time give the same bytes.
inline void check_threads(std::string_view text, collector::CollectOptions options) {
  const std::string alone = write_piece(collector::collect_piece_text(text, options, "fuzz.log"));
  options.threads = 2;
  options.chunk_bytes = 500;
  ensure(write_piece(collector::collect_piece_text(text, options, "fuzz.log")) == alone,
         "several threads give the same bytes");
}

/// Collects the bytes as one log, by two threads, and as two pieces joined: no crash, every line
/// accounted for, documents that read back.
inline int collect_input(const std::uint8_t* data, std::size_t size,
                         const collector::CollectOptions& options) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  try {
    const Workload workload = collector::collect_text(text, options, "fuzz.log");
    check_lines(workload);
    ensure(read_workload(write_workload(workload), "fuzz.json") == workload, "reads back");
    if (options.format == collector::LogFormat::Stderr ||
        options.format == collector::LogFormat::Csv ||
        options.format == collector::LogFormat::Json) {
      check_threads(text, options);
    }
    const std::size_t cut = size == 0 ? 0 : data[size / 2] * size / 256;
    const auto first = collector::collect_piece_text(text.substr(0, cut), options, "fuzz.log");
    const auto second = collector::collect_piece_text(text.substr(cut), options, "fuzz.log");
    check_lines(settled(join(written_and_read(first), written_and_read(second))));
    check_lines(settled(join(second, first)));
  } catch (const UserError&) {
  }
  return 0;
}

}  // namespace quern::fuzz
