#compdef xscan
# zsh completion for xscan. Options and the kind of their values come from `xscan --help`, so that they are
# always those of the program.

_xscan() {
	local help option kind
	local -a command=(${(Q)words[1]}) options

	# The first word may name a command, which reads files.
	if (( CURRENT > 2 )) && [[ $words[2] == (diff|report) ]]; then
		command+=($words[2])
		kind=FILE
	fi
	help=$($command --help 2>/dev/null) || return 1
	# Options at the beginning of lines; they also occur in sentences.
	options=(${(uf)"$(grep -oE '^ +(-[a-zA-Z0-9], )?--[a-z-]+' <<<$help | grep -oE -- '--.*')"})

	if [[ -z $kind ]]; then
		if [[ $PREFIX == --*=* ]]; then
			option=${PREFIX%%=*}
			compset -P '*='
		elif [[ $words[CURRENT-1] == -* ]]; then
			option=$words[CURRENT-1]
		fi
		case $option in
		-p) option=--tcp ;;
		-u) option=--udp ;;
		-i) option=--iface ;;
		esac
		[[ -z $option ]] || kind=$(grep -oE -- "$option=[A-Z]+" <<<$help | head -n 1)
		kind=${kind#*=}
	elif [[ $PREFIX == -* ]]; then
		kind=
	fi

	case $kind:$option in
	IFACE:*) compadd -- /sys/class/net/*(N:t) ;;
	FILE:*) _files ;;
	PORTS:--udp) compadd -- top10 top100 top1000 all domain ntp snmp ;;
	PORTS:*) compadd -- top10 top100 top1000 all ssh http https 1-1024 ;;
	*:--attach) compadd -- auto native generic tc ;;
	*:--synack) compadd -- auto pass drop reset ;;
	*:--tx) compadd -- af_packet xdp ;;
	*:--rate) compadd -- auto max ;;
	*:--retries) compadd -- auto 0 1 3 ;;
	:*)
		if [[ $PREFIX == -* ]]; then
			compadd -- $options
		else
			(( CURRENT != 2 )) || compadd -- diff report
			_hosts
		fi
		;;
	esac
}

_xscan "$@"
