#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "planner-model/query/bind_scope.hpp"

namespace quern::planner_model {

/// What INSERT, UPDATE, DELETE and MERGE change: a table, or through a view the table under it.
struct WriteTarget {
  /// What a column of `named` comes to.
  struct Assigned {
    const Column* stored = nullptr;     ///< of `table`; null: nothing can be assigned to it
    const Column* defaulted = nullptr;  ///< the column whose default counts
    std::string refusal = {};           ///< where `stored` is null
  };

  NamespaceItem names;
  const Table* named = nullptr;  ///< by the statement
  const Table* table = nullptr;
  std::vector<Assigned> columns = {};                    ///< of `named`, in its order
  std::vector<std::shared_ptr<const Table>> views = {};  ///< `named` and those under it, typed
  std::vector<ExprPtr> quals = {};                       ///< of the views, the outermost first

  [[nodiscard]] const Assigned& assigned(const Column& column) const;
  /// Throws where `column` cannot be assigned to; `verb` is what the statement does.
  [[nodiscard]] const Column& stored(const Column& column, std::string_view verb) const;
  /// The column of `named` that stands for one of `table`; null: there is none.
  [[nodiscard]] const Column* shown(const Column& stored) const;
};

}  // namespace quern::planner_model
