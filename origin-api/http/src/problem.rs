//! What is replied when a request is refused: RFC 9457 problem details that name the field.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use origin_engine::tx::Refusal;
use origin_objects::fault::{Fault, FaultKind};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:pharos:problem:` and a name that does not change.
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: String,
    /// Where in the body the fault lies, such as `components[2].status`, or the name of a header or query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

impl Problem {
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            "The request cannot be read",
            detail,
        )
    }

    pub fn method() -> Self {
        let detail = "this address does not take this method; the Allow header lists those that it takes";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", "Wrong method", detail)
    }

    pub fn unauthorised() -> Self {
        let detail = "send a valid API token as \"Authorization: Bearer TOKEN\"";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorised", "No valid token", detail)
    }

    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "The token does not reach this far",
            detail,
        )
    }

    pub fn too_many_wrong_tokens() -> Self {
        let detail = "too many wrong tokens came from this address; check the token, and try again in a minute";
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "wrong-tokens",
            "Too many wrong tokens",
            detail,
        )
    }

    pub fn media_type() -> Self {
        let detail = "send the body as \"Content-Type: application/json\"";
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media-type",
            "Wrong content type",
            detail,
        )
        .at("content-type")
    }

    pub fn slow() -> Self {
        let detail = "the request took too long; send it again with an Idempotency-Key, in case it was applied";
        Self::new(StatusCode::REQUEST_TIMEOUT, "slow", "Too slow", detail)
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn new(status: StatusCode, name: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:pharos:problem:{name}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            field: None,
        }
    }

    pub fn at(self, field: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..self
        }
    }
}

/// The status, the name and the title of each kind of fault.
impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let (status, name, title) = match fault.kind {
            FaultKind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request is not valid"),
            FaultKind::Absent => (StatusCode::NOT_FOUND, "not-found", "There is no such thing"),
            FaultKind::Taken => (StatusCode::CONFLICT, "taken", "Already taken"),
            FaultKind::Conflict => (StatusCode::CONFLICT, "conflict", "Not possible now"),
            FaultKind::Outdated => (StatusCode::PRECONDITION_FAILED, "outdated", "Changed in the meantime"),
            FaultKind::PictureType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "Wrong content type"),
            FaultKind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large"),
            FaultKind::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "overloaded", "Busy"),
            FaultKind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available"),
            FaultKind::Full => (StatusCode::INSUFFICIENT_STORAGE, "full", "The disk is full"),
            FaultKind::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Not possible as it is stored",
            ),
        };
        Self {
            field: fault.field,
            ..Self::new(status, name, title, fault.detail)
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        refusal.into_fault().into()
    }
}

impl From<origin_engine::sql::Error> for Problem {
    fn from(error: origin_engine::sql::Error) -> Self {
        Refusal::Database(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        let retry_after = match self.status() {
            StatusCode::SERVICE_UNAVAILABLE => Some(RETRY_AFTER_SECONDS),
            StatusCode::TOO_MANY_REQUESTS => Some(WRONG_TOKENS_RETRY_AFTER_SECONDS),
            StatusCode::INSUFFICIENT_STORAGE => Some(FULL_RETRY_AFTER_SECONDS),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Somebody has to make room first.
const FULL_RETRY_AFTER_SECONDS: &str = "30";
const RETRY_AFTER_SECONDS: &str = "1";
const WRONG_TOKENS_RETRY_AFTER_SECONDS: &str = "60";
