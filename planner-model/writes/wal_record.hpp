#pragma once

#include <initializer_list>

namespace quern::planner_model {

inline constexpr double kPageSize = 8192;
inline constexpr double kPageHeader = 24;  ///< SizeOfPageHeaderData
inline constexpr double kLinePointer = 4;  ///< ItemIdData
inline constexpr double kBlockNumber = 4;
/// WAL pages of 8192 bytes begin with a header of 24 (XLogPageHeaderData); the records get the
/// rest.
inline constexpr double kWalPageShare = kPageSize / (kPageSize - 24);

/// XLogRecordAssemble() (xloginsert.c): XLogRecord (24), for each block a header of 4 with the
/// block number, the first with its relation (12), then the blocks' data, and the main data behind
/// 2 bytes, 5 when over 255. Records begin at multiples of 8: `bytes` on average wait for half of
/// that when the data vary, and the caller rounds when they do not.
struct WalRecord {
  double main = 0;
  std::initializer_list<double> blocks = {};  ///< bytes of data of each

  [[nodiscard]] double bytes() const {
    double sum = 24 + main + (main <= 0 ? 0 : main > 255 ? 5 : 2);
    bool first = true;
    for (const double data : blocks) {
      sum += 4 + kBlockNumber + (first ? 12 : 0) + data;
      first = false;
    }
    return sum;
  }

  /// What it takes in the WAL when all such records are this long.
  [[nodiscard]] double aligned() const {
    const auto whole = static_cast<long long>(bytes() + 0.999);
    return static_cast<double>((whole + 7) / 8 * 8) * kWalPageShare;
  }

  /// Likewise, when their length varies.
  [[nodiscard]] double varying() const { return (bytes() + 3.5) * kWalPageShare; }
};

/// A page's image without its hole: XLogRecordBlockImageHeader (5) and the used part.
[[nodiscard]] inline double page_image(double used_bytes) {
  return (5 + (used_bytes < kPageSize ? used_bytes : kPageSize)) * kWalPageShare;
}

}  // namespace quern::planner_model
