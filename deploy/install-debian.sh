#!/usr/bin/env bash
# Installs the Debian packages named that the machine lacks.
set -euo pipefail

missing=()
for package in "$@"; do
	case $package in
	gcc) command -v gcc >/dev/null || missing+=(gcc libc6-dev) ;;
	postgresql) compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql) ;;
	openjdk-17-jre-headless) command -v java >/dev/null || missing+=(openjdk-17-jre-headless) ;;
	maven) command -v mvn >/dev/null || missing+=(maven) ;;
	*) missing+=("$package") ;;
	esac
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
	echo "please install: ${missing[*]}" >&2
	exit 1
fi
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
# Debian's postgresql starts a cluster of its own unless told not to: it is not ours to use.
"${as_root[@]}" mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] ||
	echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
