# doc/APPLICATIONS.md, from its first block to its last: a person in front of a
# browser is tests/clients/person, all else is done as it stands there.
load lib

setup_file() { start_server; }
teardown_file() { stop_server; }

# guide FILE: follows it as who reads it would, in the folder of the checkout.
guide() {
	cd "$top"
	PATH=$B:$PATH PERSON_USER=reader PERSON_PASSWORD=$(user_pair reader | cut -d: -f2) \
		PERSON_JAR=$BATS_TEST_TMPDIR/jar SSL_CERT_FILE=$STATE/tls.crt \
		TMPDIR=$BATS_TEST_TMPDIR tests/e2e/follow "$1"
}

@test "what the guide to applications says, happens" {
	run -0 guide doc/APPLICATIONS.md
	is "$(grep -c '^```sh$' doc/APPLICATIONS.md) blocks" "$output" "what was followed"
}

@test "a guide that says something else is caught, and so is a block that fails" {
	local blocks=$'```sh\nask() { echo "$1" >&2; }\nask [a]*c\n%s\n```\n'
	printf "$blocks" '#> [a]*c' >"$WORK/good.md"
	run -0 guide "$WORK/good.md"
	is '1 blocks' "$output" "what was followed"
	printf "$blocks" '#> [...c' >"$WORK/good.md"
	run -0 guide "$WORK/good.md"
	for bad in '#> aac' '#> [a]' $'#> [a]*c\n#> more' '' $'#> [a]*c\nfalse' $'#> [a]*c\nfalse\ntrue' $'#> [a]*c\nnosuch | cat'; do
		printf "$blocks" "$bad" >"$WORK/bad.md"
		run -1 guide "$WORK/bad.md"
		[[ $output == *"bad.md:"*'[a]*c'* ]] || is "the place, and what was printed" "$output" "$bad"
	done
}
