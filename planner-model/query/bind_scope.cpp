#include "planner-model/query/bind_scope.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "planner-model/query/bind_nodes.hpp"

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

ColumnSet::ColumnSet(int range, const Table& table) : range_{range}, table_{&table} {}

void ColumnSet::add(std::string name, ExprPtr expr) {
  ensure(table_ == nullptr && parts_.empty(), "columns of a set's own stand first");
  own_.push_back(Column{std::move(name), std::move(expr)});
}

void ColumnSet::append(std::shared_ptr<const ColumnSet> set, const std::vector<int>& taken) {
  Part part;
  part.size = set->size();
  if (!taken.empty()) {
    for (std::size_t i = 0; i < set->size(); ++i) {
      if (std::find(taken.begin(), taken.end(), static_cast<int>(i)) == taken.end()) {
        part.positions.push_back(i);
      }
    }
    part.size = part.positions.size();
  }
  part.set = std::move(set);
  if (part.size > 0) {
    parts_.push_back(std::move(part));
  }
}

std::size_t ColumnSet::own_size() const {
  return table_ != nullptr ? table_->columns.size() : own_.size();
}

std::size_t ColumnSet::size() const {
  return std::transform_reduce(parts_.begin(), parts_.end(), own_size(), std::plus<>{},
                               [](const Part& part) { return part.size; });
}

std::pair<const ColumnSet*, std::size_t> ColumnSet::in_part(std::size_t position) const {
  position -= own_size();
  const Part* part = parts_.data();
  while (position >= part->size) {
    position -= part->size;
    ++part;
  }
  return {part->set.get(), part->positions.empty() ? position : part->positions[position]};
}

const std::string& ColumnSet::name(std::size_t position) const {
  if (position >= own_size()) {
    const auto [set, place] = in_part(position);
    return set->name(place);
  }
  return table_ != nullptr ? table_->columns[position].name : own_[position].name;
}

ExprPtr ColumnSet::expr(std::size_t position) const {
  if (position >= own_size()) {
    const auto [set, place] = in_part(position);
    return set->expr(place);
  }
  if (table_ == nullptr) {
    return own_[position].expr;
  }
  return make_var(range_, table_->columns[position]);
}

int ColumnSet::find(std::string_view name) const {
  int found = kMissing;
  const auto note = [&](std::size_t position) {
    found = found == kMissing ? static_cast<int>(position) : kAmbiguous;
  };
  const std::size_t own = own_size();
  for (std::size_t i = 0; i < own; ++i) {
    if ((table_ != nullptr ? table_->columns[i].name : own_[i].name) == name) {
      note(i);
    }
  }
  std::size_t before = own;
  for (const Part& part : parts_) {
    if (part.positions.empty()) {
      // Asked as a whole: name() would walk down a chain of joins for each of its columns.
      const int inside = part.set->find(name);
      if (inside == kAmbiguous) {
        return kAmbiguous;
      }
      if (inside != kMissing) {
        note(before + static_cast<std::size_t>(inside));
      }
    }
    for (std::size_t i = 0; i < part.positions.size(); ++i) {
      if (part.set->name(part.positions[i]) == name) {
        note(before + i);
      }
    }
    before += part.size;
  }
  return found;
}

}  // namespace quern::planner_model
