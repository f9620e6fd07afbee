#ifndef OSTIARY_TESTS_CONSENTS_H
#define OSTIARY_TESTS_CONSENTS_H
#include "records.h"
#include "remembered.h"
/* What the tests of remembered consents share: one user and one application
 * that is called back at one host. */
#define CONSENT_LIFETIME_MS (180 * DAY_MS)
#define HOST		    SPAN("app.example")

extern struct consents {
	struct arena *arena;
	struct store *store;
} consents;
extern const struct user consents_user;
extern const struct app consents_app;

int consents_open(void **state);
int consents_close(void **state);
/* What writes that this page was allowed. */
struct store_item consents_item_of(const struct remembered_page *page);
/* That this scope was allowed at HOST. */
struct store_item consents_item(const char *scope, bool is_offline);
/* And writes it. */
void consents_remember(const char *scope);
/* What is remembered. */
struct remembered consents_found(void);
/* Whether it covers this scope at HOST now, for this state of the app. */
bool consents_cover(const struct app *asking, const char *scope);
#endif
