#include "advisor/migrate/index_name.hpp"

#include <cctype>
#include <cstdint>

#include <fmt/format.h>

namespace quern::advisor {

namespace {

/// FNV-1a: any stable hash does.
std::uint32_t hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char character : text) {
    hash = (hash ^ static_cast<unsigned char>(character)) * 16777619U;
  }
  return hash;
}

/// "(lower(email))" gives "lower_email".
std::string words_of(std::string_view expression) {
  std::string words;
  for (const char character : expression) {
    const auto byte = static_cast<unsigned char>(character);
    if (std::isalnum(byte) != 0 || byte >= 0x80) {
      words += static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte);
    } else if (!words.empty() && words.back() != '_') {
      words += '_';
    }
  }
  while (!words.empty() && words.back() == '_') {
    words.pop_back();
  }
  return words;
}

}  // namespace

std::string fitted(std::string_view name) {
  if (name.size() <= kLongestName) {
    return std::string{name};
  }
  const std::string suffix = fmt::format("_{:08x}", hash_of(name));
  std::size_t length = kLongestName - suffix.size();
  while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0U) == 0x80U) {
    --length;
  }
  return std::string{name.substr(0, length)} + suffix;
}

IndexNames::IndexNames(const CatalogSnapshot& catalog) {
  for (const auto& table : catalog.tables) {
    relations_.emplace(table.schema, table.name);
  }
  for (const auto& index : catalog.indexes) {
    relations_.emplace(index.schema, index.name);
    indexes_.insert(index.name);
  }
}

bool IndexNames::in_schema(const std::string& schema, const std::string& name) const {
  return relations_.contains({schema, name});
}

bool IndexNames::take(const std::string& schema, const std::string& name) {
  if (in_schema(schema, name) || !indexes_.insert(name).second) {
    return false;
  }
  relations_.emplace(schema, name);
  return true;
}

std::string IndexNames::with_schema(const std::string& base, const std::string& schema) {
  return fitted(fmt::format("{}_{}", schema, base));
}

std::string IndexNames::choose(const IndexDefinition& index, const Table& table) {
  std::string base = table.name;
  for (const auto& key : index.keys) {
    const Column* column = find_column(table, key.column);
    base += "_" + (column != nullptr ? column->name : words_of(key.expression));
  }
  base += index.method == "btree" ? "" : "_" + index.method;
  base += index.included.empty() ? "" : "_covering";
  base += index.predicate.empty() ? "" : "_partial";
  return choose(base + "_idx", table.schema);
}

std::string IndexNames::choose(const std::string& base, const std::string& schema) {
  std::string name = fitted(base);
  if (take(schema, name)) {
    return name;
  }
  std::string stem = base;
  if (!in_schema(schema, name)) {
    name = with_schema(base, schema);
    if (take(schema, name)) {
      return name;
    }
    stem = fmt::format("{}_{}", schema, base);
  }
  for (int number = 2;; ++number) {
    name = fitted(fmt::format("{}{}", stem, number));
    if (take(schema, name)) {
      return name;
    }
  }
}

}  // namespace quern::advisor
