# Debian packages, by what needs them. Nothing is fetched when nothing is missing.

declare -rA packages=(
    [build]="g++ cmake ninja-build ccache pkg-config libfmt-dev libspdlog-dev libcli11-dev libtomlplusplus-dev
        libsimdjson-dev nlohmann-json3-dev libmnl-dev libasio-dev libncurses-dev libunistring-dev libsystemd-dev
        libzstd-dev libvirt-dev libxml2-dev libmicrohttpd-dev libgnutls28-dev libdeflate-dev doctest-dev"
    [test]="qemu-system-x86 qemu-utils busybox-static python3 iproute2 tmux libvirt-daemon-system libvirt-clients
        qemu-guest-agent ncurses-term prometheus gnutls-bin curl
        python3-prometheus-client"
    [fresh]="debootstrap"
    [ci]="clang-19 clang-tidy-19 libclang-rt-19-dev"
)

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
    install_packages "${lacking[@]}"
}
