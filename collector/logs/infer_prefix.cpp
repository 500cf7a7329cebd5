#include "collector/logs/infer_prefix.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "collector/base/time_text.hpp"

namespace quern::collector {

namespace {

/// Defaults of PostgreSQL, Debian and the hosting services, and what log analyzers recommend.
constexpr std::array kWellKnown = {
    "%m [%p] ",
    "%m [%p] %q%u@%d ",
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: db=%d,user=%u,app=%a,client=%h ",
    "%m [%p]: user=%u,db=%d,app=%a,client=%h ",
    "%m [%p] %q[user=%u,db=%d,app=%a] ",
    "%m [%p] %q[user=%u,db=%d,app=%a,host=%h] ",
    "%m [%p] %q%u@%d/%a ",
    "%m [%p] %q%u@%d %a ",
    "%t:%r:%u@%d:[%p]:",
    "%t:%h:%u@%d:[%p]:",
    "%t-%c-",
    "%m [%p][%v] : [%l-1] %q[app=%a] ",
    "%t [%p-%l] %q%u@%d ",
    "%t [%p]: [%l-1] user=%u,db=%d - PG-%e ",
    "%t [%p]: [%l-1] [trx_id=%x] user=%u,db=%d ",
    "%t [%p]: [%l-1] [%x] usr=%u,db=%d,appli=%a ",
    "%t [%p]: [%l-1] user=%u,db=%d ",
    "%t [%p]: [%l-1] ",
    "[%p]: [%l-1] db=%d,user=%u ",
    "%m %r %u %a [%c] [%p] ",
    "%m [%p]: [%l-1] db=%d,user=%u ",
    "pid=%p,user=%u,db=%d,app=%a,client=%h ",
    "user=%u,db=%d,app=%a,client=%h ",
    "%p-%s-%c-%l-%h-%u-%d-%m ",
    "%m [%p][%b][%v][%x] %q[user=%u,db=%d,app=%a] ",
    "%t [%p] %q%u@%d %h ",
    "%m [%p] [queryid=%Q] %u@%d ",
    " sql_error_code = %e ",
    "%t ",
    "%m ",
    "%t [%p] ",
    "%t [%p] %u@%d ",
    "%m [%p] %u@%d ",
    "%n [%p] ",
};

bool digit(char c) {
  return c >= '0' && c <= '9';
}

/// Which escape a name in `name=value` stands for; 0: none known.
char escape_of_name(std::string_view name) {
  struct Known {
    std::string_view name;
    char escape;
  };

  constexpr std::array kNames = {
      Known{"user", 'u'},     Known{"usr", 'u'},         Known{"username", 'u'},
      Known{"u", 'u'},        Known{"db", 'd'},          Known{"dbname", 'd'},
      Known{"database", 'd'}, Known{"d", 'd'},           Known{"app", 'a'},
      Known{"appli", 'a'},    Known{"application", 'a'}, Known{"application_name", 'a'},
      Known{"a", 'a'},        Known{"client", 'h'},      Known{"host", 'h'},
      Known{"remote", 'r'},   Known{"addr", 'h'},        Known{"h", 'h'},
      Known{"pid", 'p'},      Known{"line", 'l'},        Known{"session", 'c'},
      Known{"sid", 'c'},      Known{"trx_id", 'x'},      Known{"txid", 'x'},
      Known{"xid", 'x'},      Known{"vxid", 'v'},        Known{"queryid", 'Q'},
      Known{"query_id", 'Q'}, Known{"sqlstate", 'e'},    Known{"state", 'e'},
      Known{"err", 'e'},      Known{"ps", 'i'},          Known{"tag", 'i'},
      Known{"cmd", 'i'},      Known{"backend", 'b'},     Known{"type", 'b'},
  };
  const auto* found =
      std::find_if(kNames.begin(), kNames.end(), [&](const Known& k) { return k.name == name; });
  return found == kNames.end() ? '\0' : found->escape;
}

/// Where the message tag stands; npos when the line has none.
std::size_t tag_position(std::string_view line) {
  for (std::size_t at = line.find(':'); at != std::string_view::npos && at < 600;
       at = line.find(':', at + 1)) {
    std::size_t from = at;
    while (from > 0 &&
           (static_cast<unsigned char>(line[from - 1]) >= 'A' || digit(line[from - 1])) &&
           line[from - 1] != ']' && line[from - 1] != '[') {
      --from;
    }
    for (std::size_t start = from; start < at; ++start) {
      if (message_tag(line.substr(start))) {
        return start;
      }
    }
  }
  return std::string_view::npos;
}

/// Reads the text before a tag from left to right and writes the escapes it would come from.
class Guess {
 public:
  explicit Guess(std::string_view text) : text_{text} {}

