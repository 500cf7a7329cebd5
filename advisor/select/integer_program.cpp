#include "advisor/select/integer_program.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <numeric>

#include <Cbc_C_Interface.h>

#include "collector/base/failure.hpp"

#include "advisor/select/dominance.hpp"
#include "advisor/select/greedy.hpp"

namespace quern::advisor {

namespace {

struct DeleteModel {
  void operator()(Cbc_Model* model) const { Cbc_deleteModel(model); }
};

using Model = std::unique_ptr<Cbc_Model, DeleteModel>;

/// Columns and rows, handed to CBC at once: one by one it copies the matrix for each.
class Program {
 public:
  int column(double lower, double upper, double cost, bool integer) {
    lower_.push_back(lower);
    upper_.push_back(upper);
    costs_.push_back(cost);
    integer_.push_back(integer);
    entries_.emplace_back();
    return static_cast<int>(costs_.size()) - 1;
  }

  /// Each column once.
  void row(const std::vector<int>& columns, const std::vector<double>& coefficients, char sense,
           double right_hand_side) {
    constexpr double kNone = std::numeric_limits<double>::max();
    const int number = static_cast<int>(least_.size());
    least_.push_back(sense == 'L' ? -kNone : right_hand_side);
    most_.push_back(sense == 'G' ? kNone : right_hand_side);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      entries_[static_cast<std::size_t>(columns[i])].emplace_back(number, coefficients[i]);
    }
  }

  /// `integral`: otherwise the linear relaxation.
  [[nodiscard]] Model load(bool integral) const {
    std::vector<CoinBigIndex> starts{0};
    std::vector<int> rows;
    std::vector<double> coefficients;
    for (const auto& column : entries_) {
      for (const auto& [row, coefficient] : column) {
        rows.push_back(row);
        coefficients.push_back(coefficient);
      }
      starts.push_back(static_cast<CoinBigIndex>(rows.size()));
    }
    Model model{Cbc_newModel()};
    Cbc_loadProblem(model.get(), static_cast<int>(costs_.size()), static_cast<int>(least_.size()),
                    starts.data(), rows.data(), coefficients.data(), lower_.data(), upper_.data(),
                    costs_.data(), least_.data(), most_.data());
    for (std::size_t i = 0; integral && i < integer_.size(); ++i) {
      if (integer_[i]) {
        Cbc_setInteger(model.get(), static_cast<int>(i));
      }
    }
    return model;
  }

 private:
  std::vector<double> lower_ = {};
  std::vector<double> upper_ = {};
  std::vector<double> costs_ = {};
  std::vector<bool> integer_ = {};
  std::vector<std::vector<std::pair<int, double>>> entries_ = {};  ///< by column: row, coefficient
  std::vector<double> least_ = {};
  std::vector<double> most_ = {};
};

/// The objective is scaled so that doing nothing costs this: CBC's tolerances are absolute.
constexpr double kScaledBase = 1e6;

class Formulation {
 public:
  Formulation(const SelectionProblem& problem, Floors floors, bool integral = true)
      : problem_{problem}, scale_{kScaledBase / std::max(1e-9, objective(problem, {}))} {
    add_candidates();
    for (const auto& query : problem.queries) {
      add_query(query, floors);
    }
    for (const auto& group : problem.hot) {
      add_hot_group(group);
    }
    add_limits();
    model_ = program_.load(integral);
  }

  Selection solve(const SearchEnd& end) {
    Cbc_setLogLevel(model_.get(), 0);
    Cbc_setMaximumSeconds(model_.get(), std::max(0.1, end.time_limit_seconds));
    Cbc_setAllowableGap(model_.get(), 1e-6);
    Cbc_setAllowableFractionGap(model_.get(), end.gap);
    // It takes longer than what it spares these programs.
    Cbc_setParameter(model_.get(), "preprocess", "off");
    if (end.effort == Effort::Light) {
      Cbc_setParameter(model_.get(), "trustPseudoCosts", "0");
      Cbc_setParameter(model_.get(), "heuristicsOnOff", "off");
      // Cuts and strong branching prove bounds, which a point of a curve does not need.
      Cbc_setParameter(model_.get(), "cutsOnOff", "off");
      Cbc_setParameter(model_.get(), "strongBranching", "0");
      // Where the search takes long, it is for the proof as well; a count, so that results do not
      // vary with the machine.
      constexpr int kMostNodes = 300;
      Cbc_setMaximumNodes(model_.get(), kMostNodes);
    }
    start_from(end.start);
    Cbc_solve(model_.get());
    return answer();
  }

  /// CBC finds the other columns itself.
  void start_from(const IndexSet& start) {
    std::vector<int> columns(problem_.sizes.size());
    std::iota(columns.begin(), columns.end(), 0);
    std::vector<double> values(columns.size(), 0.0);
    for (const int index : start) {
      const auto a = static_cast<std::size_t>(index);
      values[a] = worth_trying_[a] ? 1 : 0;
    }
    Cbc_setMIPStartI(model_.get(), static_cast<int>(columns.size()), columns.data(), values.data());
  }

