#include <algorithm>
#include <array>

#include "collector/plans/explain_formats.hpp"

namespace quern::collector {

namespace {

constexpr std::size_t kMostDepth = 500;

/// Tags are the properties' names with `-` for what a tag can not hold (ExplainXMLTag(), PostgreSQL
/// 15, src/backend/commands/explain.c): a blank, unless it is one of these.
std::string name_of(std::string_view tag) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kOthers = {{
      {"One-Time-Filter", "One-Time Filter"},
      {"Full-sort-Groups", "Full-sort Groups"},
      {"Pre-sorted-Groups", "Pre-sorted Groups"},
      {"I-O-Read-Time", "I/O Read Time"},
      {"I-O-Write-Time", "I/O Write Time"},
      {"Temp-I-O-Read-Time", "Temp I/O Read Time"},
      {"Temp-I-O-Write-Time", "Temp I/O Write Time"},
  }};
  for (const auto& [from, to] : kOthers) {
    if (tag == from) {
      return std::string{to};
    }
  }
  std::string name{tag};
  std::replace(name.begin(), name.end(), '-', ' ');
  return name;
}

std::string unescaped(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 6> kEntities = {{{"&lt;", '<'},
                                                                           {"&gt;", '>'},
                                                                           {"&amp;", '&'},
                                                                           {"&quot;", '"'},
                                                                           {"&apos;", '\''},
                                                                           {"&#x0d;", '\r'}}};
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '&') {
      for (const auto& [entity, letter] : kEntities) {
        if (text.substr(i, entity.size()) == entity) {
          c = letter;
          i += entity.size() - 1;
          break;
        }
      }
    }
    plain += c;
  }
  return plain;
}

/// The subset of XML that EXPLAIN writes: elements without attributes but the root's.
class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : text_{text} {}

  std::optional<PlanValue> document() {
    const std::size_t root = text_.find("<explain");
    if (root == std::string_view::npos) {
      return std::nullopt;
    }
    at_ = std::min(text_.find('>', root), text_.size() - 1) + 1;
    PlanValue value = content("explain", 0);
    // EXPLAIN itself puts each statement into a <Query>.
    if (const PlanValue* query = value.find("Query"); query != nullptr) {
      value = PlanValue{*query};
    }
    return good_ ? std::optional{std::move(value)} : std::nullopt;
  }

 private:
  /// What stands up to the closing tag, which is taken.
  PlanValue content(std::string_view tag, std::size_t depth) {
    const std::size_t from = at_;
    PlanValue value = PlanValue::object();
    while (good_) {
      const std::size_t open = text_.find('<', at_);
      const std::size_t close = open == std::string_view::npos ? open : text_.find('>', open);
      if (close == std::string_view::npos || depth > kMostDepth) {
        good_ = false;
        break;
      }
      const std::string_view inner = text_.substr(open + 1, close - open - 1);
      at_ = close + 1;
      if (!inner.empty() && inner.front() == '/') {
        good_ = inner.substr(1) == tag;
        if (value.members.empty()) {
          return scalar(tag, text_.substr(from, open - from));
        }
        return value;
      }
      if (!inner.empty() && inner.back() == '/') {
        value.add(name_of(inner.substr(0, inner.size() - 1)), PlanValue::list({}));
        continue;
      }
      PlanValue child = content(inner, depth + 1);
      value.add(inner == "Plan" && tag != "Plans" ? "Plan" : name_of(inner), std::move(child));
    }
    return value;
  }

  static PlanValue scalar(std::string_view tag, std::string_view raw) {
    const std::string name = name_of(tag);
    std::string text = unescaped(raw);
    if (is_bool_property(name) && (text == "true" || text == "false")) {
      return {PlanValue::Kind::Bool, std::move(text)};
    }
    const bool empty = text.find_first_not_of(" \n\t\r") == std::string::npos;
    if (empty) {
      return PlanValue::list({});
    }
    return is_number_property(name, text) ? PlanValue::number(text) : PlanValue::text(text);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool good_ = true;
};

/// Elements of one name are lists: `<Item>`, and the children of `<Plans>` and their like.
void fold_lists(PlanValue& value) {
  for (auto& [name, member] : value.members) {
    fold_lists(member);
  }
  constexpr std::array<std::string_view, 6> kLists = {"Plans",         "Workers",       "Triggers",
                                                      "Target Tables", "Grouping Sets", ""};
  for (auto& [name, member] : value.members) {
    const bool items = !member.members.empty() && member.members.front().first == "Item";
    if (!items && std::find(kLists.begin(), kLists.end(), name) == kLists.end()) {
      continue;
    }
    PlanValue list = PlanValue::list({});
    for (auto& [inner_name, inner] : member.members) {
      list.items.push_back(std::move(inner));
    }
    member = std::move(list);
  }
}

}  // namespace

std::optional<PlanValue> read_explain_xml(std::string_view text) {
  auto value = XmlReader{text}.document();
  if (value) {
    fold_lists(*value);
  }
  return value;
}

bool is_bool_property(std::string_view name) {
  constexpr std::array<std::string_view, 9> kBools = {
      "Parallel Aware", "Async Capable", "Inner Unique", "Single Copy", "Disabled",
      "Inlining",       "Optimization",  "Expressions",  "Deforming"};
  return std::find(kBools.begin(), kBools.end(), name) != kBools.end();
}

bool is_number_property(std::string_view name, std::string_view value) {
  const bool digits = !value.empty() &&
                      value.find_first_of("0123456789") != std::string_view::npos &&
                      value.find_first_not_of("0123456789.-+e") == std::string_view::npos;
  if (!digits) {
    return false;
  }
  constexpr std::array<std::string_view, 39> kEnds = {
      "Generation", "Inlining", "Optimization", "Emission",  "Deform",    "Total",     "Cost",
      "Rows",       "Width",    "Time",         "Loops",     "Blocks",    "Usage",     "Used",
      "Buckets",    "Batches",  "Hits",         "Misses",    "Evictions", "Overflows", "Fetches",
      "Planned",    "Launched", "Number",       "Records",   "FPI",       "Bytes",     "Partitions",
      "Removed",    "Count",    "Inserted",     "Updated",   "Deleted",   "Skipped",   "Tuples",
      "Calls",      "Searches", "Functions",    "Identifier"};
  const bool ends = std::any_of(kEnds.begin(), kEnds.end(), [&](std::string_view end) {
    return name.size() >= end.size() && name.substr(name.size() - end.size()) == end;
  });
  return ends || name.substr(0, 13) == "Rows Removed " || name == "Maximum Storage";
}

}  // namespace quern::collector
