#include <algorithm>
#include <array>

#include "planner-model/query/operator_memo.hpp"
#include "planner-model/query/type_system.hpp"
#include "planner-model/query/type_tables.hpp"

// Which operator or function a call means: oper(), left_oper() (parse_oper.c), func_get_detail(),
// func_match_argtypes(), func_select_candidate() (parse_func.c), FuncnameGetCandidates()
// (namespace.c).

namespace quern::planner_model {
namespace {

/// Keeps the candidates with the highest count; all when no candidate counts.
template <class Candidates, class Count>
void keep_best(Candidates& candidates, const Count& count) {
  int best = 0;
  Candidates kept;
  for (const auto* candidate : candidates) {
    const int matches = count(*candidate);
    if (matches > best) {
      best = matches;
      kept.clear();
    }
    if (matches == best) {
      kept.push_back(candidate);
    }
  }
  candidates = std::move(kept);
}

}  // namespace

const TypeSystem::Candidate* TypeSystem::select_candidate(
    std::span<const Oid> given, std::vector<const Candidate*> candidates) const {
  // func_select_candidate(): the steps in the server's order.
  constexpr char kString = 'S';
  std::vector<Oid> inputs;
  for (const Oid type : given) {
    inputs.push_back(base_type(type));
  }
  const auto is_unknown = [&](std::size_t i) { return inputs[i] == type_oid::kUnknown; };

  // 1. Most exact matches.
  keep_best(candidates, [&](const Candidate& candidate) {
    int matches = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      matches += !is_unknown(i) && candidate.arguments[i] == inputs[i] ? 1 : 0;
    }
    return matches;
  });
  if (candidates.size() == 1) {
    return candidates.front();
  }

  // 2. Most exact or preferred types where a coercion is needed.
  keep_best(candidates, [&](const Candidate& candidate) {
    int matches = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      matches += !is_unknown(i) && (candidate.arguments[i] == inputs[i] ||
                                    is_preferred(category(inputs[i]), candidate.arguments[i]))
                     ? 1
                     : 0;
    }
    return matches;
  });
  if (candidates.size() == 1) {
    return candidates.front();
  }

  const auto unknowns = static_cast<std::size_t>(
      std::count(inputs.begin(), inputs.end(), static_cast<Oid>(type_oid::kUnknown)));
  if (unknowns == 0) {
    return nullptr;
  }

  // 3. A category for each unknown: string if any candidate takes one, else what all agree on.
  bool resolved = true;
  std::vector<char> slot_category(inputs.size(), '\0');
  std::vector<bool> slot_preferred(inputs.size(), false);
  for (std::size_t i = 0; i < inputs.size() && resolved; ++i) {
    if (!is_unknown(i)) {
      continue;
    }
    bool conflict = false;
    for (const Candidate* candidate : candidates) {
      const Oid type = candidate->arguments[i];
      const char current = category(type);
      const bool preferred = is_preferred(current, type);
      if (slot_category[i] == '\0' || (current != slot_category[i] && current == kString)) {
        slot_category[i] = current;
        slot_preferred[i] = preferred;
      } else if (current == slot_category[i]) {
        slot_preferred[i] = slot_preferred[i] || preferred;
      } else {
        conflict = true;
      }
    }
    resolved = !conflict || slot_category[i] == kString;
  }
  if (resolved) {
    std::vector<const Candidate*> kept;
    for (const Candidate* candidate : candidates) {
      bool keep = true;
      for (std::size_t i = 0; i < inputs.size() && keep; ++i) {
        if (is_unknown(i)) {
          const Oid type = candidate->arguments[i];
          keep = category(type) == slot_category[i] &&
                 (!slot_preferred[i] || is_preferred(slot_category[i], type));
        }
      }
      if (keep) {
        kept.push_back(candidate);
      }
    }
    if (!kept.empty()) {
      candidates = std::move(kept);
    }
    if (candidates.size() == 1) {
      return candidates.front();
    }
  }

  // 4. Last gasp: all unknowns are what the known inputs all are.
  Oid known = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (is_unknown(i)) {
      continue;
    }
    if (known != 0 && known != inputs[i]) {
      return nullptr;
    }
    known = inputs[i];
  }
  if (known == 0) {
    return nullptr;
  }
  const std::vector<Oid> assumed(inputs.size(), known);
  const Candidate* match = nullptr;
  for (const Candidate* candidate : candidates) {
    if (can_coerce(assumed, candidate->arguments, CoercionContext::Implicit)) {
      if (match != nullptr) {
        return nullptr;
      }
      match = candidate;
    }
  }
  return match;
}

