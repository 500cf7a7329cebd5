#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "planner-model/size/text_source.hpp"

namespace quern::planner_model {

/// A GiST index filled by inserts, row after row (gistdoinsert(), gist.c). `Class` is an operator
/// class: Key, penalty(page, item), unite(page, item), size(key, leaf), and split(keys), which says
/// of each in which order it goes to the left (first list) or to the right.
template <class Class>
class GistTree {
 public:
  using Key = typename Class::Key;

  GistTree() { pages_.push_back({.leaf = true}); }

  void insert(const Key& key) {
    std::vector<Step> path;
    std::size_t at = root_;
    while (!pages_[at].leaf) {
      const std::size_t chosen = choose(pages_[at], key);
      Item& item = pages_[at].items[chosen];
      pages_[at].used -= room(item, false);
      item.key = Class::unite(item.key, key);
      pages_[at].used += room(item, false);
      path.push_back({at, chosen});
      at = item.child;
    }
    put(at, {Item{.key = key}}, path);
  }

  [[nodiscard]] std::size_t pages() const { return pages_.size(); }

 private:
  struct Item {
    Key key = {};
    std::size_t child = 0;
  };

  struct Page {
    bool leaf = false;
    double used = 0;
    std::vector<Item> items = {};
  };

  struct Step {
    std::size_t page = 0;
    std::size_t item = 0;
  };

  static constexpr double kRoom = 8192 - 24 - 16;  ///< less header and special space
  static constexpr double kFreeSpace = 819;        ///< GIST_DEFAULT_FILLFACTOR
  static constexpr double kLinePointer = 4;

  static double room(const Item& item, bool leaf) {
    return Class::size(item.key, leaf) + kLinePointer;
  }

  /// gistchoose(): of those equally good each is passed over for the next one by chance.
  std::size_t choose(const Page& page, const Key& key) {
    std::size_t best = 0;
    float least = -1;
    int keep = -1;
    for (std::size_t i = 0; i < page.items.size(); ++i) {
      const float penalty = Class::penalty(page.items[i].key, key);
      if (least < 0 || penalty < least) {
        best = i;
        least = penalty;
        keep = -1;
      } else if (penalty == least) {
        keep = keep < 0 ? (chance_.uniform() < 0.5 ? 1 : 0) : keep;
        if (keep == 0) {
          best = i;
          keep = -1;
        }
      }
      if (penalty <= 0) {
        keep = keep < 0 ? (chance_.uniform() < 0.5 ? 1 : 0) : keep;
        if (keep == 1) {
          break;
        }
      }
    }
    return best;
  }

  /// gistplacetopage(): the page is divided when less than the free space of the fillfactor would
  /// be left.
  void put(std::size_t at, std::vector<Item> items, std::vector<Step>& path) {
    Page& page = pages_[at];
    double size = 0;
    for (const Item& item : items) {
      size += room(item, page.leaf);
    }
    page.used += size;
    page.items.insert(page.items.end(), items.begin(), items.end());
    if (page.used <= kRoom - kFreeSpace - kLinePointer || page.items.size() < 2) {
      return;
    }
    divide(at, path);
  }

  void divide(std::size_t at, std::vector<Step>& path) {
    std::vector<Key> keys;
    for (const Item& item : pages_[at].items) {
      keys.push_back(item.key);
    }
    const auto [left, right] = Class::split(keys);
    const std::size_t added = pages_.size();
    pages_.push_back({.leaf = pages_[at].leaf});
    const std::vector<Item> all = std::move(pages_[at].items);
    const Item first = fill(pages_[at], all, left);
    const Item second = fill(pages_[added], all, right);
    Item to_left{.key = first.key, .child = at};
    Item to_right{.key = second.key, .child = added};
    if (path.empty()) {
      root_ = pages_.size();
      pages_.push_back({.leaf = false});
      put(root_, {to_left, to_right}, path);
      return;
    }
    const Step parent = path.back();
    path.pop_back();
    Page& above = pages_[parent.page];
    above.used -= room(above.items[parent.item], false);
    above.items.erase(above.items.begin() + static_cast<std::ptrdiff_t>(parent.item));
    put(parent.page, {to_left, to_right}, path);
  }

  /// The page with those items; returns an item with the union of their keys.
  static Item fill(Page& page, const std::vector<Item>& all,
                   const std::vector<std::size_t>& which) {
    page.items.clear();
    page.used = 0;
    Item whole{.key = all[which.front()].key};
    for (const std::size_t i : which) {
      page.items.push_back(all[i]);
      page.used += room(all[i], page.leaf);
      whole.key = Class::unite(whole.key, all[i].key);
    }
    return whole;
  }

  std::deque<Page> pages_;
  std::size_t root_ = 0;
  Stream chance_ = {};
};

}  // namespace quern::planner_model
