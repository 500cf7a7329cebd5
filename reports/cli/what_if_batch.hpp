#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "planner-model/whatif/planner.hpp"

namespace quern::reports {

/// `quern what-if`: requests, one JSON object a line, into results in the same order. Bound
/// statements and sized indexes are kept, since batches ask for few of them under many sets.
class WhatIfBatch {
 public:
  struct Summary {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
  };

  /// A line longer than this is refused unread.
  static constexpr std::size_t kLongestLine = 16u << 20;

  /// The catalog must outlive the batch. `role` executes the statements; empty: one who bypasses
  /// row-level security.
  WhatIfBatch(const CatalogSnapshot& catalog, planner_model::SizeModel default_sizes,
              std::string role = {});

  /// Writes each result before it reads the next request, so that a caller may hold a conversation.
  Summary run(std::istream& requests, std::ostream& results);

  /// The result line of one request, without a newline. `failed` tells whether it is an error.
  [[nodiscard]] std::string answer(std::string_view request, std::uint64_t line, bool& failed);

 private:
  struct Session;

  Session& session(planner_model::SizeModel sizes);

  const CatalogSnapshot& catalog_;
  planner_model::SizeModel default_sizes_;
  std::string role_;
  std::map<planner_model::SizeModel, std::shared_ptr<Session>> sessions_ = {};
};

}  // namespace quern::reports
