#pragma once

namespace quern::planner_model {

inline constexpr double kLargestGinEntry = 2712;  ///< GinMaxItemSize: a longer list gets a tree
inline constexpr double kGinSegmentHeader = 8;    ///< the first row's address, a byte count

/// Average bytes of a row's address behind the one before it, when each row of the table holds the
/// entry with probability `share`: seven bits a byte of the difference of (block << 11 | offset)
/// (ginpostinglist.c).
[[nodiscard]] double posting_bytes(double share, double rows_per_page);

/// The same when each row that makes such an average stays with this chance.
[[nodiscard]] double thinned_posting_bytes(double bytes, double kept, double rows_per_page);

/// The entry's tuple with so many rows, each behind the first in `bytes`; `key`: MAXALIGNed tuple
/// of the key alone. Too many for a tuple go into a posting tree, and the key stays
/// (buildFreshLeafTuple(), addItemPointersToLeafTuple()).
[[nodiscard]] double gin_entry_tuple(double key, double rows, double bytes);

/// Leaves and inner pages of a posting tree of so many rows, each behind the one before it in
/// `bytes`: filled from left to right, as a build does (createPostingTree(),
/// dataBeginPlaceToPageLeaf()).
[[nodiscard]] double posting_tree_pages(double rows, double bytes);

}  // namespace quern::planner_model
