# The command `ostiary`: mails that wait, and invitations.
load admin

# A sendmail that writes down its arguments and its input, a folder a call.
# Its body may be replaced by `sendmail_is`.
setup_mail() { # [LINE OF ostiary.conf]...
	CALLS=$BATS_TEST_TMPDIR/calls
	mkdir "$CALLS"
	printf '%s\n' 'signup = invite' 'sendmail = sendmail' 'mail_from = Open Data <no-reply@data.example>' "$@" >>"$CONF"
	sendmail_is 'exit 0'
	ost init >/dev/null
}
sendmail_is() { # SHELL LINE after input and arguments were written down
	cat >"$BATS_TEST_TMPDIR/sendmail.new" <<-EOF
		#!/bin/bash
		call=\$(mktemp -d "$CALLS/XXXXXXXX")
		printf '%s\n' "\$@" >"\$call/arguments"
		env >"\$call/environment"
		cat >"\$call/input"
		$1
	EOF
	chmod 700 "$BATS_TEST_TMPDIR/sendmail.new"
	mv "$BATS_TEST_TMPDIR/sendmail.new" "$BATS_TEST_TMPDIR/sendmail"
}
calls() { find "$CALLS" -mindepth 1 -maxdepth 1 | wc -l; }
waiting() { ost mail list --json | jq -c '[.[] | .state] | sort'; }
invite() { ost user invite --email "$1" --mail --json | jq -r .link; }
# Each waiting mail is due: as if its time had come.
make_due() { # [CREATED]
	local file name
	for file in "$STATE"/mail/wait/*; do
		name=${file##*/}
		mv "$file" "$STATE/mail/wait/${1-${name%%-*}}-0000000000000-${name#*-*-}"
	done
}
until_true() { # COMMAND...: within five seconds
	local tries
	for ((tries = 0; tries < 250; tries++)); do
		! "$@" || return 0
		sleep 0.02
	done
	return 1
}

@test "a mail is handed to sendmail, whole, without a shell and without our environment" {
	setup_mail
	local link
	link=$(invite 'a!b${id}`x`|y@example.org')
	is '["new"]' "$(waiting)" waiting
	SECRET=1 call 0 mail send --json
	is '{"sent":1,"discarded":0,"deferred":0,"failed":0}' "$output" output
	is 1 "$(calls)" calls
	is '-i -- a!b${id}`x`|y@example.org' "$(xargs -d '\n' <"$CALLS"/*/arguments)" arguments
	run ! grep -E 'SECRET|OSTIARY' "$CALLS"/*/environment
	grep -qx 'To: a!b${id}`x`|y@example.org' "$CALLS"/*/input
	grep -qx 'From: "Open Data" <no-reply@data.example>' "$CALLS"/*/input
	grep -qx 'Auto-Submitted: auto-generated' "$CALLS"/*/input
	grep -qxF "$link" "$CALLS"/*/input
	is 0 "$(grep -c $'\r\|\\x00' "$CALLS"/*/input)" "bytes that are not ours"
	is '[]' "$(waiting)" waiting
	call 0 mail send --json
	is 1 "$(calls)" calls
}

@test "the files of the mail folder are the owner's alone" {
	setup_mail
	invite bob@example.org
	is "$(printf '%s\n' 600 700 700 700 700)" "$(find "$STATE/mail" -printf '%m\n' | sort)" modes
	is 8192 "$(stat -c %s "$STATE"/mail/new/*)" size
	rm -r "$STATE/mail"
	invite bob@example.org
	is '["new"]' "$(waiting)" "after the folder was made again"
	chmod 2770 "$STATE"
	rm -r "$STATE/mail"
	invite bob@example.org
	is "$(printf '%s\n' 2770 2770 2770 2770 660)" "$(find "$STATE/mail" -printf '%m\n' | sort)" "modes where shared"
}

