/* All unit tests in one process. Each tests/unit/test_x.c exports test_x(),
 * which runs its own group and returns the number of failures. */
#include "crypto.h"

#define SUITES(X)                                                              \
	X(codec)                                                               \
	X(base32)                                                              \
	X(enroll)                                                              \
	X(second_page)                                                         \
	X(percent)                                                             \
	X(text)                                                                \
	X(json)                                                                \
	X(json_members)                                                        \
	X(json_write)                                                          \
	X(crypto)                                                              \
	X(pkey)                                                                \
	X(pkey_vectors)                                                        \
	X(pkey_exponent)                                                       \
	X(password)                                                            \
	X(config)                                                              \
	X(config_values)                                                       \
	X(config_faults)                                                       \
	X(policy)                                                              \
	X(policy_faults)                                                       \
	X(store)                                                               \
	X(store_gdbm)                                                          \
	X(store_damage)                                                        \
	X(store_check)                                                         \
	X(store_copy)                                                          \
	X(store_lost)                                                          \
	X(store_stale)                                                         \
	X(store_fold)                                                          \
	X(store_many)                                                          \
	X(rate)                                                                \
	X(permit)                                                              \
	X(tally)                                                               \
	X(tally_file)                                                          \
	X(record)                                                              \
	X(keyring)                                                             \
	X(keyring_pairs)                                                       \
	X(user)                                                                \
	X(app_key)                                                             \
	X(key_issue)                                                           \
	X(key_query)                                                           \
	X(grant)                                                               \
	X(user_code)                                                           \
	X(totp)                                                                \
	X(recovery)                                                            \
	X(qr)                                                                  \
	X(second_step)                                                         \
	X(device)                                                              \
	X(device_polling)                                                      \
	X(device_grant)                                                        \
	X(present)                                                             \
	X(renew)                                                               \
	X(renew_faults)                                                        \
	X(exchange)                                                            \
	X(issue)                                                               \
	X(agent)                                                               \
	X(password_change)                                                     \
	X(session)                                                             \
	X(session_many)                                                        \
	X(collect)                                                             \
	X(event)                                                               \
	X(withdraw)                                                            \
	X(operate)                                                             \
	X(allowed)                                                             \
	X(registration)                                                        \
	X(mail)                                                                \
	X(spool)                                                               \
	X(signup)                                                              \
	X(reset)                                                               \
	X(confirm)                                                             \
	X(signup_race)                                                         \
	X(signup_mail)                                                         \
	X(token)                                                               \
	X(token_hostile)                                                       \
	X(token_es256)                                                         \
	X(jws)                                                                 \
	X(request)                                                             \
	X(request_parts)                                                       \
	X(form)                                                                \
	X(path)                                                                \
	X(credentials)                                                         \
	X(gate)                                                                \
	X(gate_app)                                                            \
	X(admit)                                                               \
	X(response)                                                            \
	X(page)                                                                \
	X(page_text)                                                           \
	X(template)                                                            \
	X(messages)                                                            \
	X(chart)                                                               \
	X(dataset)                                                             \
	X(redirect)                                                            \
	X(uri)                                                                 \
	X(uri_readers)                                                         \
	X(oauth)                                                               \
	X(asking)                                                              \
	X(asking_signin)                                                       \
	X(remembered)                                                          \
	X(remembered_end)                                                      \
	X(consent)                                                             \
	X(rights)                                                              \
	X(idtoken)                                                             \
	X(pkce)                                                                \
	X(scope)                                                               \
	X(guess)                                                               \
	X(store_bounds)

#define DECLARE(name) int test_##name(void);
#define RUN(name)     failed += test_##name();

/* clang-format off */
SUITES(DECLARE)

int
main(void)
{
	int failed = 0;

	if (crypto_init() != OST_OK)
		return 3;
	SUITES(RUN)
	return failed == 0 ? 0 : 1;
}
