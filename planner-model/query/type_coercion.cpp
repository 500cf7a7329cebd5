#include <algorithm>

#include "planner-model/query/type_system.hpp"
#include "planner-model/query/type_tables.hpp"

// Coercions between types, by the rules of src/backend/parser/parse_coerce.c.

namespace quern::planner_model {
namespace {

CoercionContext needed_context(char context) {
  switch (context) {
    case 'i':
      return CoercionContext::Implicit;
    case 'a':
      return CoercionContext::Assignment;
    default:
      return CoercionContext::Explicit;
  }
}

}  // namespace

const Cast* TypeSystem::find_cast(Oid source, Oid target) const {
  const auto pair = CatalogIndex::pair(source, target);
  for (const CatalogIndex* index :
       {&tables_->builtin, static_cast<const CatalogIndex*>(&tables_->own)}) {
    if (const auto found = index->casts.find(pair); found != index->casts.end()) {
      return found->second;
    }
  }
  return nullptr;
}

Coercion TypeSystem::find_coercion(Oid source, Oid target, CoercionContext context) const {
  // find_coercion_pathway()
  source = base_type(source);
  target = base_type(target);
  if (source == target) {
    return {CoercionPath::Relabel, 0};
  }
  if (const Cast* cast = find_cast(source, target)) {
    if (context < needed_context(cast->context)) {
      return {};
    }
    switch (cast->method) {
      case 'f':
        return {CoercionPath::Function, cast->function};
      case 'i':
        return {CoercionPath::ViaIO, 0};
      default:
        return {CoercionPath::Relabel, 0};
    }
  }
  if (target != type_oid::kOidVector && target != type_oid::kInt2Vector) {
    const Oid target_element = element_type(target);
    const Oid source_element = element_type(source);
    if (target_element != 0 && source_element != 0) {
      const Coercion each = find_coercion(source_element, target_element, context);
      if (each.path != CoercionPath::None) {
        return {CoercionPath::ArrayCoerce, each.function};
      }
    }
  }
  constexpr char kString = 'S';
  if (context >= CoercionContext::Assignment && category(target) == kString) {
    return {CoercionPath::ViaIO, 0};
  }
  if (context >= CoercionContext::Explicit && category(source) == kString) {
    return {CoercionPath::ViaIO, 0};
  }
  return {};
}

bool TypeSystem::can_coerce(Oid source, Oid target, CoercionContext context) const {
  return can_coerce(std::span{&source, 1}, std::span{&target, 1}, context);
}

bool TypeSystem::can_coerce(std::span<const Oid> sources, std::span<const Oid> targets,
                            CoercionContext context) const {
  // can_coerce_type()
  bool have_generics = false;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const Oid source = sources[i];
    const Oid target = targets[i];
    if (source == target || target == type_oid::kAny) {
      continue;
    }
    if (is_polymorphic(target)) {
      have_generics = true;
      continue;
    }
    if (source == type_oid::kUnknown ||
        find_coercion(source, target, context).path != CoercionPath::None) {
      continue;
    }
    if ((source == type_oid::kRecord && is_composite(target)) ||
        (target == type_oid::kRecord && is_composite(source)) ||
        (target == type_oid::kRecordArray && is_composite(element_type(source)))) {
      continue;
    }
    return false;
  }
  return !have_generics || generic_types_consistent(sources, targets);
}

bool TypeSystem::is_binary_coercible(Oid source, Oid target) const {
  // IsBinaryCoercible()
  if (source == target || target == type_oid::kAny || target == type_oid::kAnyElement ||
      target == type_oid::kAnyCompatible) {
    return true;
  }
  source = base_type(source);
  if (source == target) {
    return true;
  }
  switch (target) {
    case type_oid::kAnyArray:
    case type_oid::kAnyCompatibleArray:
      return element_type(source) != 0;
    case type_oid::kAnyNonArray:
    case type_oid::kAnyCompatibleNonArray:
      return element_type(source) == 0;
    case type_oid::kAnyEnum:
      return is_enum(source);
    case type_oid::kAnyRange:
    case type_oid::kAnyCompatibleRange:
      return is_range(source);
    case type_oid::kAnyMultirange:
    case type_oid::kAnyCompatibleMultirange:
      return is_multirange(source);
    case type_oid::kRecord:
      return is_composite(source);
    case type_oid::kRecordArray:
      return is_composite(element_type(source));
    default:
      break;
  }
  const Cast* cast = find_cast(source, target);
  return cast != nullptr && cast->method == 'b' && cast->context == 'i';
}

Oid TypeSystem::length_coercion(Oid oid) const {
  // find_typmod_coercion_function(): arrays are coerced by element.
  Oid scalar = base_type(oid);
  if (const Oid element = element_type(scalar); element != 0) {
    scalar = element;
  }
  const Cast* cast = find_cast(scalar, scalar);
  return cast == nullptr ? 0 : cast->function;
}

std::optional<Oid> TypeSystem::select_common_type(std::span<const Oid> types) const {
  // select_common_type(): identical types stay, domains included; otherwise base types compete.
  if (types.empty()) {
    return std::nullopt;
  }
  if (types.front() != type_oid::kUnknown &&
      std::all_of(types.begin(), types.end(), [&](Oid t) { return t == types.front(); })) {
    return types.front();
  }
  Oid best = base_type(types.front());
  for (const Oid given : types.subspan(1)) {
    const Oid candidate = base_type(given);
    if (candidate == type_oid::kUnknown || candidate == best) {
      continue;
    }
    if (best == type_oid::kUnknown) {
      best = candidate;
    } else if (category(candidate) != category(best)) {
      return std::nullopt;
    } else if (!is_preferred(category(best), best) &&
               can_coerce(best, candidate, CoercionContext::Implicit) &&
               !can_coerce(candidate, best, CoercionContext::Implicit)) {
      best = candidate;
    }
  }
  return best == type_oid::kUnknown ? type_oid::kText : best;
}

}  // namespace quern::planner_model
