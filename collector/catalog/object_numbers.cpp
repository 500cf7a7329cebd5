#include "collector/catalog/object_numbers.hpp"

#include <algorithm>

namespace quern::collector {

std::vector<Oid> object_numbers(const CatalogSnapshot& objects) {
  std::vector<Oid> own;
  const auto take = [&](const auto& list) {
    for (const auto& object : list) {
      own.push_back(object.oid);
    }
  };
  take(objects.types);
  take(objects.functions);
  take(objects.operators);
  take(objects.operator_classes);
  take(objects.tables);
  take(objects.indexes);
  for (const OperatorClass& one : objects.operator_classes) {
    own.push_back(one.family);
  }
  std::erase_if(own, [](Oid number) { return number < kFirstObject; });
  std::sort(own.begin(), own.end());
  own.erase(std::unique(own.begin(), own.end()), own.end());
  return own;
}

}  // namespace quern::collector
