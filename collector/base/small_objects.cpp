// The programs' operator new. Planning a statement makes and drops some 300 objects of less than a
// hundred bytes, most of them short lists: each thread keeps those it has dropped, by size, for the
// next ones of their size. A general allocator cannot take fewer than three times the instructions:
// it asks what the memory is that it gets back, which `delete` here is told.
#include <array>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t kStep = 16;
constexpr std::size_t kLargest = 1024;
/// Of one size: what a thread drops for others, which make it, does not pile up.
constexpr std::size_t kMostBytes = 65'536;

struct Dropped {
  Dropped* next = nullptr;
};

struct SizeList {
  Dropped* first = nullptr;
  std::size_t room = 0;  ///< how many more it takes
};

// Without a constructor or a destructor, so that no access asks whether they have run.
constinit thread_local std::array<SizeList, kLargest / kStep + 1> lists{};

/// Opens the thread's lists, and gives all back when it ends.
struct ThreadLists {
  ThreadLists() {
    for (std::size_t i = 1; i < lists.size(); ++i) {
      lists[i].room = kMostBytes / (i * kStep);
    }
  }

  ThreadLists(const ThreadLists&) = delete;
  ThreadLists& operator=(const ThreadLists&) = delete;

  ~ThreadLists() {
    for (SizeList& list : lists) {
      list.room = 0;
      while (list.first != nullptr) {
        Dropped* const last = list.first;
        list.first = last->next;
        std::free(last);
      }
    }
  }
};

SizeList& list_of(std::size_t size) {
  return lists[(size + kStep - 1) / kStep];
}

[[gnu::noinline]] void* from_malloc(std::size_t size) {
  thread_local const ThreadLists opened;
  (void)opened;
  void* const memory = std::malloc(size);
  if (memory == nullptr) {
    throw std::bad_alloc{};
  }
  return memory;
}

}  // namespace

void* operator new(std::size_t size) {
  if (size > kLargest) {
    return from_malloc(size);
  }
  SizeList& list = list_of(size);
  if (list.first == nullptr) {
    return from_malloc(size == 0 ? kStep : (size + kStep - 1) / kStep * kStep);
  }
  Dropped* const last = list.first;
  list.first = last->next;
  ++list.room;
  return last;
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t size) noexcept {
  if (size <= kLargest && memory != nullptr) {
    SizeList& list = list_of(size);
    if (list.room > 0) {
      --list.room;
      list.first = new (memory) Dropped{list.first};
      return;
    }
  }
  std::free(memory);
}
