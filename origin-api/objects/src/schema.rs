//! The OpenAPI schemas of what `page-model`, which knows no OpenAPI, defines.

use page_model::{
    Language,
    access::Door,
    site::Visibility,
    snapshot::{EmbedPosition, GroupDisplay},
    status::{Impact, IncidentStatus, MaintenanceStatus, Status},
};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, OneOfBuilder, RefOr, Schema, Type};

use crate::{link_formats::LinkFormats, string_enum::StringEnum};

pub fn id() -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^[a-z0-9]{12}$"))
        .into()
}

pub fn session_id() -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^[0-9a-f]{32}$"))
        .into()
}

/// Fields of any names, or nothing.
pub fn any_object() -> RefOr<Schema> {
    or_null(ObjectBuilder::new().schema_type(Type::Object).into())
}

pub fn optional_id() -> RefOr<Schema> {
    or_null(id())
}

pub fn ids() -> RefOr<Schema> {
    ArrayBuilder::new().items(id()).into()
}

/// Whom an object is for.
pub fn audiences() -> RefOr<Schema> {
    list_of_audiences().min_items(Some(1)).into()
}

/// Who sees an object.
pub fn audiences_seen() -> RefOr<Schema> {
    list_of_audiences().into()
}

fn list_of_audiences() -> ArrayBuilder {
    let one = ObjectBuilder::new().schema_type(Type::String);
    let one = one.pattern(Some("^(public|[a-z0-9]{12})$"));
    ArrayBuilder::new().items(one).unique_items(true)
}

pub fn hosts() -> RefOr<Schema> {
    let host = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(page_model::limits::HOST_CHARS_MAX));
    ArrayBuilder::new()
        .items(host)
        .max_items(Some(page_model::limits::PAGE_HOSTS_MAX))
        .into()
}

pub fn status() -> RefOr<Schema> {
    one_of(Status::ALL.iter().map(|status| status.as_str()))
}

pub fn incident_status() -> RefOr<Schema> {
    one_of(IncidentStatus::ALL.iter().map(|status| status.as_str()))
}

pub fn maintenance_status() -> RefOr<Schema> {
    one_of(MaintenanceStatus::ALL.iter().map(|status| status.as_str()))
}

pub fn impact() -> RefOr<Schema> {
    one_of(Impact::ALL.iter().map(|impact| impact.as_str()))
}

pub fn language() -> RefOr<Schema> {
    one_of(Language::names().into_iter())
}

pub fn visibility() -> RefOr<Schema> {
    one_of(Visibility::names().into_iter())
}

pub fn door() -> RefOr<Schema> {
    one_of(Door::names().into_iter())
}

pub fn formats() -> RefOr<Schema> {
    one_of(LinkFormats::names().into_iter())
}

pub fn embed_position() -> RefOr<Schema> {
    one_of(EmbedPosition::names().into_iter())
}

pub fn embed() -> RefOr<Schema> {
    let always = ObjectBuilder::new().schema_type(Type::Boolean);
    let embed = ObjectBuilder::new()
        .property("position", embed_position())
        .property("always", always);
    embed.required("position").required("always").into()
}

pub fn links() -> RefOr<Schema> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let link = ObjectBuilder::new().property("text", text()).property("url", text());
    ArrayBuilder::new()
        .items(link.required("text").required("url"))
        .max_items(Some(page_model::limits::FOOTER_LINKS_MAX))
        .into()
}

/// A picture as a page names it: it lies at `/assets/{name}` of the page's hosts.
pub fn asset() -> RefOr<Schema> {
    let side = || ObjectBuilder::new().schema_type(Type::Integer);
    let asset = ObjectBuilder::new()
        .property("name", ObjectBuilder::new().schema_type(Type::String))
        .property("width", side())
        .property("height", side());
    asset.required("name").required("width").required("height").into()
}

pub fn optional_asset() -> RefOr<Schema> {
    or_null(asset())
}

pub fn group_display() -> RefOr<Schema> {
    one_of(GroupDisplay::names().into_iter())
}

pub fn optional_impact() -> RefOr<Schema> {
    or_null(impact())
}

pub fn optional_status() -> RefOr<Schema> {
    or_null(status())
}

pub fn optional_incident_status() -> RefOr<Schema> {
    or_null(incident_status())
}

pub fn optional_maintenance_status() -> RefOr<Schema> {
    or_null(maintenance_status())
}

fn or_null(schema: RefOr<Schema>) -> RefOr<Schema> {
    let nothing = ObjectBuilder::new().schema_type(Type::Null);
    OneOfBuilder::new().item(schema).item(nothing).into()
}

fn one_of(names: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(names))
        .into()
}
