# One imported target per outside library, all from Debian 12 (tools/install_dependencies.sh).
# Which module may use which is in tools/lint/doors.txt.

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost 1.81 REQUIRED)  # headers only: Asio and Beast
find_package(RocksDB 7 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-i18n icu-uc)
pkg_check_modules(LIBXML2 REQUIRED libxml-2.0)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)

function(grizzly_system_library name)  # libraries
  add_library(${name} INTERFACE IMPORTED GLOBAL)
  target_link_libraries(${name} INTERFACE ${ARGN})
endfunction()

grizzly_system_library(dependency::rocksdb RocksDB::rocksdb-shared)
grizzly_system_library(dependency::pg_query pg_query protobuf-c)
grizzly_system_library(dependency::openssl OpenSSL::SSL OpenSSL::Crypto)
grizzly_system_library(dependency::boost Boost::headers)
grizzly_system_library(dependency::xxhash xxhash)
grizzly_system_library(dependency::gmp gmp)
grizzly_system_library(dependency::xml2 xml2)
grizzly_system_library(dependency::lz4 lz4)
grizzly_system_library(dependency::zstd zstd)
grizzly_system_library(dependency::prometheus prometheus-cpp-core)
grizzly_system_library(dependency::icu PkgConfig::ICU)
grizzly_system_library(dependency::pcre2 PkgConfig::PCRE2)
grizzly_system_library(dependency::stemmer stemmer)
grizzly_system_library(dependency::fmt fmt::fmt)
grizzly_system_library(dependency::spdlog spdlog::spdlog)

if(GRIZZLY_TESTS)
  find_package(GTest REQUIRED)
  pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
  grizzly_system_library(dependency::libpq PkgConfig::PQ)
endif()