std::vector<TypeSystem::Candidate> TypeSystem::operator_candidates(std::string_view schema,
                                                                   std::string_view name,
                                                                   bool prefix) const {
  std::vector<Candidate> candidates;
  for (const Operator* found : operators_named(name)) {
    if ((found->left == 0) != prefix) {
      continue;
    }
    int position = 0;
    if (schema.empty()) {
      const auto in_path = path_position(found->schema);
      if (!in_path) {
        continue;
      }
      position = *in_path;
    } else if (found->schema != schema) {
      continue;
    }
    Candidate candidate{.op = found, .path_position = position};
    candidate.arguments =
        prefix ? std::vector<Oid>{found->right} : std::vector<Oid>{found->left, found->right};
    // The same signature earlier in the path hides this one.
    const auto same = std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& c) {
      return c.arguments == candidate.arguments;
    });
    if (same == candidates.end()) {
      candidates.push_back(std::move(candidate));
    } else if (position < same->path_position) {
      *same = std::move(candidate);
    }
  }
  return candidates;
}

ResolvedOperator TypeSystem::finish_operator(const Operator& chosen,
                                             std::span<const Oid> inputs) const {
  ResolvedOperator answer{.resolution = Resolution::Found, .op = &chosen};
  std::vector<Oid> declared{chosen.right};
  if (chosen.left != 0) {
    declared.insert(declared.begin(), chosen.left);
  }
  const auto result = resolve_polymorphic(inputs, declared, chosen.result);
  if (!result) {
    answer.resolution = Resolution::NotFound;
    return answer;
  }
  answer.left = chosen.left == 0 ? 0 : declared.front();
  answer.right = declared.back();
  answer.result = *result;
  return answer;
}

ResolvedOperator TypeSystem::choose_operator(std::string_view schema, std::string_view name,
                                             std::span<const Oid> inputs) const {
  // oper_select_candidate()
  const auto candidates = operator_candidates(schema, name, inputs.size() == 1);
  std::vector<const Candidate*> fitting;
  for (const Candidate& candidate : candidates) {
    if (can_coerce(inputs, candidate.arguments, CoercionContext::Implicit)) {
      fitting.push_back(&candidate);
    }
  }
  if (fitting.empty()) {
    return {};
  }
  const Candidate* chosen =
      fitting.size() == 1 ? fitting.front() : select_candidate(inputs, std::move(fitting));
  if (chosen == nullptr) {
    return {.resolution = Resolution::Ambiguous};
  }
  return finish_operator(*chosen->op, inputs);
}

ResolvedOperator TypeSystem::resolve_binary_operator(std::string_view name, Oid left, Oid right,
                                                     std::string_view schema) const {
  const auto named = operators_named(name);
  if (named.empty() || !schema.empty()) {
    return find_binary_operator(name, left, right, schema);
  }
  return chosen_->get({named.data(), left, right},
                      [&] { return find_binary_operator(name, left, right, schema); });
}

ResolvedOperator TypeSystem::find_binary_operator(std::string_view name, Oid left, Oid right,
                                                  std::string_view schema) const {
  const std::array<Oid, 2> inputs{left, right};
  // binary_oper_exact(): an unknown operand is first taken to be what the other one is.
  const auto exact = [&](Oid l, Oid r) -> const Operator* {
    if (schema.empty()) {
      return op(exact_operator(name, l, r));
    }
    for (const Operator* candidate : operators_named(name)) {
      if (candidate->schema == schema && candidate->left == l && candidate->right == r) {
        return candidate;
      }
    }
    return nullptr;
  };
  Oid l = left;
  Oid r = right;
  const bool was_unknown = (l == type_oid::kUnknown) || (r == type_oid::kUnknown);
  if (l == type_oid::kUnknown) {
    l = r;
  } else if (r == type_oid::kUnknown) {
    r = l;
  }
  const Operator* found = exact(l, r);
  if (found == nullptr && was_unknown && base_type(l) != l) {
    found = exact(base_type(l), base_type(l));
  }
  return found != nullptr ? finish_operator(*found, inputs) : choose_operator(schema, name, inputs);
}

ResolvedOperator TypeSystem::resolve_prefix_operator(std::string_view name, Oid argument,
                                                     std::string_view schema) const {
  const std::array<Oid, 1> inputs{argument};
  if (const Operator* found = op(exact_operator(name, 0, argument));
      found != nullptr && (schema.empty() || found->schema == schema)) {
    return finish_operator(*found, inputs);
  }
  return choose_operator(schema, name, inputs);
}

namespace {

/// MatchNamedCall(), namespace.c: the parameter of each argument, the last of which are named;
/// empty: the function can not be called so.
std::vector<std::size_t> named_positions(const Function& function, std::size_t arguments,
                                         std::span<const std::string> names) {
  const std::size_t nominal = function.arguments.size();
  if (function.argument_names == nullptr || function.argument_names->size() != nominal ||
      arguments > nominal) {
    return {};
  }
  const auto& parameters = *function.argument_names;
  std::vector<std::size_t> positions;
  std::vector<bool> taken(nominal, false);
  for (std::size_t i = 0; i < arguments; ++i) {
    const std::size_t positional = arguments - names.size();
    const auto at = i < positional
                        ? i
                        : static_cast<std::size_t>(std::find(parameters.begin(), parameters.end(),
                                                             names[i - positional]) -
                                                   parameters.begin());
    if (at == nominal || taken[at]) {
      return {};
    }
    taken[at] = true;
    positions.push_back(at);
  }
  const std::size_t required = nominal - static_cast<std::size_t>(function.defaults);
  const bool complete =
      std::all_of(taken.begin(), taken.begin() + static_cast<std::ptrdiff_t>(required),
                  [](bool is) { return is; });
  return complete ? positions : std::vector<std::size_t>{};
}

}  // namespace

