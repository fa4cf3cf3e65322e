// The server's certificate and TLS settings, loaded once and at SIGHUP.
//
// ERRORS   F0000 config_file_error in PostgreSQL's words: unreadable certificate, key that does not
//          match or that others may read.
// THREADS  immutable once loaded; connections hold a share of it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace grizzly::server {

struct TlsSettings {
  std::string certificate_file;
  std::string key_file;
  std::string ciphers = "HIGH:MEDIUM:+3DES:!aNULL";
  std::string min_protocol_version = "TLSv1.2";
};

class TlsAcceptor {
 public:
  static std::shared_ptr<const TlsAcceptor> Load(const TlsSettings& settings);
  ~TlsAcceptor();
  TlsAcceptor(const TlsAcceptor&) = delete;
  TlsAcceptor& operator=(const TlsAcceptor&) = delete;

  // A connection's state, to be freed by SSL_free.
  ssl_st* NewConnection(int socket) const;
  // The hash of the certificate that SCRAM-SHA-256-PLUS binds to (RFC 5929, tls-server-end-point).
  std::string_view certificate_hash() const { return certificate_hash_; }

 private:
  explicit TlsAcceptor(ssl_ctx_st* settings) : ssl_ctx_(settings) {}
  void ReadCertificateHash();

  ssl_ctx_st* const ssl_ctx_;
  std::string certificate_hash_;
};

}  // namespace grizzly::server
