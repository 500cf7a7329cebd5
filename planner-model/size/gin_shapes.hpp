#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "planner-model/query/table_expressions.hpp"
#include "planner-model/size/gin_size.hpp"

namespace quern::planner_model {

/// What the metapages of GIN indexes say after their build (ginGetStats()), made up from the
/// statistics of their columns when first asked for. Safe from several threads.
class GinShapes {
 public:
  /// `imagined_too`: else the server knows nothing of hypothetical indexes, as with HypoPG.
  GinShapes(const TypeSystem& types, const TableExpressions& expressions, bool imagined_too)
      : types_{types}, expressions_{expressions}, imagined_too_{imagined_too} {}

  /// Null: the server finds no statistics. `rows`: of the table, under the index's predicate.
  [[nodiscard]] std::shared_ptr<const GinSize> get(const Index& index, const Table& table,
                                                   bool hypothetical, double rows) const;

 private:
  const TypeSystem& types_;
  const TableExpressions& expressions_;
  bool imagined_too_;
  mutable std::mutex mutex_ = {};
  mutable std::map<std::string, std::shared_ptr<const GinSize>> known_ = {};  ///< by definition
};

}  // namespace quern::planner_model
