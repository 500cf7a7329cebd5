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
    if (current_ == blocks_.size() || blocks_[current_].used == blocks_[current_].size) {
      go_on();
    }
    Block& block = blocks_[current_];
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

  [[nodiscard]] std::size_t size() const {
    std::size_t size = 0;
    for (const Block& block : blocks_) {
      size += block.used;
    }
    return size;
  }

  /// Ends all but the first `size` objects; their memory is used again.
  void shrink(std::size_t size) {
    current_ = 0;
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      Block& block = blocks_[i];
      const std::size_t kept = std::min(size, block.used);
      std::destroy_n(block.first() + kept, block.used - kept);
      block.used = kept;
      size -= kept;
      current_ = kept > 0 ? i : current_;
    }
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

  /// To the next block, which is made unless shrink() left one.
  void go_on() {
    current_ += blocks_.empty() ? 0 : 1;
    if (current_ < blocks_.size()) {
      return;
    }
    constexpr std::size_t kFirst = std::max<std::size_t>(1, 4096 / sizeof(T)), kMost = 512;
    const std::size_t size = blocks_.empty() ? kFirst : std::min(2 * blocks_.back().size, kMost);
    blocks_.push_back({std::unique_ptr<Place[]>{new Place[size]}, size});
  }

  std::vector<Block> blocks_;
  std::size_t current_ = 0;  ///< the block that the next object goes to; those before are full
};

}  // namespace quern::planner_model
