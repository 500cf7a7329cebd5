#pragma once

#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// What the operators of a name come to for two input types, once found
/// (find_oper_cache_entry(), src/backend/parser/parse_oper.c). Threads may share it.
class OperatorMemo {
 public:
  struct Key {
    const Operator* const* named = nullptr;  ///< the list of the operators of that name
    Oid left = 0, right = 0;

    bool operator==(const Key&) const = default;
  };

  template <class Find>
  ResolvedOperator get(const Key& key, const Find& find) {
    {
      const std::shared_lock reading{mutex_};
      if (const auto known = found_.find(key); known != found_.end()) {
        return known->second;
      }
    }
    const ResolvedOperator answer = find();
    const std::unique_lock writing{mutex_};
    return found_.try_emplace(key, answer).first->second;
  }

 private:
  struct Hash {
    std::size_t operator()(const Key& key) const {
      constexpr std::uint64_t kMix = 0x9E3779B97F4A7C15;
      const auto types = static_cast<std::uint64_t>(key.left) << 32U | key.right;
      return (types * kMix ^ std::hash<const void*>{}(key.named)) * kMix >> 16U;
    }
  };

  std::shared_mutex mutex_;
  std::unordered_map<Key, ResolvedOperator, Hash> found_;
};

}  // namespace quern::planner_model
