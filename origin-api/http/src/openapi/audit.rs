//! The audit log.

use origin_objects::audit::AuditEntry;
use utoipa::openapi::{
    Content, HttpMethod, ObjectBuilder, Required, ResponseBuilder, Type,
    path::{ParameterBuilder, ParameterIn},
    schema::ArrayBuilder,
};

use super::{Document, answer, list_of, operation, paging};

impl Document {
    pub(super) fn audit(&mut self) {
        let list = list_of(self.schema::<AuditEntry>());
        for (path, says) in [
            (
                "/v1/pages/{page}/audit",
                "Lists who changed what of a page, the newest first",
            ),
            (
                "/v1/audit",
                "Lists who changed what belongs to no page, the newest first",
            ),
        ] {
            let kind = ParameterBuilder::new()
                .name("kind")
                .parameter_in(ParameterIn::Query)
                .description(Some("Only what was done to those, such as `audience`"))
                .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
            let listed = operation(path, "audit entry", says)
                .parameters(Some(paging()))
                .parameter(kind);
            let listed = listed.response("200", answer("A piece of the list", list.clone()));
            self.add(path, HttpMethod::Get, listed);
        }
    }

    pub(super) fn preview(&mut self) {
        let path = "/v1/pages/{page}/preview";
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let audience = ParameterBuilder::new()
            .name("audience")
            .parameter_in(ParameterIn::Query)
            .required(Required::True)
            .description(Some(
                "`public` for strangers, or the id of an audience; several for somebody who is in all of them",
            ))
            .schema(Some(ArrayBuilder::new().items(text())));
        let language = ParameterBuilder::new()
            .name("lang")
            .parameter_in(ParameterIn::Query)
            .description(Some("Such as `de`; that of the page, where nothing is said"))
            .schema(Some(text()));
        let address = ParameterBuilder::new()
            .name("path")
            .parameter_in(ParameterIn::Query)
            .description(Some(
                "Path and query of an address of the page, such as `/history?component=ID`, encoded; the front page, where nothing is said",
            ))
            .schema(Some(text()));
        let says = "Shows an address of the page as an edge would answer it to those in some audiences now";
        let read = operation(path, "preview", says)
            .parameter(audience)
            .parameter(address)
            .parameter(language);
        let html = ResponseBuilder::new()
            .description("What is there, with the status that it has for them")
            .content("text/html", Content::default());
        self.add(path, HttpMethod::Get, read.response("200", html));
    }
}
