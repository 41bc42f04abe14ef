# bash completion for virtscope: verbs, options, guests by name, files, states.

_virtscope_verbs='list info history events record graph doctor ring nagios-config start shutdown reboot reset destroy suspend resume save
restore setmem setvcpus change-media eject autostart define undefine create deploy dumpxml domdisplay guestinfo wait'

# Names of the guests into COMPREPLY, quoted: a name may hold blanks and anything else.
_virtscope_guests() {
    local name begun=${1//\\/}
    local -a ring=()
    [[ -n $2 ]] && ring=(--ring "$2")
    while IFS= read -r name; do
        [[ -n $name && $name == "$begun"* ]] && COMPREPLY+=("$(printf '%q' "$name")")
    done < <(virtscope list --all --name "${ring[@]}" 2>/dev/null)
}

_virtscope_files() {
    local file
    while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$1")
    compopt -o filenames 2>/dev/null
}

# The options are those that the verb's help names.
_virtscope_options() {
    local option
    while IFS= read -r option; do
        [[ $option == "$2"* ]] && COMPREPLY+=("$option")
    done < <(virtscope "$1" --help 2>/dev/null | grep -o -e '--[a-z][a-z-]*' | sort -u)
}

_virtscope() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb='' ring='' at count=0
    COMPREPLY=()
    for ((at = 1; at < COMP_CWORD; at++)); do
        case ${COMP_WORDS[at]} in
            --ring) ring=${COMP_WORDS[++at]} ;;
            --control | --timeout | --mode | --format | --state | --driver | --name | --source | --from | --to) ((++at)) ;;
            -*) ;;
            *) if [[ -z $verb ]]; then verb=${COMP_WORDS[at]}; else ((++count)); fi ;;
        esac
    done
    if [[ -z $verb ]]; then
        COMPREPLY=($(compgen -W "$_virtscope_verbs" -- "$word"))
        return
    fi
    case $before in
        --state) COMPREPLY=($(compgen -W 'running paused off' -- "$word")); return ;;
        --mode) COMPREPLY=($(compgen -W 'acpi agent' -- "$word")); return ;;
        --format)
            if [[ $verb == nagios-config ]]; then set -- nagios icinga2; else set -- table json; fi
            COMPREPLY=($(compgen -W "$*" -- "$word"))
            return
            ;;
        --ring | --control | --source | -o | --dir) _virtscope_files "$word"; return ;;
        --output)
            if [[ $verb == graph ]]; then _virtscope_files "$word"; return; fi
            COMPREPLY=($(compgen -d -- "$word"))
            compopt -o filenames 2>/dev/null
            return
            ;;
        --guest | --exclude) _virtscope_guests "$word" "$ring"; return ;;
    esac
    case $verb:$word in
        *:-*) _virtscope_options "$verb" "$word"; return ;;
        ring:*) ((count == 0)) && COMPREPLY=($(compgen -W 'info verify' -- "$word")) || _virtscope_files "$word"; return ;;
        record:* | restore:* | define:* | create:* | deploy:*) _virtscope_files "$word"; return ;;
        list:* | events:* | doctor:* | nagios-config:*) return ;;
    esac
    if ((count == 0)); then
        _virtscope_guests "$word" "$ring"
    elif [[ $verb == graph ]]; then
        COMPREPLY=($(compgen -W 'cpu memory block net latency' -- "$word"))
    elif [[ $verb == save || $verb == change-media ]]; then
        _virtscope_files "$word"
    fi
}

complete -F _virtscope virtscope
