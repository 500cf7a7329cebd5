#include "tests/support/random_writes.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace quern::testing {

namespace {

/// A type, and its value as the image of a number {0}.
struct Kind {
  const char* type;
  const char* value;
  unsigned weight;
  bool unique = false;  ///< different numbers, different values
  std::vector<std::string> gin = {};
  std::string gist = {};
  std::vector<std::string> expressions = {};
  bool btree = true;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"integer", "({0})::integer", 20, true, {}, "", {"abs({0})", "({0} % 100)"}},
      {"bigint", "({0}) * 100003", 14, true},
      {"smallint", "(({0}) % 30011)::smallint", 4},
      {"numeric(12,2)", "(({0}) * 0.37)::numeric(12,2)", 7, true, {}, "", {"round({0})"}},
      {"double precision", "({0}) / 3.0::double precision", 4, true},
      {"boolean", "(({0}) % 5 = 0)", 4},
      {"date", "date '2015-01-01' + (({0}) % 4000)::integer", 5},
      {"timestamptz", "timestamptz '2020-01-01 00:00:00+00' + ({0}) * interval '97 seconds'", 9,
       true},
      {"uuid", "md5(({0})::text)::uuid", 8, true},
      {"text", "'n' || ({0})", 8, true, {}, "", {"lower({0})"}},
      {"text",
       "md5(({0})::text)",
       6,
       true,
       {"gin_trgm_ops"},
       "gist_trgm_ops",
       {"lower({0})", "left({0}, 6)"}},
      {"text",
       "'user' || ({0}) || '@' || (array['example.com','mail.org','corp.example.net'])[1 + ({0}) "
       "% 3]",
       7,
       true,
       {"gin_trgm_ops"},
       "",
       {"lower({0})"}},
      {"text",
       "repeat('some words of a note ', (1 + ({0}) % 9)::integer) || md5(({0})::text)",
       5,
       true,
       {},
       "",
       {"md5({0})"}},
      {"varchar(60)",
       "(array['anna','ben','carla','dmitri','eve','farid','gul','hans'])[1 + ({0}) % 8] || ' ' "
       "|| (array['smith','jones','garcia','novak','okafor'])[1 + ({0}) / 8 % 5]",
       5,
       false,
       {"gin_trgm_ops"},
       "",
       {"upper({0})"}},
      {"jsonb",
       "jsonb_build_object('kind', ({0}) % 7, 'name', 'n' || ({0}) % 5000, 'tags', "
       "jsonb_build_array(({0}) % 13, 't' || ({0}) % 29))",
       7,
       false,
       {"jsonb_ops", "jsonb_path_ops"},
       "",
       {"({0} ->> 'name')"},
       false},
      {"integer[]",
       "array[({0}) % 11, ({0}) % 700, ({0}) / 3 % 5000]::integer[]",
       6,
       false,
       {"array_ops"},
       "",
       {},
       false},
      {"text[]",
       "array['t' || ({0}) % 50, 'u' || ({0}) / 50 % 400]",
       5,
       false,
       {"array_ops"},
       "",
       {},
       false},
      {"int4range",
       "int4range(({0} % 1000000)::integer, ({0} % 1000000 + 10 + ({0}) % 90)::integer)",
       5,
       false,
       {},
       "range_ops",
       {},
       false},
  };
  return all;
}

struct Drawn {
  const Kind* kind = nullptr;
  bool unique = false;
  bool nullable = false;
};

class Maker {
 public:
  Maker(Choices& choices, const std::string& name, std::int64_t largest) : choices_{choices} {
    table_.name = name;
    constexpr double kLeast = 1000;
    const double span = std::log(static_cast<double>(largest) / kLeast);
    table_.rows = static_cast<std::int64_t>(
        kLeast * std::exp(span * static_cast<double>(choices.between(0, 1000)) / 1000));
  }

