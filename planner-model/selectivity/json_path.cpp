// jsonpath: its grammar (jsonpath_gram.y, jsonpath_scan.l), its text (jsonpath.c), and the keys of
// a GIN index that it asks for (jsonb_gin.c).
#include "planner-model/selectivity/json_path.hpp"

#include <algorithm>
#include <array>

#include "planner-model/selectivity/ascii.hpp"
#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model {
namespace {

using Kind = JsonPathItem::Kind;
using ItemPtr = std::shared_ptr<const JsonPathItem>;

constexpr std::string_view kSpecial = "?%$.[]{}()|&!=<>@#,*:-+/\\\" \t\n\r\f";

ItemPtr make(Kind kind, std::string text = {}, std::vector<ItemPtr> args = {}) {
  auto item = std::make_shared<JsonPathItem>();
  item->kind = kind;
  item->text = std::move(text);
  item->args = std::move(args);
  return item;
}

/// makeItemList(): the accessors behind what they are of.
ItemPtr linked(const ItemPtr& first, const ItemPtr& following) {
  auto copy = std::make_shared<JsonPathItem>(*first);
  copy->next = copy->next ? linked(copy->next, following) : following;
  return copy;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_{text} {}

  std::optional<JsonPath> run() {
    JsonPath path;
    if (take_word("strict")) {
      path.lax = false;
    } else {
      (void)take_word("lax");
    }
    path.root = binary(0);
    skip_space();
    return path.root && !is_broken_ && at_ == text_.size() ? std::optional{std::move(path)}
                                                           : std::nullopt;
  }

 private:
  void skip_space() {
    while (at_ < text_.size() &&
           std::string_view{" \t\n\r\f"}.find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
  }

  bool take(std::string_view symbol) {
    skip_space();
    if (!text_.substr(at_).starts_with(symbol)) {
      return false;
    }
    at_ += symbol.size();
    return true;
  }

  /// The unquoted word that comes next, not taken.
  std::string_view word() {
    skip_space();
    const auto rest = text_.substr(at_);
    return rest.substr(0, std::min(rest.find_first_of(kSpecial), rest.size()));
  }

  bool take_word(std::string_view wanted) {
    const auto found = word();
    if (lowered(found) != wanted) {
      return false;
    }
    at_ += found.size();
    return true;
  }

  std::optional<std::string> take_string() {
    if (!take("\"")) {
      return std::nullopt;
    }
    const auto rest = text_.substr(at_);
    const auto end = rest.find_first_of("\"\\");
    if (end == std::string_view::npos || rest[end] == '\\') {
      is_broken_ = true;
      return std::nullopt;
    }
    at_ += end + 1;
    return std::string{rest.substr(0, end)};
  }

  /// Operators by operationPriority(): || && comparisons + - * / %; nothing when it is no path.
  ItemPtr binary(std::size_t level) {
    constexpr std::size_t kComparisons = 2;
    constexpr std::size_t kUnary = 5;
    if (level == kUnary) {
      return sign();
    }
    if (++depth_ > kDeepest) {
      return nullptr;
    }
    ItemPtr left = binary(level + 1);
    while (left) {
      if (level == kComparisons && take_word("like_regex")) {
        left = like_regex(left);
        continue;
      }
      const std::string op = take_operator(level);
      if (op.empty()) {
        break;
      }
      const ItemPtr right = binary(level + 1);
      if (!right) {
        left = nullptr;
        break;
      }
      const Kind kind = op == "||"              ? Kind::Or
                        : op == "&&"            ? Kind::And
                        : level == kComparisons ? Kind::Comparison
                                                : Kind::Arithmetic;
      left = make(kind, op, {left, right});
    }
    --depth_;
    return left;
  }

  std::string take_operator(std::size_t level) {
    static const std::array<std::vector<std::string_view>, 5> kOperators = {
        {{"||"}, {"&&"}, {"==", "!=", "<>", "<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/", "%"}}};
    for (const auto op : kOperators.at(level)) {
      if (take(op)) {
        return op == "<>" ? "!=" : std::string{op};
      }
    }
    if (constexpr std::size_t kComparisons = 2; level == kComparisons && take_word("starts")) {
      return take_word("with") ? "starts with" : "";
    }
    return {};
  }

  ItemPtr like_regex(const ItemPtr& left) {
    const auto pattern = take_string();
    if (!pattern) {
      return nullptr;
    }
    auto item = std::make_shared<JsonPathItem>(*make(Kind::LikeRegex, *pattern, {left}));
    if (take_word("flag")) {
      const auto flags = take_string();
      if (!flags) {
        return nullptr;
      }
      for (const char flag : std::string_view{"ismxq"}) {
        item->flags += flags->find(flag) != std::string::npos ? std::string{flag} : "";
      }
    }
    return item;
  }

  ItemPtr sign() {
    const bool negative = take("-");
    if (!negative && !take("+")) {
      return accessors(primary());
    }
    const ItemPtr operand = ++depth_ > kDeepest ? nullptr : sign();
    --depth_;
    if (!operand) {
      return nullptr;
    }
    if (operand->kind == Kind::Number && !operand->next) {
      const bool was_negative = operand->text.starts_with('-');
      return !negative      ? operand
             : was_negative ? make(Kind::Number, operand->text.substr(1))
                            : make(Kind::Number, "-" + operand->text);
    }
    return make(Kind::Sign, negative ? "-" : "+", {operand});
  }

  ItemPtr primary() {
    skip_space();
    if (take("!")) {
      const ItemPtr operand = take("(") ? closed(binary(0)) : exists();
      return operand ? make(Kind::Not, {}, {operand}) : nullptr;
    }
    if (take("(")) {
      const ItemPtr inner = closed(binary(0));
      const auto before = at_;
      if (inner && take_word("is")) {
        if (take_word("unknown")) {
          return make(Kind::IsUnknown, {}, {inner});
        }
        at_ = before;
      }
      return inner;
    }
    if (take("@")) {
      return make(Kind::Current);
    }
    if (take("$")) {
      if (auto quoted = take_string()) {
        return make(Kind::Variable, std::move(*quoted));
      }
      const auto rest = text_.substr(at_);
      const auto name = rest.substr(0, std::min(rest.find_first_of(kSpecial), rest.size()));
      at_ += name.size();
      return name.empty() ? make(Kind::Root) : make(Kind::Variable, std::string{name});
    }
    if (auto string = take_string()) {
      return make(Kind::String, std::move(*string));
    }
    if (word() == "exists") {
      return exists();
    }
    return literal();
  }

  ItemPtr exists() {
    const ItemPtr operand = take_word("exists") && take("(") ? closed(binary(0)) : nullptr;
    return operand ? make(Kind::Exists, {}, {operand}) : nullptr;
  }

  ItemPtr closed(const ItemPtr& inner) { return inner && take(")") ? inner : nullptr; }

  ItemPtr literal() {
    skip_space();
    const auto rest = text_.substr(at_);
    if (!rest.empty() && (is_digit(rest.front()) || rest.front() == '.')) {
      const auto end = std::min(rest.find_first_not_of("0123456789."), rest.size());
      const auto number = value_text::canonical_decimal(rest.substr(0, end));
      const bool goes_on = end < rest.size() && kSpecial.find(rest[end]) == std::string_view::npos;
      at_ += end;
      return number && !goes_on ? make(Kind::Number, *number) : nullptr;
    }
    for (const std::string_view name : {"null", "true", "false", "last"}) {
      if (take_word(name)) {
        return make(name == "null"   ? Kind::Null
                    : name == "last" ? Kind::Last
                                     : Kind::Bool,
                    std::string{name});
      }
    }
    return nullptr;
  }

  ItemPtr accessors(ItemPtr item) {
    while (item) {
      ItemPtr next;
      if (take(".")) {
        next = after_point();
      } else if (take("[")) {
        next = subscripts();
      } else if (take("?")) {
        next = take("(") ? closed(binary(0)) : nullptr;
        next = next ? make(Kind::Filter, {}, {next}) : nullptr;
      } else {
        break;
      }
      item = next ? linked(item, next) : nullptr;
    }
    return item;
  }

  ItemPtr after_point() {
    if (take("**")) {
      return any_path();
    }
    if (take("*")) {
      return make(Kind::AnyKey);
    }
    if (auto quoted = take_string()) {
      return make(Kind::Key, std::move(*quoted));
    }
    const std::string name{word()};
    if (name.empty() || is_digit(name.front())) {
      return nullptr;
    }
    at_ += name.size();
    const auto before = at_;
    if (take("(")) {
      static constexpr std::array<std::string_view, 8> kMethods = {
          "abs", "size", "type", "floor", "double", "ceiling", "keyvalue", "datetime"};
      if (std::find(kMethods.begin(), kMethods.end(), name) == kMethods.end()) {
        return nullptr;
      }
      std::vector<ItemPtr> args;
      if (auto format = name == "datetime" ? take_string() : std::nullopt) {
        args.push_back(make(Kind::String, std::move(*format)));
      }
      return take(")") ? make(Kind::Method, name, std::move(args)) : nullptr;
    }
    at_ = before;
    return make(Kind::Key, name);
  }

  ItemPtr any_path() {
    if (!take("{")) {
      return make(Kind::Any);
    }
    const auto level = [&] {
      std::string found{word()};
      at_ += found.size();
      return found;
    };
    const std::string from = level();
    const std::string to = take_word("to") ? level() : from;
    if (!take("}") || from.empty() || to.empty()) {
      return nullptr;
    }
    return make(Kind::Any, from == "0" && to == "last" ? std::string{}
                           : from == to                ? "{" + from + "}"
                                                       : "{" + from + " to " + to + "}");
  }

  ItemPtr subscripts() {
    if (take("*")) {
      return take("]") ? make(Kind::AnyArray) : nullptr;
    }
    std::vector<ItemPtr> bounds;
    do {
      const ItemPtr from = binary(3);
      const bool has_end = from && take_word("to");
      const ItemPtr to = has_end ? binary(3) : nullptr;
      if (!from || (has_end && !to)) {
        return nullptr;
      }
      bounds.push_back(from);
      bounds.push_back(to);
    } while (take(","));
    return take("]") ? make(Kind::IndexArray, {}, std::move(bounds)) : nullptr;
  }

  static constexpr int kDeepest = 200;
  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool is_broken_ = false;  ///< by a string that does not end or has escapes
};

/// operationPriority()
int priority(const JsonPathItem& item) {
  switch (item.kind) {
    case Kind::Or:
      return 0;
    case Kind::And:
      return 1;
    case Kind::Comparison:
      return 2;
    case Kind::Arithmetic:
      return item.text == "+" || item.text == "-" ? 3 : 4;
    case Kind::Sign:
      return 5;
    default:
      return 6;
  }
}

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";  // without escapes: those are not read
}

/// printJsonPathItem()
class Printer {
 public:
  std::string run(const JsonPathItem& item, bool in_key, bool brackets) {
    std::string text = alone(item, in_key, brackets);
    return item.next ? text + run(*item.next, true, true) : text;
  }

