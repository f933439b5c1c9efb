//! Why a request is refused: whose fault it is, what is wrong, and in which field.

/// Speaks of the change, never of HTTP; `http/problem` gives each kind its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    pub detail: String,
    /// Where in the body the fault lies, such as `components[2].status`, or the name of a header or query parameter.
    pub field: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// A field holds what it must not hold.
    Invalid,
    /// There is no such object.
    Absent,
    /// Another object has this already.
    Taken,
    /// Not in the state that the object is in now.
    Conflict,
    /// The object is not in the state that the sender knows.
    Outdated,
    /// A picture in a format that is not taken.
    PictureType,
    TooLarge,
    /// More changes arrive than can be written.
    Overloaded,
    /// The database does not answer.
    Unavailable,
    /// The disk of the database has no room.
    Full,
    /// What lies in the database stands against it.
    Internal,
}

impl Fault {
    pub fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(FaultKind::Invalid, detail).at(field)
    }

    pub fn absent(what: impl Into<String>) -> Self {
        Self::new(FaultKind::Absent, what)
    }

    pub fn taken(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(FaultKind::Taken, detail).at(field)
    }

    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(FaultKind::Conflict, detail)
    }

    /// By the ETag that the object has; `None` where there is no object.
    pub fn outdated(etag: Option<&str>) -> Self {
        let detail = match etag {
            Some(etag) => format!("the object's ETag is {etag} now; read it again and decide anew"),
            None => "there is no object whose ETag could match".into(),
        };
        Self::new(FaultKind::Outdated, detail).at("if-match")
    }

    pub fn picture_type() -> Self {
        let detail = "send the picture itself as image/png, image/jpeg, image/webp, image/svg+xml or image/x-icon";
        Self::new(FaultKind::PictureType, detail).at("content-type")
    }

    pub fn too_large(bytes_max: usize) -> Self {
        Self::new(FaultKind::TooLarge, format!("a body has at most {bytes_max} bytes"))
    }

    pub fn picture_too_large(bytes_max: usize, bytes: usize) -> Self {
        let detail = format!("a picture has at most {bytes_max} bytes; this one has {bytes}");
        Self::new(FaultKind::TooLarge, detail).at("body")
    }

    pub fn overloaded() -> Self {
        let detail = "more changes arrive than can be written; nothing was stored, send it again";
        Self::new(FaultKind::Overloaded, detail)
    }

    pub fn unavailable() -> Self {
        Self::new(FaultKind::Unavailable, "the database does not answer; send it again")
    }

    pub fn full() -> Self {
        let detail =
            "the disk of the origin's database is full; nothing was stored: make room there, and send it again";
        Self::new(FaultKind::Full, detail)
    }

    /// Whether it is no fault of the change: the same change may be taken later.
    pub fn passes(&self) -> bool {
        matches!(
            self.kind,
            FaultKind::Overloaded | FaultKind::Unavailable | FaultKind::Full
        )
    }

    pub fn internal() -> Self {
        let detail = "what is stored cannot be read, or stands against it, and sending it again does not help; \
                      nothing was stored, and the origin's log says what it is";
        Self::new(FaultKind::Internal, detail)
    }

    pub fn at(self, field: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..self
        }
    }

    fn new(kind: FaultKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            field: None,
        }
    }
}