  WrittenTable run() {
    const int fillfactors[] = {100, 100, 90, 80, 70};
    table_.fillfactor = fillfactors[choices_.below(5)];
    table_.aged = choices_.chance(40);
    table_.has_key = choices_.chance(80);
    const auto width = 3 + choices_.below(8);
    const auto counter_at = choices_.below(width);
    table_.columns.push_back({"id", "bigint NOT NULL", "#"});
    drawn_.push_back({});
    for (std::size_t i = 0; i < width; ++i) {
      if (i == counter_at) {
        table_.columns.push_back({"counter", "integer NOT NULL", "abs(hashint8(#) % 90000)"});
        drawn_.push_back({});
      }
      add_column(fmt::format("c{}", i));
    }
    const auto count = choices_.below(table_.has_key ? 6 : 7);
    for (std::size_t i = 0; i < count; ++i) {
      add_index(fmt::format("{}_i{}", table_.name, i));
    }
    return table_;
  }

 private:
  /// How often each number comes, and in what order along the table.
  std::string distribution(bool& unique) {
    const std::int64_t counts[] = {5, 100, 3000, std::max<std::int64_t>(table_.rows / 10, 2)};
    const auto salt = choices_.between(1, 1'000'000);
    const std::string random = fmt::format("abs(hashint8extended(#, {}) % 1000000007)", salt);
    switch (choices_.weighted({20, 40, 30, 10})) {
      case 0:
        unique = true;
        return "#";
      case 1:  // hardly two the same
        unique = false;
        return random;
      case 2:
        return fmt::format("({} % {})", random, counts[choices_.below(4)]);
      default:  // few values are most rows
        return fmt::format("floor(3000 * power({} / 1e9, 3))::bigint", random);
    }
  }

  void add_column(const std::string& name) {
    std::vector<unsigned> weights;
    for (const Kind& kind : kinds()) {
      weights.push_back(kind.weight);
    }
    const Kind& kind = kinds()[choices_.weighted(weights)];
    Drawn drawn{.kind = &kind};
    WrittenColumn column{.name = name, .type = kind.type};
    column.value = fmt::format(fmt::runtime(kind.value), distribution(drawn.unique));
    drawn.unique = drawn.unique && kind.unique;
    drawn.nullable = choices_.chance(25);
    if (drawn.nullable) {
      const int percent[] = {5, 30, 70};
      column.value =
          fmt::format("CASE WHEN abs(hashint8extended(#, {}) % 100) < {} THEN NULL ELSE {} END",
                      choices_.between(1, 1000), percent[choices_.below(3)], column.value);
      drawn.unique = false;
    } else {
      column.type += " NOT NULL";
    }
    table_.columns.push_back(column);
    drawn_.push_back(drawn);
  }

