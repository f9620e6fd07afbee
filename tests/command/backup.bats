# Backups, shown by restoring them.
# shellcheck disable=SC2016 # evaluated again and again
load ../e2e/lib
load state

setup() { setup_state; }
teardown() { stop_writer; }

# elsewhere FOLDER: from here on the state is that one.
elsewhere() {
	STATE=$1
	sed -i "s|^state = .*|state = gdbm:$STATE|" "$CONF"
}

names() { ost key list --json | jq -r '.[].name' | sort; }

# No more than a store needs. Fails when a file was replaced meanwhile.
copy_store() { # STORE FOLDER
	mkdir -p "$2/$1"
	cp -p "$STATE/$1/$1.gdbm" "$2/$1" && cp -p "$STATE/$1/$1".log? "$2/$1"
}

# note_late COPY: when there may have been more than two folds since $before,
# because who copied had to wait for the machine.
note_late() { (($(<"$DONE") - before <= 1)) || : >"$1.late"; }
# Such a copy is a state as any other, or is refused (doc/STATE.md).
is_refused() { # COPY
	[[ -e $1.late ]] && ! ost check >/dev/null 2>&1
}

# All of the first N acknowledged writes are there.
has_first() {
	is "" "$(comm -23 <(head -n "$1" "$DONE" | sort) <(names))" "writes that are missing"
}

@test "a dump while others write loads into a new state" {
	local n
	printf 'a long pass phrase\n' >"$BATS_TEST_TMPDIR/phrase"
	start_writer
	wait_until 60 eval '(($(wc -l <"$DONE") > 20))'
	n=$(wc -l <"$DONE")
	ost dump --passphrase-file "$BATS_TEST_TMPDIR/phrase" >"$BATS_TEST_TMPDIR/dump"
	stop_writer
	elsewhere "$BATS_TEST_TMPDIR/new"
	ost init >/dev/null
	ost load --passphrase-file "$BATS_TEST_TMPDIR/phrase" <"$BATS_TEST_TMPDIR/dump" >/dev/null
	check 0 --json
	is "" "$(problems)" problems
	has_first "$n"
}

@test "the base first, then the logs: a good copy also while it is folded" {
	local copy n store to before
	start_folder
	for copy in {1..10}; do
		n=$(<"$DONE") to=$BATS_TEST_TMPDIR/copy$copy
		for store in grants accounts activity keyring; do
			until before=$(<"$DONE"); copy_store "$store" "$to"; do rm -r "$to/$store"; done
			note_late "$to"
		done
		mkdir "$to/rates"
		echo "$n" >"$BATS_TEST_TMPDIR/n$copy"
	done
	stop_writer
	for copy in {1..10}; do
		elsewhere "$BATS_TEST_TMPDIR/copy$copy"
		! is_refused "$BATS_TEST_TMPDIR/copy$copy" || continue
		check 0 --json
		is "" "$(problems)" "problems of the copy"
		n=$(ost dump | jq -r 'select(.key == "filler:1").text')
		((${n##* } >= $(<"$BATS_TEST_TMPDIR/n$copy")))
		check 0 --json
		is "" "$(problems)" "problems of the copy in use"
	done
}

@test "a plain copy while others write is a state" {
	local copy n
	start_writer
	for copy in {1..10}; do
		n=$(wc -l <"$DONE")
		cp -R "$STATE" "$BATS_TEST_TMPDIR/copy$copy"
		echo "$n" >"$BATS_TEST_TMPDIR/n$copy"
	done
	stop_writer
	for copy in {1..10}; do
		elsewhere "$BATS_TEST_TMPDIR/copy$copy"
		check 0 --json
		is "" "$(problems)" "problems of the copy"
		has_first "$(<"$BATS_TEST_TMPDIR/n$copy")"
		check 0 --json
		is "" "$(problems)" "problems of the copy in use"
	done
}

# What cp and tar say of files that were replaced meanwhile does not count.
plain_copy() { # TOOL FOLDER
	mkdir "$2"
	case $1 in
	cp) cp -R "$STATE/." "$2" || : ;;
	tar) { tar -C "$STATE" -cf - . || :; } | tar -C "$2" -xf - ;;
	rsync) rsync -a "$STATE/" "$2" || : ;;
	esac 2>/dev/null
}

@test "a plain copy with any tool, while a store is folded all the time, is a state" {
	local copy n before tool tools=(cp tar)
	[[ -z $(type -P rsync) ]] || tools+=(rsync)
	start_folder
	for tool in "${tools[@]}"; do
		for copy in {1..12}; do
			before=$(<"$DONE")
			plain_copy "$tool" "$BATS_TEST_TMPDIR/$tool$copy"
			note_late "$BATS_TEST_TMPDIR/$tool$copy"
			echo "$before" >"$BATS_TEST_TMPDIR/n$tool$copy"
		done
	done
	stop_writer
	for tool in "${tools[@]}"; do
		for copy in {1..12}; do
			elsewhere "$BATS_TEST_TMPDIR/$tool$copy"
			! is_refused "$BATS_TEST_TMPDIR/$tool$copy" || continue
			check 0
			n=$(ost dump | jq -r 'select(.key == "filler:1").text')
			((${n##* } >= $(<"$BATS_TEST_TMPDIR/n$tool$copy")))
			check 0 --json
			is "" "$(problems)" "problems of the copy in use"
		done
	done
}
