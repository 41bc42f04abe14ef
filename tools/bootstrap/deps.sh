# Debian packages, by what needs them. Nothing is fetched when nothing is missing.

declare -rA packages=(
    [build]="g++ cmake ninja-build ccache pkg-config libfmt-dev libspdlog-dev libcli11-dev libtomlplusplus-dev
        libsimdjson-dev nlohmann-json3-dev libmnl-dev libasio-dev libncurses-dev libunistring-dev libsystemd-dev
        libzstd-dev libvirt-dev libxen-dev libxml2-dev libmicrohttpd-dev libgnutls28-dev libdeflate-dev librrd-dev collectd-dev
        libsnappy-dev libcurl4-gnutls-dev doctest-dev"
    [test]="qemu-system-x86 qemu-utils busybox-static python3 iproute2 tmux libvirt-daemon-system libvirt-clients
        qemu-guest-agent ncurses-term
        nagios4-core mailutils icinga2-bin nagios-nrpe-server nagios-nrpe-plugin libmonitoring-plugin-perl
        prometheus gnutls-bin curl python3-prometheus-client rrdtool rrdcached fonts-dejavu-core
        collectd-core libyajl2 librrd8 victoria-metrics"
    [fresh]="debootstrap"
    [ci]="clang-19 clang-tidy-19 libclang-rt-19-dev"
)

# Monitors that tests start for themselves; as services of this machine nobody asked for them. (mailutils is there so that
# nagios4 does not bring a mail server.)
readonly unasked_services="nagios4 icinga2 nagios-nrpe-server prometheus collectd rrdcached victoria-metrics"

# missing PACKAGE…: those that are not installed, a line each.
missing() {
    local package
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
    done
}

as_root() {
    if [[ $EUID == 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "needs root to install packages; as root: ./bootstrap deps"
    fi
}

install_packages() {
    local get=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
    # Lists that are old or absent make an installation fail: they are renewed only then.
    if apt-cache show "$@" >/dev/null 2>&1 && quietly as_root "${get[@]}" install -y --no-install-recommends "$@" 2>/dev/null; then
        return
    fi
    quietly as_root "${get[@]}" update || die "apt-get update failed"
    quietly as_root "${get[@]}" install -y --no-install-recommends "$@" || die "apt-get could not install: $*"
}

# install_quietly PACKAGE…: installs them, and has their services neither started now nor at the next boot. A service that was
# there before is left as it is.
install_quietly() {
    local service unasked=() policy=/usr/sbin/policy-rc.d
    for service in $unasked_services; do
        [[ " $* " != *" $service"* || -e /lib/systemd/system/$service.service ]] || unasked+=("$service")
    done
    (
        # Debian asks this program before it starts a service, if there is one; 101: it may not.
        if [[ ${#unasked[@]} != 0 && ! -e $policy ]]; then
            trap 'as_root rm -f "$policy"' EXIT
            # It is called as [--quiet] NAME ACTION, where NAME may end in .service.
            printf '#!/bin/sh\nfor word; do case ${word%%.service} in %s) exit 101 ;; esac; done\n' \
                "$(IFS='|' && echo "${unasked[*]}")" | as_root install -m 755 /dev/stdin "$policy"
        fi
        install_packages "$@"
    )
    [[ ${#unasked[@]} == 0 ]] || ! command -v systemctl >/dev/null || quietly as_root systemctl disable "${unasked[@]}" || true
}

# deps SET…: build, test, fresh, ci.
deps() {
    local set wanted=() lacking
    command -v apt-get >/dev/null || die "knows only Debian's package manager; install what README.md lists by hand"
    for set in "$@"; do
        [[ -n ${packages[$set]:-} ]] || die "unknown set of packages '$set'; there are: ${!packages[*]}"
        # shellcheck disable=SC2206
        wanted+=(${packages[$set]})
    done
    mapfile -t lacking < <(missing "${wanted[@]}")
    [[ ${#lacking[@]} == 0 ]] && return
    say "installing ${#lacking[@]} Debian packages: ${lacking[*]}"
    install_quietly "${lacking[@]}"
}
