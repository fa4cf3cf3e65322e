#!/usr/bin/env bash
# Installs what building and testing GrizzlyDB needs, from Debian 12 packages and nothing else.
#
#   tools/install_dependencies.sh           to build and test
#   tools/install_dependencies.sh build     only to build
#   tools/install_dependencies.sh docker    to build, test and run `make docker-check`
#
# Asks dpkg first and ends at once when nothing is missing. Runs as root or through sudo.
set -euo pipefail

build_packages=(
  make cmake ninja-build g++ ccache mold pkg-config python3 git ca-certificates
  libboost1.81-dev libssl-dev librocksdb-dev libpg-query-dev libprotobuf-c-dev
  libspdlog-dev libfmt-dev prometheus-cpp-dev libicu-dev libpcre2-dev libxml2-dev libxxhash-dev libstemmer-dev
  libgmp-dev liblz4-dev libzstd-dev tzdata
)
test_packages=(
  libgtest-dev libgmock-dev libbenchmark-dev libpq-dev procps
  postgresql-15 postgresql-client-15       # the oracle, psql, pgbench
  openjdk-17-jdk-headless libpostgresql-jdbc-java
)
docker_packages=(buildah debootstrap)

case "${1:-all}" in
  build)  packages=("${build_packages[@]}") ;;
  all)    packages=("${build_packages[@]}" "${test_packages[@]}") ;;
  docker) packages=("${build_packages[@]}" "${test_packages[@]}" "${docker_packages[@]}") ;;
  *)      echo "usage: $0 [build|docker]" >&2; exit 2 ;;
esac

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=()
for package in "${packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "These Debian packages are missing: ${missing[*]}" >&2
    echo "Run $0 as root, or install sudo." >&2
    exit 1
  }
  as_root=(sudo)
fi

apt_install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "$@"
}

echo "Installing: ${missing[*]}"
"${as_root[@]}" apt-get update -q

# Debian starts a PostgreSQL server on port 5432 when the package arrives. We want the programs only,
# so the first cluster is switched off while we install, and the setting put back afterwards.
cluster_conf=/etc/postgresql-common/createcluster.conf
if [[ " ${missing[*]} " == *" postgresql-15 "* ]]; then
  apt_install postgresql-common
  "${as_root[@]}" cp "$cluster_conf" "$cluster_conf.before_grizzlydb"
  echo 'create_main_cluster = false' | "${as_root[@]}" tee -a "$cluster_conf" >/dev/null
  restore_cluster_conf() {
    "${as_root[@]}" mv "$cluster_conf.before_grizzlydb" "$cluster_conf"
  }
  trap restore_cluster_conf EXIT
fi

apt_install "${missing[@]}"
