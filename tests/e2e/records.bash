# Records as the tests need them, past the pages that would make them: after
# `load lib`, `load oauth`.

# put_record STORE KEY JQ-ARGUMENT...: over what is there; the last argument
# is a jq filter that makes the record's fields of nothing or of the old ones.
put_record() {
	local store=$1 key=$2
	shift 2
	{
		echo '{"ostiary_dump":1,"signing_keys":"absent"}'
		ost dump | jq -c "${@:1:$#-1}" --arg store "$store" --arg key "$key" -n \
			'([inputs | select(.store == $store and .key == $key)][0] // {})
			| '"${*: -1}"' | {store: $store, key: $key} + .'
		echo '{"ostiary_dump_end":1}'
	} >"$WORK/record"
	ost load --force <"$WORK/record" >/dev/null
}

# app_is NAME=VALUE...: fields of $CLIENT's record, as public=1 own_scope='a b'.
app_is() {
	local field
	: "${WORK:=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}}"
	for field; do
		put_record accounts "app:$CLIENT" --arg n "${field%%=*}" --arg v "${field#*=}" '.[$n] = $v'
	done
}

# public_app NAME: a public app; $CLIENT. SECRET is empty.
public_app() {
	new_app "$1" --callback-prefix "$(demo .app.callback_prefix)"
	app_is public=1
	SECRET=
}
