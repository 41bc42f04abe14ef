# Configures and builds a preset.

# build_preset PRESET [-DCMAKE=OPTION…] [TARGET…]
build_preset() {
    local preset=$1 options=() ninja=()
    shift
    while [[ ${1:-} == -D* ]]; do options+=("$1") && shift; done
    [[ -t 1 ]] || ninja=(-- --quiet)
    quietly cmake --preset "$preset" "${options[@]}" || die "cmake --preset $preset failed"
    cmake --build --preset "$preset" ${1:+--target "$@"} "${ninja[@]}" || die "the $preset build failed"
}

build() { build_preset release "$@"; }
