#include <algorithm>

#include "planner-model/query/type_system.hpp"
#include "planner-model/query/type_tables.hpp"

// Functions over anyelement, anyarray and their kin: check_generic_type_consistency() and
// enforce_generic_type_consistency() (parse_coerce.c).

namespace quern::planner_model {
namespace {

bool is_element(Oid declared) {
  return declared == type_oid::kAnyElement || declared == type_oid::kAnyNonArray ||
         declared == type_oid::kAnyEnum;
}

bool is_compatible_element(Oid declared) {
  return declared == type_oid::kAnyCompatible || declared == type_oid::kAnyCompatibleNonArray;
}

/// Remembers `found` in `slot`, or says whether it agrees with what is there.
bool agree(Oid& slot, Oid found) {
  if (slot == 0) {
    slot = found;
  }
  return slot == found;
}

}  // namespace

bool TypeSystem::generic_types_consistent(std::span<const Oid> actual,
                                          std::span<const Oid> declared) const {
  std::vector<Oid> copy{declared.begin(), declared.begin() + static_cast<long>(actual.size())};
  return match_polymorphic(actual, copy, 0, Polymorphism::Check).has_value();
}

std::optional<Oid> TypeSystem::resolve_polymorphic(std::span<const Oid> actual,
                                                   std::span<Oid> declared, Oid result) const {
  return match_polymorphic(actual, declared, result, Polymorphism::Enforce);
}

std::optional<Oid> TypeSystem::match_polymorphic(std::span<const Oid> actual,
                                                 std::span<Oid> declared, Oid result,
                                                 Polymorphism mode) const {
  // Family 1: one element type binds all. Family 2 (anycompatible): a common type is chosen.
  Oid element = 0, array = 0, range = 0, multirange = 0;
  Oid compatible_range = 0, compatible_multirange = 0;
  bool non_array = false, is_enum_needed = false, compatible_non_array = false;
  bool any_family1 = false, any_family2 = false;
  std::vector<Oid> compatible;

  for (std::size_t i = 0; i < actual.size(); ++i) {
    const Oid want = declared[i];
    if (!is_polymorphic(want)) {
      continue;
    }
    const bool family2 = is_compatible_element(want) || want == type_oid::kAnyCompatibleArray ||
                         want == type_oid::kAnyCompatibleRange ||
                         want == type_oid::kAnyCompatibleMultirange;
    (family2 ? any_family2 : any_family1) = true;
    non_array |= want == type_oid::kAnyNonArray;
    is_enum_needed |= want == type_oid::kAnyEnum;
    compatible_non_array |= want == type_oid::kAnyCompatibleNonArray;
    if (actual[i] == type_oid::kUnknown) {
      continue;
    }
    const Oid base = base_type(actual[i]);
    bool fits = true;
    if (is_element(want)) {
      fits = agree(element, actual[i]);
    } else if (want == type_oid::kAnyArray) {
      fits = agree(array, base);
    } else if (want == type_oid::kAnyRange) {
      fits = agree(range, base);
    } else if (want == type_oid::kAnyMultirange) {
      fits = agree(multirange, base);
    } else if (is_compatible_element(want)) {
      compatible.push_back(actual[i]);
    } else if (want == type_oid::kAnyCompatibleArray) {
      const Oid found = element_type(base);
      fits = found != 0;
      compatible.push_back(found);
    } else if (want == type_oid::kAnyCompatibleRange) {
      fits = agree(compatible_range, base) && range_subtype(base) != 0;
    } else {
      fits = agree(compatible_multirange, base) && multirange_range(base) != 0;
    }
    if (!fits) {
      return std::nullopt;
    }
  }

  if (array != 0 && array != type_oid::kAnyArray) {
    const Oid found = element_type(array);
    if (found == 0 || !agree(element, found)) {
      return std::nullopt;
    }
  }
  if (multirange != 0) {
    const Oid found = multirange_range(multirange);
    if (found == 0 || !agree(range, found)) {
      return std::nullopt;
    }
  }
  if (range != 0) {
    const Oid found = range_subtype(range);
    if (found == 0 || !agree(element, found)) {
      return std::nullopt;
    }
  }
  if ((non_array && element_type(base_type(element)) != 0) ||
      (is_enum_needed && element != 0 && !is_enum(element)) ||
      (is_enum_needed && element == 0 && mode == Polymorphism::Check)) {
    return std::nullopt;
  }

  if (compatible_multirange != 0 &&
      !agree(compatible_range, multirange_range(compatible_multirange))) {
    return std::nullopt;
  }
  Oid common = 0;
  if (compatible_range != 0) {
    compatible.push_back(range_subtype(compatible_range));
  }
  if (!compatible.empty()) {
    const auto chosen = select_common_type(compatible);
    if (!chosen) {
      return std::nullopt;
    }
    common = *chosen;
    const bool all_fit = std::all_of(compatible.begin(), compatible.end(), [&](Oid source) {
      return can_coerce(source, common, CoercionContext::Implicit);
    });
    if (!all_fit || (compatible_non_array && element_type(base_type(common)) != 0) ||
        (compatible_range != 0 && range_subtype(compatible_range) != common)) {
      return std::nullopt;
    }
  }
  if (mode == Polymorphism::Check) {
    return result;
  }

  // Deduce what the literals and the result are. Literals alone make family 2 text; in family 1
  // they leave the type undetermined, which is an error.
  if (any_family2 && common == 0) {
    common = type_oid::kText;
  }
  if (any_family1 && element == 0 && array == 0) {
    return std::nullopt;
  }
  const auto resolved = [&](Oid want) -> Oid {
    switch (want) {
      case type_oid::kAnyElement:
      case type_oid::kAnyNonArray:
      case type_oid::kAnyEnum:
        return element;
      case type_oid::kAnyArray:
        return array != 0 ? array : array_type(element);
      case type_oid::kAnyRange:
        return range;
      case type_oid::kAnyMultirange: {
        const Range* const known = tables_->builtin.ranges.find(range);
        return multirange != 0 ? multirange : known == nullptr ? 0 : known->multirange;
      }
      case type_oid::kAnyCompatible:
      case type_oid::kAnyCompatibleNonArray:
        return common;
      case type_oid::kAnyCompatibleArray:
        return array_type(common);
      case type_oid::kAnyCompatibleRange:
        return compatible_range;
      case type_oid::kAnyCompatibleMultirange:
        return compatible_multirange;
      default:
        return want;
    }
  };
  for (std::size_t i = 0; i < declared.size(); ++i) {
    // A domain over an array binds anyelement as it stands, but anyarray by its base type.
    declared[i] = resolved(declared[i]);
    if (declared[i] == 0) {
      return std::nullopt;
    }
  }
  if (!any_family1 && !any_family2) {
    return result;
  }
  const Oid answer = resolved(result);
  return answer == 0 && result != 0 ? std::nullopt : std::optional{answer};
}

}  // namespace quern::planner_model
