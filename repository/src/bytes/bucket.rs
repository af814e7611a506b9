//! A bucket of an S3 service as the storage of all bytes. It may be shared by several machines.
//!
//! Nothing here rests on conditional writing, which not every service knows: names are keyed hashes, so that whoever writes an object a
//! second time writes the same.

use crate::error::{Error, Result};
use object_store::aws::{AmazonS3Builder, Checksum, S3ConditionalPut};
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use reqwest::Url;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// Region where none is named: services outside Amazon's take any.
const REGION_DEFAULT: &str = "us-east-1";
/// Until a connection stands.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// Without a single byte of an answer: a service that stands still is told from a slow one.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// One request with its body, at most 8 MiB up and a whole object down: 256 MiB at 50 Mbit/s.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(45);
/// For how long a request is sent again after a fault that may pass. Someone at the counter waits for the answer: after this it is that
/// the storage is out of reach.
const RETRY_TIME_MAX: Duration = Duration::from_secs(12);
/// Between two attempts at most.
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(2);
/// Attempts after the first; the time ends them sooner.
const RETRIES_MAX: usize = 10;

/// A bucket, and how to get at it.
#[derive(Clone)]
pub struct Bucket {
    name: String,
    prefix: String,
    endpoint: Option<Url>,
    region: String,
    credentials: Option<(String, String)>,
}

impl Bucket {
    /// `address` is `s3://BUCKET` or `s3://BUCKET/PREFIX`; without `endpoint` it is Amazon's.
    ///
    /// # Errors
    /// `Storage` when the address has another form, or the endpoint would send papers over the network in the clear (PDP-09).
    pub fn new(address: &str, endpoint: Option<&str>, region: Option<&str>) -> Result<Bucket> {
        let path = address.strip_prefix("s3://").unwrap_or_default();
        let (name, prefix) = path.split_once('/').unwrap_or((path, ""));
        if name.is_empty() || address.contains(['?', '@', '#']) {
            return Err(Error::storage(format!(
                "{address} is no bucket; say s3://BUCKET or s3://BUCKET/PREFIX"
            )));
        }
        Ok(Bucket {
            name: name.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            endpoint: endpoint.map(endpoint_from).transpose()?,
            region: region.unwrap_or(REGION_DEFAULT).to_owned(),
            credentials: None,
        })
    }

    /// With a key of the service; without, the machine's own role is used.
    pub fn with_credentials(self, key_id: String, secret: String) -> Bucket {
        Bucket { credentials: Some((key_id, secret)), ..self }
    }

    /// Connects nowhere yet.
    pub(super) fn open(&self) -> Result<Arc<dyn ObjectStore>> {
        // An error means that some other part of the process chose first, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&self.name)
            .with_region(&self.region)
            .with_checksum_algorithm(Checksum::SHA256)
            .with_conditional_put(S3ConditionalPut::Disabled)
            .with_retry(retry())
            .with_client_options(
                ClientOptions::new()
                    .with_connect_timeout(CONNECT_TIME_MAX)
                    .with_read_timeout(SILENCE_MAX)
                    .with_timeout(REQUEST_TIME_MAX),
            );
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint.as_str()).with_allow_http(endpoint.scheme() == "http");
        }
        if let Some((key_id, secret)) = &self.credentials {
            builder = builder.with_access_key_id(key_id).with_secret_access_key(secret);
        }
        Ok(Arc::new(PrefixStore::new(builder.build()?, self.prefix.as_str())))
    }
}

fn retry() -> RetryConfig {
    let backoff = BackoffConfig { max_backoff: RETRY_PAUSE_MAX, ..BackoffConfig::default() };
    RetryConfig { backoff, max_retries: RETRIES_MAX, retry_timeout: RETRY_TIME_MAX }
}

fn endpoint_from(text: &str) -> Result<Url> {
    let url = text.parse::<Url>().map_err(|error| Error::storage(format!("the endpoint {text}: {error}")))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(Error::storage(format!(
            "papers would travel to {text} in the clear, for everyone on the way to copy; say https:// (http:// is for this machine alone)"
        ))),
        _ => Err(Error::storage(format!("the endpoint {text} is no https:// address"))),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Bucket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "s3://{}/{}", self.name, self.prefix)
    }
}

/// Without the credentials.
impl fmt::Debug for Bucket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_has_a_name_and_perhaps_a_prefix() {
        let check = |address: &str, expected: Option<(&str, &str)>| {
            let bucket = Bucket::new(address, None, None).ok();
            let found = bucket.as_ref().map(|bucket| (bucket.name.as_str(), bucket.prefix.as_str()));
            assert_eq!(found, expected, "{address}");
        };
        check("s3://giay-to", Some(("giay-to", "")));
        check("s3://giay-to/", Some(("giay-to", "")));
        check("s3://giay-to/phuong/mau/", Some(("giay-to", "phuong/mau")));
        check("s3://", None);
        check("s3:///mau", None);
        check("giay-to", None);
        check("https://giay-to.example", None);
        check("s3://key:secret@giay-to", None);
    }

    #[test]
    fn nothing_travels_in_the_clear() {
        let check = |endpoint: &str, expected: bool| {
            assert_eq!(Bucket::new("s3://giay-to", Some(endpoint), None).is_ok(), expected, "{endpoint}");
        };
        check("https://s3.example", true);
        check("http://127.0.0.1:8333", true);
        check("http://127.8.9.1:8333", true);
        check("http://[::1]:8333", true);
        check("http://localhost:8333", true);
        check("http://s3.example", false);
        check("http://10.0.0.7:9000", false);
        check("http://127.0.0.1.example:9000", false);
        check("http://localhost.example", false);
        check("http://127.0.0.1@s3.example", false);
        check("ftp://127.0.0.1", false);
        check("s3.example", false);
    }

    #[test]
    fn secrets_are_not_printed() {
        let bucket = Bucket::new("s3://giay-to/mau", None, None).unwrap();
        let bucket = bucket.with_credentials("chìa".into(), "bí mật".into());
        assert_eq!(format!("{bucket:?}"), "s3://giay-to/mau");
    }
}