  double relaxed() {
    Cbc_setLogLevel(model_.get(), 0);
    Cbc_solve(model_.get());
    return Cbc_isProvenOptimal(model_.get()) != 0 ? Cbc_getObjValue(model_.get()) / scale_ : 0;
  }

 private:
  int column(double lower, double upper, double cost, bool integer) {
    return program_.column(lower, upper, cost * scale_, integer);
  }

  void row(const std::vector<int>& columns, const std::vector<double>& coefficients, char sense,
           double right_hand_side) {
    program_.row(columns, coefficients, sense, right_hand_side);
  }

  void add_candidates() {
    const std::vector<bool> dominated = dominated_candidates(problem_);
    for (std::size_t a = 0; a < problem_.sizes.size(); ++a) {
      // What can not be built, or need not be, is fixed at 0, which helps the relaxation.
      const double upper = problem_.sizes[a] > problem_.budget || dominated[a] ? 0 : 1;
      const int index = static_cast<int>(a);
      const bool asked = contains_all(problem_.must_have, {index});
      worth_trying_.push_back(asked || upper > 0);
      column(asked ? 1 : 0, asked ? 1 : upper, problem_.maintenance[a] + charges(problem_, {index}),
             true);
    }
  }

  void add_query(const SelectionQuery& query, Floors floors) {
    std::vector<int> choice;
    std::map<int, std::vector<int>> needing;
    for (const auto& alternative : query.alternatives) {
      choice.push_back(column(0, 1, query.weight * alternative.cost, false));
      for (const int index : alternative.needs) {
        needing[index].push_back(choice.back());
      }
    }
    if (floors == Floors::Allowed) {
      add_unknown(query, choice);
    }
    row(choice, std::vector<double>(choice.size(), 1.0), 'E', 1);
    for (const auto& [index, users] : needing) {
      need_one(with_substitutes(query, {index}), users);
    }
  }

  static IndexSet with_substitutes(const SelectionQuery& query, IndexSet indexes) {
    const std::size_t own = indexes.size();
    for (const auto& [index, place] : query.substitutes) {
      const auto end = indexes.begin() + static_cast<std::ptrdiff_t>(own);
      if (std::find(indexes.begin(), end, place) != end) {
        indexes.push_back(index);
      }
    }
    std::sort(indexes.begin(), indexes.end());
    indexes.erase(std::unique(indexes.begin(), indexes.end()), indexes.end());
    return indexes;
  }

  /// A set that lacks the k-th part of query.lacking, and none of the parts before it, costs at
  /// least what that part is worth; one that lacks none costs what all unknown sets do. As a query
  /// takes one alternative, those that a candidate excludes, and those that need a part, share a
  /// row: with a row each the relaxation would take shares of several.
  void add_unknown(const SelectionQuery& query, std::vector<int>& choice) {
    std::map<int, std::vector<int>> excluded;                     // by candidate
    std::vector<std::vector<int>> needing(query.lacking.size());  // by part
    for (const auto& unknown : query.unknown) {
      for (std::size_t level = 0; level <= query.lacking.size(); ++level) {
        const bool last =
            level == query.lacking.size() || query.lacking[level].at_least <= unknown.at_least;
        const double at_least = last ? unknown.at_least : query.lacking[level].at_least;
        choice.push_back(column(0, 1, query.weight * at_least, false));
        for (const int index : unknown.without) {
          excluded[index].push_back(choice.back());
        }
        for (std::size_t before = 0; before < level; ++before) {
          needing[before].push_back(choice.back());
        }
        if (last) {
          break;
        }
      }
    }
    for (auto& [index, columns] : excluded) {
      columns.push_back(index);
      row(columns, std::vector<double>(columns.size(), 1.0), 'L', 1);
    }
    for (std::size_t part = 0; part < needing.size(); ++part) {
      if (!needing[part].empty()) {
        need_one(with_substitutes(query, query.lacking[part].without), needing[part]);
      }
    }
  }

  /// Σ users <= Σ serving
  void need_one(const std::vector<int>& serving, std::vector<int> users) {
    std::vector<double> coefficients(users.size(), 1.0);
    users.insert(users.end(), serving.begin(), serving.end());
    coefficients.resize(users.size(), -1.0);
    row(users, coefficients, 'L', 0);
  }

  void add_hot_group(const HotGroup& group) {
    if (group.blockers.empty()) {
      return;
    }
    const int lost = column(0, 1, group.existing_cost, false);
    for (const int blocker : group.blockers) {
      row({lost, blocker}, {1, -1}, 'G', 0);
    }
    write_cost_.add(lost, group.existing_cost);
    wal_.add(lost, group.existing_wal);
    for (std::size_t i = 0; i < group.entry_costs.size(); ++i) {
      const auto& [index, cost] = group.entry_costs[i];
      const int both = column(0, 1, cost, false);
      row({both, lost, index}, {1, -1, -1}, 'G', -1);
      write_cost_.add(both, cost);
      wal_.add(both, i < group.entry_wal.size() ? group.entry_wal[i].second : 0);
    }
  }

