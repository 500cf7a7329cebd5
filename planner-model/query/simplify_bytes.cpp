// Functions of bytes over constants: cryptohashfuncs.c, encode.c, varlena.c.
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

#include "planner-model/query/listed_functions.hpp"
#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model {

namespace {

Value bytes_value(std::string_view bytes) {
  return {.type = type_oid::kBytea,
          .form = ValueForm::Bytes,
          .text = value_text::print_bytea(bytes),
          .bytes = std::string{bytes}};
}

/// Without \x before it.
std::string hexadecimal(std::string_view bytes) {
  return value_text::print_bytea(bytes).substr(2);
}

/// nullopt where the library does not offer the algorithm, as MD5 under FIPS.
std::optional<std::string> digest(std::string_view bytes, const EVP_MD* algorithm) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> answer{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), answer.data(), &length, algorithm, nullptr) != 1) {
    return std::nullopt;
  }
  return std::string{answer.begin(), answer.begin() + length};
}

std::optional<Value> md5_of(std::string_view bytes, Oid result) {
  const auto sum = digest(bytes, EVP_md5());
  return sum ? std::optional{make_text(hexadecimal(*sum), result)} : std::nullopt;
}

std::optional<Value> md5_of_text(Arguments args, Oid result, const FoldContext&) {
  return md5_of(args[0].text, result);
}

std::optional<Value> md5_of_bytes(Arguments args, Oid result, const FoldContext&) {
  return md5_of(args[0].bytes, result);
}

template <const EVP_MD* (*algorithm)()>
std::optional<Value> sha2(Arguments args, Oid, const FoldContext&) {
  const auto sum = digest(args[0].bytes, algorithm());
  return sum ? std::optional{bytes_value(*sum)} : std::nullopt;
}

/// Lines of 76 letters, as pg_base64_encode() breaks them.
std::string base64(std::string_view bytes) {
  constexpr std::size_t kLine = 76;
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  for (std::size_t at = kLine; at < text.size(); at += kLine + 1) {
    text.insert(at, "\n");
  }
  return text;
}

std::optional<Value> encode(Arguments args, Oid result, const FoldContext&) {
  const std::string& format = args[1].text;
  return format == "hex"      ? std::optional{make_text(hexadecimal(args[0].bytes), result)}
         : format == "base64" ? std::optional{make_text(base64(args[0].bytes), result)}
                              : std::nullopt;
}

std::optional<Value> decode(Arguments args, Oid, const FoldContext&) {
  const auto bytes =
      args[1].text == "hex" ? value_text::read_bytea("\\x" + args[0].text) : std::nullopt;
  return bytes ? std::optional{bytes_value(*bytes)} : std::nullopt;
}

std::optional<Value> convert_to(Arguments args, Oid, const FoldContext&) {
  const bool is_utf8 = args[1].text == "UTF8" || args[1].text == "utf8" || args[1].text == "UTF-8";
  return is_utf8 ? std::optional{bytes_value(args[0].text)} : std::nullopt;
}

std::optional<Value> concatenated(Arguments args, Oid, const FoldContext&) {
  return bytes_value(args[0].bytes + args[1].bytes);
}

std::optional<Value> octets_in(Arguments args, Oid, const FoldContext&) {
  return make_integer(static_cast<std::int64_t>(args[0].bytes.size()));
}

}  // namespace

const FunctionList& byte_functions() {
  static const FunctionList list{
      {"md5", "t", md5_of_text},         {"md5", "y", md5_of_bytes},
      {"sha224", "y", sha2<EVP_sha224>}, {"sha256", "y", sha2<EVP_sha256>},
      {"sha384", "y", sha2<EVP_sha384>}, {"sha512", "y", sha2<EVP_sha512>},
      {"encode", "yt", encode},          {"decode", "tt", decode},
      {"convert_to", "tt", convert_to},  {"byteacat", "yy", concatenated},
      {"length", "y", octets_in},        {"octet_length", "y", octets_in},
  };
  return list;
}

}  // namespace quern::planner_model
