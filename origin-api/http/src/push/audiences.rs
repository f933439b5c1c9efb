//! Audiences: a password is hashed before the change comes to the writer, which others wait for.

use axum::{
    extract::State,
    response::Response,
    routing::{MethodRouter, get},
};
use origin_access::hashing;
use origin_objects::{
    audience::{Audience, AudiencePatch, NewAudience, Password},
    fault::Fault,
};
use tokio::sync::Semaphore;

use crate::{
    problem::Problem,
    push::{
        family::{change, create, delete, list, read},
        request::{ChangeRequest, ObjectOf, ScopeOf},
    },
    state::Origin,
};

pub fn collection() -> MethodRouter<Origin> {
    get(list::<Audience>).post(create_hashed)
}

pub fn object() -> MethodRouter<Origin> {
    get(read::<Audience>).patch(change_hashed).delete(delete::<Audience>)
}

async fn create_hashed(
    origin: State<Origin>,
    scope: ScopeOf<Audience>,
    mut request: ChangeRequest<NewAudience>,
) -> Result<Response, Problem> {
    if let Some(password) = &mut request.body_mut().password {
        *password = hashed(password).await?;
        request = guarded(request).await?;
    }
    create(origin, scope, request).await
}

async fn change_hashed(
    origin: State<Origin>,
    audience: ObjectOf<Audience>,
    mut request: ChangeRequest<AudiencePatch>,
) -> Result<Response, Problem> {
    if let Some(Some(password)) = &mut request.body_mut().password {
        *password = hashed(password).await?;
        request = guarded(request).await?;
    }
    change(origin, audience, request).await
}

async fn hashed(password: &Password) -> Result<Password, Problem> {
    let Password::Plain(text) = password.clone() else {
        return Err(Fault::internal().into());
    };
    apart(move || hashing::hash(&text)).await.map(Password::Hashed)
}

/// What is remembered of the request must not let the password be guessed faster than its hash does.
async fn guarded<T>(mut request: ChangeRequest<T>) -> Result<ChangeRequest<T>, Problem> {
    if let Some(fingerprint) = request.fingerprint_mut() {
        let fast = *fingerprint;
        *fingerprint = apart(move || hashing::fingerprint(fast)).await?;
    }
    Ok(request)
}

/// Off the threads that answer requests, and a few at a time.
async fn apart<T: Send + 'static, E: std::fmt::Display + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, Problem> {
    let _permit = HASHING.acquire().await.map_err(|_| Fault::unavailable())?;
    let done = tokio::task::spawn_blocking(work).await;
    match done {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            tracing::error!(%error, "a password cannot be hashed");
            Err(Fault::internal().into())
        }
        Err(error) => {
            tracing::error!(%error, "hashing a password failed");
            Err(Fault::unavailable().into())
        }
    }
}

/// Each has a core for some tens of milliseconds.
static HASHING: Semaphore = Semaphore::const_new(HASHED_AT_ONCE_MAX);
const HASHED_AT_ONCE_MAX: usize = 2;
