#include "collector/redact/redact_sql.hpp"

#include <algorithm>
#include <utility>

#include "collector/catalog/builtin_types.hpp"
#include "collector/redact/literal_roles.hpp"
#include "collector/sql/lexer.hpp"
#include "collector/sql/parse_tree.hpp"
#include "collector/sql/quote.hpp"

namespace quern::collector {

namespace {

/// The content of a quoted token, for text that has no parse tree.
std::string unquoted(std::string_view token) {
  if (!token.empty() && token.front() == '$') {
    const std::size_t tag = token.find('$', 1);
    const std::size_t all = tag == std::string_view::npos ? token.size() : (tag + 1) * 2;
    return all > token.size() ? std::string{}
                              : std::string{token.substr(tag + 1, token.size() - all)};
  }
  const std::size_t open = std::min(token.find('\''), token.size());
  const bool escapes = open > 0 && (token[0] == 'e' || token[0] == 'E');
  std::string text;
  for (std::size_t i = open + 1; i < token.size(); ++i) {
    if (token[i] == '\'') {
      if (i + 1 >= token.size() || token[i + 1] != '\'') {
        break;
      }
      ++i;
    } else if (token[i] == '\\' && escapes && i + 1 < token.size()) {
      ++i;
    }
    text += token[i];
  }
  return text;
}

/// The type's name after `::` at `at`, as far as letters, blanks and brackets go.
std::string_view cast_after(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) != "::") {
    return {};
  }
  std::size_t end = at + 2;
  while (end < text.size() &&
         (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_' ||
          text[end] == ' ' || text[end] == '[' || text[end] == ']' || text[end] == '"')) {
    ++end;
  }
  return text.substr(at + 2, end - at - 2);
}

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + 32) : x) == y;
         });
}

bool compares(std::string_view op) {
  return op == "=" || op == "<>" || op == "<" || op == ">" || op == "<=" || op == ">=" ||
         op == "!=";
}

bool is_number(ValueKind kind) {
  return kind == ValueKind::Number || kind == ValueKind::Real || kind == ValueKind::Small ||
         kind == ValueKind::Operand || kind == ValueKind::RowCount || kind == ValueKind::Epoch ||
         kind == ValueKind::Year;
}

/// B'1010', X'1FF'
bool is_bits(std::string_view token) {
  const char first = token.size() < 2 || token[1] != '\'' ? '\0' : token.front();
  return first == 'b' || first == 'B' || first == 'x' || first == 'X';
}

ValueType bits(std::string_view token) {
  return {token.front() == 'b' || token.front() == 'B' ? ValueKind::Bits : ValueKind::Hex};
}

/// What stands after LIKE's and the regular expressions' operators, as plans write them.
bool takes_pattern(std::string_view op) {
  return op == "~~" || op == "!~~" || op == "~~*" || op == "!~~*";
}

bool takes_regex(std::string_view op) {
  return op == "~" || op == "!~" || op == "~*" || op == "!~*";
}

/// Of a number that stands in a condition without a cast: integer, or numeric with a fraction.
ValueKind looks_of(std::string_view number) {
  return number.find('.') == std::string_view::npos ? ValueKind::Number : ValueKind::Real;
}

}  // namespace

