#pragma once

namespace quern::planner_model {

/// The server that builds an index: each question names one difference between the builds of
/// PostgreSQL 13 to 18, as ServerVersion does for their planners.
class BuildVersion {
 public:
  /// `number`: server_version_num.
  constexpr explicit BuildVersion(int number = 150000) : major_{number / 10000} {}

  /// Since 14: GiST indexes of points are built from sorted points (the operator class' support
  /// function 11). gist_indexsortbuild(), gistbuild.c.
  [[nodiscard]] constexpr bool sorts_points_into_gist() const { return major_ >= 14; }

  /// Since 15: the sorted build divides four pages at a time by the class' picksplit; before, it
  /// filled page after page. gist_indexsortbuild_levelstate_flush(), gistbuild.c.
  [[nodiscard]] constexpr bool divides_sorted_gist_pages() const { return major_ >= 15; }

  /// Since 18: ranges, too, are sorted before they go into a GiST index. range_sortsupport(),
  /// rangetypes.c.
  [[nodiscard]] constexpr bool sorts_ranges_into_gist() const { return major_ >= 18; }

 private:
  int major_;
};

}  // namespace quern::planner_model