 private:
  std::string operand(const JsonPathItem& of, std::size_t place) {
    const JsonPathItem& item = *of.args[place];
    return run(item, false, priority(item) <= priority(of));
  }

  std::string plain(const JsonPathItem& item) { return run(item, false, false); }

  std::string alone(const JsonPathItem& item, bool in_key, bool brackets) {
    const auto bracketed = [&](const std::string& text) {
      return brackets ? "(" + text + ")" : text;
    };
    const std::string point = in_key ? "." : "";
    switch (item.kind) {
      case Kind::Null:
        return "null";
      case Kind::String:
        return quoted(item.text);
      case Kind::Number:
        return item.next ? "(" + item.text + ")" : item.text;
      case Kind::Bool:
      case Kind::Last:
        return item.text;
      case Kind::Variable:
        return "$" + quoted(item.text);
      case Kind::Root:
        return "$";
      case Kind::Current:
        return "@";
      case Kind::Key:
        return point + quoted(item.text);
      case Kind::AnyKey:
        return point + "*";
      case Kind::Any:
        return point + "**" + item.text;
      case Kind::AnyArray:
        return "[*]";
      case Kind::IndexArray:
        return subscripts(item);
      case Kind::Method:
        return "." + item.text + "(" + (item.args.empty() ? "" : plain(*item.args[0])) + ")";
      case Kind::Filter:
        return "?(" + plain(*item.args[0]) + ")";
      case Kind::Not:
        return "!(" + plain(*item.args[0]) + ")";
      case Kind::Exists:
        return "exists (" + plain(*item.args[0]) + ")";
      case Kind::IsUnknown:
        return "(" + plain(*item.args[0]) + ") is unknown";
      case Kind::Sign:
        return bracketed(item.text + operand(item, 0));
      case Kind::LikeRegex:
        return bracketed(operand(item, 0) + " like_regex " + quoted(item.text) +
                         (item.flags.empty() ? "" : " flag " + quoted(item.flags)));
      case Kind::And:
      case Kind::Or:
      case Kind::Comparison:
      case Kind::Arithmetic:
        break;
    }
    return bracketed(operand(item, 0) + " " + item.text + " " + operand(item, 1));
  }

