#include "planner-model/plan/partition_hash.hpp"

#include <bit>
#include <string_view>

namespace quern::planner_model {
namespace {

constexpr std::uint64_t kSeed = 0x7A5B22367996DCFD;  // HASH_PARTITION_SEED

/// Bob Jenkins' lookup3, as hash_bytes_extended() seeds it.
class Lookup3 {
 public:
  explicit Lookup3(std::size_t length) {
    a_ = b_ = c_ = 0x9e3779b9U + static_cast<std::uint32_t>(length) + 3923095U;
    a_ += static_cast<std::uint32_t>(kSeed >> 32);
    b_ += static_cast<std::uint32_t>(kSeed);
    mix();
  }

  void add(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    a_ += a;
    b_ += b;
    c_ += c;
  }

  void mix() {
    step(a_, c_, b_, 4);
    step(b_, a_, c_, 6);
    step(c_, b_, a_, 8);
    step(a_, c_, b_, 16);
    step(b_, a_, c_, 19);
    step(c_, b_, a_, 4);
  }

  std::uint64_t finish() {
    last(c_, b_, 14);
    last(a_, c_, 11);
    last(b_, a_, 25);
    last(c_, b_, 16);
    last(a_, c_, 4);
    last(b_, a_, 14);
    last(c_, b_, 24);
    return (std::uint64_t{b_} << 32) | c_;
  }

 private:
  static void step(std::uint32_t& x, std::uint32_t& y, const std::uint32_t& z, int bits) {
    x -= y;
    x ^= std::rotl(y, bits);
    y += z;
  }

  static void last(std::uint32_t& x, const std::uint32_t& y, int bits) {
    x ^= y;
    x -= std::rotl(y, bits);
  }

  std::uint32_t a_, b_, c_;
};

std::uint64_t hash_word(std::uint32_t word) {
  Lookup3 state{sizeof word};
  state.add(word, 0, 0);
  return state.finish();
}

std::uint64_t hash_bytes(std::string_view bytes) {
  Lookup3 state{bytes.size()};
  const auto word = [&](std::size_t at) {
    std::uint32_t result = 0;
    for (std::size_t i = 0; i < 4 && at + i < bytes.size(); ++i) {
      result |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
    }
    return result;
  };
  std::size_t at = 0;
  for (; bytes.size() - at >= 12; at += 12) {
    state.add(word(at), word(at + 4), word(at + 8));
    state.mix();
  }
  // The lowest byte of the third word is kept free.
  state.add(word(at), word(at + 4), word(at + 8) << 8);
  return state.finish();
}

std::uint64_t hash_int8(std::int64_t value) {
  const auto low = static_cast<std::uint32_t>(value);
  const auto high = static_cast<std::uint32_t>(static_cast<std::uint64_t>(value) >> 32);
  return hash_word(low ^ (value >= 0 ? high : ~high));
}

}  // namespace

namespace {

std::optional<std::uint64_t> key_hash(const Value& key) {
  std::uint64_t hash = 0;
  switch (key.form) {
    case ValueForm::Integer:
      if (key.type == type_oid::kBool || key.type == type_oid::kChar) {
        return std::nullopt;
      }
      hash = key.type == type_oid::kInt8
                 ? hash_int8(key.integer)
                 : hash_word(static_cast<std::uint32_t>(static_cast<std::int32_t>(key.integer)));
      break;
    case ValueForm::Date:
      hash = hash_word(static_cast<std::uint32_t>(static_cast<std::int32_t>(key.integer)));
      break;
    case ValueForm::Timestamp:
      hash = hash_int8(key.integer);
      break;
    case ValueForm::Text:
    case ValueForm::Bytes:
      hash = hash_bytes(key.bytes);
      break;
    default:
      return std::nullopt;
  }
  return hash;
}

}  // namespace

std::optional<std::uint64_t> partition_hash(const std::vector<std::optional<Value>>& row) {
  std::uint64_t combined = 0;
  for (const auto& key : row) {
    if (!key) {
      continue;  // NULLs are ignored
    }
    const auto hash = key_hash(*key);
    if (!hash) {
      return std::nullopt;
    }
    // hash_combine64().
    combined ^= *hash + 0x49a0f4dd15e5a8e3ULL + (combined << 54U) + (combined >> 7U);
  }
  return combined;
}

}  // namespace quern::planner_model
