//! A drawing of ours as a PNG, for those who show no SVG: chats and networks. The fonts are here (`fonts/`), so every machine draws
//! the same: DejaVu Sans for most scripts, M PLUS 1 for Japanese.

use std::sync::{Arc, LazyLock};

use png::{BitDepth, ColorType, DeflateCompression, Encoder, Filter};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb},
};
use skrifa::{FontRef, MetadataProvider, charmap::Charmap};

/// `None` where it is no drawing, or one without a size.
pub fn png(svg: &str) -> Option<Vec<u8>> {
    // What no font has would be a box.
    let drawable: String = svg.chars().filter(|letter| is_drawable(*letter)).collect();
    let tree = Tree::from_str(&drawable, &OPTIONS).ok()?;
    let size = tree.size().to_int_size();
    let mut pixels = Pixmap::new(size.width(), size.height())?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    encoded(&pixels)
}

/// Our drawings have few colours: with a byte for each pixel they take a third of the time and half of the bytes.
fn encoded(pixels: &Pixmap) -> Option<Vec<u8>> {
    let mut colours: Vec<[u8; 3]> = Vec::new();
    let mut places = vec![None; 1 << (3 * COLOUR_BITS)];
    let mut bytes = Vec::with_capacity(pixels.pixels().len());
    let width = pixels.width() as usize;
    let (mut above, mut last) = (None, None);
    for row in pixels.data().chunks_exact(4 * width) {
        // Most rows have no letters, and most pixels are like the one before.
        if above.replace(row) == Some(row) {
            bytes.extend_from_within(bytes.len() - width..);
            continue;
        }
        for pixel in row.chunks_exact(4) {
            let place = match last {
                Some((known, place)) if known == pixel => place,
                _ => {
                    // The ground is opaque, so nothing shines through.
                    let colour = [pixel[0], pixel[1], pixel[2]];
                    let at = colour.iter().fold(0, |at, channel| {
                        at << COLOUR_BITS | usize::from(channel >> (8 - COLOUR_BITS))
                    });
                    let place = *places.get_mut(at)?.get_or_insert_with(|| {
                        colours.push(colour);
                        colours.len() - 1
                    });
                    u8::try_from(place).unwrap_or(u8::MAX)
                }
            };
            last = Some((pixel, place));
            bytes.push(place);
        }
    }
    colours.truncate(256);
    let mut png = Vec::new();
    let mut encoder = Encoder::new(&mut png, pixels.width(), pixels.height());
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(colours.concat());
    // Most rows are like the one above, and then nothing but noughts, for which this takes a twentieth of the time of a search for
    // what repeats; its pictures are a third larger. Each page of a region that is filled has one.
    encoder.set_deflate_compression(DeflateCompression::FdeflateUltraFast);
    encoder.set_filter(Filter::Up);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&bytes).ok()?;
    writer.finish().ok()?;
    Some(png)
}

fn is_drawable(letter: char) -> bool {
    letter.is_ascii() || LETTERS.iter().any(|font| font.map(letter).is_some())
}

/// Of each channel: more shades of a letter's edge than anybody sees.
const COLOUR_BITS: usize = 4;
/// For what names no font that is here.
const FAMILY: &str = "DejaVu Sans";
const FONTS: [&[u8]; 2] = [
    include_bytes!("../fonts/DejaVuSans.ttf"),
    include_bytes!("../fonts/Mplus1-Regular.otf"),
];

static LETTERS: LazyLock<Vec<Charmap<'static>>> = LazyLock::new(|| {
    let fonts = FONTS.into_iter().filter_map(|font| FontRef::new(font).ok());
    fonts.map(|font| font.charmap()).collect()
});

static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    for font in FONTS {
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(font)));
    }
    fonts.set_sans_serif_family(FAMILY);
    Options {
        font_family: FAMILY.to_owned(),
        fontdb: Arc::new(fonts),
        ..Options::default()
    }
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(text: &str) -> Vec<u8> {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"300\" height=\"40\"><rect width=\"300\" height=\"40\" \
             fill=\"#fff\"/><text x=\"5\" y=\"30\" font-size=\"24\" fill=\"#c62f35\">{text}</text></svg>"
        );
        png(&svg).expect("a picture")
    }

    #[test]
    fn letters_of_our_languages_are_drawn_and_no_boxes() {
        let empty = drawn("");
        for text in ["Störung", "état", "障害です", "تعطل", "Сбой", "Βλάβη"] {
            assert!(drawn(text).len() > empty.len() + 100, "{text}");
        }
        for text in ["🚀", "हिन्दी", "\u{200f}"] {
            assert_eq!(drawn(text), empty, "{text}");
        }
        assert_eq!(LETTERS.len(), FONTS.len());
    }

    #[test]
    fn picture_is_a_png_of_the_size_of_the_drawing() {
        let picture = drawn("Sign-in");
        assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert_eq!(picture[16..24], [0, 0, 1, 44, 0, 0, 0, 40]);
        assert_eq!(png("<svg"), None);
        assert_eq!(
            png("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"0\" height=\"0\"/>"),
            None
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn no_text_stops_it(text in "[^<>&\\p{Cc}]{0,40}") {
            drawn(&text);
        }
    }
}
