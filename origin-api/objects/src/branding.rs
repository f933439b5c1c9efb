//! What makes a page its owner's.

use origin_content::{
    colour::{CONTRAST_MIN, Colour, LIGHT_BACKGROUNDS},
    css,
};
use page_model::{
    limits::{FOOTER_LINKS_MAX, STYLE_BYTES_MAX},
    snapshot::{Embed, EmbedPosition, Link},
};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{
    fault::Fault,
    object::{optional_object, present, present_objects},
    schema, string_enum,
    text::{LinkAddress, Name},
};

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Branding {
    /// Title of the browser's tab and of previews, instead of one made from the page's name.
    pub title: Option<String>,
    /// `#rrggbb`
    pub accent_color: Option<String>,
    pub custom_css: String,
    #[schema(schema_with = schema::links)]
    pub links: Vec<Link>,
    #[schema(schema_with = schema::embed)]
    pub embed: Embed,
}

/// Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandingPatch {
    #[serde(default, deserialize_with = "present")]
    pub title: Option<Option<Name>>,
    #[serde(default, deserialize_with = "present")]
    pub accent_color: Option<Option<AccentColour>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub custom_css: Option<CustomCss>,
    /// At the foot of the page, in this order.
    #[serde(default, deserialize_with = "present_objects")]
    #[schema(nullable = false)]
    pub links: Option<Vec<NewLink>>,
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(nullable = false)]
    pub embed: Option<EmbedPatch>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    pub text: Name,
    pub url: LinkAddress,
}

/// How the banner on the publisher's own site behaves.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmbedPatch {
    #[serde(default, deserialize_with = "string_enum::present")]
    #[schema(schema_with = schema::embed_position)]
    pub position: Option<EmbedPosition>,
    /// Whether it is there when everything is fine, too.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub always: Option<bool>,
}

/// A colour in which links can be read on the page by day. By night it is lightened as far as it must be.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct AccentColour(String);

/// CSS that styles the page and does nothing else.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct CustomCss(String);

impl Branding {
    pub fn changed(self, patch: BrandingPatch) -> Self {
        let link = |link: NewLink| Link {
            text: link.text.into_string(),
            url: link.url.into_string(),
        };
        let embed = patch.embed.unwrap_or_default();
        Self {
            title: patch.title.map_or(self.title, |title| title.map(Name::into_string)),
            accent_color: patch
                .accent_color
                .map_or(self.accent_color, |colour| colour.map(|AccentColour(text)| text)),
            custom_css: patch.custom_css.map_or(self.custom_css, |CustomCss(text)| text),
            links: patch
                .links
                .map_or(self.links, |links| links.into_iter().map(link).collect()),
            embed: Embed {
                position: embed.position.unwrap_or(self.embed.position),
                always: embed.always.unwrap_or(self.embed.always),
            },
        }
    }
}

impl BrandingPatch {
    pub fn check(&self) -> Result<(), Fault> {
        if self.links.as_ref().is_some_and(|links| links.len() > FOOTER_LINKS_MAX) {
            let detail = format!("a page has at most {FOOTER_LINKS_MAX} links at its foot");
            return Err(Fault::invalid("branding.links", detail));
        }
        Ok(())
    }
}

impl TryFrom<String> for AccentColour {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let shown: String = text.chars().take(40).collect();
        let colour = Colour::parse(&text).ok_or_else(|| format!("{shown:?} is not a colour such as \"#0b5fff\""))?;
        let contrast = colour.contrast_on(&LIGHT_BACKGROUNDS);
        if contrast < CONTRAST_MIN {
            return Err(format!(
                "links in {colour} have a contrast of {contrast:.2}:1 with the page's light background and need \
                 {CONTRAST_MIN}:1; the nearest colour that can be read is {}",
                colour.on_light()
            ));
        }
        Ok(Self(colour.to_string()))
    }
}

impl TryFrom<String> for CustomCss {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text.len() > CUSTOM_CSS_BYTES_MAX {
            return Err(format!(
                "the CSS has at most {CUSTOM_CSS_BYTES_MAX} bytes, as it is part of every page; this one has {}",
                text.len()
            ));
        }
        crate::text::printable(&text)?;
        css::check(&text).map_err(|fault| format!("line {}: {}", fault.line, fault.what))?;
        Ok(Self(text))
    }
}

impl PartialSchema for AccentColour {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.pattern(Some("^#[0-9a-fA-F]{6}$")).into()
    }
}

impl PartialSchema for CustomCss {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.max_length(Some(CUSTOM_CSS_BYTES_MAX)).into()
    }
}

impl ToSchema for AccentColour {}
impl ToSchema for CustomCss {}

/// What the accent colour's rules leave of the page's style.
const CUSTOM_CSS_BYTES_MAX: usize = STYLE_BYTES_MAX - 256;