ValueType value_type(std::string_view name) {
  const bool array = name.find("[]") != std::string_view::npos;
  std::string word{name.substr(0, name.find('['))};
  while (!word.empty() && word.back() == ' ') {
    word.pop_back();
  }
  const auto kind = [&]() -> ValueKind {
    for (const char* number :
         {"int4", "int8", "integer", "bigint", "oid", "int", "serial", "bigserial"}) {
      if (word == number) {
        return ValueKind::Number;
      }
    }
    for (const char* number : {"numeric", "decimal", "float8", "double precision", "money"}) {
      if (word == number) {
        return ValueKind::Real;
      }
    }
    for (const char* number : {"int2", "smallint", "smallserial", "float4", "real"}) {
      if (word == number) {
        return ValueKind::Small;
      }
    }
    for (const char* geometry : {"point", "lseg", "path", "box", "polygon", "line", "circle"}) {
      if (word == geometry) {
        return ValueKind::Geometry;
      }
    }
    if (word.size() > 5 && word.substr(word.size() - 5) == "range") {
      return ValueKind::Range;
    }
    for (const char* text : {"text", "varchar", "bpchar", "char", "name", "character varying",
                             "character", "citext"}) {
      if (word == text) {
        return ValueKind::Text;
      }
    }
    if (word == "date" || word.substr(0, 9) == "timestamp") {
      return ValueKind::Time;
    }
    if (word == "uuid" || word == "bytea" || word.substr(0, 7) == "macaddr") {
      return ValueKind::Hex;
    }
    if (word == "json" || word == "jsonb") {
      return ValueKind::Json;
    }
    if (word == "inet" || word == "cidr") {
      return ValueKind::Network;
    }
    if (word.substr(0, 8) == "interval") {
      return ValueKind::Interval;
    }
    if (word == "timetz" || word.substr(0, 5) == "time " || word == "time") {
      return ValueKind::TimeOfDay;
    }
    if (word == "bit" || word == "varbit" || word == "bit varying") {
      return ValueKind::Bits;
    }
    for (const char* kept : {"bool", "boolean", "regclass", "regproc", "regtype", "regconfig"}) {
      if (word == kept) {
        return ValueKind::Keep;
      }
    }
    return ValueKind::Guess;
  }();
  return {kind, array};
}

ValueType value_type(Oid type, const std::vector<TypeDefinition>& types) {
  for (const TypeDefinition& own : types) {
    if (own.oid != type) {
      continue;
    }
    if (own.kind == 'e') {
      return {ValueKind::Text};
    }
    if (own.kind == 'd' && own.base != own.oid) {
      return value_type(own.base, types);
    }
    if (own.category == 'A' && own.element != 0 && own.element != own.oid) {
      return {value_type(own.element, types).kind, true};
    }
    return value_type(own.name);
  }
  if (const BuiltinType* known = builtin_type(type)) {
    return value_type(known->name);
  }
  // An array of a built-in type.
  for (const char* name : {"int2", "int4", "int8", "numeric", "float4", "float8", "text", "varchar",
                           "bpchar", "date", "timestamp", "timestamptz", "uuid", "jsonb", "bool"}) {
    if (const BuiltinType* element = builtin_type(name);
        element != nullptr && element->array == type) {
      return {value_type(element->name).kind, true};
    }
  }
  return {};
}

SqlRedactor::SqlRedactor(const ValueMapping& mapping, const CatalogSnapshot& catalog)
    : mapping_{mapping}, catalog_{catalog} {}

RedactedSql SqlRedactor::statement(std::string_view sql) const {
  SyntaxError error;
  const auto tree = ParseTree::parse(sql, error);
  if (!tree) {
    return {fragment(sql)};
  }
  LiteralRoles roles = literal_roles(*tree, catalog_);
  RedactedSql result;
  result.parameters = std::move(roles.parameters);
  Lexer lexer{sql};
  std::size_t copied = 0;
  const auto replace = [&](const Token& token, const std::string& with) {
    result.text.append(sql.substr(copied, token.offset - copied)).append(with);
    copied = token.offset + token.text.size();
  };
  const LiteralRoles::Literal* signed_role = nullptr;  // of the number after a minus
  for (Token token = lexer.next_with_comments(); token.kind != TokenKind::End;
       token = lexer.next_with_comments()) {
    const auto role = roles.by_offset.find(token.offset);
    const bool known = role != roles.by_offset.end();
    if (token.kind == TokenKind::Comment) {
      replace(token, " ");
    } else if (token.kind == TokenKind::String) {
      const ValueType type = known ? role->second.type : ValueType{};
      const std::string value =
          known && role->second.text ? role->second.value : unquoted(token.text);
      replace(token, type.kind == ValueKind::Keep ? std::string{token.text}
                     : is_bits(token.text)
                         ? token.text.front() + quote_literal(mapping_.map(value, bits(token.text)))
                         : quote_literal(mapping_.map(value, type)));
    } else if (known && token.text == "-" && is_number(role->second.type.kind)) {
      signed_role = &role->second;
      replace(token, "");
    } else if (token.kind == TokenKind::Number &&
               (signed_role != nullptr || (known && is_number(role->second.type.kind)))) {
      const ValueKind kind = (signed_role != nullptr ? *signed_role : role->second).type.kind;
      const std::string number = (signed_role != nullptr ? "-" : "") + std::string{token.text};
      replace(token, mapping_.map(number, {kind}));
      signed_role = nullptr;
    }
  }
  result.text.append(sql.substr(copied));
  return result;
}

