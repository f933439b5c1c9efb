//! Whom an object of a page is for.

use page_model::{AudienceId, Id};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

use crate::object::repeated;

/// Audiences of the page by their ids, or `public` for whoever sees anything of the page. `public` stands first, then they are in
/// the order of their ids, so that the same ones are the same text. Nobody is in an empty list, which no request can give.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Audiences(Vec<AudienceId>);

impl Default for Audiences {
    fn default() -> Self {
        Self(vec![AudienceId::public()])
    }
}

impl Audiences {
    pub fn of(audiences: impl IntoIterator<Item = AudienceId>) -> Self {
        let mut audiences: Vec<AudienceId> = audiences.into_iter().collect();
        let public = AudienceId::public();
        audiences.sort_by(|one, other| (*one != public, one).cmp(&(*other != public, other)));
        audiences.dedup();
        Self(audiences)
    }

    /// Whether it is for whoever sees anything of the page.
    pub fn is_public(&self) -> bool {
        self.contains(&AudienceId::public())
    }

    pub fn contains(&self, audience: &AudienceId) -> bool {
        self.0.contains(audience)
    }

    pub fn iter(&self) -> impl Iterator<Item = &AudienceId> {
        self.0.iter()
    }
}

/// One entry of a request's list.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Named(AudienceId);

impl TryFrom<String> for Named {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let audience = AudienceId::parse(&text).ok();
        let audience = audience.filter(|audience| *audience == AudienceId::public() || Id::parse(&text).is_ok());
        let shown: String = text.chars().take(40).collect();
        audience
            .map(Self)
            .ok_or_else(|| format!("{shown:?} is neither the id of an audience nor \"public\""))
    }
}

pub(crate) fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Audiences, D::Error> {
    let named: Vec<AudienceId> = Vec::<Named>::deserialize(from)?
        .into_iter()
        .map(|Named(audience)| audience)
        .collect();
    if named.is_empty() {
        return Err(D::Error::custom(
            "an object is for at least one audience, or for \"public\"",
        ));
    }
    if let Some(index) = repeated(&named) {
        return Err(D::Error::custom(format!("{} is listed twice", named[index])));
    }
    Ok(Audiences::of(named))
}

/// For a patch: if the field is there, it holds a list.
pub(crate) fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Audiences>, D::Error> {
    given(from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Audiences, serde_json::Error> {
        given(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn same_audiences_are_the_same_text() {
        let one = read(r#"["zzzzzzzzzzzz", "public", "aaaaaaaaaaaa"]"#).expect("a list");
        let text = serde_json::to_string(&one).expect("JSON");
        assert_eq!(text, r#"["public","aaaaaaaaaaaa","zzzzzzzzzzzz"]"#);
        assert_eq!(serde_json::from_str::<Audiences>(&text).expect("a list"), one);
        assert!(one.is_public() && Audiences::default().is_public());
    }

    #[test]
    fn refuses_what_names_no_audience() {
        for wrong in [
            "[]",
            r#""public""#,
            r#"["Public"]"#,
            r#"["short"]"#,
            r#"["public", "public"]"#,
            r#"["public", null]"#,
            "null",
            "{}",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
