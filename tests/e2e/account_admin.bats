# The operator's pages, /account/admin and below.
load lib
load oauth
load records
[[ ! -e $BATS_TEST_DIRNAME/account.bash ]] || load account

setup_file() { start_server 'signup = invite'; }
teardown_file() { stop_server; }
setup() { browser; }

# operator PATH: the demo's operator, signed in, on that page
operator() {
	visit "$1"
	submit username=admin "password=$(password_of admin)"
	status_is 303
	visit "$1"
	status_is 200
}

@test "the operator sees at a glance how the doors are doing" {
	operator /account/admin
	[[ $body == *'<h1>Operation</h1>'* ]]
}
