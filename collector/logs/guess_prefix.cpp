#include "collector/logs/guess_prefix.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "collector/base/time_text.hpp"

namespace quern::collector {

namespace {

bool digit(char c) {
  return c >= '0' && c <= '9';
}

void take_name(std::string_view text, std::string_view label, std::set<std::string>& names) {
  const std::size_t at = text.find(label);
  if (at != std::string_view::npos) {
    text.remove_prefix(at + label.size());
    std::size_t end = text.size();
    for (const std::string_view next :
         {" database=", " application_name=", " SSL enabled", " GSS ", "\n"}) {
      end = std::min(end, text.find(next));
    }
    names.emplace(text.substr(0, end));
  }
}

/// Reads the text before a tag from left to right and writes the escapes it would come from.
class Guess {
 public:
  /// `words`: a word that says nothing by its form may be another one in the next line.
  explicit Guess(std::string_view text, const KnownNames& names, bool words)
      : text_{text}, names_{names}, words_{words} {}

  std::string prefix() {
    while (position_ < text_.size()) {
      if (!(time() || named_value() || session_id() || placeholder() || bracketed() || number() ||
            user_at_db() || backend_type() || (words_ && word()))) {
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

  /// `user=web`, `user = "web"`, `user: web`, with what the setting has around the value.
  bool named_value() {
    if (!word_starts()) {
      return false;
    }
    std::size_t end = position_;
    while (end < text_.size() &&
           (std::isalpha(static_cast<unsigned char>(text_[end])) != 0 || text_[end] == '_')) {
      ++end;
    }
    const char escape = escape_of_name(text_.substr(position_, end - position_));
    std::size_t value = after_blanks(end);
    const bool named = value < text_.size() && (text_[value] == '=' || text_[value] == ':');
    value += named ? 1 : 0;
    if (escape != 0 && named && padded_value(value, escape)) {
      return true;
    }
    if (text_.substr(value, 1) == " " && text_.substr(after_blanks(value), 1) != "") {
      value = after_blanks(value);
    }
    while (text_.substr(value, 1) == "\"") {
      ++value;
    }
    const std::string_view joint = text_.substr(end, value - end);
    if (escape == 0 || !named) {
      return false;
    }
    result_ += text_.substr(position_, value - position_);
    const bool empty_quotes = joint.size() > 1 && joint.substr(joint.size() - 2) == "\"\"";
    if (empty_quotes) {
      result_.pop_back();
      --value;
    }
    if (const auto time = read_time(text_.substr(value)); time || escape == 'b') {
      position_ = value;
      if (time) {
        position_ += time->length;
        add(escape);
        return true;
      }
      if (backend_type()) {
        return true;
      }
    }
    const bool quoted = joint.back() == '"';
    // [local] and [unknown] are values.
    const std::size_t from = text_.substr(value, 1) == "["
                                 ? std::min(text_.find(']', value), text_.size() - 1) + 1
                                 : value;
    position_ = std::min(text_.find_first_of(quoted ? "\"" : ",;|] ", from), text_.size());
    if (empty_quotes) {
      position_ = value;
    }
    add(escape);
    return true;
  }

  /// `user=web     ,` and `user=     web,`: the blanks belong to the value, which another line may
  /// fill.
  bool padded_value(std::size_t from, char escape) {
    const std::size_t begin = after_blanks(from);
    const std::size_t blank = std::min(text_.find_first_of(" ,;|]", begin), text_.size());
    const std::size_t end = after_blanks(blank);
    const bool ends =
        end < text_.size() && std::string_view{",;|]"}.find(text_[end]) != std::string_view::npos;
    const bool left = begin > from + 1 || (begin > from && ends && begin == end);
    if (!left && !(ends && end > blank)) {
      return false;
    }
    result_ += text_.substr(position_, from - position_);
    position_ = ends ? end : blank;
    const std::string width = std::to_string(position_ - from);
    add(escape, left && begin < end ? width : "-" + width);
    return true;
  }

  [[nodiscard]] std::size_t after_blanks(std::size_t from) const {
    return std::min(text_.find_first_not_of(' ', from), text_.size());
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
    const bool negative =
        text_[position_] == '-' && position_ + 1 < text_.size() && digit(text_[position_ + 1]);
    if (!word_starts() || !(digit(text_[position_]) || negative)) {
      return false;
    }
    std::size_t end = position_ + (negative ? 1 : 0);
    while (end < text_.size() && digit(text_[end])) {
      ++end;
    }
    constexpr std::size_t kLongestOther = 11;  // of process, line and transaction numbers
    if (end - position_ > kLongestOther && (end == text_.size() || text_[end] != '.')) {
      const std::string padding = padding_of(end - position_, end);
      position_ = end;
      add('Q', padding);
      return true;
    }
    if (negative) {
      return false;
    }
    if (end < text_.size() && (text_[end] == '/' || text_[end] == '.')) {
      std::size_t stop = std::min(text_.find_first_not_of("0123456789/.", end), text_.size());
      const bool virtual_xid = text_[end] == '/';
      const bool epoch = !virtual_xid && end - position_ == 10;
      const std::string padding = padding_of(stop - position_, stop);
      position_ = stop;
      add(virtual_xid ? 'v' : epoch ? 'n' : 'h', padding);
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
    const std::string_view digits = text_.substr(position_, end - position_);
    const bool zero = digits == "0";
    const bool state = digits == "00000";
    const std::string padding = padding_of(end - position_, end);
    position_ = end;
    add(state                   ? 'e'
        : zero                  ? 'x'
        : used_.count('p') == 0 ? 'p'
        : used_.count('l') == 0 ? 'l'
                                : 'x',
        padding);
    return true;
  }

  /// `[    36]` is `[%6p]`, `[36    ]` is `[%-6p]`: the width, and the blanks as part of it.
  std::string padding_of(std::size_t digits, std::size_t& end) {
    std::size_t before = 0;
    while (before < result_.size() && result_[result_.size() - 1 - before] == ' ') {
      ++before;
    }
    const bool opened = before < result_.size() && result_[result_.size() - 1 - before] == '[';
    before -= opened || before == 0 ? 0 : 1;
    if (before > 0) {
      result_.erase(result_.size() - before);
      return std::to_string(before + digits);
    }
    std::size_t after = std::min(text_.find_first_not_of(' ', end), text_.size()) - end;
    const bool closed = end + after < text_.size() && text_[end + after] == ']';
    after -= closed || after == 0 ? 0 : 1;
    if (after == 0) {
      return {};
    }
    const std::size_t width = digits + after;
    end += after;
    return "-" + std::to_string(width);
  }

  /// What the server writes for a client without address, and for names before they are known.
  bool placeholder() {
    for (const std::string_view words : {"[local]", "[unknown]"}) {
      if (text_.substr(position_, words.size()) == words) {
        const bool address = words == "[local]" && used_.count('h') == 0;
        if (!address && !words_) {
          return false;
        }
        std::size_t end = position_ + words.size();
        const std::string padding = padding_of(words.size(), end);
        position_ = end;
        add(address ? 'h' : 'i', padding);
        return true;
      }
    }
    return false;
  }

  /// GetBackendTypeDesc(), PostgreSQL 15, src/backend/utils/init/miscinit.c: those of two words.
  bool backend_type() {
    constexpr std::array<std::string_view, 9> kTypes = {"client backend",
                                                        "autovacuum worker",
                                                        "autovacuum launcher",
                                                        "background writer",
                                                        "logical replication worker",
                                                        "logical replication launcher",
                                                        "background worker",
                                                        "parallel worker",
                                                        "not initialized"};
    if (!word_starts() || used_.count('b') > 0) {
      return false;
    }
    for (const std::string_view type : kTypes) {
      if (text_.substr(position_, type.size()) == type) {
        position_ += type.size();
        add('b');
        return true;
      }
    }
    return false;
  }

  bool bracketed() {
    if (text_[position_] != '[') {
      return false;
    }
    std::size_t end = position_;
    int depth = 0;
    do {
      depth += text_[end] == '[' ? 1 : text_[end] == ']' ? -1 : 0;
      ++end;
    } while (end < text_.size() && depth > 0);
    const std::string_view inner = text_.substr(position_ + 1, end - position_ - 2);
    const std::size_t from = inner.find_first_not_of(' ');
    if (depth > 0 || (from == std::string_view::npos && !inner.empty() && !words_)) {
      return false;
    }
    const std::string width = std::to_string(inner.size());
    if (from == std::string_view::npos) {  // empty in background processes
      result_ += inner.empty() ? "[%v]" : "[%" + width + "v]";
      position_ = end;
      return true;
    }
    const std::size_t to = inner.find_last_not_of(' ') + 1;
    const bool by_form =
        digit(inner[from]) || inner.find_first_of("=@,:/") != std::string_view::npos;
    if (!words_ || by_form) {
      return false;
    }
    // Words in brackets are one value, whatever stands in it: `[client backend]`, `[[local]]`.
    result_ += '[';
    add(escape_of_word(std::string{inner.substr(from, to - from)}), from > 0 ? width
                                                                    : to < inner.size()
                                                                        ? "-" + width
                                                                        : "");
    result_ += ']';
    position_ = end;
    return true;
  }

  [[nodiscard]] char escape_of_word(const std::string& word) const {
    return names_.users.count(word) > 0 && used_.count('u') == 0          ? 'u'
           : names_.databases.count(word) > 0 && used_.count('d') == 0    ? 'd'
           : names_.applications.count(word) > 0 && used_.count('a') == 0 ? 'a'
                                                                          : 'i';
  }

  bool user_at_db() {
    if (!word_starts()) {
      return false;
    }
    const std::size_t end = std::min(text_.find_first_of(" :,[]/", position_), text_.size());
    const std::string_view word = text_.substr(position_, end - position_);
    const std::size_t at = word.find('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == word.size()) {
      return false;
    }
    add('u');
    result_ += '@';
    add('d');
    position_ = end;
    if (text_.substr(end, 1) == "/") {
      result_ += '/';
      add('a');
      position_ = std::min(text_.find_first_of(" :,[]", end), text_.size());
    }
    return true;
  }

  /// A name that the log's own messages tell is a user's or a database's, or any word.
  bool word() {
    const auto part = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
    };
    std::size_t end = position_;
    while (end < text_.size() && part(text_[end])) {
      ++end;
    }
    if (!word_starts() || end == position_) {
      return false;
    }
    const std::string word{text_.substr(position_, end - position_)};
    // Blanks that pad a value are none of the setting's own; the matcher leaves them out.
    const std::size_t after = std::min(text_.find_first_not_of(' ', end), text_.size());
    const bool closed = after < text_.size() &&
                        std::string_view{"|:,"}.find(text_[after]) != std::string_view::npos;
    const bool pads = after - end > 1 || (after > end && closed);
    position_ = !pads ? end : closed ? after : after - 1;
    const std::size_t before = result_.find_last_not_of(' ') + 1;
    if (result_.size() - before > 1 || (before > 0 && result_[before - 1] == '|')) {
      const bool field = before > 0 && result_[before - 1] == '|';
      result_.erase(before + (field ? 0 : 1));
    }
    add(escape_of_word(word));
    return true;
  }

  void add(char escape, const std::string& padding = {}) {
    result_ += '%' + padding;
    result_ += escape;
    used_.insert(escape);
  }

  std::string_view text_;
  const KnownNames& names_;
  bool words_;
  std::size_t position_ = 0;
  std::string result_;
  std::multiset<char> used_;
};

}  // namespace

char escape_of_name(std::string_view name) {
  struct Known {
    std::string_view name;
    char escape;
  };

  constexpr std::array kNames = {
      Known{"user", 'u'},
      Known{"usr", 'u'},
      Known{"username", 'u'},
      Known{"u", 'u'},
      Known{"db", 'd'},
      Known{"dbname", 'd'},
      Known{"database", 'd'},
      Known{"d", 'd'},
      Known{"app", 'a'},
      Known{"appli", 'a'},
      Known{"application", 'a'},
      Known{"application_name", 'a'},
      Known{"a", 'a'},
      Known{"client", 'h'},
      Known{"host", 'h'},
      Known{"remote", 'r'},
      Known{"addr", 'h'},
      Known{"h", 'h'},
      Known{"pid", 'p'},
      Known{"line", 'l'},
      Known{"session", 'c'},
      Known{"sid", 'c'},
      Known{"trx_id", 'x'},
      Known{"txid", 'x'},
      Known{"xid", 'x'},
      Known{"vxid", 'v'},
      Known{"queryid", 'Q'},
      Known{"query_id", 'Q'},
      Known{"sqlstate", 'e'},
      Known{"state", 'e'},
      Known{"err", 'e'},
      Known{"ps", 'i'},
      Known{"tag", 'i'},
      Known{"cmd", 'i'},
      Known{"backend", 'b'},
      Known{"type", 'b'},
      Known{"sql_error_code", 'e'},
      Known{"session_id", 'c'},
      Known{"vtid", 'v'},
      Known{"tid", 'x'},
      Known{"log_line", 'l'},
      Known{"connection_source", 'r'},
      Known{"proc", 'p'},
      Known{"process", 'p'},
      Known{"backend_type", 'b'},
      Known{"command_tag", 'i'},
      Known{"qid", 'Q'},
      Known{"leader", 'P'},
      Known{"leader_pid", 'P'},
      Known{"remote_host", 'h'},
      Known{"dbid", 'd'},
      Known{"role", 'u'},
      Known{"command", 'i'},
      Known{"line_num", 'l'},
      Known{"vxact", 'v'},
      Known{"xact", 'x'},
      Known{"start", 's'},
  };
  const auto* found =
      std::find_if(kNames.begin(), kNames.end(), [&](const Known& k) { return k.name == name; });
  return found == kNames.end() ? '\0' : found->escape;
}

KnownNames::KnownNames(const std::vector<std::string_view>& lines) {
  for (const std::string_view line : lines) {
    const std::size_t at = line.find("connection authorized: user=");
    if (at != std::string_view::npos) {
      take_name(line.substr(at), "user=", users);
      take_name(line.substr(at), "database=", databases);
      take_name(line.substr(at), "application_name=", applications);
    }
  }
}

std::string guess_prefix(std::string_view text, const KnownNames& names, bool words) {
  return Guess{text, names, words}.prefix();
}

}  // namespace quern::collector