  std::string prefix() {
    while (position_ < text_.size()) {
      if (!(time() || named_value() || session_id() || bracketed() || number() || user_at_db())) {
        const char c = text_[position_++];
        result_ += c == '%' ? "%%" : std::string(1, c);
      }
    }
    return result_;
  }

 private:
  bool word_starts() const {
    return position_ == 0 || !(std::isalnum(static_cast<unsigned char>(text_[position_ - 1])) != 0);
  }

  bool time() {
    if (!word_starts()) {
      return false;
    }
    const auto time = read_time(text_.substr(position_));
    if (!time) {
      return false;
    }
    const bool fraction = text_.substr(position_, time->length).find('.') != std::string_view::npos;
    add(used_.count('m') + used_.count('t') > 0 ? 's' : fraction ? 'm' : 't');
    position_ += time->length;
    return true;
  }

  bool named_value() {
    if (!word_starts()) {
      return false;
    }
    std::size_t end = position_;
    while (end < text_.size() &&
           (std::isalpha(static_cast<unsigned char>(text_[end])) != 0 || text_[end] == '_')) {
      ++end;
    }
    if (end >= text_.size() || text_[end] != '=') {
      return false;
    }
    const char escape = escape_of_name(text_.substr(position_, end - position_));
    if (escape == 0) {
      return false;
    }
    result_ += text_.substr(position_, end + 1 - position_);
    position_ = std::min(text_.find_first_of(",;|] ", end + 1), text_.size());
    add(escape);
    return true;
  }

  /// 6b00f997.4328
  bool session_id() {
    if (!word_starts()) {
      return false;
    }
    constexpr std::string_view kHex = "0123456789abcdef";
    const std::size_t dot = text_.find_first_not_of(kHex, position_);
    if (dot == std::string_view::npos || text_[dot] != '.' || dot - position_ != 8) {
      return false;
    }
    const std::size_t end = std::min(text_.find_first_not_of(kHex, dot + 1), text_.size());
    if (end == dot + 1) {
      return false;
    }
    position_ = end;
    add('c');
    return true;
  }

  /// The first number is the process, one after it the line; others are left to be transactions.
  bool number() {
    if (!word_starts() || !digit(text_[position_])) {
      return false;
    }
    std::size_t end = position_;
    while (end < text_.size() && digit(text_[end])) {
      ++end;
    }
    if (end < text_.size() && (text_[end] == '/' || text_[end] == '.')) {
      const std::size_t stop = std::min(text_.find_first_not_of("0123456789/.", end), text_.size());
      const bool virtual_xid = text_[end] == '/';
      const bool epoch = !virtual_xid && end - position_ == 10;
      position_ = stop;
      add(virtual_xid ? 'v' : epoch ? 'n' : 'h');
      return true;
    }
    if (end < text_.size() && std::isalpha(static_cast<unsigned char>(text_[end])) != 0) {
      return false;
    }
    // `-1` after the line number stands in the setting as it is.
    const bool literal = position_ > 0 && text_[position_ - 1] == '-' && used_.count('l') > 0;
    if (literal) {
      result_ += text_.substr(position_, end - position_);
      position_ = end;
      return true;
    }
    position_ = end;
    add(used_.count('p') == 0 ? 'p' : used_.count('l') == 0 ? 'l' : 'x');
    return true;
  }

