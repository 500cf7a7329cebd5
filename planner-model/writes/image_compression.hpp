#pragma once

#include "planner-model/writes/heap_row.hpp"
#include "planner-model/writes/index_entries.hpp"

namespace quern::planner_model {

/// What wal_compression leaves of the images of full pages (XLogCompressBackupBlock(),
/// xloginsert.c): a page is made up from the statistics and compressed. PGLZ is followed; LZ4 and
/// Zstandard are taken to do worse and better than it by what they did on twelve kinds of pages,
/// within a fifth.
class ImageCompression {
 public:
  explicit ImageCompression(const TypeSystem& types);

  [[nodiscard]] double heap(const HeapRow& row, const std::vector<IndexColumn>& columns) const;
  /// Of a btree's leaves and of a hash index's buckets; 1 for other methods, whose pages are dense.
  [[nodiscard]] double index(const IndexEntries& entries) const;

 private:
  enum class Method { Off, Pglz, Lz4, Zstd };

  [[nodiscard]] double left_of(const std::string& page) const;

  const TypeSystem& types_;
  Method method_ = Method::Off;
};

}  // namespace quern::planner_model
