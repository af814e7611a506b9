//! Requests to the cluster, and what its answers mean. Waits for each; no runtime is needed.
//!
//! Nothing of a request stands in an error: words that people look for, and those of papers, are not for logs.

use super::ClusterUrl;
use crate::Error;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{Method, Request};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

/// Until a connection stands: the cluster is near, and somebody may be waiting at the counter.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(3);

/// One search, or one look at a number.
pub(super) const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

/// One part of a batch, a refresh, a new index.
pub(super) const WRITE_TIME_MAX: Duration = Duration::from_secs(60);

/// Rewriting all files from which papers were removed: a gigabyte of them takes minutes.
pub(super) const MERGE_TIME_MAX: Duration = Duration::from_secs(60 * 60);

/// An answer: 10,000 keys of 100 bytes, or 1,000 items of a bulk, with room.
const ANSWER_BYTES_MAX: u64 = 16 << 20;

/// Speaks with one cluster.
pub(super) struct Client {
    agent: Agent,
    server: String,
    authorization: Option<String>,
}

/// An answer that is no fault of the cluster.
pub(super) struct Reply {
    status: u16,
    pub(super) body: Value,
}

impl Client {
    /// Connects nowhere yet.
    pub(super) fn new(url: &ClusterUrl) -> Client {
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_connect(Some(CONNECT_TIME_MAX))
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None);
        let authorization = url.credentials.as_ref().map(|(user, password)| {
            format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")))
        });
        Client { agent: config.build().new_agent(), server: url.server.clone(), authorization }
    }

    pub(super) fn get(&self, path: &str) -> Result<Reply, Error> {
        self.send(Method::GET, path, Vec::new(), ANSWER_TIME_MAX)
    }

    pub(super) fn search(&self, path: &str, body: &Value) -> Result<Reply, Error> {
        self.send(Method::POST, path, body.to_string().into_bytes(), ANSWER_TIME_MAX)
    }

    pub(super) fn put(&self, path: &str, body: &Value) -> Result<Reply, Error> {
        self.send(Method::PUT, path, body.to_string().into_bytes(), WRITE_TIME_MAX)
    }

    pub(super) fn post(&self, path: &str, body: Vec<u8>, time_max: Duration) -> Result<Reply, Error> {
        self.send(Method::POST, path, body, time_max)
    }

    pub(super) fn delete(&self, path: &str) -> Result<Reply, Error> {
        self.send(Method::DELETE, path, Vec::new(), WRITE_TIME_MAX)
    }

    fn send(&self, method: Method, path: &str, body: Vec<u8>, time_max: Duration) -> Result<Reply, Error> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.server));
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        if !body.is_empty() {
            // A bulk has one object a line; every other body is one object, and so one line.
            let kind = if body.ends_with(b"\n") { "application/x-ndjson" } else { "application/json" };
            request = request.header("content-type", kind);
        }
        let request = request.body(body).map_err(|error| Error::Engine(error.to_string()))?;
        let request = self.agent.configure_request(request).timeout_global(Some(time_max)).build();
        let answer = self.agent.run(request).map_err(unavailable)?;
        let status = answer.status().as_u16();
        let body = read(answer.into_body());
        match status {
            // Too many requests at once, a fault inside, a node that is missing; or we may not in.
            401 | 403 | 429 | 500.. => Err(Error::Unavailable { reason: format!("HTTP {status}") }),
            300..=399 => {
                Err(Error::Unavailable { reason: format!("HTTP {status}, which no search cluster says") })
            }
            _ => Ok(Reply { status, body: body.map_err(unavailable)? }),
        }
    }
}

fn read(body: Body) -> Result<Value, ureq::Error> {
    body.into_with_config().limit(ANSWER_BYTES_MAX).read_json()
}

/// What was seen, without the address.
fn unavailable(error: ureq::Error) -> Error {
    let reason = match error {
        ureq::Error::Io(error) => error.kind().to_string(),
        ureq::Error::Json(_) => "the answer is no JSON".to_owned(),
        ureq::Error::BadUri(_) => "the address is not right".to_owned(),
        error => error.to_string(),
    };
    Error::Unavailable { reason }
}

impl Reply {
    /// The body of a success.
    pub(super) fn done(self) -> Result<Value, Error> {
        match self.status {
            200..300 => Ok(self.body),
            _ => Err(Error::Engine(self.fault())),
        }
    }

    /// The body of a success; none: there is no such thing.
    pub(super) fn found(self) -> Result<Option<Value>, Error> {
        match self.status {
            404 => Ok(None),
            _ => self.done().map(Some),
        }
    }

    /// Whether it was refused because something else was written, or made, before.
    pub(super) fn is_conflict(&self) -> bool {
        self.status == 409 || self.body["error"]["type"] == "resource_already_exists_exception"
    }

    /// The kind of fault; its sentence may repeat what was asked for.
    fn fault(&self) -> String {
        let kind = self.body["error"]["type"].as_str().unwrap_or("unknown fault");
        format!("HTTP {}, {kind}", self.status)
    }
}

/// Refuses an answer that not all parts of the index took part in.
pub(super) fn whole(body: Value) -> Result<Value, Error> {
    if body["timed_out"] == true || body["_shards"]["failed"].as_u64().unwrap_or_default() > 0 {
        return Err(Error::Unavailable { reason: "a part of the index does not answer".to_owned() });
    }
    Ok(body)
}
