namespace Wharf.Cli.Completions;

/// <summary>Scripts that ask the program itself; PROGRAM stands for its name.</summary>
internal static class CompletionScripts
{
    public const string Bash = """
        # bash completion for PROGRAM
        _PROGRAM_complete() {
            local words line candidate directive
            words=("${COMP_WORDS[@]:1:COMP_CWORD}")
            COMPREPLY=()
            while IFS= read -r line; do
                case "$line" in
                    :*) directive=${line#:} ;;
                    *) candidate=${line%%$'\t'*}; COMPREPLY+=("$candidate") ;;
                esac
            done < <("${COMP_WORDS[0]}" __complete -- "${words[@]}" 2>/dev/null)
            if [ "$directive" = 0 ]; then
                compopt -o default 2>/dev/null
            fi
            if [ ${#COMPREPLY[@]} -eq 1 ] && [ "${COMPREPLY[0]: -1}" = : ]; then
                compopt -o nospace 2>/dev/null
            fi
            if declare -F __ltrim_colon_completions >/dev/null; then
                __ltrim_colon_completions "${COMP_WORDS[COMP_CWORD]}"
            fi
        }
        complete -F _PROGRAM_complete PROGRAM

        """;

    public const string Zsh = """
        #compdef PROGRAM
        # zsh completion for PROGRAM
        _PROGRAM() {
            local -a lines candidates
            local line directive
            lines=("${(@f)$(${words[1]} __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            for line in "${lines[@]}"; do
                case "$line" in
                    :[0-9]*) directive=${line#:} ;;
                    *) candidates+=("${${line//:/\\:}/$'\t'/:}") ;;
                esac
            done
            (( ${#candidates} )) && _describe -t commands PROGRAM candidates
            [[ "$directive" == 0 ]] && _files
        }
        if [ "$funcstack[1]" = "_PROGRAM" ]; then
            _PROGRAM
        else
            compdef _PROGRAM PROGRAM
        fi

        """;

    public const string Fish = """
        # fish completion for PROGRAM
        function __PROGRAM_complete
            set -l words (commandline -opc) (commandline -ct)
            $words[1] __complete -- $words[2..-1] 2>/dev/null | string match -rv '^:[0-9]+$'
        end
        function __PROGRAM_wants_files
            set -l words (commandline -opc) (commandline -ct)
            $words[1] __complete -- $words[2..-1] 2>/dev/null | string match -q ':0'
        end
        complete -c PROGRAM -f -n 'not __PROGRAM_wants_files' -a '(__PROGRAM_complete)'
        complete -c PROGRAM -n '__PROGRAM_wants_files' -a '(__PROGRAM_complete)'

        """;
}
