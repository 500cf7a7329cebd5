// operator new and delete as the programs have them (small_objects.cpp), but for sanitizers'
// builds.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

namespace {

struct Object {
  unsigned char* memory = nullptr;
  std::size_t size = 0;
  unsigned char filling = 0;

  [[nodiscard]] bool is_whole() const {
    return reinterpret_cast<std::uintptr_t>(memory) % 16 == 0 &&
           std::all_of(memory, memory + size, [&](unsigned char byte) { return byte == filling; });
  }
};

Object make(std::size_t size, int copy) {
  const Object object{static_cast<unsigned char*>(operator new(size)), size,
                      static_cast<unsigned char>(size * 31 + static_cast<std::size_t>(copy))};
  std::memset(object.memory, object.filling, size);
  return object;
}

/// Objects of all sizes that are kept when dropped, and of larger ones, several of each.
std::vector<Object> make_all() {
  std::vector<Object> objects;
  for (int copy = 0; copy < 5; ++copy) {
    for (std::size_t size = 1; size < 1100; ++size) {
      objects.push_back(make(size, copy));
    }
  }
  return objects;
}

/// Every second one without its size, as libraries may.
void drop(std::vector<Object>& objects) {
  bool is_told = false;
  for (const Object& object : objects) {
    is_told = !is_told;
    if (is_told) {
      operator delete(object.memory, object.size);
    } else {
      operator delete(object.memory);
    }
  }
  objects.clear();
}

bool all_whole(const std::vector<Object>& objects) {
  return std::all_of(objects.begin(), objects.end(),
                     [](const Object& object) { return object.is_whole(); });
}

}  // namespace

TEST_CASE("objects keep apart, made anew or where others were dropped") {
  std::vector<Object> kept = make_all();
  for (int round = 0; round < 20; ++round) {
    std::vector<Object> passing = make_all();
    REQUIRE(all_whole(passing));
    drop(passing);
  }
  CHECK(all_whole(kept));
  drop(kept);
}

TEST_CASE("one thread drops what another made, and ends") {
  for (int round = 0; round < 10; ++round) {
    std::vector<Object> objects;
    std::thread{[&] {
      std::vector<Object> first = make_all();
      drop(first);
      objects = make_all();
    }}.join();
    REQUIRE(all_whole(objects));
    std::thread{[&] { drop(objects); }}.join();
    std::vector<Object> own = make_all();
    CHECK(all_whole(own));
    drop(own);
  }
}

TEST_CASE("objects of no size are different ones") {
  void* const first = operator new(0);
  void* const second = operator new(0);
  CHECK(first != second);
  operator delete (first, std::size_t{0});
  operator delete(second);
  operator delete (static_cast<void*>(nullptr), std::size_t{8});
}