@test "what sendmail does not take is tried again, and blocks nobody" {
	setup_mail
	sendmail_is '[[ ${!#} != bad@example.org ]] || exit 75'
	invite good@example.org
	invite bad@example.org
	invite other@example.org
	call 0 mail send
	is '2 sent, 0 for nobody, 1 to be tried again, 0 given up' "$output" output
	[[ $stderr == *"(status 75)"* ]]
	is '["waiting"]' "$(waiting)" waiting
	is '' "$(ls "$STATE/mail/new")" "left in new/"
	call 0 mail send --json
	is 0 "$(answer .sent)" "before its time"
	is 3 "$(calls)" calls
	is true "$(ost mail list --json | jq '.[0] | .next - .created | . >= 60 and . < 70')" "first pause"
	make_due
	call 0 mail send --json
	is 1 "$(answer .deferred)" deferred
	is 2 "$(ost mail list --json | jq '.[0].tries')" tries
	sendmail_is 'exit 0'
	make_due
	call 0 mail send --json
	is 1 "$(answer .sent)" sent
	is '[]' "$(waiting)" waiting
}

@test "after a day a mail is given up, and the log says so" {
	setup_mail
	sendmail_is 'exit 1'
	invite bad@example.org
	ost mail send
	make_due $(((EPOCHSECONDS - 86401) * 1000))
	call 0 mail send
	is '0 sent, 0 for nobody, 0 to be tried again, 1 given up' "$output" output
	[[ $stderr == *"could not be sent for a day"* ]]
	is '["failed"]' "$(waiting)" waiting
	call 0 check
	[[ $output == *"mail: warning: 1 mails were given up"* ]]
	call 0 mail send --json
	is 2 "$(calls)" calls
}

@test "a sendmail that hangs is killed with its children, and the next mail goes" {
	setup_mail 'sendmail_timeout = 1s'
	sendmail_is '[[ ${!#} != bad@example.org ]] || { sleep 60 & echo "$! $$" >"'"$BATS_TEST_TMPDIR"'/pids"; wait; }'
	invite bad@example.org
	invite good@example.org
	local started=$SECONDS pid
	call 0 mail send --json
	is '[1,1]' "$(answer '[.sent, .deferred] | tojson')" output
	((SECONDS - started < 10))
	read -ra pids <"$BATS_TEST_TMPDIR/pids"
	for pid in "${pids[@]}"; do
		[[ ! -e /proc/$pid || $(cut -d' ' -f3 "/proc/$pid/stat") == Z ]]
	done
	is '["waiting"]' "$(waiting)" waiting
}

@test "a sendmail that is not there loses nothing" {
	setup_mail
	rm "$BATS_TEST_TMPDIR/sendmail"
	invite bob@example.org
	call 0 mail send --json
	is 1 "$(answer .deferred)" deferred
	sendmail_is 'exit 0'
	make_due
	call 0 mail send --json
	is 1 "$(answer .sent)" sent
}

@test "a sender that is killed loses nothing, and sends one mail twice at most" {
	setup_mail
	sendmail_is 'until [[ -e '"$BATS_TEST_TMPDIR"'/go ]]; do sleep 0.02; done'
	local i sender
	for i in 1 2 3; do
		invite "bob$i@example.org"
	done
	"$OSTIARY_BIN" -c "$CONF" mail send &
	sender=$!
	until_true test -n "$(until_true compgen -G "$CALLS/*/input" && echo there)"
	kill -KILL "$sender"
	wait "$sender" || :
	: >"$BATS_TEST_TMPDIR/go"
	call 0 mail send --json
	is 3 "$(answer .sent)" sent
	is 4 "$(calls)" calls
	is 3 "$(sort -u "$CALLS"/*/arguments | grep -c @)" addresses
	# Each of them got the whole message, that of the killed one too.
	until_true test 4 = "$(grep -l '^The link works once' "$CALLS"/*/input | wc -l)"
}

@test "one sends at a time: nothing goes twice" {
	setup_mail
	sendmail_is 'sleep 0.02'
	local i
	for i in {1..8}; do
		invite "bob$i@example.org" &
	done
	wait
	for i in {1..6}; do
		ost mail send --json >>"$BATS_TEST_TMPDIR/sent" &
	done
	wait
	call 0 mail send --json
	is 8 "$(jq -s 'map(.sent) | add' <(cat "$BATS_TEST_TMPDIR/sent"; echo "$output"))" sent
	is 8 "$(cat "$CALLS"/*/arguments | grep @ | sort -u | wc -l)" addresses
	is 8 "$(calls)" calls
}

