// SCRAM-SHA-256 secrets: what CREATE ROLE ... PASSWORD stores and what login checks against.
//
// FORMAT   as in pg_authid.rolpassword: SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>,
//          the last three in base64
// ERRORS   XX000 when the random generator or the hash fails
// THREADS  free functions without state
// SOURCE   RFC 5802, RFC 7677; RFC 4013 (SASLprep of the password; one it does not allow is taken
//          as it is, as PostgreSQL does)
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace grizzly::scram {

inline constexpr int kIterations = 4096;
inline constexpr size_t kSaltBytes = 16;
inline constexpr size_t kKeyBytes = 32;

using Key = std::array<uint8_t, kKeyBytes>;

struct Verifier {
  int iterations = kIterations;
  std::string salt;  // raw
  Key stored_key{};
  Key server_key{};
};

// A verifier with a fresh salt, in the stored form.
std::string BuildVerifier(std::string_view password);
Verifier MakeVerifier(std::string_view password, std::string_view salt, int iterations);
std::string FormatVerifier(const Verifier& verifier);
// Nothing when `text` is not in the stored form.
std::optional<Verifier> ParseVerifier(std::string_view text);
bool PasswordMatches(const Verifier& verifier, std::string_view password);

// ---- the pieces, for the exchange in server/auth ----
Key Hash(std::string_view bytes);
Key Hmac(std::string_view key, std::string_view bytes);
inline std::string_view View(const Key& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}
// In time that does not depend on where they differ.
bool Equal(const Key& a, const Key& b);
void FillRandom(void* bytes, size_t size);
std::string EncodeBase64(std::string_view bytes);
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace grizzly::scram
