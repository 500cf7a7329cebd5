#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace quern::planner_model {

/// A map of few entries, in one sorted array: std::map's functions that the planner uses.
template <class Key, class Value>
class FlatMap {
 public:
  using Entry = std::pair<Key, Value>;
  using iterator = typename std::vector<Entry>::iterator;
  using const_iterator = typename std::vector<Entry>::const_iterator;

  [[nodiscard]] iterator begin() { return entries_.begin(); }

  [[nodiscard]] iterator end() { return entries_.end(); }

  [[nodiscard]] const_iterator begin() const { return entries_.begin(); }

  [[nodiscard]] const_iterator end() const { return entries_.end(); }

  [[nodiscard]] bool empty() const { return entries_.empty(); }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  void reserve(std::size_t entries) { entries_.reserve(entries); }

  [[nodiscard]] const_iterator find(const Key& key) const {
    const auto place = place_of(entries_.begin(), entries_.end(), key);
    return place != entries_.end() && place->first == key ? place : entries_.end();
  }

  [[nodiscard]] bool contains(const Key& key) const { return find(key) != end(); }

  /// Adds a default value where there is none. Ends iterators and references.
  Value& operator[](const Key& key) {
    if (entries_.empty() || entries_.back().first < key) {
      return entries_.emplace_back(key, Value{}).second;
    }
    const auto place = place_of(entries_.begin(), entries_.end(), key);
    return place->first == key ? place->second : entries_.emplace(place, key, Value{})->second;
  }

 private:
  template <class Iterator>
  static Iterator place_of(Iterator from, Iterator to, const Key& key) {
    return std::lower_bound(from, to, key,
                            [](const Entry& entry, const Key& k) { return entry.first < k; });
  }

  std::vector<Entry> entries_;
};

}  // namespace quern::planner_model
