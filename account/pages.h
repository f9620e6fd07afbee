#ifndef OSTIARY_PAGES_H
#define OSTIARY_PAGES_H
#include "portal.h"
/* The pages below /account: pages.c says which is where, a file each has what
 * it shows (X_get) and what its forms do (X_post). */
extern const struct portal_page account_pages[];

enum ost_err overview_get(struct visit *visit);
enum ost_err logo_get(struct visit *visit);
enum ost_err style_get(struct visit *visit);
enum ost_err two_step_get(struct visit *visit);
enum ost_err two_step_post(struct visit *visit);
enum ost_err two_step_codes_get(struct visit *visit);
enum ost_err two_step_codes_post(struct visit *visit);
enum ost_err two_step_off_get(struct visit *visit);
enum ost_err two_step_off_post(struct visit *visit);
enum ost_err signup_get(struct visit *visit);
enum ost_err signup_post(struct visit *visit);
enum ost_err reset_get(struct visit *visit);
enum ost_err reset_post(struct visit *visit);
#endif
