#include "planner-model/query/builtin_catalog.hpp"

#include <charconv>

#include "collector/base/failure.hpp"

#include "planner-model/query/builtin_parameters.hpp"
#include "planner-model/query/builtin_tables.hpp"

namespace quern::planner_model {
namespace {

/// Reads the fields of one row of an embedded table, in order.
class Fields {
 public:
  explicit Fields(std::string_view row) : rest_{row} {}

  Fields& operator>>(std::string_view& text) {
    text = next();
    return *this;
  }

  Fields& operator>>(char& letter) {
    const auto text = next();
    ensure(text.size() == 1, "builtin catalog: one letter");
    letter = text.front();
    return *this;
  }

  Fields& operator>>(bool& flag) {
    flag = next() == "1";
    return *this;
  }

  Fields& operator>>(double& number) {
    const auto text = next();
    const auto answer = std::from_chars(text.data(), text.data() + text.size(), number);
    ensure(answer.ec == std::errc{}, "builtin catalog: number");
    return *this;
  }

  template <class Integer>

  requires std::is_integral_v<Integer> Fields& operator>>(Integer& number) {
    number = parse<Integer>(next());
    return *this;
  }

  Fields& operator>>(std::vector<Oid>& oids) {
    auto list = next();
    while (!list.empty()) {
      const auto comma = list.find(',');
      oids.push_back(parse<Oid>(list.substr(0, comma)));
      list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    }
    return *this;
  }

 private:
  std::string_view next() {
    const auto tab = rest_.find('\t');
    const auto field = rest_.substr(0, tab);
    rest_ = tab == std::string_view::npos ? std::string_view{} : rest_.substr(tab + 1);
    return field;
  }

  template <class Integer>
  static Integer parse(std::string_view text) {
    Integer number = 0;
    const auto answer = std::from_chars(text.data(), text.data() + text.size(), number);
    ensure(answer.ec == std::errc{}, "builtin catalog: integer");
    return number;
  }

  std::string_view rest_;
};

template <class Row, class Read>
std::vector<Row> read_table(std::string_view table, const Read& read) {
  std::vector<Row> rows;
  while (!table.empty()) {
    const auto end = table.find('\n');
    Fields fields{table.substr(0, end)};
    read(fields, rows.emplace_back());
    table = end == std::string_view::npos ? std::string_view{} : table.substr(end + 1);
  }
  return rows;
}

void read_type(Fields& f, Type& t) {
  f >> t.oid >> t.name >> t.length >> t.by_value >> t.kind >> t.category >> t.preferred >>
      t.element >> t.array >> t.base >> t.typmod >> t.collation >> t.alignment >> t.storage >>
      t.is_array;
}

void read_function(Fields& f, Function& p) {
  f >> p.oid >> p.name >> p.kind >> p.volatility >> p.strict >> p.returns_set >> p.leakproof >>
      p.parallel >> p.cost >> p.rows >> p.result >> p.variadic >> p.defaults >> p.arguments >>
      p.support;
  add_builtin_parameters(p);
}

void read_aggregate(Fields& f, Aggregate& a) {
  f >> a.function >> a.kind >> a.direct_arguments >> a.transition >> a.final >> a.combine >>
      a.serialize >> a.deserialize >> a.transition_type >> a.transition_space >> a.sort_operator >>
      a.initial_value_is_null >> a.moving_transition >> a.moving_final;
}

void read_operator(Fields& f, Operator& o) {
  f >> o.oid >> o.name >> o.left >> o.right >> o.result >> o.function >> o.commutator >>
      o.negator >> o.merges >> o.hashes >> o.restriction >> o.join;
}

void read_cast(Fields& f, Cast& c) {
  f >> c.source >> c.target >> c.function >> c.context >> c.method;
}

void read_operator_class(Fields& f, OpClass& c) {
  f >> c.oid >> c.name >> c.access_method >> c.family >> c.input_type >> c.is_default >> c.key_type;
}

void read_family_member(Fields& f, FamilyMember& m) {
  f >> m.family >> m.access_method >> m.left >> m.right >> m.strategy >> m.purpose >> m.op;
}

void read_range(Fields& f, Range& r) {
  f >> r.range >> r.subtype >> r.multirange >> r.collation;
}

void read_collation(Fields& f, Collation& c) {
  f >> c.oid >> c.name >> c.provider >> c.deterministic >> c.collate >> c.ctype;
}

}  // namespace

const BuiltinCatalog& builtin_catalog() {
  static const BuiltinCatalog catalog{
      .types = read_table<Type>(builtin_tables::type(), read_type),
      .functions = read_table<Function>(builtin_tables::function(), read_function),
      .aggregates = read_table<Aggregate>(builtin_tables::aggregate(), read_aggregate),
      .operators = read_table<Operator>(builtin_tables::operator_(), read_operator),
      .casts = read_table<Cast>(builtin_tables::cast(), read_cast),
      .operator_classes =
          read_table<OpClass>(builtin_tables::operator_class(), read_operator_class),
      .family_members =
          read_table<FamilyMember>(builtin_tables::operator_family_member(), read_family_member),
      .ranges = read_table<Range>(builtin_tables::range(), read_range),
      .collations = read_table<Collation>(builtin_tables::collation(), read_collation),
  };
  return catalog;
}

}  // namespace quern::planner_model
