// md5(), sha224() ... sha512(), through OpenSSL.
#include <openssl/evp.h>

#include "base/error/check.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "types/bytea.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

std::string Digest(const EVP_MD* algorithm, View bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  GRIZZLY_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest, &size, algorithm, nullptr) == 1);
  return std::string(reinterpret_cast<const char*>(digest), size);
}

std::string Md5(View bytes) {
  std::string hex;
  types::AppendHex(hex, Digest(EVP_md5(), bytes));
  return hex;
}
template <const EVP_MD* (*algorithm)()>
std::string Sha(View bytes) {
  return Digest(algorithm(), bytes);
}

}  // namespace

void RegisterDigests(Registry& registry) {
  registry.AddScalar("md5_text", Cold<&Md5>);
  registry.AddScalar("md5_bytea", Cold<&Md5>);
  registry.AddScalar("sha224_bytea", Cold<&Sha<&EVP_sha224>>);
  registry.AddScalar("sha256_bytea", Cold<&Sha<&EVP_sha256>>);
  registry.AddScalar("sha384_bytea", Cold<&Sha<&EVP_sha384>>);
  registry.AddScalar("sha512_bytea", Cold<&Sha<&EVP_sha512>>);
}

}  // namespace grizzly::functions
