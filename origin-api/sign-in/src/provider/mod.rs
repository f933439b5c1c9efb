//! Signing in by the identity provider of a page (OpenID Connect Core 1.0, the code flow with PKCE).

pub mod claims;
mod client;
mod directory;
mod flow;
mod outcome;

use openidconnect::{
    AccessTokenHash, AuthType, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse as _,
    core::{
        CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenVerifier, CoreJwsSigningAlgorithm,
        CoreProviderMetadata, CoreResponseType, CoreTokenResponse,
    },
};
use origin_access::{provider::Known, visited::VisitedPage};
use origin_engine::outward::Outward;
use page_model::Host;
use serde_json::{Map, Value};
use tokio::time::timeout;

pub use outcome::Failure;

use crate::{
    database::Database,
    fairness::Fairness,
    limits::{PROVIDER_TURN_MAX, PROVIDER_TURNS_MAX, WAIT_MAX},
    sealed::Sealer,
    used::first_use,
};
use client::Client;
use directory::{Directory, told};
use flow::{Flow, Returned};

pub struct Providers {
    directory: Directory,
    sealer: Sealer,
    fairness: Fairness,
    database: Database,
}

/// Where somebody goes to say who they are, and what their browser keeps meanwhile.
pub struct Begun {
    pub url: String,
    pub flow: String,
}

/// What a provider said of somebody who wanted to see a path of the page.
pub struct Said {
    pub claims: Map<String, Value>,
    pub return_to: String,
}

type ReadyClient =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

impl Providers {
    pub fn new(outward: Outward, database: Database) -> anyhow::Result<Self> {
        Ok(Self {
            directory: Directory::new(Client::new(outward)?),
            sealer: Sealer::default(),
            fairness: Fairness::new(PROVIDER_TURNS_MAX, WAIT_MAX),
            database,
        })
    }

    pub async fn begin(
        &self,
        page: &VisitedPage,
        host: &Host,
        known: &Known,
        port: Option<u16>,
        return_to: String,
        now_ms: u64,
    ) -> Result<Begun, Failure> {
        let _turn = self.fairness.turn(&page.page).await.ok_or(Failure::Busy)?;
        let issuer = issuer(known)?;
        let metadata = within(self.directory.of(&issuer)).await?.map_err(Failure::Away)?;
        let redirect = flow::redirect(host, port);
        let client = client(&metadata, known, &redirect)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let start = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let request = client.authorize_url(start, CsrfToken::new_random, Nonce::new_random);
        let scopes = ["email", "profile"]
            .into_iter()
            .chain(known.provider.scopes.iter().map(String::as_str));
        let request = request.add_scopes(scopes.map(|scope| Scope::new(scope.to_owned())));
        let request = request
            .set_pkce_challenge(challenge)
            .add_extra_param("response_mode", "query");
        let (url, state, nonce) = request.url();
        let flow = Flow {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            issuer: known.provider.issuer.clone(),
            client_id: known.provider.client_id.clone(),
            redirect,
            return_to,
            began_ms: now_ms,
        };
        let sealed = flow.seal(&self.sealer, &page.page, host);
        Ok(Begun {
            url: url.into(),
            flow: sealed.ok_or_else(|| Failure::Flow("it cannot be sealed".to_owned()))?,
        })
    }

    /// What it said of somebody who comes back from there; everything that must be as it was when they went is.
    pub async fn finish(
        &self,
        page: &VisitedPage,
        host: &Host,
        known: &Known,
        flow: &str,
        query: &str,
        now_ms: u64,
    ) -> Result<Said, Failure> {
        let flow = Flow::open(&self.sealer, &page.page, host, flow, now_ms)?;
        if flow.issuer != known.provider.issuer || flow.client_id != known.provider.client_id {
            return Err(Failure::Flow("the page has another provider since".to_owned()));
        }
        let Returned { code } = Returned::of(query, &flow)?;
        let used = first_use(&self.database, &flow.used_as(), flow.until_ms(), now_ms).await;
        match used {
            Ok(true) => {}
            Ok(false) => return Err(Failure::Replayed),
            Err(error) => return Err(Failure::Database(error)),
        }
        let _turn = self.fairness.turn(&page.page).await.ok_or(Failure::Busy)?;
        let return_to = flow.return_to.clone();
        let claims = within(Box::pin(self.exchange(known, flow, code))).await??;
        Ok(Said { claims, return_to })
    }

