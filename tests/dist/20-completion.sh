#!/bin/bash
# What bash and zsh offer is what the program takes: the options of --help, for each the right kind of
# value, and no word that the program refuses.
# shellcheck source=tests/dist/lib.sh
. "$(dirname "$0")/lib.sh"

install -D tools/dist/xscan.zsh "$tmp/zsh/_xscan"
install -D "$BUILD/xscan" "$tmp/bin/xscan"
PATH=$tmp/bin:$PATH
mkdir "$tmp/here"
touch "$tmp/here/some-file"

# Both shells stand in a folder with one file.
offered() { # SHELL WORD...: the last one is to be completed
	case $1 in
	bash) (here=$PWD && cd "$tmp/here" && "$here/tests/dist/complete.bash" "$here/tools/dist/xscan.bash" "${@:2}") ;;
	zsh) (here=$PWD && cd "$tmp/here" && "$here/tests/dist/complete.zsh" "$tmp/zsh" "${@:2}") ;;
	esac | sort -u
}
offers() { # NAME EXPECTED-WORDS WORD...
	tr ' ' '\n' <<<"$2" | sed '/^$/d' | sort -u >"$tmp/words"
	offered "$shell" "${@:3}" >"$tmp/offered"
	same "$shell: $1" "$tmp/words" "$tmp/offered"
}
# --version ends the program, once the words before it were read.
takes() { # OPTION
	local word refused='' n=0
	for word in $(offered "$shell" xscan "$1="); do
		n=$((n + 1))
		xscan "$1=$word" --version >/dev/null 2>&1 || refused+=" $word"
	done
	is "$shell: the program takes what is offered for $1" "" "$refused$([ "$n" -gt 1 ] || echo " nothing offered")"
}

listed_options >"$tmp/all"
is "control: --help lists options with and without values" true \
	"$(grep -qx -- --arp "$tmp/all" && grep -qx -- --tcp=PORTS "$tmp/all" && echo true)"
is "control: the program refuses a wrong word" 2 "$(xscan --attach=nonsense --version 2>/dev/null && echo 0 || echo $?)"

for shell in bash zsh; do
	command -v "$shell" >/dev/null || {
		echo "ok $shell # SKIP $shell is not installed"
		continue
	}
	sed 's/=.*//' "$tmp/all" | sort -u >"$tmp/names"
	offered "$shell" xscan -- >"$tmp/offered"
	same "$shell: offers the options of --help" "$tmp/names" "$tmp/offered"
	for command in diff report; do
		listed_options "$command" >"$tmp/names"
		offered "$shell" xscan "$command" -- >"$tmp/offered"
		same "$shell: offers the options of xscan $command" "$tmp/names" "$tmp/offered"
		offers "offers files to xscan $command" some-file xscan "$command" some
	done
	# shellcheck disable=SC2013 # no option has a space
	for option in $(sed -n 's/=FILE$//p' "$tmp/all"); do
		offers "offers files for $option" some-file xscan "$option" some
	done
	offers "offers files after the sign" some-file xscan --targets=some
	offers "offers interfaces" lo xscan --iface lo
	offers "offers interfaces for the short option" lo xscan -i lo
	offers "offers ports" "top10 top100 top1000" xscan -p top
	offers "offers ports for the other short option" "top10 top100 top1000" xscan --arp -u top
	offers "offers commands as the first word" diff xscan di
	offers "offers none later" "" xscan --arp di
	offers "offers nothing where only the user knows" "" xscan --seed ''
	for option in --tcp --udp --attach --synack --tx --rate --retries; do
		takes "$option"
	done
done
