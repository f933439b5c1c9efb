//! Who else says who a visitor is: a page's identity provider, and its keys for platform tokens.

use origin_objects::{
    provider::{NewProvider, Provider},
    token_key::{NewTokenKey, TokenKey},
};
use utoipa::openapi::HttpMethod;

use super::{Document, answer, body, list_of, operation, text};

impl Document {
    pub(super) fn provider(&mut self) {
        let (path, what) = ("/v1/pages/{page}/sign-in/provider", "identity provider");
        let (object, new) = (self.schema::<Provider>(), self.schema::<NewProvider>());
        let found = answer("Found", object.clone()).header("etag", text());
        self.set(path, what, found, body(new), object);
    }

    pub(super) fn token_keys(&mut self) {
        let (path, what) = ("/v1/pages/{page}/sign-in/token-keys", "key for platform tokens");
        let (object, new) = (self.schema::<TokenKey>(), self.schema::<NewTokenKey>());
        let listed = operation(path, what, "Lists the page's keys for platform tokens");
        let list = answer("All of them", list_of(object.clone()));
        self.add(path, HttpMethod::Get, listed.response("200", list));
        let found = answer("Found", object.clone()).header("etag", text());
        self.set(&format!("{path}/{{key}}"), what, found, body(new), object);
    }
}
