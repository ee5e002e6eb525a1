#!/bin/zsh -f
# Print what zsh offers for the last WORD of a command line. FOLDER has the completion, as _xscan:
#
#	tests/dist/complete.zsh FOLDER PROGRAM WORD...
#
# A zsh on a terminal of its own completes the line. Its compadd writes what it offers to a file in FOLDER,
# and no trap removes this file: that zsh would inherit the trap.
zmodload zsh/zpty zsh/zselect || exit 1
found=$1/found
: >$found

setup() {
	print -r -- "found=${(q)found} fpath=(${(q)1} \$fpath)"
	print -r -- "cd ${(q)PWD}"
	cat <<-'END'
		autoload -Uz compinit && compinit -C -d ${found}.dump
		compadd() {
			local -a hits
			if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
				builtin compadd -A hits "$@"
				[[ -z $hits ]] || print -rl -- $hits >>$found
			fi
			builtin compadd "$@"
		}
		zstyle ':completion:*:hosts' hosts host.example
		finish() { print -r -- "=done" >>$found; exit }
		zle -N finish
		bindkey '^I' complete-word
		bindkey '^X' finish
		print -r -- "=ready" >>$found
	END
}
wait_for() { # LINE
	local i
	for i in {1..500}; do
		grep -qxF -- $1 $found && return
		zselect -t 2
	done
	print -u2 "complete.zsh: no $1"
	exit 1
}

setup $1 >$found.rc
shift
zpty -b child TERM=dumb zsh -f -i
zpty -w child ". ${(q)found}.rc"
wait_for '=ready'
zpty -n -w child "${(j: :)@}"$'\t\x18'
wait_for '=done'
zpty -d child
grep -vx '=ready\|=done' $found
exit 0
