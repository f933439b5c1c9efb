//! Members of an audience.

use origin_objects::member::{ChangedMembers, Member};
use utoipa::openapi::{
    Content, HttpMethod, ObjectBuilder, Required, ResponseBuilder, Type,
    path::{ParameterBuilder, ParameterIn},
    request_body::RequestBodyBuilder,
};

use super::{Document, answer, changed, changing, list_of, operation, paging, text};

impl Document {
    pub(super) fn members(&mut self) {
        let (all, what) = ("/v1/pages/{page}/audiences/{audience}/members", "member");
        let one = format!("{all}/{{address}}");
        let object = self.schema::<Member>();
        let listed = operation(all, what, "Lists members a piece at a time").parameters(Some(paging()));
        let list = list_of(object.clone());
        self.add(
            all,
            HttpMethod::Get,
            listed.response("200", answer("A piece of the list", list)),
        );
        let read = operation(&one, what, "Reads a member");
        let found = answer("Found", object.clone()).header("etag", text());
        self.add(&one, HttpMethod::Get, read.response("200", found));
        let put = changing(operation(&one, what, "Makes somebody a member by their address"));
        let put = put.response("200", changed(answer("A member", object)));
        self.add(&one, HttpMethod::Put, put);
        let deleted = changing(operation(&one, what, "Takes a member out of the audience"));
        let done = changed(ResponseBuilder::new().description("Deleted"));
        self.add(&one, HttpMethod::Delete, deleted.response("204", done));
        self.members_as_csv(&format!("{all}.csv"), what);
    }

    fn members_as_csv(&mut self, path: &str, what: &str) {
        let reply = self.schema::<ChangedMembers>();
        let says = "Makes those in the file the members, and nobody else; a fault names its line";
        let dry_run = ParameterBuilder::new()
            .name("dry_run")
            .parameter_in(ParameterIn::Query)
            .description(Some("Says what would change, and changes nothing"))
            .schema(Some(ObjectBuilder::new().schema_type(Type::Boolean)));
        let body = RequestBodyBuilder::new()
            .description(Some("A line `email`, then an address a line"))
            .required(Some(Required::True))
            .content("text/csv", Content::default());
        let put = changing(operation(path, what, says)).parameter(dry_run);
        let put = put.request_body(Some(body.build()));
        let done = changed(answer("What changed, or would change", reply));
        self.add(path, HttpMethod::Post, put.response("200", done));
    }
}
