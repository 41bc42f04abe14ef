#!/bin/bash
# monitor_files_test.sh CONFIG CHECK_VIRT VIRTSCOPE DOCUMENT: the files for monitors, and what is written about them, know the
# modes, options and labels that check_virt has.
set -u
config=$1 check_virt=$2 virtscope=$3 document=$4 failures=0

# same WHAT A B: two lists, a word a line, have the same words.
same() {
    local difference
    difference=$(diff <(sort -u <<<"$2") <(sort -u <<<"$3")) && return
    printf 'FAILED: %s differ (< wanted, > found):\n%s\n' "$1" "$difference"
    failures=$((failures + 1))
}

# lacks_nothing WHAT WANTED FOUND: every word of WANTED is in FOUND.
lacks_nothing() {
    local lacking
    lacking=$(comm -23 <(sort -u <<<"$2") <(sort -u <<<"$3"))
    [[ -z $lacking ]] && return
    printf 'FAILED: %s lacks:\n%s\n' "$1" "$lacking"
    failures=$((failures + 1))
}

modes=$("$check_virt" --help | sed -n '/^Modes:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p')
[[ $(wc -l <<<"$modes") -ge 3 ]] || { echo "FAILED: check_virt --help names no modes"; exit 1; }

icinga=$(sed -n '/^const VirtModes/,/^]/p' "$config/icinga2/virtscope.conf" | grep -o '"[a-z-]*"' | tr -d '"')
nagios=$config/nagios/virtscope-commands.cfg
of_all=$(sed -n 's/.*command_name *virt-all-//p' "$nagios")
nrpe=$(sed -n 's/^command\[check_virt_\([a-z_]*\)\].*/\1/p' "$config/nrpe/virtscope.cfg" | tr _ -)
same 'modes of check_virt and those of icinga2/virtscope.conf' "$modes" "$icinga"
same 'modes of check_virt and those of nagios/virtscope-commands.cfg' "$modes" "$of_all"
same 'modes of check_virt and those of nrpe/virtscope.cfg' "$modes" "$nrpe"

# Modes that take --guest have a command for one guest, one that feeds, and are offered by nagios-config; no others have.
about_guests=$(for mode in $modes; do "$check_virt" "$mode" --help | grep -q -e '--passive ' && echo "$mode"; done)
one=$(sed -n 's/.*command_name *virt-//p' "$nagios" | grep -v -e '^all-' -e '^feed-')
fed=$(sed -n 's/.*command_name *virt-feed-//p' "$nagios")
offered=$("$virtscope" nagios-config --help | sed -n 's/.*; there are: //p' | tr ',' '\n')
same 'modes about guests and commands for one guest' "$about_guests" "$one"
same 'modes about guests and commands that feed' "$about_guests" "$fed"
same 'modes about guests and those that nagios-config offers' "$about_guests" "$offered"

# Each command asks for the mode that it is named after.
crossed=$(paste -d' ' <(sed -n 's/.*command_name *virt-\(all-\|feed-\)\?//p' "$nagios") <(sed -n 's/.*check_virt \([a-z-]*\) .*/\1/p' "$nagios") |
    awk '$1 != $2')
same 'names of commands and their modes' '' "$crossed"

# Icinga can give every option. (--device, --expect and the like are of some modes only.)
options=$(for mode in $modes; do "$check_virt" "$mode" --help; done | grep -o -e '--[a-z][a-z-]*' | grep -v -x -e --help -e --version -e --verbose)
known=$(grep -o '^        "-[a-z-]*"' "$config/icinga2/virtscope.conf" | tr -d '" ')
lacks_nothing 'icinga2/virtscope.conf' "$options" "$known"

# The table of performance data has a row a mode, with every label that thresholds can be given for.
rows=$(sed -n 's/^| `\([a-z-]*\)` |.*/\1/p' "$document")
same 'modes of check_virt and rows of the table in monitoring.md' "$modes" "$rows"
for mode in $modes; do
    labels=$("$check_virt" "$mode" --help | sed -n 's/.*LABEL is one of \(.*\), the first .*/\1/p' | sed 's/ ([^)]*)//g' | tr -d ' ' | tr ',' '\n')
    [[ -n $labels ]] || { echo "FAILED: check_virt $mode --help names no labels"; failures=$((failures + 1)); }
    known=$(sed -n "s/^| \`$mode\` | \([^|]*\)|.*/\1/p" "$document" | grep -o '`[a-z0-9_]*`' | tr -d '`')
    lacks_nothing "row $mode of the table in monitoring.md" "$labels" "$known"
done
exit $((failures != 0))
