//! A logo or favicon as it arrives: its bytes must match the media type that it comes with, and a drawing is cleaned.

use imagesize::ImageType;
use origin_content::svg::{self, Drawing, SIDE_MAX};
use page_model::{
    asset::{Asset, AssetKind, AssetName},
    limits::ASSET_BYTES_MAX,
};

use crate::{fault::Fault, object::Check};

#[derive(Debug, Clone)]
pub struct Picture {
    pub asset: Asset,
    pub bytes: Vec<u8>,
}

/// What of a page a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Logo,
    /// Instead of the logo on a dark ground.
    LogoDark,
    Favicon,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Logo => "logo",
            Self::LogoDark => "logo_dark",
            Self::Favicon => "favicon",
        }
    }
}

impl Picture {
    pub fn parse(media_type: &str, bytes: Vec<u8>) -> Result<Self, Fault> {
        let kind = kind_of(media_type).ok_or_else(Fault::picture_type)?;
        if bytes.len() > ASSET_BYTES_MAX {
            return Err(Fault::picture_too_large(ASSET_BYTES_MAX, bytes.len()));
        }
        let (width, height, bytes) = match kind {
            AssetKind::Svg => {
                let drawing = svg::clean(&bytes, ASSET_BYTES_MAX).map_err(|why| Fault::invalid("body", why))?;
                let Drawing { bytes, width, height } = drawing;
                (width, height, bytes)
            }
            _ => {
                let (width, height) = size(&bytes, kind)?;
                (width, height, bytes)
            }
        };
        let name = AssetName::of(&bytes, kind);
        Ok(Self {
            asset: Asset { name, width, height },
            bytes,
        })
    }
}

impl Check for Picture {}

fn kind_of(media_type: &str) -> Option<AssetKind> {
    let essence = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match essence.as_str() {
        "image/vnd.microsoft.icon" => Some(AssetKind::Ico),
        essence => AssetKind::ALL.into_iter().find(|kind| kind.media_type() == essence),
    }
}

fn size(bytes: &[u8], kind: AssetKind) -> Result<(u32, u32), Fault> {
    let is_kind = match imagesize::image_type(bytes) {
        Ok(ImageType::Png) => kind == AssetKind::Png,
        Ok(ImageType::Jpeg) => kind == AssetKind::Jpeg,
        Ok(ImageType::Webp) => kind == AssetKind::Webp,
        Ok(ImageType::Ico) => kind == AssetKind::Ico,
        _ => false,
    };
    if !is_kind {
        return Err(Fault::invalid(
            "body",
            format!("the bytes are not {}", kind.media_type()),
        ));
    }
    let size = imagesize::blob_size(bytes).ok();
    let side = |pixels: usize| u32::try_from(pixels).ok().filter(|side| (1..=SIDE_MAX).contains(side));
    size.and_then(|size| Some((side(size.width)?, side(size.height)?)))
        .ok_or_else(|| Fault::invalid("body", format!("a picture has 1 to {SIDE_MAX} pixels on each side")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fault::FaultKind;

    /// The first bytes of a PNG of 3 by 2 pixels.
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x06\0\0\0";

    #[test]
    fn bytes_must_match_their_media_type() {
        let parsed = |media_type: &str, bytes: &[u8]| {
            let picture = Picture::parse(media_type, bytes.to_vec());
            picture
                .map(|picture| (picture.asset.width, picture.asset.height))
                .map_err(|fault| fault.kind)
        };
        assert_eq!(parsed("image/png", PNG), Ok((3, 2)));
        assert_eq!(parsed("Image/PNG; q=1", PNG), Ok((3, 2)));
        assert_eq!(
            parsed(
                "image/svg+xml",
                b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 1'/>"
            ),
            Ok((2, 1))
        );
        assert_eq!(parsed("image/jpeg", PNG), Err(FaultKind::Invalid));
        assert_eq!(
            parsed("image/x-icon", b"\0\0\x01\0\x01\0\x10\x20"),
            Err(FaultKind::Invalid),
            "cut off"
        );
        assert_eq!(
            parsed("image/png", b"<svg viewBox='0 0 2 1'/>"),
            Err(FaultKind::Invalid)
        );
        assert_eq!(parsed("image/png", b""), Err(FaultKind::Invalid));
        assert_eq!(parsed("image/gif", b"GIF89a"), Err(FaultKind::PictureType));
        assert_eq!(parsed("text/html", b"<html>"), Err(FaultKind::PictureType));
        assert_eq!(
            parsed("image/png", &[PNG, &[0; ASSET_BYTES_MAX]].concat()),
            Err(FaultKind::TooLarge)
        );
        let fault = Picture::parse("image/png", vec![0; ASSET_BYTES_MAX + 7]).unwrap_err();
        assert_eq!(
            (fault.field.as_deref(), &*fault.detail),
            (Some("body"), "a picture has at most 262144 bytes; this one has 262151")
        );
        let huge = [&PNG[..16], b"\0\x01\0\0\0\0\0\x01\x08\x06\0\0\0"].concat();
        assert_eq!(parsed("image/png", &huge), Err(FaultKind::Invalid));
    }

    const MAGIC: &[&[u8]] = &[
        b"",
        PNG,
        b"\xff\xd8\xff",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"RIFF\0\0\0\0WEBPVP8X",
        b"\0\0\x01\0",
    ];

    proptest! {
        #[test]
        fn parsing_never_panics(
            kind in prop::sample::select(&AssetKind::ALL[..]),
            magic in prop::sample::select(MAGIC),
            bytes: Vec<u8>,
        ) {
            let _ = Picture::parse(kind.media_type(), [magic, &bytes].concat());
        }
    }
}
