#include "planner-model/query/listed_functions.hpp"

#include <algorithm>

namespace quern::planner_model {

namespace {

bool is_of(char letter, const Value& value) {
  switch (letter) {
    case 't':
      return value.form == ValueForm::Text && value.type != type_oid::kBpchar;
    case 'i':
      return value.type == type_oid::kInt2 || value.type == type_oid::kInt4 ||
             value.type == type_oid::kInt8;
    case 'f':
      return value.type == type_oid::kFloat8;
    case 'n':
      return value.form == ValueForm::Numeric;
    case 'y':
      return value.type == type_oid::kBytea;
    case 'd':
      return value.form == ValueForm::Date;
    case 's':
      return value.form == ValueForm::Timestamp;
    case 'c':
      return value.type == type_oid::kTime;
    case 'v':
      return value.form == ValueForm::Interval;
    default:
      return false;
  }
}

}  // namespace

FunctionList::FunctionList(std::initializer_list<ListedFunction> functions) {
  for (const ListedFunction& function : functions) {
    functions_.emplace(function.name, function);
  }
}

std::optional<Value> FunctionList::value(const Function& function, Arguments args, Oid result,
                                         const FoldContext& context) const {
  const auto [begin, end] = functions_.equal_range(function.name);
  for (auto it = begin; it != end; ++it) {
    const ListedFunction& listed = it->second;
    const bool takes_these =
        listed.takes.size() == args.size() &&
        std::equal(listed.takes.begin(), listed.takes.end(), args.begin(), is_of);
    if (takes_these) {
      return listed.value(args, result, context);
    }
  }
  return std::nullopt;
}

}  // namespace quern::planner_model
