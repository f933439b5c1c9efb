//! Frames of HTTP/2 byte by byte, as no library would send them.

/// What a connection begins with: the preface, and these settings as identifier and value.
pub fn preface(settings: &[(u16, u32)]) -> Vec<u8> {
    let payload: Vec<u8> = settings
        .iter()
        .flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat())
        .collect();
    [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..],
        &frame(SETTINGS, 0, 0, &payload),
    ]
    .concat()
}

/// A request without a body. Its fields are literals that enter no table (RFC 7541, section 6.2.2), of up to 126 bytes each.
pub fn get(stream: u32, path: &str, host: &str) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in [
        (":method", "GET"),
        (":scheme", "http"),
        (":path", path),
        (":authority", host),
    ] {
        block.push(0);
        for text in [name, value] {
            block.push(text.len() as u8);
            block.extend(text.as_bytes());
        }
    }
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &block)
}

/// The stream is given up (`CANCEL`).
pub fn reset(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = (payload.len() as u32).to_be_bytes();
    let mut bytes = [&length[..], &[kind, flags], &stream.to_be_bytes()].concat();
    bytes.extend(payload);
    bytes
}

/// `INITIAL_WINDOW_SIZE`
pub const WINDOW_OF_0: (u16, u32) = (4, 0);
pub const PING: &[u8] = &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