  std::string subscripts(const JsonPathItem& item) {
    std::string text = "[";
    for (std::size_t i = 0; i + 1 < item.args.size(); i += 2) {
      text += (i == 0 ? "" : ",") + plain(*item.args[i]);
      text += item.args[i + 1] ? " to " + plain(*item.args[i + 1]) : "";
    }
    return text + "]";
  }
};

/// extract_jsp_query()'s nodes, of which only the number matters.
class KeyCounter {
 public:
  KeyCounter(bool lax, bool path_ops) : lax_{lax}, path_ops_{path_ops} {}

  /// The keys and arrays that lead to an item.
  using Steps = std::vector<Kind>;

  /// extract_jsp_path_expr()
  [[nodiscard]] int of_path(Steps steps, const JsonPathItem& first,
                            const JsonPathItem* scalar) const {
    int count = 0;
    for (const JsonPathItem* item = &first; item != nullptr; item = item->next.get()) {
      if (item->kind == Kind::Filter) {
        count += of_condition(steps, *item->args[0], false);
      } else if (item->kind != Kind::Current && !add_step(steps, item->kind)) {
        return count;
      }
    }
    return count + (scalar != nullptr ? of_scalar(steps, *scalar) : 0);
  }

  /// extract_jsp_bool_expr()
  [[nodiscard]] int of_condition(const Steps& steps, const JsonPathItem& item, bool negated) const {
    switch (item.kind) {
      case Kind::And:
      case Kind::Or: {
        const int left = of_condition(steps, *item.args[0], negated);
        const int right = of_condition(steps, *item.args[1], negated);
        return item.kind == Kind::Or && (left == 0 || right == 0) ? 0 : left + right;
      }
      case Kind::Not:
        return of_condition(steps, *item.args[0], !negated);
      case Kind::Exists:
        return negated ? 0 : of_path(steps, *item.args[0], nullptr);
      case Kind::Comparison:
        if (negated || item.text != "==") {
          return 0;
        }
        for (const std::size_t side : {0U, 1U}) {
          if (is_scalar(*item.args[side])) {
            return of_path(steps, *item.args[1 - side], item.args[side].get());
          }
        }
        return 0;
      default:
        return 0;
    }
  }

