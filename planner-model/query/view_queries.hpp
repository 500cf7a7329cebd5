#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "planner-model/query/query.hpp"

namespace quern::planner_model {

/// The queries of the views that were bound so far: a definition is the same for all statements.
/// Safe from several threads.
class ViewQueries {
 public:
  struct Bound {
    Query query;
    std::vector<std::string> unmodelled = {};  ///< found while binding it
    int depth = 1;                             ///< of views in views, this one counted
  };

  /// Null: not bound yet.
  [[nodiscard]] std::shared_ptr<const Bound> find(Oid view) const {
    const std::shared_lock reading{mutex_};
    const auto found = views_.find(view);
    return found == views_.end() ? nullptr : found->second;
  }

  /// Of two threads that bound the same view the first to come keeps its own.
  void keep(Oid view, Bound bound) {
    auto kept = std::make_shared<const Bound>(std::move(bound));
    const std::unique_lock writing{mutex_};
    views_.try_emplace(view, std::move(kept));
  }

 private:
  mutable std::shared_mutex mutex_ = {};
  std::map<Oid, std::shared_ptr<const Bound>> views_ = {};
};

}  // namespace quern::planner_model
