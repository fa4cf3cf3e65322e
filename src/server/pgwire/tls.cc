#include "server/pgwire/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error/sql_error.h"

namespace grizzly::server {
namespace {

std::string SslReason() {
  const unsigned long code = ERR_get_error();
  if (code == 0) return "no SSL error reported";
  if (ERR_SYSTEM_ERROR(code)) return strerror(ERR_GET_REASON(code));
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : fmt::format("SSL error code {}", code);
}

[[noreturn]] void Fail(std::string message) {
  throw SqlError(SqlState::kConfigFileError, std::move(message));
}

int ProtocolVersion(const std::string& name) {
  if (name == "TLSv1.2") return TLS1_2_VERSION;
  if (name == "TLSv1.3") return TLS1_3_VERSION;
  ThrowNotSupported(fmt::format("ssl_min_protocol_version \"{}\"", name));
}

void CheckKeyFile(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) {
    Fail(fmt::format("could not access private key file \"{}\": {}", path, strerror(errno)));
  }
  if (!S_ISREG(status.st_mode)) {
    Fail(fmt::format("private key file \"{}\" is not a regular file", path));
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    Fail(fmt::format("private key file \"{}\" must be owned by the database user or root", path));
  }
  const mode_t forbidden =
      status.st_uid == 0 && ::geteuid() != 0 ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO;
  if ((status.st_mode & forbidden) != 0) {
    throw SqlError(SqlState::kConfigFileError,
                   fmt::format("private key file \"{}\" has group or world access", path))
        .Detail("File must have permissions u=rw (0600) or less if owned by the database user, or "
                "permissions u=rw,g=r (0640) or less if owned by root.");
  }
}

}  // namespace

std::shared_ptr<const TlsAcceptor> TlsAcceptor::Load(const TlsSettings& settings) {
  SSL_CTX* ctx = SSL_CTX_new(TLS_server_method());
  if (ctx == nullptr) Fail("could not create SSL context: " + SslReason());
  std::shared_ptr<TlsAcceptor> acceptor(new TlsAcceptor(ctx));
  SSL_CTX_set_min_proto_version(ctx, ProtocolVersion(settings.min_protocol_version));
  SSL_CTX_set_mode(ctx, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                               SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  if (SSL_CTX_set_cipher_list(ctx, settings.ciphers.c_str()) != 1) {
    Fail(fmt::format("could not set the cipher list (no valid ciphers available)"));
  }
  if (SSL_CTX_use_certificate_chain_file(ctx, settings.certificate_file.c_str()) != 1) {
    Fail(fmt::format("could not load server certificate file \"{}\": {}", settings.certificate_file,
                     SslReason()));
  }
  CheckKeyFile(settings.key_file);
  if (SSL_CTX_use_PrivateKey_file(ctx, settings.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    Fail(fmt::format("could not load private key file \"{}\": {}", settings.key_file, SslReason()));
  }
  if (SSL_CTX_check_private_key(ctx) != 1) Fail("check of private key failed: " + SslReason());
  acceptor->ReadCertificateHash();
  return acceptor;
}

TlsAcceptor::~TlsAcceptor() { SSL_CTX_free(ssl_ctx_); }

ssl_st* TlsAcceptor::NewConnection(int socket) const {
  SSL* ssl = SSL_new(ssl_ctx_);
  if (ssl == nullptr || SSL_set_fd(ssl, socket) != 1) {
    SSL_free(ssl);
    throw SqlError(SqlState::kProtocolViolation, "could not initialize SSL connection").Fatal();
  }
  SSL_set_accept_state(ssl);
  return ssl;
}

void TlsAcceptor::ReadCertificateHash() {
  X509* certificate = SSL_CTX_get0_certificate(ssl_ctx_);
  int hash = 0;
  if (certificate == nullptr ||
      X509_get_signature_info(certificate, &hash, nullptr, nullptr, nullptr) != 1) {
    return;  // no known signature hash: SCRAM-SHA-256-PLUS is not offered
  }
  // RFC 5929: MD5 and SHA-1 are replaced by SHA-256.
  const EVP_MD* digest =
      hash == NID_md5 || hash == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(hash);
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (digest != nullptr && X509_digest(certificate, digest, bytes, &size) == 1) {
    certificate_hash_.assign(reinterpret_cast<char*>(bytes), size);
  }
}

}  // namespace grizzly::server
