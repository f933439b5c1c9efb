//! Sessions of visitors.

use origin_objects::{access::PageAccess, session::VisitorSession};
use utoipa::openapi::{
    HttpMethod, ObjectBuilder, ResponseBuilder, Type,
    path::{Parameter, ParameterBuilder, ParameterIn},
};

use super::{Document, answer, changed, changing, list_of, operation, paging};

impl Document {
    pub(super) fn access(&mut self) {
        let path = "/v1/pages/{page}/access";
        let object = self.schema::<PageAccess>();
        let read = operation(
            path,
            "access",
            "Says how much of what a page may have for its visitors it has",
        );
        self.add(path, HttpMethod::Get, read.response("200", answer("Found", object)));
    }

    pub(super) fn sessions(&mut self) {
        let (all, what) = ("/v1/pages/{page}/sessions", "session");
        let one = format!("{all}/{{session}}");
        let list = list_of(self.schema::<VisitorSession>());
        let listed = operation(all, what, "Lists who is let in, the newest first")
            .parameters(Some(paging()))
            .parameter(person("Only those of whoever is called so"));
        self.add(
            all,
            HttpMethod::Get,
            listed.response("200", answer("A piece of the list", list)),
        );
        let done = || changed(ResponseBuilder::new().description("Ended"));
        let ended = changing(operation(
            all,
            what,
            "Ends the sessions of all visitors of a page, or those of one person",
        ));
        let ended = ended.parameter(person("Whose; without it all are ended"));
        self.add(all, HttpMethod::Delete, ended.response("204", done()));
        let ended = changing(operation(&one, what, "Ends a session"));
        self.add(&one, HttpMethod::Delete, ended.response("204", done()));
    }
}

fn person(says: &str) -> Parameter {
    ParameterBuilder::new()
        .name("person")
        .parameter_in(ParameterIn::Query)
        .description(Some(says))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}
