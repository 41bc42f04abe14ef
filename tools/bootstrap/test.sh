# Runs CTest and says how it went in one line.

# ctest_counts JUNIT: "passed failed skipped". A test that could not be run at all counts as failed.
ctest_counts() {
    awk '
        /<testcase / { total++; status = ""
            if (match($0, /status="[a-z]+"/)) status = substr($0, RSTART + 8, RLENGTH - 9)
            if (status == "run") passed++ }
        /<skipped message="SKIP_/ { skipped++ }
        END { printf "%d %d %d\n", passed, total - passed - skipped, skipped }' "$1"
}

# closing_line PASSED FAILED SKIPPED; succeeds if something passed and nothing failed.
closing_line() {
    local skipped=""
    (($3 == 0)) || skipped=", $3 skipped"
    echo "$1 passed, $2 failed$skipped"
    (($2 == 0 && $1 > 0))
}

# run_ctest FOLDER CTEST-ARGUMENT…: sets $counts.
run_ctest() {
    local folder=$1 report
    shift
    report=$(mktemp)
    ctest --test-dir "$folder" --output-on-failure --output-junit "$report" "$@" || true
    counts=$(ctest_counts "$report")
    rm -f "$report"
}

packages_of_label() {
    case $1 in
        unit) echo build ;;
        fresh) echo build fresh ;;
        *) echo build test ;;
    esac
}

# run_part CTEST-ARGUMENT…: adds to $sums.
run_part() {
    local part i
    run_ctest build "$@"
    read -ra part <<<"$counts"
    for i in 0 1 2; do sums[i]=$((sums[i] + part[i])); done
}

run_tests() {
    local label=""
    while (($# > 0)); do
        case $1 in
            --label) label=${2:?--label needs a label} && shift 2 ;;
            --label=*) label=${1#*=} && shift ;;
            *) die "test knows only --label LABEL, not '$1'" ;;
        esac
    done
    # shellcheck disable=SC2046
    deps $(packages_of_label "$label")
    build
    local sums=(0 0 0)
    # Tests of the labels host and xen are about real processes and real time, on machines that others use too: one that
    # fails is run once more, and both runs are told. What is broken fails twice.
    local again=(--repeat until-pass:2)
    case $label in
        "")
            run_part --label-exclude '^(fresh|host|xen)$'
            run_part --label-regex '^(host|xen)$' "${again[@]}"
            ;;
        host | xen) run_part --label-regex "^$label\$" "${again[@]}" ;;
        *) run_part --label-regex "^$label\$" ;;
    esac
    closing_line "${sums[@]}"
}
