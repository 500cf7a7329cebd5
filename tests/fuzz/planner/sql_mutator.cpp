#include "tests/fuzz/planner/sql_mutator.hpp"

#include <cctype>

namespace quern::fuzz {

namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Words, numbers, quoted texts and single signs, each with the white space behind it.
std::vector<std::string_view> tokens_of(std::string_view sql) {
  std::vector<std::string_view> tokens;
  for (std::size_t at = 0; at < sql.size();) {
    const std::size_t from = at;
    const char first = sql[at++];
    if (is_word(first)) {
      while (at < sql.size() && is_word(sql[at])) {
        ++at;
      }
    } else if (first == '\'' || first == '"') {
      while (at < sql.size() && sql[at] != first) {
        ++at;
      }
      at = std::min(at + 1, sql.size());
    } else if (std::string_view{"<>=!~@#&|?:-+*/%^"}.find(first) != std::string_view::npos) {
      while (at < sql.size() &&
             std::string_view{"<>=!~@#&|?:-"}.find(sql[at]) != std::string_view::npos) {
        ++at;
      }
    }
    while (at < sql.size() && std::isspace(static_cast<unsigned char>(sql[at])) != 0) {
      ++at;
    }
    tokens.push_back(sql.substr(from, at - from));
  }
  return tokens;
}

/// Where a bracket at `open` closes; npos when it does not.
std::size_t closing(std::string_view sql, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < sql.size(); ++at) {
    depth += sql[at] == '(' || sql[at] == '[' ? 1 : 0;
    depth -= sql[at] == ')' || sql[at] == ']' ? 1 : 0;
    if (depth == 0) {
      return at;
    }
  }
  return std::string_view::npos;
}

struct Group {
  std::size_t from;  ///< behind the opening bracket
  std::size_t size;
};

std::vector<Group> groups_of(std::string_view sql) {
  std::vector<Group> groups;
  for (std::size_t at = 0; at < sql.size(); ++at) {
    if (sql[at] == '(' || sql[at] == '[') {
      if (const auto end = closing(sql, at); end != std::string_view::npos) {
        groups.push_back({at + 1, end - at - 1});
      }
    }
  }
  return groups;
}

std::string joined(const std::vector<std::string>& tokens) {
  std::string text;
  for (const auto& token : tokens) {
    if (!text.empty() && !token.empty() && is_word(text.back()) && is_word(token.front())) {
      text += ' ';
    }
    text += token;
  }
  return text;
}

}  // namespace

SqlMutator::SqlMutator(std::vector<std::string> seeds) : seeds_{std::move(seeds)} {
  for (const auto& seed : seeds_) {
    for (const auto token : tokens_of(seed)) {
      tokens_.emplace_back(token);
    }
    for (const Group group : groups_of(seed)) {
      groups_.push_back(seed.substr(group.from, group.size));
    }
  }
}

std::string SqlMutator::mutate(std::string_view sql, std::uint32_t seed) {
  random_.seed(seed);
  if (sql.size() < 4 || below(12) == 0) {
    return seeds_[below(seeds_.size())];
  }
  std::string text{sql};
  for (auto rounds = 1 + below(3); rounds > 0; --rounds) {
    switch (below(8)) {
      case 0:
      case 1:
      case 2:
        text = replace_tokens(text);
        break;
      case 3:
      case 4:
        text = replace_group(text, groups_);
        break;
      case 5:
        text = replace_group(text, seeds_);
        break;
      case 6:
        text = wrap(text);
        break;
      default:
        text = repeat_piece(text);
        break;
    }
  }
  return text;
}

std::string SqlMutator::replace_tokens(std::string_view sql) {
  std::vector<std::string> own;
  for (const auto token : tokens_of(sql)) {
    own.emplace_back(token);
  }
  if (own.empty()) {
    return std::string{sql};
  }
  const std::size_t at = below(own.size());
  switch (below(5)) {
    case 0:
      own.erase(own.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 1:
      own.insert(own.begin() + static_cast<std::ptrdiff_t>(at), tokens_[below(tokens_.size())]);
      break;
    case 2:
      std::swap(own[at], own[below(own.size())]);
      break;
    default:
      own[at] = tokens_[below(tokens_.size())];
      break;
  }
  return joined(own);
}

std::string SqlMutator::replace_group(std::string_view sql, const std::vector<std::string>& with) {
  const auto groups = groups_of(sql);
  std::string text{sql};
  if (groups.empty() || with.empty()) {
    return text;
  }
  const Group group = groups[below(groups.size())];
  return text.replace(group.from, group.size, with[below(with.size())]);
}

std::string SqlMutator::wrap(std::string_view sql) {
  const std::string text{sql};
  const std::string& other = seeds_[below(seeds_.size())];
  switch (below(10)) {
    case 0:
      return "select * from (" + text + ") q";
    case 1:
      return "with w as (" + text + ") select * from w join w w2 on true";
    case 2:
      return "(" + text + ") union all (" + other + ")";
    case 3:
      return "select * from a where exists (" + text + ")";
    case 4:
      return "select (" + text + "), x from b where x in (" + other + ")";
    case 5:
      return "select * from every e left join lateral (" + text + ") l on true where e.i4 = 5";
    case 6:
      return "insert into a " + text;
    case 7:
      return "select count(*) from (" + text + ") q group by rollup (1)";
    case 8:
      return "with recursive r as (" + text + " union all select * from r) select * from r";
    default:
      return "(" + text + ") intersect (" + other + ") order by 1 limit 3";
  }
}

std::string SqlMutator::repeat_piece(std::string_view sql) {
  const auto tokens = tokens_of(sql);
  if (tokens.empty()) {
    return std::string{sql};
  }
  const std::size_t at = below(tokens.size());
  const std::size_t count = 1 + below(std::min<std::size_t>(tokens.size() - at, 8));
  std::string piece;
  for (std::size_t i = at; i < at + count; ++i) {
    piece += tokens[i];
  }
  std::string text;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    text += tokens[i];
    if (i == at + count - 1) {
      for (auto times = below(2) == 0 ? 1 : below(40); times > 0; --times) {
        text += piece;
      }
    }
  }
  return text;
}

std::string SqlMutator::cross(std::string_view one, std::string_view other, std::uint32_t seed) {
  random_.seed(seed);
  std::vector<std::string> pieces;
  for (const Group group : groups_of(other)) {
    pieces.emplace_back(other.substr(group.from, group.size));
  }
  pieces.emplace_back(other);
  return replace_group(one, pieces);
}

std::vector<std::string> split_statements(std::string_view text) {
  std::vector<std::string> statements;
  std::string current;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("--")) {
      continue;
    }
    current += line;
    current += '\n';
    if (line.ends_with(';')) {
      current.resize(current.size() - 2);
      statements.push_back(std::move(current));
      current.clear();
    }
  }
  return statements;
}

}  // namespace quern::fuzz
