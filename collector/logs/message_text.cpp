#include "collector/logs/message_text.hpp"

#include <algorithm>
#include <charconv>

#include "collector/logs/translated_message.hpp"
#include "collector/sql/lexer.hpp"

namespace quern::collector {

namespace {

inline bool starts(std::string_view text, std::string_view with) {
  return text.size() >= with.size() &&
         std::char_traits<char>::compare(text.data(), with.data(), with.size()) == 0;
}

inline bool take(std::string_view& text, std::string_view with) {
  if (!starts(text, with)) {
    return false;
  }
  text.remove_prefix(with.size());
  return true;
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
}

bool digit(char c) {
  return c >= '0' && c <= '9';
}

/// `1234.567 ms`, to the microsecond.
std::optional<Microseconds> take_milliseconds(std::string_view& text) {
  constexpr std::size_t kMostDigits = 16;
  std::int64_t value = 0;
  std::size_t i = 0;
  for (const std::size_t most = std::min(text.size(), kMostDigits); i < most && digit(text[i]);
       ++i) {
    value = value * 10 + (text[i] - '0');
  }
  if (i == 0) {
    return std::nullopt;
  }
  value *= 1000;
  if (i < text.size() && (text[i] == '.' || text[i] == ',')) {
    ++i;
    for (std::int64_t unit = 100; i < text.size() && digit(text[i]); ++i) {
      value += unit * (text[i] - '0');
      unit = unit == 100 ? 10 : unit == 10 ? 1 : 0;
    }
  }
  if (text.size() < i + 3 || text[i] != ' ' || text[i + 1] != 'm' || text[i + 2] != 's') {
    return std::nullopt;
  }
  text.remove_prefix(i + 3);
  return Microseconds{value};
}

MessageText statement(MessageKind kind, std::optional<Microseconds> duration,
                      std::string_view text) {
  return MessageText{text.empty() ? MessageKind::Other : kind, duration, text};
}

/// The SQL after `NAME: `; portal and statement names may hold anything but are never long.
MessageText named(MessageKind kind, std::optional<Microseconds> duration, std::string_view text) {
  constexpr std::size_t kLongestName = 160;
  const std::size_t colon = text.substr(0, kLongestName).find(": ");
  if (colon == std::string_view::npos) {
    return {};
  }
  MessageText message = statement(kind, duration, text.substr(colon + 2));
  message.name = text.substr(0, colon);
  return message;
}

MessageText statement_message(std::string_view text, std::optional<Microseconds> duration) {
  switch (text.empty() ? '\0' : text.front()) {
    case 's':
      if (take(text, "statement: ")) {
        return statement(MessageKind::Statement, duration, text);
      }
      break;
    case 'e':
      if (take(text, "execute fetch from ")) {
        return named(MessageKind::Fetch, duration, text);
      }
      if (take(text, "execute ")) {
        return named(MessageKind::Execute, duration, text);
      }
      break;
    case 'p':
    case 'b':
      if (duration && (take(text, "parse ") || take(text, "bind "))) {
        return named(MessageKind::ProtocolStep, duration, text);
      }
      break;
    default:
      break;
  }
  return {};
}

MessageText duration_message(std::string_view text) {
  const auto duration = take_milliseconds(text);
  if (!duration) {
    return {};
  }
  skip_blanks(text);
  if (text.empty()) {
    return MessageText{MessageKind::BareDuration, duration};
  }
  if (take(text, "plan:")) {
    return MessageText{MessageKind::Plan, duration, text};
  }
  return statement_message(text, duration);
}

MessageText lock_message(std::string_view text) {
  const std::size_t after = text.rfind(" after ");
  if (after == std::string_view::npos) {
    return {};
  }
  std::string_view time = text.substr(after + 7);
  const auto duration = take_milliseconds(time);
  if (!duration) {
    return {};
  }
  if (text.find(" still waiting for ") != std::string_view::npos) {
    return MessageText{MessageKind::LockWait, duration};
  }
  if (text.find(" acquired ") != std::string_view::npos) {
    return MessageText{MessageKind::LockAcquired, duration};
  }
  return {};
}

MessageText temporary_file(std::string_view text) {
  const std::size_t size = text.rfind(", size ");
  MessageText message{MessageKind::TemporaryFile};
  if (size != std::string_view::npos) {
    const std::string_view digits = text.substr(size + 7);
    std::from_chars(digits.data(), digits.data() + digits.size(), message.bytes);
  }
  return message;
}

bool same_word(const Token& token, std::string_view upper) {
  if (token.kind != TokenKind::Word || token.text.size() != upper.size()) {
    return false;
  }
  for (std::size_t i = 0; i < upper.size(); ++i) {
    const char c = token.text[i];
    if ((c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c) != upper[i]) {
      return false;
    }
  }
  return true;
}

std::string_view without_end(std::string_view sql) {
  while (!sql.empty() && (sql.back() == ';' || sql.back() == ' ' || sql.back() == '\n')) {
    sql.remove_suffix(1);
  }
  return sql;
}

}  // namespace

MessageText read_message(std::string_view message) {
  std::string_view text = message;
  switch (text.empty() ? '\0' : text.front()) {
    case 'd':
      if (take(text, "duration: ")) {
        return duration_message(text);
      }
      break;
    case 's':
    case 'e':
      if (const MessageText found = statement_message(text, std::nullopt);
          found.kind != MessageKind::Other) {
        return found;
      }
      break;
    case 't':
      if (starts(text, "temporary file: ")) {
        return temporary_file(text);
      }
      break;
    case 'p':
      if (starts(text, "process ")) {
        return lock_message(text);
      }
      break;
    case 'c':
      if (starts(text, "checkpoint complete")) {
        return MessageText{MessageKind::Checkpoint};
      }
      if (starts(text, "connection authorized")) {
        return MessageText{MessageKind::Connection};
      }
      break;
    case 'r':
      if (starts(text, "restartpoint complete")) {
        return MessageText{MessageKind::Checkpoint};
      }
      break;
    case 'a':
      if (starts(text, "automatic ")) {
        return MessageText{MessageKind::Autovacuum};
      }
      break;
    default:
      break;
  }
  return read_translated(message).value_or(MessageText{});
}

std::string_view prepared_query(std::string_view text) {
  Lexer lexer{text};
  if (!same_word(lexer.next(), "PREPARE")) {
    return text;
  }
  int depth = 0;
  for (Token token = lexer.next(); token.kind != TokenKind::End; token = lexer.next()) {
    depth += token.text == "(" ? 1 : token.text == ")" ? -1 : 0;
    if (depth == 0 && same_word(token, "AS")) {
      const Token first = lexer.next();
      return without_end(text.substr(first.offset));
    }
  }
  return text;
}

std::string parameters_of_execute(std::string_view sql) {
  Lexer lexer{sql};
  lexer.next();  // EXECUTE
  lexer.next();  // its name
  if (lexer.next().text != "(") {
    return {};
  }
  std::string list = "parameters: ";
  for (int number = 1;; ++number) {
    Token token = lexer.next();
    std::string value;
    const bool negative = token.text == "-";
    if (negative) {
      token = lexer.next();
    }
    if (token.kind == TokenKind::String && token.text.front() == '\'') {
      value = token.text;
    } else if (token.kind == TokenKind::Number) {
      value = std::string{negative ? "'-" : "'"} + std::string{token.text} + "'";
    } else if (same_word(token, "NULL")) {
      value = "NULL";
    } else if (same_word(token, "TRUE") || same_word(token, "FALSE")) {
      value = std::string{"'"} + std::string{token.text} + "'";
    } else {
      return {};
    }
    list += (number > 1 ? ", $" : "$") + std::to_string(number) + " = " + value;
    const Token after = lexer.next();
    if (after.text == ")") {
      return list;
    }
    if (after.text != ",") {
      return {};
    }
  }
}

}  // namespace quern::collector
