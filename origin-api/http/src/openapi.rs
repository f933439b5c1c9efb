//! The document of the push API, OpenAPI 3.1, from the very types that are parsed and answered.

mod audit;
mod members;
mod reach;
mod sessions;
mod sign_in;

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response as HttpResponse};
use http::header;
use origin_objects::{
    announcement::{Announcement, NewAnnouncement},
    audience::{Audience, AudiencePatch, NewAudience},
    component::{Component, ComponentPatch, DeletedComponent, NewComponent},
    delivery::Delivery,
    group::{Group, GroupPatch, NewGroup},
    incident::{Incident, IncidentPatch, NewIncident},
    incident_template::{IncidentTemplate, IncidentTemplatePatch, NewIncidentTemplate, NewPreview, Preview},
    link::{Link, LinkPatch, NewLink},
    maintenance::{Maintenance, MaintenancePatch, NewMaintenance},
    maintenance_series::{MaintenanceSeries, MaintenanceSeriesPatch, NewMaintenanceSeries},
    metric::{Metric, MetricPatch, NewMetric, NewMetricPoints, TakenPoints},
    page::{NewPage, Page, PagePatch},
    schema,
    token::{NewToken, Token, TokenPatch},
    update::{IncidentUpdate, MaintenanceUpdate, NewIncidentUpdate, NewMaintenanceUpdate, UpdatePatch},
    would_see::DryRun,
};
use page_model::asset::AssetKind;
use utoipa::{
    ToSchema,
    openapi::{
        ComponentsBuilder, Content, HttpMethod, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Paths, Ref, RefOr,
        Required, Response, ResponseBuilder, Schema, SecurityRequirement, Type,
        header::HeaderBuilder,
        path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
        request_body::{RequestBody, RequestBodyBuilder},
        schema::{ArrayBuilder, OneOfBuilder},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{
    problem::Problem,
    push::{events::Events, request::LIMIT_MAX},
};

pub async fn document() -> HttpResponse {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

static DOCUMENT: LazyLock<String> = LazyLock::new(|| openapi().to_json().unwrap_or_default());

pub fn openapi() -> OpenApi {
    let mut document = Document::default();
    document.family::<Page, NewPage, PagePatch>("/v1/pages", "{page}", "page");
    document.takes_from_others("/v1/pages/{page}");
    document.announcement();
    document.picture("logo");
    document.picture("logo-dark");
    document.picture("favicon");
    document.family::<Audience, NewAudience, AudiencePatch>("/v1/pages/{page}/audiences", "{audience}", "audience");
    document.members();
    document.provider();
    document.token_keys();
    document.family::<Link, NewLink, LinkPatch>("/v1/pages/{page}/links", "{link}", "link");
    document.sessions();
    document.access();
    document.audit();
    document.preview();
    document.family::<Group, NewGroup, GroupPatch>("/v1/pages/{page}/groups", "{group}", "group");
    document.family::<Component, NewComponent, ComponentPatch>(
        "/v1/pages/{page}/components",
        "{component}",
        "component",
    );
    document.deleted_component("/v1/pages/{page}/components/{component}");
    document.family::<Incident, NewIncident, IncidentPatch>("/v1/pages/{page}/incidents", "{incident}", "incident");
    document.family::<IncidentUpdate, NewIncidentUpdate, UpdatePatch>(
        "/v1/pages/{page}/incidents/{incident}/updates",
        "{update}",
        "incident update",
    );
    document.family::<Maintenance, NewMaintenance, MaintenancePatch>(
        "/v1/pages/{page}/maintenances",
        "{maintenance}",
        "maintenance",
    );
    document.family::<MaintenanceUpdate, NewMaintenanceUpdate, UpdatePatch>(
        "/v1/pages/{page}/maintenances/{maintenance}/updates",
        "{update}",
        "maintenance update",
    );
    document.family::<IncidentTemplate, NewIncidentTemplate, IncidentTemplatePatch>(
        "/v1/pages/{page}/incident-templates",
        "{template}",
        "incident template",
    );
    document.action::<NewPreview, Preview>(
        (
            "/v1/pages/{page}/incident-templates/{template}/preview",
            "incident template",
        ),
        "Shows the incident that a template would create; nothing is stored",
        ("200", "The incident"),
    );
    document.family::<MaintenanceSeries, NewMaintenanceSeries, MaintenanceSeriesPatch>(
        "/v1/pages/{page}/maintenance-series",
        "{series}",
        "maintenance series",
    );
    document.events();
    document.family::<Metric, NewMetric, MetricPatch>("/v1/pages/{page}/metrics", "{metric}", "metric");
    document.action::<NewMetricPoints, TakenPoints>(
        ("/v1/pages/{page}/metrics/{metric}/points", "metric"),
        "Takes points of a metric; a point replaces one of the same ten seconds",
        ("201", "On disk, and on the page within some seconds"),
    );
    document.family::<Token, NewToken, TokenPatch>("/v1/tokens", "{token}", "token");
    document.delivery();
    document.finish()
}

#[derive(Default)]
struct Document {
    paths: Paths,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Document {
    /// The five verbs of a family.
    fn family<T: ToSchema, New: ToSchema, Patch: ToSchema>(&mut self, path: &str, id: &str, what: &str) {
        let one = format!("{path}/{id}");
        let object = self.schema::<T>();
        let list = list_of(object.clone());
        let (new, patch) = (self.schema::<New>(), self.schema::<Patch>());
        let a = article(what);
        let listed = operation(path, what, &format!("Lists {what}s a piece at a time"));
        let listed = listed
            .parameters(Some(paging()))
            .response("200", answer("A piece of the list", list));
        self.add(path, HttpMethod::Get, listed);
        let created = changing(operation(path, what, &format!("Creates {a} {what}"))).request_body(Some(body(new)));
        let created = created.response(
            "201",
            changed(answer("Created", object.clone())).header("location", text()),
        );
        self.add(path, HttpMethod::Post, created);
        let read = operation(&one, what, &format!("Reads {a} {what}"));
        self.add(
            &one,
            HttpMethod::Get,
            read.response("200", answer("Found", object.clone()).header("etag", text())),
        );
        let patched = changing(operation(
            &one,
            what,
            &format!("Changes {a} {what}; absent fields stay as they are"),
        ));
        let patched = patched
            .request_body(Some(body(patch)))
            .response("200", changed(answer("Changed", object)));
        self.add(&one, HttpMethod::Patch, patched);
        let deleted = changing(operation(&one, what, &format!("Deletes {a} {what}")));
        let done = changed(ResponseBuilder::new().description("Deleted"));
        self.add(&one, HttpMethod::Delete, deleted.response("204", done));
    }

    fn deleted_component(&mut self, path: &str) {
        let left = self.schema::<DeletedComponent>();
        let deleted = changed(answer(
            "Deleted, and taken out of maintenances that have not begun",
            left,
        ));
        let operation = self.paths.paths.get_mut(path).and_then(|item| item.delete.as_mut());
        if let Some(operation) = operation {
            operation
                .responses
                .responses
                .insert("200".into(), deleted.build().into());
        }
    }

    /// A `POST` that creates no object of a family.
    fn action<Body: ToSchema, Reply: ToSchema>(
        &mut self,
        (path, what): (&str, &str),
        summary: &str,
        (status, description): (&str, &str),
    ) {
        let (sent, reply) = (self.schema::<Body>(), self.schema::<Reply>());
        let if_match = parameter("if-match", ParameterIn::Header, Required::False);
        let action = operation(path, what, summary).parameters(Some([if_match]));
        let action = action.request_body(Some(body(sent)));
        self.add(
            path,
            HttpMethod::Post,
            action.response(status, answer(description, reply)),
        );
    }

    fn announcement(&mut self) {
        let (path, what) = ("/v1/pages/{page}/announcement", "announcement");
        let (object, new) = (self.schema::<Announcement>(), self.schema::<NewAnnouncement>());
        let found = answer("Found", object.clone()).header("etag", text());
        self.set(path, what, found, body(new), object);
    }

    /// A logo or favicon: the picture itself is the body.
    fn picture(&mut self, what: &str) {
        let kinds = || AssetKind::ALL.map(AssetKind::media_type);
        let found = ResponseBuilder::new().description("The picture").header("etag", text());
        let found = kinds()
            .into_iter()
            .fold(found, |found, kind| found.content(kind, Content::default()));
        let body = RequestBodyBuilder::new().required(Some(Required::True));
        let body = kinds()
            .into_iter()
            .fold(body, |body, kind| body.content(kind, Content::default()));
        self.set(
            &format!("/v1/pages/{{page}}/{what}"),
            what,
            found,
            body.build(),
            schema::asset(),
        );
    }

    /// What a page has one of.
    fn set(&mut self, path: &str, what: &str, found: ResponseBuilder, body: RequestBody, object: RefOr<Schema>) {
        let a = article(what);
        let read = operation(path, what, &format!("Reads the page's {what}"));
        self.add(path, HttpMethod::Get, read.response("200", found));
        let put = changing(operation(
            path,
            what,
            &format!("Gives the page {a} {what}, or another one"),
        ));
        let put = put
            .request_body(Some(body))
            .response("200", changed(answer("Set", object)));
        self.add(path, HttpMethod::Put, put);
        let deleted = changing(operation(path, what, &format!("Takes the page's {what} away")));
        let done = changed(ResponseBuilder::new().description("Deleted"));
        self.add(path, HttpMethod::Delete, deleted.response("204", done));
    }

    fn events(&mut self) {
        let path = "/v1/pages/{page}/events";
        let events = self.schema::<Events>();
        let after = ParameterBuilder::new()
            .name("after")
            .parameter_in(ParameterIn::Query)
            .description(Some("The `seq` of the last event that is known"))
            .schema(Some(integer()));
        let limit = parameter("limit", ParameterIn::Query, Required::False);
        let read = operation(
            path,
            "event",
            "Reads what others may want to hear, in order, for thirty days",
        );
        let read = read.parameter(after).parameter(limit);
        self.add(
            path,
            HttpMethod::Get,
            read.response("200", answer("Events after that one", events)),
        );
    }

    fn delivery(&mut self) {
        let path = "/v1/pages/{page}/delivery";
        let delivery = self.schema::<Delivery>();
        let seq = ParameterBuilder::new()
            .name("seq")
            .parameter_in(ParameterIn::Query)
            .schema(Some(integer()));
        let read = operation(path, "delivery", "Says which regions had a change, and since when").parameter(seq);
        self.add(
            path,
            HttpMethod::Get,
            read.response("200", answer("How far each region is", delivery)),
        );
    }

    /// Adds the schema of a type and of all that it refers to; answers the reference.
    fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        T::schemas(&mut self.schemas);
        self.schemas.push((T::name().into_owned(), T::schema()));
        Ref::from_schema_name(T::name()).into()
    }

    fn add(&mut self, path: &str, method: HttpMethod, operation: OperationBuilder) {
        self.paths
            .add_path_operation::<_, Operation>(path, vec![method], operation.build());
    }

    fn finish(mut self) -> OpenApi {
        self.schema::<Problem>();
        self.schema::<DryRun>();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API token"))
            .build();
        let components = ComponentsBuilder::new()
            .schemas_from_iter(self.schemas)
            .security_scheme("token", SecurityScheme::Http(bearer));
        let info = InfoBuilder::new()
            .title("Pharos push API")
            .version(env!("CARGO_PKG_VERSION"));
        OpenApiBuilder::new()
            .info(info.description(Some(DESCRIPTION)).build())
            .paths(self.paths)
            .components(Some(components.build()))
            .security(Some([SecurityRequirement::new("token", [] as [&str; 0])]))
            .build()
    }
}

fn operation(path: &str, what: &str, summary: &str) -> OperationBuilder {
    let ids = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let ids: Vec<Parameter> = ids
        .map(|name| parameter(name, ParameterIn::Path, Required::True))
        .collect();
    OperationBuilder::new()
        .tag(what)
        .summary(Some(summary))
        .parameters(Some(ids))
        .response("default", refused())
}

/// What every change takes and answers.
fn changing(operation: OperationBuilder) -> OperationBuilder {
    let headers = ["if-match", "idempotency-key"];
    let headers = headers.map(|name| parameter(name, ParameterIn::Header, Required::False));
    operation.parameters(Some(headers))
}

fn changed(response: ResponseBuilder) -> ResponseBuilder {
    let seq = HeaderBuilder::new().schema(Some(integer()));
    let visible = HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String)));
    let visible = visible.description(Some(
        "Of a change that says for whom something is: who sees something else now, as `public;appear=0;vanish=2`",
    ));
    let seq = seq.description(Some("The change's place in the outbox")).build();
    response
        .header("etag", text())
        .header("pharos-seq", seq)
        .header("pharos-visible", visible.build())
}

