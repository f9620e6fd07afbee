#ifndef OSTIARY_PAGES_H
#define OSTIARY_PAGES_H
#include "portal.h"
/* The pages below /account: pages.c says which is where, a file each has what
 * it shows (X_get) and what its forms do (X_post). */
extern const struct portal_page account_pages[];

enum ost_err overview_get(struct visit *visit);
enum ost_err keys_get(struct visit *visit);
enum ost_err keys_post(struct visit *visit);
enum ost_err key_revoke_get(struct visit *visit);
enum ost_err key_revoke_post(struct visit *visit);
enum ost_err key_rotate_get(struct visit *visit);
enum ost_err key_rotate_post(struct visit *visit);
enum ost_err sessions_get(struct visit *visit);
enum ost_err sessions_post(struct visit *visit);
enum ost_err events_get(struct visit *visit);
enum ost_err settings_get(struct visit *visit);
enum ost_err settings_post(struct visit *visit);
enum ost_err confirm_get(struct visit *visit);
enum ost_err confirm_post(struct visit *visit);
enum ost_err security_get(struct visit *visit);
enum ost_err security_post(struct visit *visit);

enum ost_err allowed_get(struct visit *visit);
enum ost_err allowed_withdraw_get(struct visit *visit);
enum ost_err allowed_withdraw_post(struct visit *visit);
enum ost_err apps_get(struct visit *visit);
enum ost_err app_callbacks_get(struct visit *visit);
enum ost_err app_callbacks_post(struct visit *visit);
enum ost_err app_connect_get(struct visit *visit);
enum ost_err app_delete_get(struct visit *visit);
enum ost_err app_delete_post(struct visit *visit);
enum ost_err app_edit_get(struct visit *visit);
enum ost_err app_edit_post(struct visit *visit);
enum ost_err app_new_get(struct visit *visit);
enum ost_err app_new_post(struct visit *visit);
enum ost_err app_rotate_get(struct visit *visit);
enum ost_err app_rotate_post(struct visit *visit);
enum ost_err logo_get(struct visit *visit);
enum ost_err style_get(struct visit *visit);
enum ost_err usage_get(struct visit *visit);
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
enum ost_err admin_get(struct visit *visit);
enum ost_err admin_refused_get(struct visit *visit);
enum ost_err admin_users_get(struct visit *visit);
enum ost_err admin_apps_get(struct visit *visit);
enum ost_err admin_keys_get(struct visit *visit);
enum ost_err admin_user_get(struct visit *visit);
enum ost_err admin_app_get(struct visit *visit);
enum ost_err admin_do_get(struct visit *visit);
enum ost_err admin_do_post(struct visit *visit);
enum ost_err admin_invite_get(struct visit *visit);
enum ost_err admin_invite_post(struct visit *visit);
#endif