  bool bracketed() {
    if (text_[position_] != '[') {
      return false;
    }
    const std::size_t end = text_.find(']', position_);
    if (end != position_ + 1) {
      return false;
    }
    result_ += "[%v]";  // empty in background processes
    position_ = end + 1;
    return true;
  }

  bool user_at_db() {
    if (!word_starts()) {
      return false;
    }
    const std::size_t end = std::min(text_.find_first_of(" :,[]", position_), text_.size());
    const std::string_view word = text_.substr(position_, end - position_);
    const std::size_t at = word.find('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == word.size()) {
      return false;
    }
    add('u');
    result_ += '@';
    add('d');
    position_ = end;
    return true;
  }

  void add(char escape) {
    result_ += '%';
    result_ += escape;
    used_.insert(escape);
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::string result_;
  std::multiset<char> used_;
};

struct Score {
  std::size_t matches = 0;
  int informative = 0;
};

Score score(const LogLinePrefix& prefix, const std::vector<std::string_view>& lines) {
  Score score{0, prefix.informative()};
  PrefixFields fields;
  for (const std::string_view line : lines) {
    score.matches += prefix.match(line, fields) ? 1 : 0;
  }
  return score;
}

/// The best first; those that match no line are dropped. Of equals, the first is the best.
void keep_best(std::vector<LogLinePrefix>& prefixes, const std::vector<std::string_view>& lines,
               std::size_t most) {
  std::vector<std::pair<Score, LogLinePrefix>> scored;
  for (LogLinePrefix& prefix : prefixes) {
    const Score its = score(prefix, lines);
    if (its.matches > 0) {
      scored.emplace_back(its, std::move(prefix));
    }
  }
  std::stable_sort(scored.begin(), scored.end(), [](const auto& a, const auto& b) {
    return std::make_pair(b.first.matches, b.first.informative) <
           std::make_pair(a.first.matches, a.first.informative);
  });
  prefixes.clear();
  for (std::size_t i = 0; i < std::min(most, scored.size()); ++i) {
    prefixes.push_back(std::move(scored[i].second));
  }
}

/// Lines from all over the list.
std::vector<std::string_view> some_of(const std::vector<std::string_view>& lines,
                                      std::size_t most) {
  std::vector<std::string_view> some;
  const std::size_t step = std::max<std::size_t>(1, lines.size() / most);
  for (std::size_t i = 0; i < lines.size(); i += step) {
    some.push_back(lines[i]);
  }
  return some;
}

}  // namespace

std::optional<std::string> prefix_of_line(std::string_view line) {
  const std::size_t tag = tag_position(line);
  if (tag == std::string_view::npos) {
    return std::nullopt;
  }
  return Guess{line.substr(0, tag)}.prefix();
}

std::optional<LogLinePrefix> infer_prefix(const std::vector<std::string_view>& all) {
  constexpr std::size_t kMostLines = 400;
  constexpr std::size_t kGuessed = 40;
  std::vector<std::string_view> lines;
  for (const std::string_view line : all) {
    if (!line.empty() && line.front() != '\t' && lines.size() < kMostLines) {
      lines.push_back(line);
    }
  }
  std::vector<std::string> candidates{kWellKnown.begin(), kWellKnown.end()};
  for (std::size_t i = 0; i < std::min(lines.size(), kGuessed); ++i) {
    if (auto guess = prefix_of_line(lines[i])) {
      if (std::find(candidates.begin(), candidates.end(), *guess) == candidates.end()) {
        candidates.push_back(std::move(*guess));
      }
    }
  }
  std::vector<LogLinePrefix> prefixes;
  for (const std::string& candidate : candidates) {
    prefixes.push_back(LogLinePrefix::compile(candidate));
  }
  constexpr std::size_t kFewLines = 40;
  constexpr std::size_t kFewPrefixes = 6;
  keep_best(prefixes, some_of(lines, kFewLines), kFewPrefixes);
  keep_best(prefixes, lines, 1);
  return prefixes.empty() ? std::nullopt : std::optional{std::move(prefixes.front())};
}

}  // namespace quern::collector
