//! The style of a page's owner: the accent colour by day and by night, then the owner's own rules.

use origin_content::colour::Colour;
use origin_objects::branding::Branding;

pub fn style(branding: &Branding) -> String {
    let accent = branding.accent_color.as_deref().and_then(Colour::parse);
    let mut style = accent.map(accent_rules).unwrap_or_default();
    style.push_str(&branding.custom_css);
    style
}

fn accent_rules(colour: Colour) -> String {
    format!(
        ":root{{--accent:{colour}}}@media (prefers-color-scheme:dark){{:root{{--accent:{}}}}}\n",
        colour.on_dark()
    )
}

#[cfg(test)]
mod tests {
    use page_model::limits::STYLE_BYTES_MAX;

    use super::*;
    use origin_objects::branding::CustomCss;

    #[test]
    fn accent_rules_come_first_and_are_valid_css() {
        let branding = Branding {
            accent_color: Some("#0b5fff".into()),
            custom_css: "a { color: var(--accent) }".into(),
            ..Branding::default()
        };
        let style = style(&branding);
        assert_eq!(
            style,
            ":root{--accent:#0b5fff}@media (prefers-color-scheme:dark){:root{--accent:#587bff}}\na { color: var(--accent) }"
        );
        assert_eq!(origin_content::css::check(&style), Ok(()));
        assert_eq!(super::style(&Branding::default()), "");
    }

    #[test]
    fn longest_style_fits() {
        let longest = (0..STYLE_BYTES_MAX)
            .rev()
            .find(|bytes| CustomCss::try_from(" ".repeat(*bytes)).is_ok());
        let branding = Branding {
            accent_color: Some("#0b5fff".into()),
            custom_css: " ".repeat(longest.expect("some fit")),
            ..Branding::default()
        };
        assert!(style(&branding).len() <= STYLE_BYTES_MAX);
    }
}
