#include <algorithm>

#include "planner-model/query/query.hpp"
#include "planner-model/query/type_system.hpp"
#include "planner-model/query/type_tables.hpp"

// Operator classes and families: what an operator means to an access method (lsyscache.c,
// typcache.c, indexcmds.c).

namespace quern::planner_model {

std::span<const FamilyMember* const> TypeSystem::memberships(Oid op) const {
  // A built-in operator can be a member of an extension's family (btree_gin), and only those are in
  // `own`; both lists at once are not needed anywhere, so the extension's stands second.
  const auto& builtin = tables_->builtin.memberships.find(op);
  return builtin.empty() ? tables_->own.memberships.find(op) : builtin;
}

const FamilyMember* TypeSystem::member(Oid op, Oid family) const {
  for (const auto* index : {&tables_->builtin, &tables_->own}) {
    for (const FamilyMember* candidate : index->memberships.find(op)) {
      if (candidate->family == family && candidate->purpose == 's') {
        return candidate;
      }
    }
  }
  return nullptr;
}

std::optional<int> TypeSystem::strategy(Oid op, Oid family) const {
  const FamilyMember* found = member(op, family);
  return found == nullptr ? std::nullopt : std::optional{found->strategy};
}

Oid TypeSystem::operator_for(Oid family, Oid left, Oid right, int strategy) const {
  for (const auto* index : {&tables_->builtin, &tables_->own}) {
    const auto found = index->search_operators.find({family, left, right, strategy});
    if (found != index->search_operators.end()) {
      return found->second;
    }
  }
  return 0;
}

const OpClass* TypeSystem::default_operator_class(std::string_view access_method, Oid oid) const {
  // GetDefaultOpClass(): an exact match, else a binary-compatible class of a preferred type, else
  // the only binary-compatible one.
  const Oid base = base_type(oid);
  const char wanted = category(base);
  const OpClass* preferred = nullptr;
  const OpClass* compatible = nullptr;
  int compatible_count = 0;
  for (const auto* index : {&tables_->builtin, &tables_->own}) {
    for (const OpClass* candidate : index->operator_class_list) {
      if (!candidate->is_default || candidate->access_method != access_method) {
        continue;
      }
      if (candidate->input_type == base) {
        return candidate;
      }
      if (!is_binary_coercible(base, candidate->input_type)) {
        continue;
      }
      if (is_preferred(wanted, candidate->input_type)) {
        preferred = candidate;
      } else {
        compatible = candidate;
        ++compatible_count;
      }
    }
  }
  if (preferred != nullptr) {
    return preferred;
  }
  return compatible_count == 1 ? compatible : nullptr;
}

std::vector<const OpClass*> TypeSystem::classes_answering(Oid op, Oid oid) const {
  std::vector<const OpClass*> found;
  for (const auto* index : {&tables_->builtin, &tables_->own}) {
    for (const OpClass* candidate : index->operator_class_list) {
      if (member(op, candidate->family) != nullptr &&
          is_binary_coercible(oid, candidate->input_type)) {
        found.push_back(candidate);
      }
    }
  }
  return found;
}

std::vector<const OpClass*> TypeSystem::classes_ordering_by(Oid op, Oid oid) const {
  std::vector<const OpClass*> found;
  for (const auto* index : {&tables_->builtin, &tables_->own}) {
    for (const OpClass* candidate : index->operator_class_list) {
      const auto& families = memberships(op);
      const bool orders = std::any_of(families.begin(), families.end(), [&](const auto* one) {
        return one->purpose == 'o' && one->family == candidate->family;
      });
      if (orders && is_binary_coercible(oid, candidate->input_type)) {
        found.push_back(candidate);
      }
    }
  }
  return found;
}

Ordering TypeSystem::ordering(Oid oid) const {
  const auto known = orderings_.find(oid);
  return known != orderings_.end() ? known->second : find_ordering(oid);
}

Ordering TypeSystem::find_ordering(Oid oid) const {
  Ordering answer;
  const Oid element = element_type(base_type(oid));
  const OpClass* btree = default_operator_class("btree", oid);
  const bool element_ordered = element == 0 || ordering(element).less != 0;
  if (btree != nullptr && element_ordered) {
    answer.family = btree->family;
    answer.input_type = btree->input_type;
    const auto member = [&](int strategy) {
      return operator_for(btree->family, btree->input_type, btree->input_type, strategy);
    };
    answer.less = member(btree_strategy::kLess);
    answer.equal = member(btree_strategy::kEqual);
    answer.greater = member(btree_strategy::kGreater);
  }
  const OpClass* hash = default_operator_class("hash", oid);
  if (hash != nullptr) {
    const Oid equal = operator_for(hash->family, hash->input_type, hash->input_type, 1);
    if (answer.equal == 0 && btree == nullptr) {
      answer.equal = equal;  // types with equality alone: xid, aclitem
    }
    answer.hashable = equal != 0 && equal == answer.equal && is_hashable(equal, oid);
  }
  return answer;
}

std::span<const Oid> TypeSystem::mergejoin_families(Oid op) const {
  const auto& own = tables_->own.merge_families.find(op);
  return own.empty() ? tables_->builtin.merge_families.find(op) : own;
}

bool TypeSystem::is_hashable(Oid op_oid, Oid input_type) const {
  constexpr Oid kArrayEqual = 1070, kRecordEqual = 2988;
  const Operator* found = op(op_oid);
  if (found == nullptr || !found->hashes) {
    return false;
  }
  if (op_oid == kArrayEqual) {
    const Oid element = element_type(base_type(input_type));
    return element != 0 && ordering(element).hashable;
  }
  if (op_oid != kRecordEqual) {
    return true;
  }
  // cache_record_field_properties() (typcache.c): of an anonymous record nothing is known. Nor is
  // it here of a table's rows, whose columns mostly are hashable.
  const auto columns = fields(input_type);
  return is_composite(input_type) &&
         std::all_of(columns.begin(), columns.end(),
                     [&](const auto& c) { return ordering(c.type).hashable; });
}

bool TypeSystem::is_mergeable(Oid op_oid, Oid input_type) const {
  constexpr Oid kArrayEqual = 1070;
  const Operator* found = op(op_oid);
  if (found == nullptr || !found->merges) {
    return false;
  }
  if (op_oid == kArrayEqual) {
    const Oid element = element_type(base_type(input_type));
    return element != 0 && ordering(element).less != 0;
  }
  return true;
}

}  // namespace quern::planner_model
