#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "planner-model/size/spgist_pages.hpp"
#include "planner-model/size/text_source.hpp"

namespace quern::planner_model {

/// Where an operator class wants a value to go (spgChooseOut).
template <class Prefix>
struct SpGistChoice {
  enum class Action { Match, AddNode, Split };
  Action action = Action::Match;
  int node = 0;   ///< to descend to, to add a node at, or that keeps the old tuple
  int label = 0;  ///< of the node to add
  int level_add = 0;
  std::vector<int> upper_labels = {};  ///< of the nodes above after a split
  Prefix upper_prefix = {};
  Prefix lower_prefix = {};
};

/// How an operator class divides values (spgPickSplitOut).
template <class Datum, class Prefix>
struct SpGistSplit {
  Prefix prefix = {};
  std::vector<int> labels = {};  ///< one a node
  std::vector<int> nodes = {};   ///< of each value
  std::vector<Datum> leaves = {};
};

/// An SP-GiST index as CREATE INDEX builds it: row after row, each put into the tree by
/// spgdoinsert() (spgdoinsert.c), pages chosen as SpGistGetBuffer() does (spgutils.c). `Class` is
/// an operator class: Datum, Prefix, leaf_bytes(datum), prefix_bytes(prefix), label_bytes(),
/// rest(datum, level), choose(prefix, labels, all_the_same, value, level), picksplit(values,
/// level).
template <class Class>
class SpGistTree {
 public:
  using Datum = typename Class::Datum;
  using Prefix = typename Class::Prefix;

  SpGistTree() {
    chains_.push_back({.page = kRoot});
    root_link_ = {Link::Chain, 0};
  }

  void insert(const Datum& value);

  /// Metapage and both roots among them.
  [[nodiscard]] std::size_t pages() const { return pages_.count(); }

 private:
  using Choice = SpGistChoice<Prefix>;
  using Split = SpGistSplit<Datum, Prefix>;

  static constexpr std::size_t kRoot = SpGistPages::kRoot;
  static constexpr std::size_t kLeafPages = SpGistPages::kLeafPages;
  static constexpr int kCapacity = SpGistPages::kCapacity;
  static constexpr int kLinePointer = SpGistPages::kLinePointer;
  static constexpr int kDead = SpGistPages::kDead;
  static constexpr int kHeader = 8;
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  struct Link {
    enum Kind { Empty, Chain, Inner } kind = Empty;

    std::size_t at = 0;
  };

  struct Tuple {
    Datum datum;
    int size;
  };

  struct Chain {
    std::size_t page = 0;
    std::vector<Tuple> tuples = {};
  };

  struct Inner {
    std::size_t page = 0;
    Prefix prefix = {};
    bool all_the_same = false;
    std::vector<int> labels = {};
    std::vector<Link> links = {};
  };

  /// The node of an inner tuple that leads to where the insertion stands.
  struct Parent {
    std::size_t inner = kNone;
    std::size_t node = 0;
  };

  static int leaf_size(const Datum& datum) {
    constexpr int kLeafHeader = 16;
    return (kLeafHeader + Class::leaf_bytes(datum) + 7) / 8 * 8;
  }

  static int inner_size(const Prefix& prefix, std::size_t nodes) {
    return kHeader + (Class::prefix_bytes(prefix) + 7) / 8 * 8 +
           static_cast<int>(nodes) * (kHeader + Class::label_bytes());
  }

  static int size_of(const Inner& inner) { return inner_size(inner.prefix, inner.labels.size()); }

  Link& link_of(const Parent& parent) {
    return parent.inner == kNone ? root_link_ : inners_[parent.inner].links[parent.node];
  }

  void move_chain(std::size_t at, Tuple added);
  bool split_chain(std::size_t at, const Parent& parent, const Tuple& added, int level);
  std::size_t place_inner(const Parent& parent, std::size_t chain_page, int size);
  bool put_leaves(std::size_t at, Inner& inner, const Split& split,
                  const std::vector<Tuple>& tuples, bool too_big, bool include_new);
  void add_node(std::size_t at, const Choice& choice);
  void split_inner(std::size_t at, const Choice& choice);
  static bool all_the_same(Split& split, bool too_big, bool& include_new);

