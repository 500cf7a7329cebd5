#include "planner-model/selectivity/extended.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string_view>

#include "planner-model/selectivity/restriction.hpp"
#include "planner-model/selectivity/value_text.hpp"

// dependencies.c, mcv.c, mvdistinct.c (src/backend/statistics).

namespace quern::planner_model {
namespace {

std::vector<int> read_items(std::string_view text) {
  std::vector<int> items;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto number = value_text::read_integer(text.substr(0, comma));
    if (number) {
      items.push_back(static_cast<int>(*number));
    }
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return items;
}

/// Calls `use(key, number)` for each pair of {"key": number, ...}.
template <class Use>
void each_pair(std::string_view text, const Use& use) {
  for (;;) {
    const auto open = text.find('"');
    const auto close = open == std::string_view::npos ? open : text.find('"', open + 1);
    const auto colon = close == std::string_view::npos ? close : text.find(':', close);
    if (colon == std::string_view::npos) {
      return;
    }
    const auto key = text.substr(open + 1, close - open - 1);
    text = text.substr(colon + 1);
    const auto end = std::min(text.find_first_of(",}"), text.size());
    if (const auto number = value_text::read_double(text.substr(0, end))) {
      use(key, *number);
    }
    text = text.substr(end);
  }
}

/// NULL counts as no match.
bool clause_matches(const ParsedExtendedStatistics& statistics,
                    const ParsedExtendedStatistics::McvItem& item, const McvClause& clause,
                    const TypeSystem& types) {
  using Kind = McvClause::Kind;
  const auto holds = [&](const McvClause& part) {
    return clause_matches(statistics, item, part, types);
  };
  switch (clause.kind) {
    case Kind::And:
      return std::all_of(clause.arguments.begin(), clause.arguments.end(), holds);
    case Kind::Or:
      return std::any_of(clause.arguments.begin(), clause.arguments.end(), holds);
    case Kind::Not:
      return std::none_of(clause.arguments.begin(), clause.arguments.end(), holds);
    default:
      break;
  }
  const auto position = std::find(statistics.items.begin(), statistics.items.end(), clause.item);
  const auto index = static_cast<std::size_t>(position - statistics.items.begin());
  if (index >= item.values.size()) {
    return false;
  }
  const auto& value = item.values[index];
  const auto compares = [&](const std::optional<Value>& constant) {
    if (!value || !constant || clause.op == nullptr) {
      return false;
    }
    const Value& left = clause.variable_on_left ? *value : *constant;
    const Value& right = clause.variable_on_left ? *constant : *value;
    return OperatorEvaluator{*clause.op, clause.collation, types}(left, right).value_or(false);
  };
  switch (clause.kind) {
    case Kind::IsNull:
      return !value;
    case Kind::IsNotNull:
      return value.has_value();
    case Kind::Boolean:
      return value && value->integer != 0;
    case Kind::NotBoolean:
      return value && value->integer == 0;
    case Kind::Any:
      return std::any_of(clause.constants.begin(), clause.constants.end(), compares);
    case Kind::All:
      return value && std::all_of(clause.constants.begin(), clause.constants.end(), compares);
    default:
      return !clause.constants.empty() && compares(clause.constants.front());
  }
}

}  // namespace

ParsedExtendedStatistics parse_extended_statistics(const ExtendedStatistics& statistics,
                                                   std::span<const Oid> item_types,
                                                   const TypeSystem& types) {
  ParsedExtendedStatistics parsed{.definition = &statistics};
  parsed.items.assign(statistics.columns.begin(), statistics.columns.end());
  std::sort(parsed.items.begin(), parsed.items.end());
  for (std::size_t i = 0; i < statistics.expressions.size(); ++i) {
    parsed.items.push_back(-static_cast<int>(i) - 1);
  }
  each_pair(statistics.n_distinct, [&](std::string_view key, double count) {
    parsed.distinct.push_back({read_items(key), count});
  });
  each_pair(statistics.dependencies, [&](std::string_view key, double degree) {
    const auto arrow = key.find("=>");
    if (arrow == std::string_view::npos) {
      return;
    }
    const auto dependent = read_items(key.substr(arrow + 2));
    if (dependent.size() == 1) {
      parsed.dependencies.push_back({read_items(key.substr(0, arrow)), dependent.front(), degree});
    }
  });
  for (std::size_t i = 0; i < statistics.most_common_values.size(); ++i) {
    ParsedExtendedStatistics::McvItem item;
    const auto& texts = statistics.most_common_values[i];
    for (std::size_t column = 0; column < texts.size(); ++column) {
      const Oid type = column < item_types.size() ? item_types[column] : type_oid::kText;
      item.values.push_back(texts[column] ? std::optional{read_value(*texts[column], type, types)}
                                          : std::nullopt);
    }
    const auto at = [i](const std::vector<double>& numbers) {
      return i < numbers.size() ? numbers[i] : 0.0;
    };
    item.frequency = at(statistics.most_common_frequencies);
    item.base_frequency = at(statistics.most_common_base_frequencies);
    parsed.most_common.push_back(std::move(item));
  }
  return parsed;
}

McvListSelectivity mcv_list_selectivity(const ParsedExtendedStatistics& statistics,
                                        std::span<const McvClause> clauses, bool is_or,
                                        const TypeSystem& types) {
  McvListSelectivity answer;
  for (const auto& item : statistics.most_common) {
    const auto matches = [&](const McvClause& clause) {
      return clause_matches(statistics, item, clause, types);
    };
    answer.total += item.frequency;
    if (is_or ? std::any_of(clauses.begin(), clauses.end(), matches)
              : std::all_of(clauses.begin(), clauses.end(), matches)) {
      answer.selectivity += item.frequency;
      answer.base += item.base_frequency;
    }
  }
  return answer;
}

double combine_with_mcv_list(double simple, const McvListSelectivity& list) {
  const double others = std::min(std::clamp(simple - list.base, 0.0, 1.0), 1.0 - list.total);
  return std::clamp(list.selectivity + others, 0.0, 1.0);
}

DependencySelectivity dependencies_selectivity(
    std::span<const ParsedExtendedStatistics* const> statistics,
    std::span<const DependencyClause> clauses) {
  using Dependency = ParsedExtendedStatistics::Dependency;
  std::map<int, double> selectivity;
  std::set<int> open;
  for (const DependencyClause& clause : clauses) {
    selectivity[clause.item] = clause.selectivity;
    open.insert(clause.item);
  }

  // The strongest dependency over what is left, widest first; its implied item then is settled.
  std::vector<const Dependency*> applied;
  for (;;) {
    const Dependency* strongest = nullptr;
    for (const auto* one : statistics) {
      for (const Dependency& candidate : one->dependencies) {
        const std::size_t width = candidate.determinants.size();
        if (strongest != nullptr &&
            (width < strongest->determinants.size() ||
             (width == strongest->determinants.size() && strongest->degree > candidate.degree))) {
          continue;
        }
        const bool matched =
            open.contains(candidate.dependent) &&
            std::all_of(candidate.determinants.begin(), candidate.determinants.end(),
                        [&](int item) { return open.contains(item); });
        strongest = matched ? &candidate : strongest;
      }
    }
    if (strongest == nullptr) {
      break;
    }
    applied.push_back(strongest);
    open.erase(strongest->dependent);
  }

  DependencySelectivity answer;
  std::set<int> covered;
  for (const Dependency* dependency : applied) {
    covered.insert(dependency->dependent);
    covered.insert(dependency->determinants.begin(), dependency->determinants.end());
  }
  // Backwards, so that in a chain a => b => c the condition on b is settled before that on c uses
  // it: P(b|a) = f min(P(a), P(b)) / P(a) + (1 - f) P(b).
  for (auto step = applied.rbegin(); step != applied.rend(); ++step) {
    double implying = 1;
    for (const int item : (*step)->determinants) {
      implying *= selectivity[item];
    }
    double& implied = selectivity[(*step)->dependent];
    const double degree = (*step)->degree;
    implied = implying <= implied ? degree + (1 - degree) * implied
                                  : degree * implied / implying + (1 - degree) * implied;
  }
  for (const int item : covered) {
    answer.selectivity *= selectivity[item];
    answer.covered.push_back(item);
  }
  answer.selectivity = std::clamp(answer.selectivity, 0.0, 1.0);
  return answer;
}

}  // namespace quern::planner_model
