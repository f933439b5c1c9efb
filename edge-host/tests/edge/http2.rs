//! What RFC 9113 asks of a server whose peer breaks it, case by case; docs/http2.md lists them with their answers.

use std::time::Duration;

use tokio::time::timeout;

use crate::{
    frames::{
        ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, Frame, GOAWAY, HEADERS, INITIAL_WINDOW_SIZE, PING, PREFACE,
        PRIORITY, Peer, RST_STREAM, SETTINGS, WINDOW_UPDATE, field, frame, get,
    },
    machine::{Machine, eventually},
};

/// How a case must end.
#[derive(Debug, Clone, Copy)]
enum Ends {
    /// The connection, for one of these reasons; a GOAWAY may be lost where the socket is closed with bytes unread.
    Connection(&'static [u32]),
    /// The stream alone, or the connection.
    Stream(&'static [u32]),
    /// Not at all: the next request is answered.
    Answered,
}

use Ends::{Answered, Connection, Stream};

const PROTOCOL_ERROR: u32 = 1;
const FLOW_CONTROL_ERROR: u32 = 3;
const STREAM_CLOSED: u32 = 5;
const FRAME_SIZE_ERROR: u32 = 6;
const COMPRESSION_ERROR: u32 = 9;
const ENHANCE_YOUR_CALM: u32 = 11;

const BROKEN: Ends = Connection(&[PROTOCOL_ERROR]);
const SIZE: Ends = Connection(&[FRAME_SIZE_ERROR, PROTOCOL_ERROR]);
const FLOW: Ends = Connection(&[FLOW_CONTROL_ERROR, PROTOCOL_ERROR]);
const MALFORMED: Ends = Stream(&[PROTOCOL_ERROR]);

struct Case {
    /// Section of RFC 9113.
    section: &'static str,
    what: &'static str,
    sends: Vec<u8>,
    ends: Ends,
}

fn case(section: &'static str, what: &'static str, sends: Vec<u8>, ends: Ends) -> Case {
    Case {
        section,
        what,
        sends,
        ends,
    }
}

/// A request with these fields.
fn asks(fields: &[(&str, &str)]) -> Vec<u8> {
    let block: Vec<u8> = fields.iter().flat_map(|(name, value)| field(name, value)).collect();
    frame(HEADERS, END_STREAM | END_HEADERS, 1, &block)
}

fn and(each: &[Vec<u8>]) -> Vec<u8> {
    each.concat()
}

fn asks_with(more: &[(&str, &str)]) -> Vec<u8> {
    let mut fields = vec![
        (":method", "GET"),
        (":scheme", "http"),
        (":path", "/echo"),
        (":authority", "a.example"),
    ];
    fields.extend(more);
    asks(&fields)
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn frames() -> Vec<Case> {
    let setting = |id: u16, value: u32| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat();
    let request = || frame(HEADERS, END_STREAM | END_HEADERS, 1, &get("/echo"));
    vec![
        case("4.1", "frame of an unknown kind", frame(22, 0, 0, &[0; 8]), Answered),
        case("4.1", "reserved flags", frame(PING, 0x16, 0, &[0; 8]), Answered),
        case(
            "4.2",
            "DATA larger than the limit",
            frame(DATA, 0, 1, &[0; 16_385]),
            SIZE,
        ),
        case(
            "4.2",
            "HEADERS larger than the limit",
            frame(HEADERS, END_HEADERS, 1, &[0; 16_385]),
            SIZE,
        ),
        case(
            "4.3",
            "field block that does not decode",
            frame(HEADERS, END_STREAM | END_HEADERS, 1, &[0x80, 0x80]),
            // The standard asks for COMPRESSION_ERROR; the library says PROTOCOL_ERROR.
            Connection(&[COMPRESSION_ERROR, PROTOCOL_ERROR]),
        ),
        case(
            "4.3",
            "PRIORITY between HEADERS and CONTINUATION",
            and(&[
                frame(HEADERS, END_STREAM, 1, &get("/echo")),
                frame(PRIORITY, 0, 1, &[0, 0, 0, 0, 9]),
            ]),
            BROKEN,
        ),
        case(
            "5.1",
            "DATA on an idle stream",
            frame(DATA, END_STREAM, 1, b"x"),
            BROKEN,
        ),
        case(
            "5.1",
            "RST_STREAM on an idle stream",
            frame(RST_STREAM, 0, 1, &[0, 0, 0, 8]),
            BROKEN,
        ),
        case(
            "5.1",
            "WINDOW_UPDATE on an idle stream",
            frame(WINDOW_UPDATE, 0, 1, &[0, 0, 0, 9]),
            BROKEN,
        ),
        case(
            "5.1",
            "CONTINUATION on an idle stream",
            frame(CONTINUATION, END_HEADERS, 1, &get("/echo")),
            BROKEN,
        ),
        case(
            "5.1",
            "DATA after END_STREAM",
            and(&[request(), frame(DATA, END_STREAM, 1, b"x")]),
            Stream(&[STREAM_CLOSED, PROTOCOL_ERROR]),
        ),
        case(
            "5.1.1",
            "stream of an even number",
            frame(HEADERS, 5, 2, &get("/echo")),
            BROKEN,
        ),
        case(
            "5.1.1",
            "stream number that goes back",
            and(&[frame(HEADERS, 5, 5, &get("/echo")), frame(HEADERS, 5, 3, &get("/echo"))]),
            Connection(&[PROTOCOL_ERROR, STREAM_CLOSED]),
        ),
        // The standard lets the connection live; the library ends it.
        case(
            "6.3",
            "PRIORITY of another length",
            frame(PRIORITY, 0, 1, &[0; 4]),
            SIZE,
        ),
        case("6.1", "DATA on stream 0", frame(DATA, 0, 0, b"x"), BROKEN),
        case(
            "6.1",
            "DATA with more padding than bytes",
            frame(DATA, 8, 1, &[9, 0]),
            BROKEN,
        ),
        case(
            "6.2",
            "HEADERS on stream 0",
            frame(HEADERS, 5, 0, &get("/echo")),
            BROKEN,
        ),
        case(
            "6.2",
            "HEADERS with more padding than bytes",
            frame(HEADERS, 0xd, 1, &[99, 0]),
            BROKEN,
        ),
        case(
            "6.4",
            "RST_STREAM on stream 0",
            frame(RST_STREAM, 0, 0, &[0; 4]),
            BROKEN,
        ),
        case(
            "6.4",
            "RST_STREAM of another length",
            frame(RST_STREAM, 0, 1, &[0; 3]),
            SIZE,
        ),
        case(
            "6.5",
            "SETTINGS ACK with a payload",
            frame(SETTINGS, ACK, 0, &[0; 6]),
            SIZE,
        ),
        case("6.5", "SETTINGS on a stream", frame(SETTINGS, 0, 1, &[]), BROKEN),
        case(
            "6.5",
            "SETTINGS of another length",
            frame(SETTINGS, 0, 0, &[0; 5]),
            SIZE,
        ),
        case(
            "6.5.2",
            "ENABLE_PUSH of 2",
            frame(SETTINGS, 0, 0, &setting(2, 2)),
            BROKEN,
        ),
        case(
            "6.5.2",
            "INITIAL_WINDOW_SIZE beyond 2^31-1",
            frame(SETTINGS, 0, 0, &setting(INITIAL_WINDOW_SIZE, 1 << 31)),
            FLOW,
        ),
        case(
            "6.5.2",
            "MAX_FRAME_SIZE too small",
            frame(SETTINGS, 0, 0, &setting(5, 16_383)),
            BROKEN,
        ),
        case(
            "6.5.2",
            "MAX_FRAME_SIZE too large",
            frame(SETTINGS, 0, 0, &setting(5, 1 << 24)),
            BROKEN,
        ),
        case(
            "6.5.2",
            "setting that nobody knows",
            frame(SETTINGS, 0, 0, &setting(99, 1)),
            Answered,
        ),
        case("6.7", "PING on a stream", frame(PING, 0, 1, &[0; 8]), BROKEN),
        case("6.7", "PING of another length", frame(PING, 0, 0, &[0; 6]), SIZE),
        case("6.8", "GOAWAY on a stream", frame(GOAWAY, 0, 1, &[0; 8]), BROKEN),
        case("6.9", "WINDOW_UPDATE of 0", frame(WINDOW_UPDATE, 0, 0, &[0; 4]), BROKEN),
        case(
            "6.9",
            "WINDOW_UPDATE of another length",
            frame(WINDOW_UPDATE, 0, 0, &[0; 3]),
            SIZE,
        ),
        case(
            "6.9.1",
            "window beyond 2^31-1",
            frame(WINDOW_UPDATE, 0, 0, &[0x7f, 0xff, 0xff, 0xff]),
            FLOW,
        ),
        case(
            "6.10",
            "CONTINUATION without HEADERS",
            frame(CONTINUATION, END_HEADERS, 1, &[]),
            BROKEN,
        ),
        case(
            "6.10",
            "CONTINUATION on another stream",
            and(&[
                frame(HEADERS, END_STREAM, 1, &get("/echo")),
                frame(CONTINUATION, END_HEADERS, 3, &[]),
            ]),
            BROKEN,
        ),
    ]
}

fn requests() -> Vec<Case> {
    vec![
        case(
            "8.2",
            "field name in capitals",
            asks_with(&[("X-Test", "ok")]),
            MALFORMED,
        ),
        case(
            "8.2.2",
            "connection field",
            asks_with(&[("connection", "keep-alive")]),
            MALFORMED,
        ),
        case(
            "8.2.2",
            "te other than trailers",
            asks_with(&[("te", "gzip")]),
            MALFORMED,
        ),
        case(
            "8.3",
            "pseudo-field of a response",
            asks_with(&[(":status", "200")]),
            MALFORMED,
        ),
        case(
            "8.3",
            "pseudo-field that nobody knows",
            asks_with(&[(":test", "x")]),
            MALFORMED,
        ),
        case(
            "8.3",
            "pseudo-field behind others",
            asks(&[
                (":method", "GET"),
                (":scheme", "http"),
                ("x", "y"),
                (":path", "/echo"),
                (":authority", "a.example"),
            ]),
            MALFORMED,
        ),
        case(
            "8.3.1",
            "no :path",
            asks(&[(":method", "GET"), (":scheme", "http"), (":authority", "a.example")]),
            MALFORMED,
        ),
        case("8.3.1", "two :path", asks_with(&[(":path", "/echo")]), MALFORMED),
        case(
            "8.3.1",
            "empty :path",
            asks(&[
                (":method", "GET"),
                (":scheme", "http"),
                (":path", ""),
                (":authority", "a.example"),
            ]),
            MALFORMED,
        ),
        case(
            "8.1.1",
            "content-length unlike the DATA",
            asks_with(&[("content-length", "5")]),
            MALFORMED,
        ),
    ]
}

/// What came of it: the error of the stream or the connection, or the status line's stream.
async fn outcome(peer: &mut Peer) -> Option<Frame> {
    let tells = |frame: &Frame| {
        frame.kind == GOAWAY
            || (frame.kind == RST_STREAM && frame.stream != NEXT)
            || (frame.kind == HEADERS && frame.stream == NEXT)
    };
    timeout(Duration::from_secs(10), peer.until(tells)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_frames_are_answered_as_the_standard_asks() {
    let machine = Machine::start().await;
    let mut wrong = Vec::new();
    for case in frames().into_iter().chain(requests()) {
        let mut peer = Peer::meet(&machine, &[]).await;
        peer.send_bytes(&case.sends).await;
        peer.get(NEXT, "/echo").await;
        let outcome = outcome(&mut peer).await;
        let is_right = match (case.ends, &outcome) {
            (Connection(_) | Stream(_), None) => true,
            (Connection(errors) | Stream(errors), Some(frame)) if frame.kind == GOAWAY => {
                errors.contains(&frame.error())
            }
            (Stream(errors), Some(frame)) if frame.kind == RST_STREAM => errors.contains(&frame.error()),
            (Answered, Some(frame)) => frame.kind == HEADERS,
            // A malformed request may be answered with an error of HTTP (RFC 9113, section 8.1.1).
            _ => false,
        };
        if !is_right {
            wrong.push(format!(
                "section {}: {}: {outcome:?} instead of {:?}",
                case.section, case.what, case.ends
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_begins_with_its_preface() {
    let machine = Machine::start().await;
    let mut peer = Peer::connect(&machine).await;
    // The first bytes of one, so that it is no HTTP/1 either.
    peer.send_bytes(&[&PREFACE[..20], b"\r\nXX", &[0; 64]].concat()).await;
    assert!(peer.until(|frame| frame.kind == HEADERS).await.is_none());
    let mut peer = Peer::connect(&machine).await;
    peer.send_bytes(&[PREFACE, &frame(PING, 0, 0, &[0; 8])].concat()).await;
    // The standard asks for SETTINGS first; the library does without.
    peer.get(1, "/echo").await;
    assert!(peer.until(|frame| frame.kind == HEADERS).await.is_some());
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn floods_end_their_connection() {
    let machine = Machine::start().await;
    let headers = frame(HEADERS, END_STREAM, 1, &get("/echo"));
    let continuation = frame(CONTINUATION, 0, 1, &field("x", &"y".repeat(100)).repeat(100));
    let empty = frame(CONTINUATION, 0, 1, &[]);
    let early = |at: u32| {
        let stream = 2 * at + 1;
        and(&[
            frame(HEADERS, 5, stream, &get("/echo")),
            frame(RST_STREAM, 0, stream, &[0, 0, 0, 8]),
        ])
    };
    for (what, first, floods) in [
        (
            "CONTINUATION",
            &headers,
            (0..2_000).map(|_| continuation.clone()).collect::<Vec<_>>(),
        ),
        (
            "empty CONTINUATION",
            &headers,
            (0..100_000).map(|_| empty.clone()).collect(),
        ),
        ("rapid resets", &Vec::new(), (0..10_000).map(early).collect()),
    ] {
        let before = machine.guest_calls().await;
        let mut peer = Peer::meet(&machine, &[]).await;
        peer.send_bytes(first).await;
        for flood in floods.chunks(50) {
            if !peer.send_bytes(&flood.concat()).await {
                break;
            }
        }
        let end = timeout(Duration::from_secs(10), peer.until(|frame| frame.kind == GOAWAY))
            .await
            .unwrap();
        let calm = [ENHANCE_YOUR_CALM, PROTOCOL_ERROR, COMPRESSION_ERROR];
        assert!(
            end.as_ref().is_none_or(|end| calm.contains(&end.error())),
            "{what}: {end:?}"
        );
        let calls = machine.guest_calls().await - before;
        assert!(calls < 300.0, "{what}: {calls} guest calls");
    }
    eventually("each of them is counted", async || machine.shed("broken").await >= 3.0).await;
    machine.stop().await;
}

const NEXT: u32 = 101;
