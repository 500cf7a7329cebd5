#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace quern::planner_model {

/// A GiST index built from sorted keys since PostgreSQL 15: four pages at a time are divided by the
/// class' picksplit until each part fits a page (gist_indexsortbuild(), gistbuild.c). `Class` as of
/// GistTree. No key: NULL.
template <class Class>
class GistSortedBuild {
 public:
  using Key = typename Class::Key;
  using Item = std::optional<Key>;

  void add(const Item& item) { add(0, item); }

  /// Root among them.
  [[nodiscard]] std::size_t pages() {
    // A flush may add to the levels above, and the last level that needs one page is the root.
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      if (level + 1 < levels_.size() || levels_[level].full_pages > 0) {
        flush(level);
      } else {
        ++pages_;
      }
    }
    return pages_;
  }

 private:
  struct Level {
    std::vector<Item> items = {};
    std::size_t full_pages = 0;
    double used = 0;  ///< of the page behind these
  };

  static constexpr double kRoom = 8192 - 24 - 16;  // GiSTPageSize
  static constexpr double kLinePointer = 4;
  static constexpr std::size_t kPagesAtOnce = 4;  // GIST_SORTED_BUILD_PAGE_NUM

  static double room(const Item& item, bool leaf) {
    constexpr double kNullTuple = 16;
    return (item ? Class::size(*item, leaf) : kNullTuple) + kLinePointer;
  }

  /// gist_indexsortbuild_levelstate_add().
  void add(std::size_t at, const Item& item) {
    if (at == levels_.size()) {
      levels_.emplace_back();
    }
    const double needed = room(item, at == 0);
    if (levels_[at].used + needed > kRoom - kLinePointer) {
      if (levels_[at].full_pages + 1 == kPagesAtOnce) {
        flush(at);
      } else {
        ++levels_[at].full_pages;
        levels_[at].used = 0;
      }
    }
    levels_[at].items.push_back(item);
    levels_[at].used += needed;
  }

  /// gist_indexsortbuild_levelstate_flush().
  void flush(std::size_t at) {
    const std::vector<Item> items = std::exchange(levels_[at].items, {});
    const bool one_page = levels_[at].full_pages == 0;
    levels_[at] = {};
    std::vector<Item> unions;
    if (one_page) {
      unions.push_back(union_of(items));
    } else {
      divide(items, at == 0, unions);
    }
    pages_ += unions.size();
    for (const Item& one : unions) {
      add(at + 1, one);
    }
  }

  static Item union_of(const std::vector<Item>& items) {
    Item whole;
    for (const Item& item : items) {
      whole = !whole || !item ? (whole ? whole : item) : Item{Class::unite(*whole, *item)};
    }
    return whole;
  }

  static bool fits(const std::vector<Item>& items, bool leaf) {
    double used = 0;
    for (const Item& item : items) {
      used += room(item, leaf);
    }
    return used <= kRoom;
  }

  /// gistSplit(): parts that still do not fit are divided on.
  static void divide(const std::vector<Item>& items, bool leaf, std::vector<Item>& unions) {
    auto [left, right] = parts(items);
    for (const std::vector<Item>* part : {&left, &right}) {
      if (fits(*part, leaf) || part->size() == items.size()) {
        unions.push_back(union_of(*part));
      } else {
        divide(*part, leaf, unions);
      }
    }
  }

  /// gistSplitByKey().
  static std::pair<std::vector<Item>, std::vector<Item>> parts(const std::vector<Item>& items) {
    std::pair<std::vector<Item>, std::vector<Item>> answer;
    std::vector<Key> keys;
    for (const Item& item : items) {
      if (item) {
        keys.push_back(*item);
        answer.first.push_back(item);
      } else {
        answer.second.push_back(item);
      }
    }
    if (keys.empty()) {
      // gistSplitHalf(): all NULLs.
      const std::size_t right = items.size() / 2 - 1;
      answer.first.assign(items.begin() + static_cast<std::ptrdiff_t>(right), items.end());
      answer.second.resize(right);
    } else if (answer.second.empty()) {
      answer.first.clear();
      const auto [left, right] = Class::split(keys);
      for (const std::size_t i : left) {
        answer.first.emplace_back(keys[i]);
      }
      for (const std::size_t i : right) {
        answer.second.emplace_back(keys[i]);
      }
    }
    return answer;
  }

  std::vector<Level> levels_ = {};
  std::size_t pages_ = 0;
};

}  // namespace quern::planner_model