@test "a mail for nobody is removed, and what is no mail is put aside" {
	setup_mail
	invite bob@example.org
	local file others
	file=$(echo "$STATE"/mail/new/*)
	others=$(tr -d "${file: -1}" <<<01234) # names like its own, but not its own
	python3 - "$file" "$others" <<-'EOF'
		import sys
		data = open(sys.argv[1], "rb").read()
		first, second, third = sys.argv[2][:3]
		head, rest = data.split(b"\n", 1)
		word, size, address = head.split(b" ")
		open(sys.argv[1][:-1] + first, "wb").write((word + b" " + size + b" \n" + rest).ljust(8192, b"\0"))
		open(sys.argv[1][:-1] + second, "wb").write((word + b" " + size + b" -oQ/tmp@b\n" + rest)[:8192].ljust(8192, b"\0"))
		open(sys.argv[1][:-1] + third, "wb").write(b"short")
	EOF
	ln -s /etc/passwd "${file%?}${others:3:1}"
	call 0 check
	is 2 "$(grep -c 'is no mail of ours' <<<"$output")" warnings
	call 0 mail send --json
	is '[1,1,0,3]' "$(answer '[.sent, .discarded, .deferred, .failed] | tojson')" output
	is 1 "$(calls)" calls
	is '["failed","failed","failed"]' "$(waiting)" waiting
	call 0 mail send --json
	is 1 "$(calls)" calls
}

@test "user invite prints the link once, and lists and withdraws it" {
	setup_mail
	call 0 user invite --email Bob@Example.org --role reader --role editor --json
	is '["email","expires","link"]' "$(answer 'keys | tojson')" members
	[[ $(answer .link) =~ ^https://localhost:8443/account/signup\?ticket=[A-Za-z0-9]{43}$ ]]
	local link
	link=$(answer .link)
	(($(answer .expires) - EPOCHSECONDS <= 604800 && $(answer .expires) - EPOCHSECONDS > 604700))
	is '[]' "$(waiting)" "without --mail"
	run ! grep -raF "${link#*=}" "$STATE"
	is '[["Bob@Example.org",["reader","editor"]]]' "$(ost user invitations --json | jq -c '[.[] | [.email, .roles]]')" list
	call 1 user uninvite bob@example --json
	error_is not_found
	call 0 user uninvite bob@example.org --json
	is '{"email":"bob@example.org","withdrawn":1}' "$output" withdrawn
	is '[]' "$(ost user invitations --json)" list
	call 1 user uninvite bob@example.org --json
	call 2 user invite --json
	call 2 user invite --email $'bob@b\nBcc: x@y' --json
	call 1 user invite --email -f@b --json
	error_is bad_email
	call 1 user invite --email bob@b --role 'a b' --json
	error_is bad_role
}

@test "who cannot follow a link is not invited" {
	ost init >/dev/null
	call 1 user invite --email bob@example.org --json
	error_is signup_off
	echo 'signup = invite' >>"$CONF"
	call 1 user invite --email bob@example.org --mail --json
	error_is no_mail_from
	call 0 user invite --email bob@example.org
	echo 'signup = open' >>"$CONF"
	call 3 user invite --email bob@example.org
	[[ $stderr == *"signup = open needs mail_from"* ]]
}

@test "invitations go into a dump and are looked at by load and check" {
	setup_mail
	invite bob@example.org
	local key line
	key=$(ost dump | jq -r 'select(.store == "grants") | .key')
	[[ $key == ticket:* ]]
	line=$(fields_of "$key")
	call 0 user uninvite bob@example.org
	load_lines "$line"
	is '["bob@example.org"]' "$(ost user invitations --json | jq -c '[.[].email]')" loaded
	for change in '.kind = "x"' '.email = "bob"' '.user = ""' '.expires = "0"' '.roles = "a ;b"' '.key = "ticket:x"'; do
		run --separate-stderr load_lines "$(jq -c "$change" <<<"$line")"
		[[ $status == 1 && $stderr == *'this link cannot be'* ]] || fail "$change: $stderr"
	done
	call 0 check
}

@test "user delete takes the links of the user along" {
	setup_mail
	local id
	id=$(add_user alice)
	load_lines "$(fields_of "user:$id")" "$(access_line "ticket:$(hash_of x)" kind=reset "user=$id" generation=1 \
		created=1 "expires=$((EPOCHSECONDS + 900))000")"
	is reset "$(fields_of "ticket:$(hash_of x)" | jq -r .kind)" loaded
	call 0 user delete alice --yes
	is '' "$(ost dump | grep ticket:)" "what is left"
}
