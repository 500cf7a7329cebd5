#include "advisor/candidates/candidate_index.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "collector/sql/quote.hpp"

namespace quern::advisor {

const Table* find_table(const CatalogSnapshot& catalog, Oid oid) {
  const auto found = std::find_if(catalog.tables.begin(), catalog.tables.end(),
                                  [oid](const Table& table) { return table.oid == oid; });
  return found == catalog.tables.end() ? nullptr : &*found;
}

const Column* find_column(const Table& table, std::int16_t number) {
  const auto found =
      std::find_if(table.columns.begin(), table.columns.end(),
                   [number](const Column& column) { return column.number == number; });
  return found == table.columns.end() ? nullptr : &*found;
}

std::vector<const Index*> indexes_of(const CatalogSnapshot& catalog, Oid table) {
  std::vector<const Index*> found;
  for (const auto& index : catalog.indexes) {
    if (index.table == table) {
      found.push_back(&index);
    }
  }
  return found;
}

std::string relation_name(const CatalogSnapshot& catalog, const std::string& schema,
                          const std::string& name) {
  const auto& path = catalog.search_path;
  const auto elsewhere = [&](const auto& relation) {
    return relation.name == name && relation.schema != schema;
  };
  const bool plain = schema == "public" &&
                     std::find(path.begin(), path.end(), schema) != path.end() &&
                     std::none_of(catalog.tables.begin(), catalog.tables.end(), elsewhere) &&
                     std::none_of(catalog.indexes.begin(), catalog.indexes.end(), elsewhere);
  return (plain ? "" : quote_identifier(schema) + ".") + quote_identifier(name);
}

namespace {

std::string column_name(const Table& table, std::int16_t number) {
  const Column* column = find_column(table, number);
  return column == nullptr ? "?" : quote_identifier(column->name);
}

std::string key_text(const KeyPart& key, const Table& table) {
  std::string text = key.column != 0 ? column_name(table, key.column) : key.expression;
  if (!key.operator_class.empty()) {
    text += " ";
    text +=
        key.operator_class_schema.empty() ? "" : quote_identifier(key.operator_class_schema) + ".";
    text += quote_identifier(key.operator_class);
  }
  if (key.descending) {
    text += key.nulls_first ? " DESC" : " DESC NULLS LAST";
  } else if (key.nulls_first) {
    text += " NULLS FIRST";
  }
  return text;
}

/// "((lower(email)))" and "lower(email)" are one expression.
std::string bare(std::string text) {
  const auto encloses = [](const std::string& candidate) {
    if (candidate.size() < 2 || candidate.front() != '(' || candidate.back() != ')') {
      return false;
    }
    int depth = 0;
    for (std::size_t i = 0; i + 1 < candidate.size(); ++i) {
      depth += candidate[i] == '(' ? 1 : candidate[i] == ')' ? -1 : 0;
      if (depth == 0) {
        return false;
      }
    }
    return true;
  };
  while (encloses(text)) {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

/// The conditions that AND joins, in one order: "((a) AND b)" and "(b AND a)" keep the same rows.
std::vector<std::string> conjuncts(const std::string& predicate) {
  constexpr std::string_view kAnd = " AND ";
  const std::string text = bare(predicate);
  std::vector<std::string> found;
  std::size_t begin = 0;
  int depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool quoted = quote != 0;
    if (quoted ? text[i] == quote : text[i] == '\'' || text[i] == '"') {
      quote = quoted ? 0 : text[i];
    }
    depth += quoted ? 0 : text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    if (!quoted && depth == 0 && text.compare(i, kAnd.size(), kAnd) == 0) {
      found.push_back(bare(text.substr(begin, i - begin)));
      begin = i + kAnd.size();
    }
  }
  found.push_back(bare(text.substr(begin)));
  std::sort(found.begin(), found.end());
  return found;
}

bool same_key(const KeyPart& a, const KeyPart& b, bool reversed) {
  return a.column == b.column && bare(a.expression) == bare(b.expression) &&
         a.operator_class == b.operator_class && a.collation == b.collation &&
         (a.descending != b.descending) == reversed && (a.nulls_first != b.nulls_first) == reversed;
}

bool begins_with(const std::vector<KeyPart>& wide, const std::vector<KeyPart>& narrow,
                 bool reversed) {
  return narrow.size() <= wide.size() &&
         std::equal(narrow.begin(), narrow.end(), wide.begin(),
                    [reversed](const auto& a, const auto& b) { return same_key(a, b, reversed); });
}

}  // namespace

bool mentions(const std::string& text, const std::string& name) {
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const bool starts = at == 0 || !is_word(text[at - 1]);
    const std::size_t end = at + name.size();
    if (starts && (end == text.size() || !is_word(text[end]))) {
      return true;
    }
  }
  return false;
}

std::string parenthesized(const std::string& expression) {
  return "(" + bare(expression) + ")";
}

std::string definition_text(const IndexDefinition& index, const Table& table) {
  std::string text = index.method == "btree" ? "" : "USING " + index.method + " ";
  text += "(";
  for (std::size_t i = 0; i < index.keys.size(); ++i) {
    text += (i == 0 ? "" : ", ") + key_text(index.keys[i], table);
  }
  text += ")";
  for (std::size_t i = 0; i < index.included.size(); ++i) {
    text += (i == 0 ? " INCLUDE (" : ", ") + column_name(table, index.included[i]);
  }
  text += index.included.empty() ? "" : ")";
  text += index.predicate.empty() ? "" : " WHERE " + index.predicate;
  return text;
}

IndexDefinition definition_of(const Index& index) {
  IndexDefinition definition{.table = index.table, .method = index.access_method};
  // pg_get_indexdef() says COLLATE where a key's is not its column's or expression's own.
  const bool collated = mentions(index.definition, "COLLATE");
  for (const auto& key : index.keys) {
    // pg_get_indexdef() names a class that is not the default.
    const bool pattern = key.operator_class_name.find("_pattern_ops") != std::string::npos;
    const bool named = pattern || (index.access_method != "btree" &&
                                   mentions(index.definition, key.operator_class_name));
    definition.keys.push_back({.column = key.column,
                               .expression = key.expression,
                               .descending = key.descending,
                               .nulls_first = key.nulls_first,
                               .operator_class = named ? key.operator_class_name : "",
                               .collation = collated ? key.collation : 0});
  }
  definition.included = index.included;
  std::sort(definition.included.begin(), definition.included.end());
  definition.predicate = index.predicate;
  return definition;
}

bool covers(const IndexDefinition& wide, const IndexDefinition& narrow) {
  if (wide.table != narrow.table || wide.method != narrow.method ||
      conjuncts(wide.predicate) != conjuncts(narrow.predicate)) {
    return false;
  }
  if (!begins_with(wide.keys, narrow.keys, false) && !begins_with(wide.keys, narrow.keys, true)) {
    return false;
  }
  return std::all_of(narrow.included.begin(), narrow.included.end(), [&](std::int16_t column) {
    return std::binary_search(wide.included.begin(), wide.included.end(), column) ||
           std::any_of(wide.keys.begin(), wide.keys.end(),
                       [column](const KeyPart& key) { return key.column == column; });
  });
}

}  // namespace quern::advisor
