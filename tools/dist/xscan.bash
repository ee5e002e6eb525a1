# shellcheck shell=bash
# bash completion for xscan. Options and the kind of their values come from `xscan --help`, so that they are
# always those of the program.

# The long options at the beginning of the lines of a help text. Options also occur in its sentences.
_xscan_options() { # HELP
	grep -oE '^ +(-[a-zA-Z0-9], )?--[a-z-]+' <<<"$1" | grep -oE -- '--.*' | sort -u
}

_xscan() {
	local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} help kind
	COMPREPLY=()
	# The first word may name a command, which reads files.
	if [ "$COMP_CWORD" -gt 1 ] && [[ ${COMP_WORDS[1]} =~ ^(diff|report)$ ]]; then
		help=$("${COMP_WORDS[0]}" "${COMP_WORDS[1]}" --help 2>/dev/null) || return 0
		case $word in
		-*) mapfile -t COMPREPLY < <(compgen -W "$(_xscan_options "$help")" -- "$word") ;;
		*) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
		esac
		return 0
	fi
	help=$("${COMP_WORDS[0]}" --help 2>/dev/null) || return 0
	# bash takes the = of --option=value for a word.
	if [ "$word" = = ]; then
		word=
	elif [ "$option" = = ]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $option in
	-p) option=--tcp ;;
	-u) option=--udp ;;
	-i) option=--iface ;;
	esac
	kind=$(grep -oE -- "$option=[A-Z]+" <<<"$help" | head -n 1)
	case ${kind#*=}:$option in
	IFACE:*) mapfile -t COMPREPLY < <(compgen -W "$(cd /sys/class/net 2>/dev/null && echo *)" -- "$word") ;;
	FILE:*) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
	PORTS:--udp) mapfile -t COMPREPLY < <(compgen -W "top10 top100 top1000 all domain ntp snmp" -- "$word") ;;
	PORTS:*) mapfile -t COMPREPLY < <(compgen -W "top10 top100 top1000 all ssh http https 1-1024" -- "$word") ;;
	*:--attach) mapfile -t COMPREPLY < <(compgen -W "auto native generic tc" -- "$word") ;;
	*:--synack) mapfile -t COMPREPLY < <(compgen -W "auto pass drop reset" -- "$word") ;;
	*:--tx) mapfile -t COMPREPLY < <(compgen -W "af_packet xdp" -- "$word") ;;
	*:--rate) mapfile -t COMPREPLY < <(compgen -W "auto max" -- "$word") ;;
	*:--retries) mapfile -t COMPREPLY < <(compgen -W "auto 0 1 3" -- "$word") ;;
	:*)
		mapfile -t COMPREPLY < <(compgen -W "$(_xscan_options "$help")" -- "$word")
		[[ $word == -* ]] || mapfile -t COMPREPLY < <(
			[ "$COMP_CWORD" != 1 ] || compgen -W "diff report" -- "$word"
			compgen -A hostname -- "$word"
		)
		;;
	esac
}
complete -F _xscan xscan
