//! The pages, one family a file: a handler for each method, and the templates that they fill.

mod activity;
mod admin;
mod authenticators;
mod challenge;
mod disable;
mod enroll;
mod events;
mod message;
mod password;
mod password_link;
mod proof;
mod recovery_codes;
mod recovery_test;
mod replace;
mod security;
mod sessions;
mod set_up;
mod sign_in;
mod trusted_devices;

use poem::{Route, get, post};

use crate::assets;
use crate::posted::{act, form, form_or_again};

pub(crate) use admin::UPLOAD;
pub(crate) use message::MessagePage;

/// Every address of the pages.
pub(crate) fn routes() -> Route {
    admin::add_to(Route::new())
        .at("/", get(sign_in::home))
        .at("/.well-known/change-password", get(password::well_known))
        .at("/assets/:name", get(assets::show))
        .at("/setup", get(set_up::show).post(act(set_up::submit)))
        .at("/password", get(password_link::show).post(act(password_link::submit)))
        .at("/sign-in", get(sign_in::show).post(form_or_again(sign_in::submit)))
        .at("/sign-in/continue", post(form(sign_in::go_on)))
        .at("/sign-in/second-factor", get(challenge::show_second_factor).post(act(challenge::submit_second_factor)))
        .at("/sign-in/recovery-code", get(challenge::show_recovery_code).post(act(challenge::submit_recovery_code)))
        .at("/sign-out", post(form(sign_in::sign_out)))
        .at("/security", get(security::show))
        .at("/security/authenticators/:id/rename", get(security::show).post(form(security::rename)))
        .at("/security/authenticators/:id/remove", get(authenticators::show_remove).post(act(authenticators::remove)))
        .at("/security/enroll", get(enroll::show_begin).post(act(enroll::begin)))
        .at("/security/enroll/:id", get(enroll::show_confirm).post(act(enroll::confirm)))
        .at("/security/enroll/:id/cancel", post(form(enroll::cancel)))
        .at("/security/replace", get(replace::show).post(act(replace::begin)))
        .at("/security/disable", get(disable::show).post(act(disable::submit)))
        .at("/security/recovery-codes", get(recovery_codes::show).post(act(recovery_codes::submit)))
        .at("/security/recovery-codes/test", get(recovery_test::show).post(act(recovery_test::submit)))
        .at("/security/recovery-codes/shown", get(recovery_codes::show_once))
        .at("/security/recovery-codes/saved", post(form(recovery_codes::saved)))
        .at("/security/trusted-devices", get(trusted_devices::show))
        .at("/security/trusted-devices/revoke-all", post(form(trusted_devices::revoke_all)))
        .at("/security/trusted-devices/:id/revoke", post(form(trusted_devices::revoke)))
        .at("/security/sessions", get(sessions::show))
        .at("/security/sessions/end-others", post(form(sessions::end_others)))
        .at("/security/sessions/:id/end", post(form(sessions::end)))
        .at("/security/password", get(password::show).post(act(password::submit)))
        .at("/security/activity", get(activity::show))
        .at("/security/not-me", get(password::show_not_me).post(act(password::submit_not_me)))
}
