#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace quern::planner_model {

/// The pages of an SP-GiST index while it is built: what is free on each, and which of them take
/// new tuples (spgutils.c). Page 1 is the root of the values, first a leaf.
class SpGistPages {
 public:
  static constexpr std::size_t kRoot = 1;
  static constexpr std::size_t kFixed = 3;         ///< metapage, the roots of values and of NULLs
  static constexpr std::size_t kLeafPages = 3;     ///< behind the three parities of inner pages
  static constexpr int kCapacity = 8192 - 24 - 8;  ///< SPGIST_PAGE_CAPACITY
  static constexpr int kLinePointer = 4;
  static constexpr int kDead = 16;  ///< SGDTSIZE, of a placeholder

  struct Page {
    bool leaf = false;
    int free = kCapacity;
    int placeholders = 0;
    int live = 0;
  };

  SpGistPages();

  [[nodiscard]] std::size_t count() const { return pages_.size(); }

  [[nodiscard]] Page& operator[](std::size_t page) { return pages_[page]; }

  /// SpGistPageGetFreeSpace() for one tuple.
  [[nodiscard]] int room(std::size_t page) const;

  /// SpGistPageAddNewItem(): in a placeholder's stead where there is one.
  void add_item(std::size_t page, int size);

  /// spgPageIndexMultiDelete() of a build: a placeholder stays.
  void remove_item(std::size_t page, int size);

  void clear(std::size_t page, bool leaf) { pages_[page] = {.leaf = leaf}; }

  /// SpGistSetLastUsedPage(): the page is let go, and remembered if it has more room than the one
  /// remembered.
  void release(std::size_t page);

  /// SpGistGetBuffer(): the remembered page if so much and the fill factor's reserve fit, or a new
  /// one. `wanted`: kLeafPages, or an inner page's parity.
  [[nodiscard]] std::size_t page_for(std::size_t wanted, int needed);

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  struct LastUsed {
    std::size_t page = kNone;
    int free = 0;
  };

  std::size_t allocate(std::size_t wanted);

  std::vector<Page> pages_ = {};
  std::array<LastUsed, 4> last_used_ = {};
};

}  // namespace quern::planner_model
