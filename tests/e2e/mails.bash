# Mails and the links in them, for the end-to-end tests: after `load lib`,
# `load oauth`, `load mails`. The sendmail here keeps each mail as a file.

# mails_start: $MAILS, a folder with a sendmail. The programs' user can reach it,
# which he cannot those of bats.
mails_start() {
	MAILS=$(mktemp -d "${TMPDIR:-/tmp}/ostiary-mails.XXXXXX")
	export MAILS
	cat >"$MAILS/sendmail" <<-EOF
		#!/bin/sh
		umask 022
		draft=\$(mktemp "$MAILS/draft.XXXXXXXX")
		{ echo "\$*"; cat; } >"\$draft"
		chmod 644 "\$draft"
		mv "\$draft" "$MAILS/mail.\$(date +%s%N)"
	EOF
	chmod 777 "$MAILS"
	chmod 755 "$MAILS/sendmail"
}
mails_stop() { rm -r "$MAILS"; }

mail_count() { find "$MAILS" -name 'mail.*' | wc -l; }
no_mail_waits() { [[ $(ost mail list --json) == '[]' ]]; }

# mail_to ADDRESS: $mail, the newest mail to that address, and $link in it.
mail_to() {
	wait_until 10 has_mail_to "$1"
	mail=$(cat "$(newest_to "$1")")
	link=$(grep -m 1 -o '^https://.*' <<<"$mail")
	link=${link#"$BASE"}
}
newest_to() { grep -lxF -e "-i -- $1" "$MAILS"/mail.* 2>/dev/null | sort | tail -n 1; }
has_mail_to() { [[ -n $(newest_to "$1") ]]; }

# forget_mails: of before.
forget_mails() {
	wait_until 10 no_mail_waits
	find "$MAILS" -name 'mail.*' -delete
}

# from N: what follows in this test comes from 127.0.2.N. Each address may start
# ten times an hour.
from() {
	export CURL_HOME=$BATS_TEST_TMPDIR
	echo "interface = 127.0.2.$1" >"$CURL_HOME/.curlrc"
}

# sent_page: the answer without what differs each time, headers and all.
sent_page() {
	printf '%s\n' "$status"
	sed -E 's/\r$//; /^(date|x-request-id|x-ratelimit-[a-z]*|content-length): /Id' "$WORK/headers" | sort
	cat "$WORK/body"
}
