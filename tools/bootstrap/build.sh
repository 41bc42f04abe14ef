# Configures and builds a preset.

# build_preset PRESET [-DCMAKE=OPTION…] [TARGET…]
build_preset() {
    local preset=$1 options=() run=quietly
    shift
    while [[ ${1:-} == -D* ]]; do options+=("$1") && shift; done
    [[ -t 2 ]] && run=   # somebody watches: ninja's own progress line
    quietly cmake --preset "$preset" "${options[@]}" || die "cmake --preset $preset failed"
    $run cmake --build --preset "$preset" ${1:+--target "$@"} >&2 || die "the $preset build failed"
}

build() { build_preset release "$@"; }
