#include "planner-model/query/bind_scope.hpp"

namespace quern::planner_model {

std::string_view name_of(ExprUse use) {
  switch (use) {
    case ExprUse::SelectTarget:
      return "SELECT";
    case ExprUse::Where:
      return "WHERE";
    case ExprUse::Having:
      return "HAVING";
    case ExprUse::JoinOn:
      return "JOIN/ON";
    case ExprUse::FromFunction:
      return "function in FROM";
    case ExprUse::FromSubselect:
      return "sub-SELECT in FROM";
    case ExprUse::GroupBy:
      return "GROUP BY";
    case ExprUse::OrderBy:
      return "ORDER BY";
    case ExprUse::DistinctOn:
      return "DISTINCT ON";
    case ExprUse::WindowPartition:
      return "window PARTITION BY";
    case ExprUse::WindowOrder:
      return "window ORDER BY";
    case ExprUse::WindowFrame:
      return "window frame";
    case ExprUse::Limit:
      return "LIMIT";
    case ExprUse::Offset:
      return "OFFSET";
    case ExprUse::InsertTarget:
      return "INSERT";
    case ExprUse::UpdateSource:
      return "UPDATE";
    case ExprUse::Values:
      return "VALUES";
    case ExprUse::Returning:
      return "RETURNING";
    case ExprUse::Filter:
      return "FILTER";
    case ExprUse::IndexExpression:
      return "index expression";
    case ExprUse::IndexPredicate:
      return "index predicate";
    case ExprUse::Other:
      break;
  }
  return "expression";
}

void ColumnSet::add(std::string name, ExprPtr expr) {
  columns_.push_back(Column{std::move(name), std::move(expr)});
  index_.clear();
}

int ColumnSet::find(const std::string& name) const {
  if (index_.empty()) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const auto [entry, inserted] = index_.try_emplace(columns_[i].name, static_cast<int>(i));
      if (!inserted) {
        entry->second = kAmbiguous;
      }
    }
  }
  const auto found = index_.find(name);
  return found == index_.end() ? kMissing : found->second;
}

}  // namespace quern::planner_model
