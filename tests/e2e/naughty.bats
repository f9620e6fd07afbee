# The big list of naughty strings as names of users and applications: each page
# and answer that says one stays what it is. By hand of naughty.py, for a page
# has to be read by a parser. All of them over nginx, a sample over the others.
load lib

NAUGHTY=$top/tests/e2e/naughty.py

setup_file() {
	start_server
	STEP=1
	[[ $TRANSPORT == nginx ]] || STEP=12
	export STEP
	/usr/bin/python3 "$NAUGHTY" records "$BASE" "$STEP" >"$BATS_FILE_TMPDIR/records"
	ost load --force <"$BATS_FILE_TMPDIR/records" >/dev/null
}
teardown_file() { stop_server; }

@test "O01 O05 S02 naughty names in pages, ID tokens, userinfo, current.json and current.xml" {
	local folder=$BATS_TEST_TMPDIR/answers
	mkdir "$folder"
	run -0 /usr/bin/python3 "$NAUGHTY" ask "$BASE" "$STATE/tls.crt" "$STEP" "$folder"
	[[ $output == *' names, 0 faults' ]]
	((${output%% *} > 500 / STEP))
	xmllint --noout "$folder"/*.xml
	# Each line by itself: jq reads what Python read.
	is "$(jq -cS . "$folder/said" | sha256sum)" "$(jq -cRS fromjson "$folder/json" | sha256sum)" "what jq read"
}

# wanted KIND FILTER: of the records that were loaded.
wanted() { jq -cn --arg kind "$1" '[inputs | select(.key // "" | startswith($kind)) | '"$2"'] | sort' "$BATS_FILE_TMPDIR/records"; }

@test "O01 naughty names in the command's lists" {
	is "$(wanted app: '[.client_id, .name, .description]')" \
		"$(ost --json app list | jq -c '[.[] | select(.description) | [.client_id, .name, .description]] | sort')" applications
	is "$(wanted user: '[.id, .display_name]')" \
		"$(ost --json user list | jq -c '[.[] | select(.userName | startswith("naughty")) | [.id, .displayName]] | sort')" users
	# people's tables: one line each, nothing that acts on a terminal
	is "$(ost --json app list | jq length)" "$(ost app list | sed 1d | wc -l)" lines
	run -1 grep -aP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]' <(ost app list; ost user list)
}

@test "O01 naughty names in a dump that is loaded" {
	sed "s,^state = .*,state = gdbm:$BATS_TEST_TMPDIR/second," "$CONF" >"$BATS_TEST_TMPDIR/second.conf"
	ost dump >"$BATS_TEST_TMPDIR/dump"
	CONF=$BATS_TEST_TMPDIR/second.conf
	ost init >/dev/null
	ost load <"$BATS_TEST_TMPDIR/dump" >/dev/null
	names() { jq -c 'select(.key // "" | test("^(user|app):"))' "$1"; }
	is "$(names "$BATS_TEST_TMPDIR/dump" | sha256sum)" "$(ost dump | names - | sha256sum)" records
	is "$(wanted user: .display_name)" \
		"$(ost dump | jq -cn '[inputs | select((.key // "" | startswith("user:")) and (.name | startswith("naughty"))) | .display_name] | sort')" names
}
