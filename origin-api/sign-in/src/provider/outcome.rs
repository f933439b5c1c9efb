//! Why somebody is not let in by a provider: for the operator's log and metric, and for the visitor.

use openidconnect::ClaimsVerificationError;
use origin_engine::sql;
use page_model::sign_in::Answer;

use crate::limits::BUSY_RETRY_AFTER_S;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("too many sign in at the same time")]
    Busy,
    #[error("the provider cannot be asked: {0}")]
    Away(String),
    #[error("there is no such sign-in under way: {0}")]
    Flow(String),
    #[error("what came back is not of the sign-in that this browser began")]
    State,
    #[error("this sign-in was used before")]
    Replayed,
    #[error("the provider says that it is not to be: {0}")]
    Cancelled(String),
    #[error("the provider does not take the code, or the client's secret: {0}")]
    NotExchanged(String),
    #[error("the provider's answer cannot be read: {0}")]
    Unreadable(String),
    #[error("the token is signed by none of the provider's keys: {0}")]
    Signature(String),
    #[error("the token is of another issuer: {0}")]
    Issuer(String),
    #[error("the token is for another client: {0}")]
    Audience(String),
    #[error("the token is of another sign-in: {0}")]
    Nonce(String),
    #[error("the token is over: {0}")]
    Expired(String),
    #[error("the page's audiences do not know them")]
    NotKnown,
    #[error("the database cannot be written: {0}")]
    Database(sql::Error),
}

impl Failure {
    pub fn of_claims(error: ClaimsVerificationError) -> Self {
        let text = error.to_string();
        match error {
            ClaimsVerificationError::Expired(why) => Self::Expired(why),
            ClaimsVerificationError::InvalidAudience(why) => Self::Audience(why),
            ClaimsVerificationError::InvalidIssuer(why) => Self::Issuer(why),
            ClaimsVerificationError::InvalidNonce(_) => {
                Self::Nonce("its nonce is not the one that was sent".to_owned())
            }
            ClaimsVerificationError::SignatureVerification(why) => Self::Signature(why.to_string()),
            _ => Self::Unreadable(text),
        }
    }

    /// The label of the metric.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Away(_) => "away",
            Self::Flow(_) => "flow",
            Self::State => "state",
            Self::Replayed => "replayed",
            Self::Cancelled(_) => "cancelled",
            Self::NotExchanged(_) => "not_exchanged",
            Self::Unreadable(_) => "unreadable",
            Self::Signature(_) => "signature",
            Self::Issuer(_) => "issuer",
            Self::Audience(_) => "audience",
            Self::Nonce(_) => "nonce",
            Self::Expired(_) => "expired",
            Self::NotKnown => "not_known",
            Self::Database(_) => "database",
        }
    }

    pub fn answer(&self) -> Answer {
        match self {
            Self::Busy => Answer::Busy {
                retry_after_s: BUSY_RETRY_AFTER_S,
            },
            Self::Away(_) | Self::Database(_) => Answer::Away,
            Self::NotKnown => Answer::Refused,
            _ => Answer::Failed,
        }
    }
}
