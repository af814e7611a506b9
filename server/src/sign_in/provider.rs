//! Đăng nhập qua hệ thống khác (OpenID Connect): VNeID, or the agency's own directory, vouches for the person.
//!
//! Everything here waits for the other system: callers run it beside the async threads. Which account the person has is decided by the records.

use anyhow::{Context, bail, ensure};
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthenticationContextClass, AuthenticationFlow, AuthorizationCode, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IdTokenFields, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, StandardErrorResponse, StandardTokenResponse, TokenResponse,
};
use repository::record::{AccountId, Vouched};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// How old signing in at the other system may be: the person sits here now, and not a colleague who was there this morning.
const SIGNED_IN_MAX: SignedDuration = SignedDuration::from_mins(5);
/// How far the clocks of two systems may be apart.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(1);
/// How long the other system may take for one answer.
const ANSWER_TIME: Duration = Duration::from_secs(10);
/// Longest answer: lists of keys are some kilobytes.
const ANSWER_BYTES_MAX: u64 = 1 << 20;
/// How long somebody may take there.
const ASKED_TIME: SignedDuration = SignedDuration::from_mins(10);

/// Signatures that are believed: none that somebody makes who knows what we know.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 5] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Another system that vouches for people.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    /// What the button says.
    pub(crate) name: String,
    issuer: IssuerUrl,
    client: ClientId,
    secret: Option<ClientSecret>,
    /// Levels of assurance (`acr`) that stand for two factors; empty: none does, and our own code is asked for.
    levels: Vec<String>,
    /// Claim that holds the national number.
    number_claim: String,
    agent: Agent,
}

/// What the operator says of another system.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProviderSetting {
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) client: String,
    pub(crate) secret: Option<String>,
    pub(crate) levels: Vec<String>,
    pub(crate) number_claim: String,
}

/// What was asked, as the session keeps it until the answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Asked {
    state: String,
    nonce: String,
    verifier: String,
    /// Page that the person wanted.
    pub(crate) wish: String,
    /// Who is in already, and shall only prove it again.
    #[serde(default)]
    pub(crate) again: Option<AccountId>,
    asked_at: Timestamp,
    ends_at: Timestamp,
}

/// What comes back with the person.
#[derive(Debug, Deserialize)]
pub(crate) struct Returned {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
}

/// Whatever else the other system says of the person.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Said {
    #[serde(flatten)]
    all: HashMap<String, Value>,
}

impl AdditionalClaims for Said {}

