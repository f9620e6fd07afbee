# What the programs and the command leave in mail/ is handed to sendmail.
load lib

# The programs' user can reach it, which he cannot the folders of bats.
setup_file() {
	MAILS=$(mktemp -d "${TMPDIR:-/tmp}/ostiary-mails.XXXXXX")
	export MAILS
	cat >"$MAILS/sendmail" <<-EOF
		#!/bin/sh
		umask 022
		draft=\$(mktemp "$MAILS/draft.XXXXXXXX")
		{ echo "\$*"; cat; } >"\$draft"
		chmod 644 "\$draft"
		mv "\$draft" "\$draft.mail"
	EOF
	chmod 777 "$MAILS"
	chmod 755 "$MAILS/sendmail"
	start_server 'signup = invite' "sendmail = $MAILS/sendmail" 'mail_from = no-reply@data.example'
}
teardown_file() {
	rm -r "$MAILS"
	stop_server
}

one_came() { [[ $(find "$MAILS" -name '*.mail' | wc -l) == 1 ]]; }
none_waits() { [[ $(ost mail list --json) == '[]' ]]; }

@test "scripts/serve hands a mail on within moments" {
	local link
	link=$(ost user invite --email bob@example.org --mail --json | jq -r .link)
	wait_until 10 one_came
	grep -qxF -e '-i -- bob@example.org' "$MAILS"/*.mail
	grep -qxF "$link" "$MAILS"/*.mail
	wait_until 10 none_waits
}