  SpGistPages pages_ = {};
  std::vector<Chain> chains_ = {};
  std::vector<Inner> inners_ = {};
  Link root_link_ = {};
  Stream chance_ = {};
};

template <class Class>
void SpGistTree<Class>::insert(const Datum& value) {
  Parent parent;
  std::size_t held = kNone;  ///< the parent's page, while it differs from the current one
  int level = 0;
  for (;;) {
    const Link link = link_of(parent);
    const Datum rest = Class::rest(value, level);
    if (link.kind == Link::Inner) {
      const std::size_t at = link.at;
      const Inner& inner = inners_[at];
      const Choice choice =
          Class::choose(inner.prefix, inner.labels, inner.all_the_same, value, level);
      if (choice.action == Choice::Action::AddNode) {
        add_node(at, choice);
      } else if (choice.action == Choice::Action::Split) {
        split_inner(at, choice);
      } else {
        if (held != kNone && held != inner.page) {
          pages_.release(held);
        }
        held = inner.page;
        const std::size_t node = inner.all_the_same ? chance_.below(inner.labels.size())
                                                    : static_cast<std::size_t>(choice.node);
        parent = {at, node};
        level += choice.level_add;
      }
      continue;
    }
    const Tuple tuple{rest, leaf_size(rest)};
    std::size_t at = link.at;
    if (link.kind == Link::Empty) {
      at = chains_.size();
      chains_.push_back(
          {.page = pages_.page_for(kLeafPages, std::min(tuple.size + kLinePointer, kCapacity))});
      link_of(parent) = {Link::Chain, at};
    }
    const std::size_t page = chains_[at].page;
    if (tuple.size + kLinePointer <= pages_.room(page)) {
      pages_.add_item(page, tuple.size);
      chains_[at].tuples.push_back(tuple);
      pages_.release(page);
    } else {
      int size = tuple.size + kLinePointer;
      for (const Tuple& one : chains_[at].tuples) {
        size += one.size + kLinePointer;
      }
      constexpr std::size_t kFew = 64;
      const int before = size - tuple.size - kLinePointer;
      if (page != kRoot && before < kCapacity / 2 && chains_[at].tuples.size() < kFew &&
          size <= kCapacity) {
        move_chain(at, tuple);
        pages_.release(page);
      } else if (!split_chain(at, parent, tuple, level)) {
        continue;  // the value has still to go into the new inner tuple
      } else if (const Link now = link_of(parent); now.kind == Link::Inner) {
        pages_.release(inners_[now.at].page);
      }
    }
    if (held != kNone) {
      pages_.release(held);
    }
    return;
  }
}

/// moveLeafs().
template <class Class>
void SpGistTree<Class>::move_chain(std::size_t at, Tuple added) {
  Chain& chain = chains_[at];
  int size = added.size + kLinePointer;
  for (const Tuple& one : chain.tuples) {
    size += one.size + kLinePointer;
  }
  const std::size_t page = pages_.page_for(kLeafPages, size);
  chain.tuples.push_back(added);
  for (std::size_t i = 0; i < chain.tuples.size(); ++i) {
    pages_.add_item(page, chain.tuples[i].size);
    if (i + 1 < chain.tuples.size()) {
      pages_.remove_item(chain.page, chain.tuples[i].size);
    }
  }
  chain.page = page;
  pages_.release(page);
}

/// checkAllTheSame(): values that the class did not tell apart go to eight nodes by turns.
template <class Class>
bool SpGistTree<Class>::all_the_same(Split& split, bool too_big, bool& include_new) {
  include_new = true;
  const std::size_t count = split.nodes.size();
  if (count <= 1) {
    return false;
  }
  const std::size_t limit = too_big ? count - 1 : count;
  const int first = split.nodes.front();
  for (std::size_t i = 1; i < limit; ++i) {
    if (split.nodes[i] != first) {
      return false;
    }
  }
  include_new = !too_big || split.nodes.back() == first;
  constexpr std::size_t kNodes = 8;
  split.labels.assign(kNodes, split.labels[static_cast<std::size_t>(first)]);
  for (std::size_t i = 0; i < count; ++i) {
    split.nodes[i] = static_cast<int>(i % kNodes);
  }
  return true;
}

/// The page of a new inner tuple: the parent's, or one of the next parity; that of a root that is
/// split stays.
template <class Class>
std::size_t SpGistTree<Class>::place_inner(const Parent& parent, std::size_t chain_page, int size) {
  if (parent.inner == kNone) {
    return chain_page;
  }
  const std::size_t above = inners_[parent.inner].page;
  if (above != kRoot && pages_.room(above) >= size + kLinePointer) {
    return above;
  }
  return pages_.page_for((above + 1) % 3, size + kLinePointer);
}

/// doPickSplit(): false when the new value could not be put in.
template <class Class>
bool SpGistTree<Class>::split_chain(std::size_t at, const Parent& parent, const Tuple& added,
                                    int level) {
  std::vector<Datum> values;
  for (const Tuple& one : chains_[at].tuples) {
    values.push_back(one.datum);
  }
  values.push_back(added.datum);
  Split split = Class::picksplit(values, level);
  std::vector<Tuple> tuples;
  int total = 0;
  for (const Datum& leaf : split.leaves) {
    tuples.push_back({leaf, leaf_size(leaf)});
    total += tuples.back().size + kLinePointer;
  }
  bool include_new = true;
  Inner inner{.all_the_same = all_the_same(split, total > kCapacity, include_new)};
  inner.prefix = split.prefix;
  inner.labels = split.labels;
  inner.links.resize(inner.labels.size());
  const std::size_t from = chains_[at].page;
  const int size = size_of(inner);
  inner.page = place_inner(parent, from, size);
  const bool inserted = put_leaves(at, inner, split, tuples, total > kCapacity, include_new);
  if (parent.inner == kNone) {
    pages_.clear(from, false);
  }
  pages_.add_item(inner.page, size);
  link_of(parent) = {Link::Inner, inners_.size()};
  inners_.push_back(std::move(inner));
  return inserted;
}

/// The tuples of a split, node by node on the old page as long as there is room, the others on one
/// more page.
template <class Class>
bool SpGistTree<Class>::put_leaves(std::size_t at, Inner& inner, const Split& split,
                                   const std::vector<Tuple>& tuples, bool too_big,
                                   bool include_new) {
  const std::size_t from = chains_[at].page;
  const std::vector<Tuple> old = std::move(chains_[at].tuples);
  chains_[at].tuples.clear();
  const bool is_root = from == kRoot;
  int here = 0;
  if (!is_root) {
    here = pages_[from].free;
    for (const Tuple& one : old) {
      here += one.size - kDead;
    }
  }
  std::size_t count = tuples.size() - (include_new ? 0 : 1);
  std::vector<int> sizes(inner.labels.size(), 0);
  int total = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sizes[static_cast<std::size_t>(split.nodes[i])] += tuples[i].size + kLinePointer;
    total += tuples[i].size + kLinePointer;
  }
  std::vector<bool> elsewhere(inner.labels.size(), false);
  std::size_t other = kNone;
  bool inserted = include_new;
  if (tuples.size() == 1 && too_big) {
    count = 0;  // a long value gets shorter first
    inserted = false;
  } else if (total > here) {
    other = pages_.page_for(kLeafPages, std::min(total, kCapacity));
    const auto divide = [&] {
      int left = here;
      int right = pages_[other].free;
      for (std::size_t i = 0; i < sizes.size(); ++i) {
        elsewhere[i] = sizes[i] > left;
        (elsewhere[i] ? right : left) -= sizes[i];
      }
      return left >= 0 && right >= 0;
    };
    if (!divide() && include_new) {
      inserted = false;
      --count;
      sizes[static_cast<std::size_t>(split.nodes.back())] -= tuples.back().size + kLinePointer;
      divide();
    }
  }
  if (!is_root) {
    if (pages_[from].live == static_cast<int>(old.size())) {
      pages_.clear(from, true);
    } else {
      for (const Tuple& one : old) {
        pages_.remove_item(from, one.size);
      }
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto node = static_cast<std::size_t>(split.nodes[i]);
    Link& link = inner.links[node];
    const std::size_t page = elsewhere[node] ? other : from;
    if (link.kind == Link::Empty) {
      link = {Link::Chain, chains_.size()};
      chains_.push_back({.page = page});
    }
    chains_[link.at].tuples.push_back(tuples[i]);
    pages_.add_item(page, tuples[i].size);
  }
  if (other != kNone) {
    pages_.release(other);
  }
  if (!is_root) {
    pages_.release(from);
  }
  return inserted;
}

/// spgAddNodeAction().
template <class Class>
void SpGistTree<Class>::add_node(std::size_t at, const Choice& choice) {
  Inner& inner = inners_[at];
  const int before = size_of(inner);
  inner.labels.insert(inner.labels.begin() + choice.node, choice.label);
  inner.links.insert(inner.links.begin() + choice.node, Link{});
  const int after = size_of(inner);
  const std::size_t page = inner.page;
  if (page == kRoot || pages_[page].free >= after - before) {
    pages_[page].free -= after - before;
    return;
  }
  const std::size_t other = pages_.page_for(page % 3, after + kLinePointer);
  pages_.add_item(other, after);
  pages_.remove_item(page, before);
  inner.page = other;
  pages_.release(page);
}

/// spgSplitNodeAction(): the tuple keeps its place and gets a shorter prefix; what it was hangs
/// below.
template <class Class>
void SpGistTree<Class>::split_inner(std::size_t at, const Choice& choice) {
  Inner lower = inners_[at];
  const int before = size_of(lower);
  lower.prefix = choice.lower_prefix;
  const int below = size_of(lower);
  const int above = inner_size(choice.upper_prefix, choice.upper_labels.size());
  const std::size_t page = inners_[at].page;
  pages_[page].free += before - above;
  if (page == kRoot || pages_.room(page) < below + kLinePointer) {
    lower.page = pages_.page_for((page + 1) % 3, below + kLinePointer);
  }
  pages_.add_item(lower.page, below);
  if (lower.page != page) {
    pages_.release(lower.page);
  }
  Inner& upper = inners_[at];
  upper.prefix = choice.upper_prefix;
  upper.all_the_same = false;
  upper.labels = choice.upper_labels;
  upper.links.assign(upper.labels.size(), Link{});
  upper.links[static_cast<std::size_t>(choice.node)] = {Link::Inner, inners_.size()};
  inners_.push_back(std::move(lower));
}

}  // namespace quern::planner_model