fn answer(description: &str, schema: RefOr<Schema>) -> ResponseBuilder {
    ResponseBuilder::new()
        .description(description)
        .content("application/json", Content::new(Some(schema)))
}

fn refused() -> Response {
    let problem = Ref::from_schema_name(Problem::name());
    let content = Content::new(Some(RefOr::<Schema>::Ref(problem)));
    ResponseBuilder::new()
        .description("Refused; nothing was stored")
        .content("application/problem+json", content)
        .build()
}

fn body(schema: RefOr<Schema>) -> RequestBody {
    let content = Content::new(Some(schema));
    RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content("application/json", content)
        .build()
}

fn list_of(object: RefOr<Schema>) -> RefOr<Schema> {
    let nothing = ObjectBuilder::new().schema_type(Type::Null);
    let next = OneOfBuilder::new()
        .item(ObjectBuilder::new().schema_type(Type::String))
        .item(nothing);
    ObjectBuilder::new()
        .property("items", ArrayBuilder::new().items(object))
        .property("next", next)
        .required("items")
        .required("next")
        .into()
}

fn paging() -> [Parameter; 2] {
    ["limit", "after"].map(|name| parameter(name, ParameterIn::Query, Required::False))
}

fn parameter(name: &str, location: ParameterIn, required: Required) -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let schema = match (&location, name) {
        (ParameterIn::Path, "session") => schema::session_id(),
        (ParameterIn::Path, _) => schema::id(),
        (_, "limit") => limit(),
        (_, "idempotency-key") => text.pattern(Some("^[!-~]{1,200}$")).into(),
        _ => text.into(),
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(location)
        .required(required)
        .schema(Some(schema))
        .build()
}

fn limit() -> RefOr<Schema> {
    let limit = ObjectBuilder::new().schema_type(Type::Integer);
    limit.minimum(Some(1)).maximum(Some(LIMIT_MAX)).into()
}

fn integer() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::Integer).into()
}

fn text() -> utoipa::openapi::Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

fn article(what: &str) -> &'static str {
    if what.starts_with(['a', 'i']) { "an" } else { "a" }
}

const DESCRIPTION: &str = "What publishers change. A 2xx means that the change is on disk. Lists take `limit` and `after`; \
    a change takes `If-Match` with an ETag and `Idempotency-Key`, under which its answer is kept for 24 hours. \
    An ETag changes exactly when the body does. `If-Match` is of the object that the address names; with a `POST` that creates, \
    of what it is created below: the incident or maintenance of an update, the page of anything else. \
    `?dry_run=true` with a change of a page tries it: the answer, a `DryRun`, says who would see something else, and nothing is stored. \
    `?visible=true` makes it, and its answer has the same list as `visible`; a `PATCH` or `PUT` that names `audiences` or `visibility` says it in \
    short in the header `pharos-visible`.";