  /// Σ amount · column
  struct Sum {
    std::vector<int> columns = {};
    std::vector<double> amounts = {};

    void add(int number, double amount) {
      if (amount > 0) {
        columns.push_back(number);
        amounts.push_back(amount);
      }
    }

    /// Of the candidates themselves, whose columns come first.
    void add_each(const std::vector<double>& by_candidate) {
      for (std::size_t a = 0; a < by_candidate.size(); ++a) {
        add(static_cast<int>(a), by_candidate[a]);
      }
    }
  };

  void limit(const Sum& sum, double at_most) {
    double total = 0;
    double largest = 0;
    for (const double amount : sum.amounts) {
      total += amount;
      largest = std::max(largest, amount);
    }
    if (total <= at_most) {
      return;
    }
    // In units of the limit: bytes beside ones would be badly scaled.
    const double unit = at_most > 0 ? at_most : largest;
    std::vector<double> shares;
    for (const double amount : sum.amounts) {
      shares.push_back(amount / unit);
    }
    row(sum.columns, shares, 'L', at_most / unit);
  }

  void add_limits() {
    const std::size_t candidates = problem_.sizes.size();
    Sum sizes;
    sizes.add_each(problem_.sizes);
    limit(sizes, problem_.budget);
    Sum count;
    const std::vector<double> ones(candidates, 1.0);
    count.add_each(ones);
    limit(count, problem_.max_indexes);
    for (const CountLimit& of_table : problem_.counts) {
      limit({of_table.members, std::vector<double>(of_table.members.size(), 1.0)},
            of_table.at_most);
    }
    write_cost_.add_each(problem_.maintenance);
    limit(write_cost_, problem_.max_write_cost);
    wal_.add_each(problem_.wal);
    limit(wal_, problem_.max_wal);
    Sum building;
    building.add_each(problem_.build_seconds);
    limit(building, problem_.max_build_seconds);
  }

  Selection answer() {
    Selection selection{.method = "integer program"};
    const double* solution = Cbc_getColSolution(model_.get());
    const bool found = Cbc_isProvenInfeasible(model_.get()) == 0 && solution != nullptr &&
                       Cbc_numberSavedSolutions(model_.get()) > 0;
    if (found) {
      for (std::size_t a = 0; a < problem_.sizes.size(); ++a) {
        if (solution[a] > 0.5) {
          selection.chosen.push_back(static_cast<int>(a));
        }
      }
    }
    selection.optimal = found && Cbc_isProvenOptimal(model_.get()) != 0;
    const double bound = Cbc_getBestPossibleObjValue(model_.get()) / scale_;
    selection.bound = std::isfinite(bound) ? bound : 0;
    return selection;
  }

  const SelectionProblem& problem_;
  double scale_;
  Program program_;
  std::vector<bool> worth_trying_ = {};  ///< by candidate
  Model model_;
  Sum write_cost_;
  Sum wal_;
};

}  // namespace

double relaxed_bound(const SelectionProblem& problem) {
  if (problem.sizes.empty()) {
    return objective(problem, {});
  }
  // Of the simplex method's tolerance.
  constexpr double kRounding = 1e-7;
  const double relaxed = Formulation{problem, Floors::Allowed, false}.relaxed();
  return std::max(relaxed * (1 - kRounding), trivial_bound(problem));
}

Selection select_by_integer_program(const SelectionProblem& problem, Floors floors,
                                    const SearchEnd& end) {
  if (problem.sizes.empty()) {
    const double cost = objective(problem, {});
    return {.cost = cost, .bound = cost, .optimal = true, .method = "no candidates"};
  }
  // Whatever there is to start from spares most of the search, even where it is far from the best.
  SearchEnd from = end;
  const IndexSet greedy = select_greedy(problem).chosen;
  if (!feasible(problem, end.start) || objective(problem, greedy) < objective(problem, end.start)) {
    from.start = greedy;
  }
  Selection selection = Formulation{problem, floors}.solve(from);
  selection.cost = objective(problem, selection.chosen);
  const bool solved = selection.optimal && feasible(problem, selection.chosen);
  if (floors == Floors::Ignored && !solved &&
      (!feasible(problem, selection.chosen) || objective(problem, from.start) < selection.cost)) {
    selection.chosen = from.start;
  }
  if (floors == Floors::Ignored && (!solved || end.gap == 0)) {
    // CBC works to a tolerance: the last word has the objective itself.
    selection.chosen = improved(problem, std::move(selection.chosen));
  }
  selection.cost = objective(problem, selection.chosen);
  selection.bound = std::min(selection.cost, std::max(selection.bound, trivial_bound(problem)));
  return selection;
}

}  // namespace quern::advisor
