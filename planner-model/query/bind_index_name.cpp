// Names for indexes that have none: ChooseIndexName() (indexcmds.c).
#include "planner-model/query/bind_index_name.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace quern::planner_model {

namespace {

constexpr std::size_t kNameLimit = 63;  // NAMEDATALEN - 1

std::string clipped(const std::string& text, std::size_t limit) {
  std::size_t end = std::min(limit, text.size());
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return text.substr(0, end);
}

/// makeObjectName(): the longer part gives way first.
std::string object_name(const std::string& table, const std::string& columns,
                        const std::string& label) {
  const std::size_t overhead = label.size() + 1 + (columns.empty() ? 0 : 1);
  const std::size_t room = kNameLimit - overhead;
  std::size_t first = table.size();
  std::size_t second = columns.size();
  while (first + second > room) {
    first > second ? --first : --second;
  }
  const std::string middle = columns.empty() ? "" : "_" + clipped(columns, second);
  return clipped(table, first) + middle + "_" + label;
}

/// ChooseIndexNameAddition()
std::string joined_names(const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) {
    joined += (joined.empty() ? "" : "_") + name;
    if (joined.size() > kNameLimit) {
      break;
    }
  }
  return joined;
}

}  // namespace

std::string clip_identifier(const std::string& name) {
  return clipped(name, kNameLimit);
}

std::string unique_index_column(const std::vector<std::string>& taken, std::string wanted) {
  const std::string base = wanted;
  for (int i = 1; std::find(taken.begin(), taken.end(), wanted) != taken.end(); ++i) {
    const std::string digits = std::to_string(i);
    wanted = clipped(base, kNameLimit - digits.size()) + digits;
  }
  return wanted;
}

std::string choose_index_name(const CatalogSnapshot& catalog, const Table& table,
                              const std::vector<std::string>& columns) {
  const std::string middle = joined_names(columns);
  for (int pass = 0;; ++pass) {
    const std::string label = pass == 0 ? "idx" : fmt::format("idx{}", pass);
    std::string name = object_name(table.name, middle, label);
    const auto taken = [&](const auto& relation) {
      return relation.schema == table.schema && relation.name == name;
    };
    if (std::none_of(catalog.tables.begin(), catalog.tables.end(), taken) &&
        std::none_of(catalog.indexes.begin(), catalog.indexes.end(), taken)) {
      return name;
    }
  }
}

}  // namespace quern::planner_model