    async fn exchange(&self, known: &Known, flow: Flow, code: String) -> Result<Map<String, Value>, Failure> {
        let issuer = issuer(known)?;
        let metadata = self.directory.of(&issuer).await.map_err(Failure::Away)?;
        let client = client(&metadata, known, &flow.redirect)?;
        let request = client.exchange_code(AuthorizationCode::new(code));
        let request = request.map_err(|error| Failure::Away(told(&error)))?;
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(flow.verifier));
        let response = request
            .request_async(&self.directory.client)
            .await
            .map_err(|error| match &error {
                RequestTokenError::Request(_) => Failure::Away(told(&error)),
                RequestTokenError::ServerResponse(answer) => Failure::NotExchanged(answer.error().to_string()),
                RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Failure::Unreadable(told(&error)),
            })?;
        let nonce = Nonce::new(flow.nonce);
        let id_token = response
            .id_token()
            .ok_or_else(|| Failure::Unreadable("it answers no ID token".to_owned()))?;
        match verify(&client.id_token_verifier(), &response, id_token, &nonce) {
            Err(Failure::Signature(_)) => {
                let metadata = self.directory.again(&issuer).await.map_err(Failure::Away)?;
                let client = self::client(&metadata, known, &flow.redirect)?;
                verify(&client.id_token_verifier(), &response, id_token, &nonce)
            }
            verified => verified,
        }
    }
}

/// The claims of a token that is the provider's, for this client, now, and for this sign-in.
fn verify(
    verifier: &CoreIdTokenVerifier<'_>,
    response: &CoreTokenResponse,
    id_token: &CoreIdToken,
    nonce: &Nonce,
) -> Result<Map<String, Value>, Failure> {
    let verifier = verifier.clone().set_allowed_algs(ALGORITHMS);
    let claims = id_token.claims(&verifier, nonce).map_err(Failure::of_claims)?;
    if let Some(expected) = claims.access_token_hash() {
        let of = |error| Failure::Signature(format!("{error}"));
        let algorithm = id_token.signing_alg().map_err(of)?;
        let key = id_token.signing_key(&verifier).map_err(of)?;
        let actual = AccessTokenHash::from_token(response.access_token(), algorithm, key);
        let actual = actual.map_err(|error| Failure::Unreadable(error.to_string()))?;
        if actual != *expected {
            return Err(Failure::Unreadable(
                "the access token is not that of the ID token".to_owned(),
            ));
        }
    }
    claims::of_token(&id_token.to_string()).ok_or_else(|| Failure::Unreadable("its claims are no object".to_owned()))
}

fn issuer(known: &Known) -> Result<IssuerUrl, Failure> {
    IssuerUrl::new(known.provider.issuer.clone()).map_err(|error| Failure::Away(error.to_string()))
}

fn client(metadata: &CoreProviderMetadata, known: &Known, redirect: &str) -> Result<ReadyClient, Failure> {
    let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|error| Failure::Flow(error.to_string()))?;
    let (id, secret) = (
        known.provider.client_id.clone(),
        known.client_secret.clone().map(ClientSecret::new),
    );
    let client = CoreClient::from_provider_metadata(metadata.clone(), ClientId::new(id), secret);
    let methods = metadata.token_endpoint_auth_methods_supported();
    let takes_basic = methods.is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
    let auth = if takes_basic {
        AuthType::BasicAuth
    } else {
        AuthType::RequestBody
    };
    Ok(client.set_redirect_uri(redirect).set_auth_type(auth))
}

async fn within<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let done = timeout(PROVIDER_TURN_MAX, work).await;
    done.map_err(|_| Failure::Away("it takes too long".to_owned()))
}

/// All by a key that only the provider has: never the client's secret, never none.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 5] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];
