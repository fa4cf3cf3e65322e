// What a connection's TLS was agreed to be: pg_stat_ssl.
#pragma once

#include <string>

namespace grizzly::session {

struct TlsParameters {
  std::string version;  // "TLSv1.3"
  std::string cipher;
  int bits = 0;
};

}  // namespace grizzly::session
