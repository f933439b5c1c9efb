use crate::string_enum::{StringEnum, string_enums};

/// What a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkFormats {
    /// What programs read.
    Machine,
    /// What stands on other sites.
    Embed,
    /// The whole page on a screen, which is let in once and stays so.
    Kiosk,
}

string_enums!(LinkFormats {
    Machine = "machine",
    Embed = "embed",
    Kiosk = "kiosk"
});
