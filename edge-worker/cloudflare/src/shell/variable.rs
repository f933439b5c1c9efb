//! Variables of wrangler.toml.

use worker::{Env, js_sys::Reflect};

pub fn variable(env: &Env, name: &str) -> Option<String> {
    Reflect::get(env, &name.into()).ok()?.as_string()
}
