// SchemaBuilder's indexes and their names.
#include <algorithm>

#include <fmt/format.h>

#include "collector/catalog/builtin_types.hpp"
#include "collector/catalog/schema_builder.hpp"
#include "collector/catalog/schema_nodes.hpp"
#include "collector/sql/lexer.hpp"
#include "collector/sql/quote.hpp"

namespace quern::collector {

namespace {

constexpr std::size_t kMaximumName = 63;

/// One function's call and nothing beside it, which CREATE INDEX takes without parentheses. What
/// the deparser writes in capitals (NOT, CAST, CASE) is none.
bool is_call(const std::string& expression) {
  Lexer lexer{expression};
  const Token first = lexer.next();
  const bool named = first.kind == TokenKind::QuotedIdentifier ||
                     (first.kind == TokenKind::Word && first.text.front() >= 'a');
  int depth = 0;
  int groups = 0;
  Token last = first;
  for (Token token = lexer.next(); token.kind != TokenKind::End; token = lexer.next()) {
    const bool within_name = groups == 0 && (token.text == "." || token.kind == TokenKind::Word ||
                                             token.kind == TokenKind::QuotedIdentifier);
    if (depth == 0 && token.text != "(" && !within_name) {
      return false;
    }
    const bool opens = token.kind == TokenKind::Punctuation && token.text == "(";
    const bool closes = token.kind == TokenKind::Punctuation && token.text == ")";
    groups += opens && depth == 0 ? 1 : 0;
    depth += opens ? 1 : closes ? -1 : 0;
    last = token;
  }
  return named && groups == 1 && depth == 0 && last.text == ")";
}

/// FigureIndexColname() (parse_target.c) of calls; what is none is "expr" mostly.
std::string expression_name(const std::string& expression) {
  if (!is_call(expression)) {
    return "expr";
  }
  const std::string name = expression.substr(0, expression.find('('));
  return name.substr(name.rfind('.') + 1);
}

}  // namespace

void SchemaBuilder::create_index(const PgQuery__IndexStmt& statement) {
  const Table* table = find_table(*statement.relation);
  if (table == nullptr) {
    count_skipped("index on a table that the schema does not define");
    return;
  }
  Index index;
  index.name = statement.idxname == nullptr ? "" : statement.idxname;
  if (statement.access_method != nullptr && *statement.access_method != '\0') {
    index.access_method = statement.access_method;
  }
  index.unique = statement.unique;
  index.nulls_not_distinct = statement.nulls_not_distinct;
  for (std::size_t i = 0; i < statement.n_index_params; ++i) {
    index.keys.push_back(
        key_of(*table, *statement.index_params[i]->index_elem, index.access_method));
  }
  std::vector<std::string> included;
  for (std::size_t i = 0; i < statement.n_index_including_params; ++i) {
    included.emplace_back(statement.index_including_params[i]->index_elem->name);
  }
  index.included = numbers_of(*table, included);
  if (statement.where_clause != nullptr) {
    index.predicate = "(" + expression_text(statement.where_clause) + ")";
  }
  for (std::size_t i = 0; i < statement.n_options; ++i) {
    const PgQuery__DefElem& option = *statement.options[i]->def_elem;
    index.options[option.defname] = option_text(option.arg);
  }
  add_index(std::move(index), *table, statement.relation->inh);
}

SchemaBuilder::KeyType SchemaBuilder::key_type(const Table& table, const IndexKey& key) const {
  if (key.column > 0) {
    const Column& column = table.columns[static_cast<std::size_t>(key.column - 1)];
    return {.type = column.type, .collation = column.collation};
  }
  // The type of an expression needs the binder; text is the commonest by far.
  const BuiltinType& text = *builtin_type("text");
  return {.type = key.expression.empty() ? 0 : text.oid, .collation = text.collation};
}

IndexKey SchemaBuilder::key_of(const Table& table, const PgQuery__IndexElem& element,
                               std::string_view access_method) {
  IndexKey key;
  if (element.expr != nullptr) {
    key.expression = expression_text(element.expr);
  } else {
    const auto numbers = numbers_of(table, {element.name});
    key.column = numbers.empty() ? std::int16_t{0} : numbers.front();
  }
  const KeyType of = key_type(table, key);
  key.collation = of.collation;
  if (element.n_collation > 0) {
    key.collation = collation_named(strings_of(element.collation, element.n_collation));
  }
  choose_operator_class(key, of.type, access_method);
  if (element.n_opclass > 0) {
    name_operator_class(key, strings_of(element.opclass, element.n_opclass), access_method);
  }
  key.descending = element.ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
  key.nulls_first = element.nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_DEFAULT
                        ? key.descending
                        : element.nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST;
  return key;
}

// By value: adding indexes moves the snapshot's vectors, and with them what a reference would name.
void SchemaBuilder::add_index(Index index, const Table& table, bool recurse) {
  const Oid table_oid = table.oid;
  index.oid = next_oid_++;
  index.table = table_oid;
  index.schema = table.schema;
  if (index.name.empty()) {
    const char* suffix = index.primary                             ? "pkey"
                         : index.exclusion                         ? "excl"
                         : index.unique && index.predicate.empty() ? "key"
                                                                   : "idx";
    index.name = index_name(table, index, suffix);
  }
  index.definition = definition_of(index, table);
  if (!index.constraint.empty()) {
    index.constraint = index.name;
    add_index_constraint(index, table);
  }
  snapshot_.indexes.push_back(index);
  if (!recurse || table.kind != 'p') {
    return;
  }
  for (std::size_t i = 0; i < snapshot_.tables.size(); ++i) {
    const auto& parents = snapshot_.tables[i].parents;
    if (std::find(parents.begin(), parents.end(), table_oid) != parents.end()) {
      inherit_index(index, table, snapshot_.tables[i]);
    }
  }
}

namespace {

/// CompareIndexInfo(), src/backend/catalog/index.c, with what AttachPartitionEnsureIndexes()
/// (tablecmds.c) asks beside it.
bool are_alike(const Index& one, const Index& other) {
  const auto plain = [](Index index) {
    for (IndexKey& key : index.keys) {
      key.statistics.reset();
    }
    return index.keys;
  };
  return one.table == other.table && one.access_method == other.access_method &&
         one.unique == other.unique && one.nulls_not_distinct == other.nulls_not_distinct &&
         one.exclusion == other.exclusion && one.primary == other.primary &&
         one.constraint.empty() == other.constraint.empty() && one.included == other.included &&
         one.predicate == other.predicate && plain(one) == plain(other);
}

}  // namespace

/// The partition's own index of that kind is attached, or one is made.
void SchemaBuilder::inherit_index(const Index& index, const Table& parent, const Table& partition) {
  const auto number_there = [&](std::int16_t number) {
    const auto found = numbers_of(
        partition,
        {number > 0 ? parent.columns[static_cast<std::size_t>(number - 1)].name : std::string{}});
    return found.empty() ? std::int16_t{0} : found.front();
  };
  bool is_complete = true;  // or the server would not have attached it
  Index child = index;
  child.table = partition.oid;
  child.parent = index.oid;
  for (IndexKey& key : child.keys) {
    is_complete = is_complete && (key.column == 0 || number_there(key.column) != 0);
    key.column = number_there(key.column);
  }
  for (std::int16_t& number : child.included) {
    number = number_there(number);
    is_complete = is_complete && number != 0;
  }
  if (!is_complete) {
    return;
  }
  for (Index& own : snapshot_.indexes) {
    if (own.parent == 0 && are_alike(own, child)) {
      own.parent = index.oid;
      return;
    }
  }
  child.name.clear();
  add_index(std::move(child), partition, true);
}

void SchemaBuilder::inherit_indexes(const Table& parent, const Table& partition) {
  const std::vector<Index> existing = snapshot_.indexes;
  for (const Index& index : existing) {
    if (index.table == parent.oid) {
      inherit_index(index, parent, partition);
    }
  }
}

void SchemaBuilder::add_index_constraint(const Index& index, const Table& table) {
  Constraint constraint;
  constraint.kind = index.primary ? 'p' : index.exclusion ? 'x' : 'u';
  constraint.deferrable = !index.immediate;
  constraint.name = index.name;
  constraint.table = table.oid;
  constraint.index = index.name;
  std::vector<std::string> names;
  for (const IndexKey& one : index.keys) {
    constraint.columns.push_back(one.column);
    names.push_back(
        one.column == 0
            ? one.expression
            : quote_identifier(table.columns[static_cast<std::size_t>(one.column - 1)].name));
  }
  constraint.definition =
      fmt::format("{} ({})", index.primary ? "PRIMARY KEY" : "UNIQUE", fmt::join(names, ", "));
  snapshot_.constraints.push_back(std::move(constraint));
}

// ChooseIndexName(), ChooseIndexColumnNames() and ChooseRelationName(),
// src/backend/commands/indexcmds.c.
std::string SchemaBuilder::index_name(const Table& table, const Index& index,
                                      std::string_view suffix) const {
  std::vector<std::string> names;
  const auto add_name = [&](const std::string& wanted) {
    std::string name = wanted;
    for (int number = 1; std::find(names.begin(), names.end(), name) != names.end(); ++number) {
      name = wanted + std::to_string(number);
    }
    names.push_back(std::move(name));
  };
  for (const IndexKey& key : index.keys) {
    add_name(key.column > 0 ? table.columns[static_cast<std::size_t>(key.column - 1)].name
                            : expression_name(key.expression));
  }
  for (const std::int16_t number : index.included) {
    add_name(table.columns[static_cast<std::size_t>(number - 1)].name);
  }
  std::string columns;
  for (const std::string& name : names) {
    columns += index.primary ? "" : "_" + name;
  }
  const auto taken = [&](const std::string& name) {
    return std::any_of(snapshot_.indexes.begin(), snapshot_.indexes.end(), [&](const Index& other) {
      return other.name == name && other.schema == table.schema;
    });
  };
  for (int number = 0;; ++number) {
    const std::string end = fmt::format("_{}{}", suffix, number == 0 ? "" : std::to_string(number));
    const std::string name = (table.name + columns).substr(0, kMaximumName - end.size()) + end;
    if (!taken(name)) {
      return name;
    }
  }
}

std::string SchemaBuilder::definition_of(const Index& index, const Table& table) const {
  std::vector<std::string> keys;
  for (const IndexKey& key : index.keys) {
    std::string text =
        key.column > 0
            ? quote_identifier(table.columns[static_cast<std::size_t>(key.column - 1)].name)
        : is_call(key.expression) ? key.expression
                                  : "(" + key.expression + ")";
    const KeyType of = key_type(table, key);
    if (key.collation != of.collation && key.collation != 0) {
      text += " COLLATE " + quote_identifier(collation_name(key.collation));
    }
    IndexKey plain;
    choose_operator_class(plain, of.type, index.access_method);
    if (!key.operator_class_name.empty() && plain.operator_class_name != key.operator_class_name) {
      text += " " + key.operator_class_name;
    }
    text += key.descending ? " DESC" : "";
    if (key.nulls_first != key.descending) {
      text += key.nulls_first ? " NULLS FIRST" : " NULLS LAST";
    }
    keys.push_back(std::move(text));
  }
  std::string included;
  for (const std::int16_t number : index.included) {
    included += included.empty() ? " INCLUDE (" : ", ";
    included += quote_identifier(table.columns[static_cast<std::size_t>(number - 1)].name);
  }
  included += included.empty() ? "" : ")";
  return fmt::format("CREATE {}INDEX {} ON {}{}.{} USING {} ({}){}{}",
                     index.unique ? "UNIQUE " : "", quote_identifier(index.name),
                     table.kind == 'p' ? "ONLY " : "", quote_identifier(table.schema),
                     quote_identifier(table.name), index.access_method, fmt::join(keys, ", "),
                     included, index.predicate.empty() ? "" : " WHERE " + index.predicate);
}

std::vector<std::int16_t> SchemaBuilder::numbers_of(const Table& table,
                                                    const std::vector<std::string>& names) const {
  std::vector<std::int16_t> numbers;
  for (const std::string& name : names) {
    for (const Column& column : table.columns) {
      if (column.name == name) {
        numbers.push_back(column.number);
      }
    }
  }
  return numbers;
}

}  // namespace quern::collector
