#include <algorithm>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model::value_text {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Pairs of hexadecimal digits, with any of `separators` skipped.
std::optional<std::string> read_hex(std::string_view text, std::string_view separators) {
  std::string bytes;
  int high = -1;
  for (const char c : text) {
    if (separators.find(c) != std::string_view::npos) {
      continue;
    }
    const int digit = hex_digit(c);
    if (digit < 0) {
      return std::nullopt;
    }
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<char>(high * 16 + digit));
      high = -1;
    }
  }
  return high < 0 ? std::optional{bytes} : std::nullopt;
}

std::string print_hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  }
  return text;
}

constexpr char kIPv4 = 2;
constexpr char kIPv6 = 3;

}  // namespace

std::optional<std::string> read_bytea(std::string_view text) {
  if (text.starts_with("\\x")) {
    return read_hex(text.substr(2), " \n\t\r");
  }
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes.push_back(text[i]);
    } else if (i + 1 < text.size() && text[i + 1] == '\\') {
      bytes.push_back('\\');
      ++i;
    } else if (i + 3 < text.size()) {
      int code = 0;
      for (std::size_t digit = 1; digit <= 3; ++digit) {
        const char c = text[i + digit];
        if (c < '0' || c > '7') {
          return std::nullopt;
        }
        code = code * 8 + (c - '0');
      }
      bytes.push_back(static_cast<char>(code));
      i += 3;
    } else {
      return std::nullopt;
    }
  }
  return bytes;
}

std::string print_bytea(std::string_view bytes) {
  return "\\x" + print_hex(bytes);
}

std::optional<std::string> read_uuid(std::string_view text) {
  const auto bytes = read_hex(trim(text), "-{}");
  return bytes && bytes->size() == 16 ? bytes : std::nullopt;
}

std::string print_uuid(std::string_view bytes) {
  std::string text = print_hex(bytes);
  for (const std::size_t at : {20U, 16U, 12U, 8U}) {
    text.insert(at, "-");
  }
  return text;
}

std::optional<std::string> read_mac(std::string_view text, std::size_t length) {
  auto bytes = read_hex(trim(text), ":-.");
  if (constexpr std::size_t kShort = 6; bytes && length > kShort && bytes->size() == kShort) {
    bytes->insert(kShort / 2, "\xFF\xFE");  // macaddr8_in(): EUI-48 as EUI-64
  }
  return bytes && bytes->size() == length ? bytes : std::nullopt;
}

std::string print_mac(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += fmt::format("{}{:02x}", text.empty() ? "" : ":", static_cast<unsigned char>(byte));
  }
  return text;
}

std::optional<NetworkAddress> read_network(std::string_view text, bool is_cidr) {
  text = trim(text);
  const auto slash = text.find('/');
  std::string address{text.substr(0, slash)};
  const bool six = address.find(':') != std::string::npos;
  if (is_cidr && !six) {
    // cidr allows "10.1" for 10.1.0.0
    for (auto dots = std::count(address.begin(), address.end(), '.'); dots < 3; ++dots) {
      address += ".0";
    }
  }
  const std::int32_t full = six ? 128 : 32;
  NetworkAddress answer{.bytes = std::string(1, six ? kIPv6 : kIPv4), .bits = full};
  unsigned char buffer[16];
  if (inet_pton(six ? AF_INET6 : AF_INET, address.c_str(), buffer) != 1) {
    return std::nullopt;
  }
  answer.bytes.append(reinterpret_cast<const char*>(buffer), six ? 16 : 4);
  if (slash != std::string_view::npos) {
    const auto bits = read_integer(text.substr(slash + 1));
    if (!bits || *bits < 0 || *bits > full) {
      return std::nullopt;
    }
    answer.bits = static_cast<std::int32_t>(*bits);
  }
  return answer;
}

std::string print_network(const NetworkAddress& address, bool is_cidr) {
  const bool six = address.bytes.front() == kIPv6;
  char buffer[INET6_ADDRSTRLEN] = "";
  inet_ntop(six ? AF_INET6 : AF_INET, address.bytes.data() + 1, buffer, sizeof buffer);
  std::string text = buffer;
  if (is_cidr || address.bits != (six ? 128 : 32)) {
    text += "/" + std::to_string(address.bits);
  }
  return text;
}

}  // namespace quern::planner_model::value_text