std::vector<TypeSystem::Candidate> TypeSystem::function_candidates(
    std::string_view schema, std::string_view name, std::size_t arguments,
    std::span<const std::string> names, bool expand_variadic) const {
  // FuncnameGetCandidates().
  std::vector<Candidate> candidates;
  for (const Function* found : functions_named(name)) {
    int position = 0;
    if (schema.empty()) {
      const auto in_path = path_position(found->schema);
      if (!in_path) {
        continue;
      }
      position = *in_path;
    } else if (found->schema != schema) {
      continue;
    }
    const std::size_t nominal = found->arguments.size();
    if (!names.empty()) {
      auto positions = named_positions(*found, arguments, names);
      if (positions.empty() || (found->variadic != 0 && expand_variadic)) {
        continue;
      }
      Candidate candidate{.function = found, .path_position = position};
      for (const std::size_t at : positions) {
        candidate.arguments.push_back(found->arguments[at]);
      }
      candidate.positions = std::move(positions);
      candidates.push_back(std::move(candidate));
      continue;
    }
    const bool variadic = expand_variadic && found->variadic != 0 && nominal <= arguments;
    const bool defaulted =
        nominal > arguments && nominal <= arguments + static_cast<std::size_t>(found->defaults);
    if (nominal != arguments && !variadic && !defaulted) {
      continue;
    }
    Candidate candidate{.function = found, .path_position = position};
    candidate.arguments = found->arguments;
    if (variadic) {
      candidate.arguments.resize(nominal - 1);
      candidate.arguments.resize(arguments, found->variadic);
      candidate.variadic = static_cast<int>(arguments - nominal) + 1;
    } else if (defaulted) {
      candidate.arguments.resize(arguments);
    }
    const auto same = std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& c) {
      return c.arguments == candidate.arguments;
    });
    if (same == candidates.end()) {
      candidates.push_back(std::move(candidate));
    } else if (position != same->path_position) {
      if (position < same->path_position) {
        *same = std::move(candidate);
      }
    } else if ((candidate.variadic > 0) != (same->variadic > 0)) {
      if (candidate.variadic == 0) {
        *same = std::move(candidate);
      }
    } else if (candidate.variadic > 0 && candidate.variadic != same->variadic) {
      if (candidate.variadic < same->variadic) {
        *same = std::move(candidate);  // more named parameters
      }
    } else {
      same->ambiguous = true;
    }
  }
  return candidates;
}

ResolvedFunction TypeSystem::resolve_function(std::string_view schema, std::string_view name,
                                              std::span<const Oid> arguments,
                                              std::span<const std::string> names,
                                              bool explicit_variadic) const {
  const auto candidates =
      function_candidates(schema, name, arguments.size(), names, !explicit_variadic);
  const auto exact =
      std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& candidate) {
        return std::equal(arguments.begin(), arguments.end(), candidate.arguments.begin());
      });
  const Candidate* chosen = exact == candidates.end() ? nullptr : &*exact;
  if (chosen == nullptr && arguments.size() == 1) {
    // text(x), int8('5'): a cast in the clothes of a call, when it needs no function.
    const Type* target = type_by_name(schema.empty() ? "" : schema, name);
    const bool literal_name = target != nullptr && target->name == name;
    if (literal_name && !target->is_array) {
      const auto path = find_coercion(arguments[0], target->oid, CoercionContext::Explicit).path;
      const bool record = arguments[0] == type_oid::kRecord || is_composite(arguments[0]);
      if (arguments[0] == type_oid::kUnknown || path == CoercionPath::Relabel ||
          (path == CoercionPath::ViaIO && !(record && target->category == 'S'))) {
        return {.resolution = Resolution::Found, .is_cast = true, .result = target->oid};
      }
    }
  }
  if (chosen == nullptr) {
    std::vector<const Candidate*> fitting;
    for (const Candidate& candidate : candidates) {
      if (can_coerce(arguments, candidate.arguments, CoercionContext::Implicit)) {
        fitting.push_back(&candidate);
      }
    }
    if (fitting.empty()) {
      return {};
    }
    chosen = fitting.size() == 1 ? fitting.front() : select_candidate(arguments, fitting);
    if (chosen == nullptr) {
      return {.resolution = Resolution::Ambiguous};
    }
  }
  if (chosen->ambiguous) {
    return {.resolution = Resolution::Ambiguous};
  }
  ResolvedFunction answer{.resolution = Resolution::Found,
                          .function = chosen->function,
                          .arguments = chosen->arguments,
                          .variadic = chosen->variadic,
                          .positions = chosen->positions};
  const auto result = resolve_polymorphic(arguments, answer.arguments, chosen->function->result);
  if (!result) {
    return {};
  }
  answer.result = *result;
  return answer;
}

}  // namespace quern::planner_model
