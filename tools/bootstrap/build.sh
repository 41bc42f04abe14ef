# Configures and builds a preset.

# build_preset PRESET [TARGET…]
build_preset() {
    local preset=$1 ninja=()
    shift
    [[ -t 1 ]] || ninja=(-- --quiet)
    quietly cmake --preset "$preset" || die "cmake --preset $preset failed"
    cmake --build --preset "$preset" ${1:+--target "$@"} "${ninja[@]}" || die "the $preset build failed"
}

build() { build_preset release "$@"; }
