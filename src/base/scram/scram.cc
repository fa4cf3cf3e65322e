#include "base/scram/scram.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <unicode/usprep.h>
#include <unicode/ustring.h>

#include <charconv>

#include "base/error/check.h"
#include "base/utf8/utf8.h"

namespace grizzly::scram {
namespace {

constexpr std::string_view kPrefix = "SCRAM-SHA-256$";
constexpr int kPasswordUnitsMax = 4096;

bool IsAscii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
}

std::string Prepared(std::string_view password) {
  const std::string as_given(password);
  if (IsAscii(password) || ValidUtf8Prefix(password) != password.size()) return as_given;
  UErrorCode status = U_ZERO_ERROR;
  UChar source[kPasswordUnitsMax], prepared[kPasswordUnitsMax];
  int32_t source_units = 0;
  u_strFromUTF8(source, kPasswordUnitsMax, &source_units, password.data(),
                static_cast<int32_t>(password.size()), &status);
  UStringPrepProfile* profile = usprep_openByType(USPREP_RFC4013_SASLPREP, &status);
  const int32_t units = usprep_prepare(profile, source, source_units, prepared, kPasswordUnitsMax,
                                       USPREP_DEFAULT, nullptr, &status);
  if (profile != nullptr) usprep_close(profile);
  if (U_FAILURE(status) || units == 0) return as_given;
  std::string text(static_cast<size_t>(units) * 3, '\0');
  int32_t bytes = 0;
  u_strToUTF8(text.data(), static_cast<int32_t>(text.size()), &bytes, prepared, units, &status);
  if (U_FAILURE(status)) return as_given;
  text.resize(bytes);
  return text;
}

Key SaltedPassword(std::string_view password, std::string_view salt, int iterations) {
  const std::string prepared = Prepared(password);
  Key key;
  const int done = PKCS5_PBKDF2_HMAC(prepared.data(), static_cast<int>(prepared.size()),
                                     reinterpret_cast<const uint8_t*>(salt.data()),
                                     static_cast<int>(salt.size()), iterations, EVP_sha256(),
                                     static_cast<int>(key.size()), key.data());
  GRIZZLY_CHECK(done == 1);
  return key;
}

std::optional<Key> DecodeKey(std::string_view text) {
  const std::optional<std::string> bytes = DecodeBase64(text);
  if (!bytes || bytes->size() != kKeyBytes) return std::nullopt;
  Key key;
  std::memcpy(key.data(), bytes->data(), kKeyBytes);
  return key;
}

}  // namespace

Key Hash(std::string_view bytes) {
  Key key;
  unsigned size = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), key.data(), &size, EVP_sha256(), nullptr);
  GRIZZLY_CHECK(done == 1 && size == kKeyBytes);
  return key;
}

Key Hmac(std::string_view key, std::string_view bytes) {
  Key result;
  unsigned size = 0;
  const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(),
                          result.data(), &size);
  GRIZZLY_CHECK(done != nullptr && size == kKeyBytes);
  return result;
}

bool Equal(const Key& a, const Key& b) { return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0; }

void FillRandom(void* bytes, size_t size) {
  const int done = RAND_bytes(static_cast<uint8_t*>(bytes), static_cast<int>(size));
  GRIZZLY_CHECK(done == 1);
}

std::string EncodeBase64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<uint8_t*>(text.data()),
                                   reinterpret_cast<const uint8_t*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(size);
  return text;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.empty()) return std::string();
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<uint8_t*>(bytes.data()),
                                   reinterpret_cast<const uint8_t*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const size_t padding = text.ends_with("==") ? 2 : (text.ends_with("=") ? 1 : 0);
  bytes.resize(size - padding);
  return bytes;
}

Verifier MakeVerifier(std::string_view password, std::string_view salt, int iterations) {
  const Key salted = SaltedPassword(password, salt, iterations);
  Verifier verifier;
  verifier.iterations = iterations;
  verifier.salt = salt;
  verifier.stored_key = Hash(View(Hmac(View(salted), "Client Key")));
  verifier.server_key = Hmac(View(salted), "Server Key");
  return verifier;
}

std::string BuildVerifier(std::string_view password) {
  char salt[kSaltBytes];
  FillRandom(salt, sizeof(salt));
  return FormatVerifier(MakeVerifier(password, {salt, sizeof(salt)}, kIterations));
}

std::string FormatVerifier(const Verifier& verifier) {
  return fmt::format("{}{}:{}${}:{}", kPrefix, verifier.iterations, EncodeBase64(verifier.salt),
                     EncodeBase64(View(verifier.stored_key)),
                     EncodeBase64(View(verifier.server_key)));
}

std::optional<Verifier> ParseVerifier(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  const size_t salt_at = text.find(':');
  const size_t keys_at = text.find('$');
  if (salt_at == std::string_view::npos || keys_at == std::string_view::npos || keys_at < salt_at) {
    return std::nullopt;
  }
  const size_t server_at = text.find(':', keys_at);
  if (server_at == std::string_view::npos) return std::nullopt;
  Verifier verifier;
  const auto number = std::from_chars(text.data(), text.data() + salt_at, verifier.iterations);
  const auto salt = DecodeBase64(text.substr(salt_at + 1, keys_at - salt_at - 1));
  const auto stored = DecodeKey(text.substr(keys_at + 1, server_at - keys_at - 1));
  const auto server = DecodeKey(text.substr(server_at + 1));
  if (number.ec != std::errc() || number.ptr != text.data() + salt_at || verifier.iterations < 1 ||
      !salt || !stored || !server) {
    return std::nullopt;
  }
  verifier.salt = *salt;
  verifier.stored_key = *stored;
  verifier.server_key = *server;
  return verifier;
}

bool PasswordMatches(const Verifier& verifier, std::string_view password) {
  return Equal(MakeVerifier(password, verifier.salt, verifier.iterations).server_key,
               verifier.server_key);
}

}  // namespace grizzly::scram