  template <class Wanted>
  std::vector<std::size_t> which(Wanted wanted) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < drawn_.size(); ++i) {
      if (drawn_[i].kind != nullptr && wanted(drawn_[i])) {
        found.push_back(i);
      }
    }
    return found;
  }

  /// Nothing happens when the table has no column for the method.
  void add_index(const std::string& name) {
    const auto btree = which([](const Drawn& one) { return one.kind->btree; });
    switch (choices_.weighted({30, 18, 8, 8, 8, 6, 6, 14, 4, 4})) {
      case 0:
        return with_keys(name, btree, 1, "");
      case 1:
        return with_keys(name, btree, 2 + choices_.below(2), "");
      case 2:
        return including(name, btree);
      case 3:
        return partial(name, btree);
      case 4:
        return expression(name);
      case 5:
        return with_keys(name, which([](const Drawn& one) { return one.unique; }), 1, "UNIQUE ");
      case 6:
        return with_method(name, btree, "hash", "", "");
      case 7:
        return gin(name);
      case 8:
        return gist(name);
      default:
        return with_method(name, which([](const Drawn& one) {
                             return one.kind->btree && one.kind->type != std::string{"boolean"};
                           }),
                           "brin", "", "");
    }
  }

  const WrittenColumn& pick(const std::vector<std::size_t>& from) {
    const std::size_t at = choices_.pick(from);
    if (table_.settable.empty() && !drawn_[at].unique && !drawn_[at].nullable) {
      table_.settable = table_.columns[at].name;
    }
    return table_.columns[at];
  }

  void add(const std::string& name, const std::string& unique, const std::string& rest) {
    table_.indexes.push_back(
        fmt::format("CREATE {}INDEX {} ON {} {}", unique, name, table_.name, rest));
  }

  void with_keys(const std::string& name, const std::vector<std::size_t>& from, std::size_t count,
                 const std::string& unique) {
    if (from.empty()) {
      return;
    }
    std::string keys;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string column = pick(from).name;
      if (keys.find(column) == std::string::npos) {
        keys += (keys.empty() ? "" : ", ") + column;
      }
    }
    add(name, unique, fmt::format("({})", keys));
  }

  void including(const std::string& name, const std::vector<std::size_t>& from) {
    if (from.empty()) {
      return;
    }
    const std::string key = pick(from).name;
    const std::string more = pick(from).name;
    add(name, "", fmt::format("({}){}", key, key == more ? "" : " INCLUDE (" + more + ")"));
  }

  void partial(const std::string& name, const std::vector<std::size_t>& from) {
    if (from.empty()) {
      return;
    }
    const auto nullable = which([](const Drawn& one) { return one.nullable; });
    const std::string key = pick(from).name;
    if (nullable.empty()) {
      add(name, "", fmt::format("({}) WHERE counter < 30000", key));
      return;
    }
    add(name, "",
        fmt::format("({}) WHERE {} IS {}NULL", key, pick(nullable).name,
                    choices_.chance(60) ? "NOT " : ""));
  }

  void expression(const std::string& name) {
    const auto from = which([](const Drawn& one) { return !one.kind->expressions.empty(); });
    if (from.empty()) {
      return;
    }
    const std::size_t at = choices_.pick(from);
    const std::string text = choices_.pick(drawn_[at].kind->expressions);
    add(name, "", fmt::format("(({}))", fmt::format(fmt::runtime(text), table_.columns[at].name)));
  }

  void with_method(const std::string& name, const std::vector<std::size_t>& from,
                   const std::string& method, const std::string& operator_class,
                   const std::string& options) {
    if (!from.empty()) {
      add(name, "",
          fmt::format("USING {} ({}{}){}", method, pick(from).name, operator_class, options));
    }
  }

  void gin(const std::string& name) {
    const auto from = which([](const Drawn& one) { return !one.kind->gin.empty(); });
    if (!from.empty()) {
      const std::size_t at = choices_.pick(from);
      with_method(name, {at}, "gin", " " + choices_.pick(drawn_[at].kind->gin),
                  choices_.chance(25) ? " WITH (fastupdate = off)" : "");
    }
  }

  void gist(const std::string& name) {
    const auto from = which([](const Drawn& one) { return !one.kind->gist.empty(); });
    if (!from.empty()) {
      const std::size_t at = choices_.pick(from);
      with_method(name, {at}, "gist", " " + drawn_[at].kind->gist, "");
    }
  }

  Choices& choices_;
  WrittenTable table_;
  std::vector<Drawn> drawn_ = {};
};

std::string at_row(const std::string& value, const std::string& number) {
  std::string text;
  for (const char c : value) {
    text += c == '#' ? number : std::string{c};
  }
  return text;
}

}  // namespace

std::string WrittenTable::create(const std::string& as) const {
  std::string list;
  for (const auto& column : columns) {
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", column.name, column.type);
  }
  return fmt::format("CREATE TABLE {} ({}) WITH (fillfactor = {})", as, list, fillfactor);
}

std::string WrittenTable::select(const std::string& source) const {
  std::string list;
  for (const auto& column : columns) {
    list += (list.empty() ? "" : ", ") + at_row(column.value, "i");
  }
  return fmt::format("SELECT {} FROM {}", list, source);
}

std::string WrittenTable::insert(const std::string& into, const std::string& source) const {
  return fmt::format("INSERT INTO {} {}", into, select(source));
}

std::string WrittenTable::value(const std::string& column, const std::string& number) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const auto& one) { return one.name == column; });
  return at_row(found->value, number);
}

WrittenTable random_written_table(Choices& choices, const std::string& name, std::int64_t largest) {
  return Maker{choices, name, largest}.run();
}

}  // namespace quern::testing