type Fields = IdTokenFields<
    Said,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Known = Client<
    Said,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl Provider {
    /// Another system as the operator describes it.
    ///
    /// # Errors
    /// It is not reached over TLS, or has no name for us.
    pub(crate) fn new(setting: ProviderSetting) -> anyhow::Result<Provider> {
        let ProviderSetting { name, issuer, client, secret, levels, number_claim } = setting;
        let is_here =
            ["http://127.0.0.1:", "http://localhost:"].iter().any(|start| issuer.starts_with(start));
        ensure!(is_here || issuer.starts_with("https://"), "oidc_issuer must begin with https://");
        ensure!(!client.is_empty(), "oidc_issuer needs oidc_client: how the other system calls this one");
        let crypto = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(crypto);
        let agent = Agent::config_builder()
            .tls_config(tls.build())
            .http_status_as_error(false)
            // Whoever is asked answers: nobody sends our secret elsewhere.
            .max_redirects(0)
            .timeout_global(Some(ANSWER_TIME))
            .build();
        Ok(Provider {
            name,
            issuer: IssuerUrl::new(issuer).context("oidc_issuer")?,
            client: ClientId::new(client),
            secret: secret.map(ClientSecret::new),
            levels,
            number_claim,
            agent: agent.into(),
        })
    }

    /// Whether it vouches for two factors.
    pub(crate) fn has_levels(&self) -> bool {
        !self.levels.is_empty()
    }

    /// Where somebody is sent, and what is to be remembered until they come back to the address `back`. `again`: who is in
    /// already, and shall only prove it.
    ///
    /// # Errors
    /// The other system does not answer, or describes itself as another one.
    pub(crate) fn ask(
        &self,
        back: &str,
        wish: String,
        again: Option<AccountId>,
    ) -> anyhow::Result<(String, Asked)> {
        let known = self.known(back)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let levels = self.levels.iter().cloned().map(AuthenticationContextClass::new);
        let question = known
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            // Whoever signed in there before may have left this machine; and when they sign in is said because of the greatest age.
            .add_prompt(CoreAuthPrompt::Login)
            .set_max_age(SIGNED_IN_MAX.unsigned_abs())
            .set_pkce_challenge(challenge);
        let (address, state, nonce) =
            levels.fold(question, |question, level| question.add_auth_context_value(level)).url();
        let asked = Asked {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            wish,
            again,
            asked_at: Timestamp::now(),
            ends_at: Timestamp::now() + ASKED_TIME,
        };
        Ok((address.into(), asked))
    }

    /// For whom the other system vouches.
    ///
    /// # Errors
    /// It does not, or not for what was asked, now and by this browser; or it does not answer.
    pub(crate) fn answer(&self, back: &str, asked: &Asked, returned: Returned) -> anyhow::Result<Vouched> {
        ensure!(Timestamp::now() < asked.ends_at, "the answer came too late");
        ensure!(returned.state == asked.state, "the answer is to another question");
        ensure!(returned.error.is_empty(), "the other system refused: {}", plain(&returned.error));
        let known = self.known(back)?;
        let tokens = known
            .exchange_code(AuthorizationCode::new(returned.code))?
            .set_pkce_verifier(PkceCodeVerifier::new(asked.verifier.clone()))
            .request(&self.http())
            .context("the code was not taken")?;
        let Some(token) = tokens.id_token() else { bail!("there is no identity in the answer") };
        let now = Timestamp::now();
        let verifier = known
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_auth_context_verifier_fn(|level| self.check_level(level.map(|level| level.as_str())))
            .set_auth_time_verifier_fn(|at| check_time(at.map(|at| at.timestamp()), asked.asked_at, now));
        let claims = token.claims(&verifier, &Nonce::new(asked.nonce.clone()))?;
        let number = claims.additional_claims().all.get(&self.number_claim).and_then(Value::as_str);
        Ok(Vouched {
            issuer: claims.issuer().to_string(),
            sub: claims.subject().to_string(),
            number: number.map(str::to_owned),
        })
    }

    fn check_level(&self, level: Option<&str>) -> Result<(), String> {
        let is_enough = level.is_some_and(|level| self.levels.iter().any(|enough| enough == level));
        if is_enough || self.levels.is_empty() {
            Ok(())
        } else {
            Err("the level of assurance is not enough".into())
        }
    }

    /// What the other system says of itself now: its keys may be others than yesterday.
    fn known(&self, back: &str) -> anyhow::Result<Known> {
        let described = CoreProviderMetadata::discover(&self.issuer, &self.http())
            .context("the other system does not describe itself")?;
        let back = RedirectUrl::new(back.to_owned()).context("our own address")?;
        Ok(Client::from_provider_metadata(described, self.client.clone(), self.secret.clone())
            .set_redirect_uri(back))
    }

    fn http(&self) -> impl Fn(HttpRequest) -> Result<HttpResponse, ureq::Error> {
        |request| {
            let (parts, mut body) = self.agent.run(request)?.into_parts();
            let bytes = body.with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
            Ok(HttpResponse::from_parts(parts, bytes))
        }
    }
}

/// When somebody signed in at the other system: after it was asked to have them sign in, whoever sat at this machine before. It has to say
/// so.
fn check_time(at: Option<i64>, asked_at: Timestamp, now: Timestamp) -> Result<(), String> {
    let at = at
        .and_then(|at| Timestamp::from_second(at).ok())
        .ok_or("it does not say when the person signed in")?;
    if at < asked_at - CLOCKS_APART || at > now + CLOCKS_APART {
        return Err("the person signed in at another time".to_owned());
    }
    Ok(())
}

/// What another system says, as one line of our log.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_elsewhere_was_a_moment_ago() {
        let check = |seconds: Option<i64>, expected: bool| {
            let now = Timestamp::from_second(1_000_000).unwrap();
            let asked = now - SignedDuration::from_secs(300);
            let at = seconds.map(|ago| 1_000_000 - ago);
            assert_eq!(check_time(at, asked, now).is_ok(), expected, "{seconds:?}");
        };
        check(Some(0), true);
        check(Some(-60), true);
        check(Some(-61), false);
        check(Some(360), true);
        check(Some(361), false);
        check(None, false);
    }

    #[test]
    fn another_system_is_reached_over_tls() {
        let check = |issuer: &str, client: &str, expected: bool| {
            let setting = ProviderSetting {
                issuer: issuer.into(),
                client: client.into(),
                ..ProviderSetting::default()
            };
            assert_eq!(Provider::new(setting).is_ok(), expected, "{issuer}");
        };
        check("https://id.example", "motlan", true);
        check("https://id.example", "", false);
        check("http://id.example", "motlan", false);
        check("http://127.0.0.1:9", "motlan", true);
        check("http://localhost.evil.example:9", "motlan", false);
    }
}