 private:
  static bool is_scalar(const JsonPathItem& item) {
    return item.kind == Kind::Null || item.kind == Kind::Bool || item.kind == Kind::Number ||
           item.kind == Kind::String;
  }

  /// False: a step that the operator class can not follow.
  [[nodiscard]] bool add_step(Steps& steps, Kind kind) const {
    switch (kind) {
      case Kind::Root:
        steps.clear();
        return true;
      case Kind::Key:
      case Kind::IndexArray:
      case Kind::AnyArray:
        steps.push_back(kind);
        return true;
      case Kind::Any:
      case Kind::AnyKey:
        steps.push_back(kind);
        return !path_ops_;
      default:
        return false;
    }
  }

  /// jsonb_ops__extract_nodes(), jsonb_path_ops__extract_nodes(): a string may be an array's
  /// element, which is kept as a key.
  [[nodiscard]] int of_scalar(const Steps& steps, const JsonPathItem& scalar) const {
    if (path_ops_) {
      return 1;
    }
    const auto keys = static_cast<int>(std::count(steps.begin(), steps.end(), Kind::Key));
    const bool either =
        scalar.kind == Kind::String && (lax_ || (!steps.empty() && steps.back() == Kind::Any));
    return keys + (either ? 2 : 1);
  }

  bool lax_;
  bool path_ops_;
};

}  // namespace

std::optional<JsonPath> parse_json_path(std::string_view text) {
  return Parser{text}.run();
}

std::string print_json_path(const JsonPath& path) {
  return (path.lax ? "" : "strict ") + Printer{}.run(*path.root, false, true);
}

int json_path_keys(const JsonPath& path, bool exists, bool path_ops) {
  const KeyCounter counter{path.lax, path_ops};
  return exists ? counter.of_path({}, *path.root, nullptr)
                : counter.of_condition({}, *path.root, false);
}

}  // namespace quern::planner_model