namespace {

/// What stands before an expression in a statement that holds it as its condition.
std::string before_expression(const Table* table) {
  return table == nullptr ? std::string{"SELECT WHERE ("}
                          : "SELECT FROM " + quote_identifier(table->schema) + "." +
                                quote_identifier(table->name) + " WHERE (";
}

}  // namespace

ValueType SqlRedactor::type_of(std::string_view sql, const Table* table) const {
  SyntaxError error;
  const auto tree = ParseTree::parse(before_expression(table) + std::string{sql} + ")", error);
  return tree ? type_of_condition(*tree, catalog_).value_or(ValueType{}) : ValueType{};
}

std::string SqlRedactor::expression(std::string_view sql, const Table* table) const {
  return within(before_expression(table), sql);
}

std::string SqlRedactor::default_of(const Column& column, const Table& table) const {
  return within("UPDATE " + quote_identifier(table.schema) + "." + quote_identifier(table.name) +
                    " SET " + quote_identifier(column.name) + " = (",
                column.default_expression);
}

std::string SqlRedactor::within(const std::string& before, std::string_view sql) const {
  SyntaxError error;
  if (!ParseTree::parse(before + std::string{sql} + ")", error)) {
    return fragment(sql);
  }
  const std::string all = statement(before + std::string{sql} + ")").text;
  return all.substr(before.size(), all.size() - before.size() - 1);
}

std::string SqlRedactor::fragment(std::string_view text, ValueType type) const {
  std::string result;
  std::size_t copied = 0;
  Lexer lexer{text};
  Token before;  // the last token but one, and the last
  Token last;
  for (Token token = lexer.next_with_comments(); token.kind != TokenKind::End;
       token = lexer.next_with_comments()) {
    std::string with;
    bool mapped = false;
    if (token.kind == TokenKind::Comment) {
      with = " ";
      mapped = true;
    } else if (token.kind == TokenKind::String) {
      const ValueType cast = value_type(cast_after(text, token.offset + token.text.size()));
      ValueType own = cast.kind == ValueKind::Guess && !cast.array ? type : cast;
      own.pattern = takes_pattern(last.text);
      own.regex = takes_regex(last.text);
      with = quote_literal(mapping_.map(unquoted(token.text), own));
      mapped = own.kind != ValueKind::Keep;
    } else if (token.kind == TokenKind::Number) {
      const bool counts = same_word(last.text, "limit") || same_word(last.text, "offset") ||
                          same_word(last.text, "modulus") || same_word(last.text, "remainder");
      const bool value = compares(last.text) || is_number(type.kind) ||
                         (last.text == "-" && (compares(before.text) || before.text == "("));
      const ValueKind looks = value ? looks_of(token.text) : ValueKind::Operand;
      with = mapping_.map(token.text, {counts                 ? ValueKind::RowCount
                                       : is_number(type.kind) ? type.kind
                                                              : looks});
      mapped = true;
    }
    if (mapped) {
      result.append(text.substr(copied, token.offset - copied)).append(with);
      copied = token.offset + token.text.size();
    }
    before = last;
    last = token;
  }
  return result.append(text.substr(copied));
}

}  // namespace quern::collector
