# The command `ostiary`: which of the big list of naughty strings are names.
# What becomes of those that are, tests/e2e/naughty.bats looks at.
load admin

# refused WORD ARGUMENT...: the command says so, and nothing else happens.
refused() {
	call "$([[ $1 == usage ]] && echo 2 || echo 1)" --json "${@:2}"
	is '' "$output" output
	error_is "$1"
}

# setting KIND STRING: the words of a command that would take it.
setting() {
	case $1 in
	app) words=(app set "$app" "--name=$2") ;;
	description) words=(app set "$app" "--description=$2") ;;
	user) words=(user set alice "--display-name=$2") ;;
	esac
}

@test "S02 O01 which naughty strings may be names, and how the others are refused" {
	local app kind word text before taken=0 refused=0 words
	ost init >/dev/null
	add_user alice >/dev/null
	app=$(ost --json app add Plain --owner alice --callback-prefix https://example.org/cb | jq -r .client_id)
	before=$(ost dump)
	refused bad_name app set "$app" --name ''
	refused bad_name app set "$app" '--name=  '
	refused usage app set "$app" $'--name=\xed\xa0\x80'
	refused usage app set "$app" $'--name=\xff'
	while IFS=$'\t' read -r kind word text; do
		# with its line ends, which $(...) takes away
		text=$(base64 -d <<<"$text" && printf .)
		setting "$kind" "${text%.}"
		if [[ $word == taken ]]; then
			((taken++)) || is "$before" "$(ost dump)" "the state behind what was refused"
			ost "${words[@]}" >/dev/null
		else
			refused "$word" "${words[@]}"
			((++refused))
		fi
	done < <(/usr/bin/python3 "$top/tests/e2e/naughty.py" arguments)
	((taken > 20 && refused > 20))
}
