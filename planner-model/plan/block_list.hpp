#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace quern::planner_model {

/// Objects that stay where they are until all end together, in blocks of growing size: a plan makes
/// thousands of large ones, and std::deque would give each its own allocation. Members of T without
/// an initializer start undefined.
template <class T>
class BlockList {
 public:
  BlockList() = default;

  ~BlockList() {
    for (const Block& block : blocks_) {
      std::destroy_n(block.first(), block.used);
    }
  }

  BlockList(const BlockList&) = delete;
  BlockList& operator=(const BlockList&) = delete;

  template <class... Arguments>
  T& emplace_back(Arguments&&... arguments) {
    if (blocks_.empty() || blocks_.back().used == blocks_.back().size) {
      grow();
    }
    Block& block = blocks_.back();
    void* const place = block.memory.get() + block.used;
    T* made = nullptr;
    if constexpr (sizeof...(Arguments) == 0) {
      made = ::new (place) T;  // T() would fill its bytes with zeros first
    } else {
      made = ::new (place) T(std::forward<Arguments>(arguments)...);
    }
    ++block.used;
    return *made;
  }

  template <class Work>
  void for_each(const Work& work) {
    for (const Block& block : blocks_) {
      std::for_each_n(block.first(), block.used, work);
    }
  }

 private:
  struct Place {
    alignas(T) std::byte bytes[sizeof(T)];
  };

  struct Block {
    std::unique_ptr<Place[]> memory;
    std::size_t size = 0;
    std::size_t used = 0;

    [[nodiscard]] T* first() const { return reinterpret_cast<T*>(memory.get()); }
  };

  void grow() {
    constexpr std::size_t kFirst = std::max<std::size_t>(1, 4096 / sizeof(T)), kMost = 512;
    const std::size_t size = blocks_.empty() ? kFirst : std::min(2 * blocks_.back().size, kMost);
    blocks_.push_back({std::unique_ptr<Place[]>{new Place[size]}, size});
  }

  std::vector<Block> blocks_;
};

}  // namespace quern::planner_model
