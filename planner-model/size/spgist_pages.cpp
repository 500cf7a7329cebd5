#include "planner-model/size/spgist_pages.hpp"

#include <algorithm>

namespace quern::planner_model {

SpGistPages::SpGistPages() {
  pages_.resize(kFixed);
  pages_[kRoot].leaf = true;
}

int SpGistPages::room(std::size_t page) const {
  return pages_[page].free + (pages_[page].placeholders > 0 ? kDead + kLinePointer : 0);
}

void SpGistPages::add_item(std::size_t page, int size) {
  Page& one = pages_[page];
  if (one.placeholders > 0 && one.free + kDead >= size) {
    --one.placeholders;
    one.free -= size - kDead;
  } else {
    one.free -= size + kLinePointer;
  }
  ++one.live;
}

void SpGistPages::remove_item(std::size_t page, int size) {
  Page& one = pages_[page];
  one.free += size - kDead;
  ++one.placeholders;
  --one.live;
}

void SpGistPages::release(std::size_t page) {
  if (page < kFixed) {
    return;
  }
  LastUsed& last = last_used_[pages_[page].leaf ? kLeafPages : page % 3];
  if (last.page == kNone || last.page == page || last.free < pages_[page].free) {
    last = {page, pages_[page].free};
  }
}

/// Inner pages of another parity that come up on the way are remembered, and count.
std::size_t SpGistPages::allocate(std::size_t wanted) {
  for (;;) {
    const std::size_t page = pages_.size();
    pages_.push_back({.leaf = wanted == kLeafPages});
    if (wanted == kLeafPages || page % 3 == wanted) {
      return page;
    }
    last_used_[page % 3] = {page, kCapacity};
  }
}

std::size_t SpGistPages::page_for(std::size_t wanted, int needed) {
  constexpr int kReserve = 8192 * 20 / 100;  // SPGIST_DEFAULT_FILLFACTOR
  const int with_reserve = std::min(needed + kReserve, kCapacity);
  LastUsed& last = last_used_[wanted];
  if (last.page != kNone && last.free >= with_reserve) {
    Page& page = pages_[last.page];
    if (page.live + page.placeholders == 0) {
      page = {.leaf = wanted == kLeafPages};
    }
    if (page.free >= with_reserve) {
      last.free = page.free - with_reserve;
      return last.page;
    }
  }
  return allocate(wanted);
}

}  // namespace quern::planner_model
