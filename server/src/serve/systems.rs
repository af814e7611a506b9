//! The door for other systems: TLS that this program speaks itself, and only with whoever has a certificate of the operator's authority (mTLS).
//!
//! A certificate alone opens nothing: each request brings a key too, and the key is bound to the certificate (RFC 8705).

use anyhow::{Context, ensure};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Longest that the other side may take to prove who it is.
const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);
/// Handshakes at once: each holds a socket of somebody who has not said yet who they are.
const HANDSHAKES_MAX: usize = 64;
/// After a fault of the listening socket, e.g. too many open files.
const FAULT_REST: Duration = Duration::from_millis(200);

/// Files of the door, as the operator names them.
#[derive(Debug, Clone)]
pub(crate) struct SystemsDoor {
    /// Where it listens.
    pub(crate) listen: SocketAddr,
    /// Certificate of this server, with those that lead to its root; PEM.
    pub(crate) certificate: PathBuf,
    /// Its secret key; PEM.
    pub(crate) key: PathBuf,
    /// Who signs the certificates of other systems; PEM.
    pub(crate) authority: PathBuf,
}

/// Connections of systems that proved who they are.
pub(crate) struct Systems {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, System)>,
    address: SocketAddr,
}

/// The other side of such a connection.
#[derive(Debug, Clone)]
pub(crate) struct System {
    address: SocketAddr,
    certificate: ClientCertificate,
}

/// SHA-256 of the certificate by which another system proved who it is, in hexadecimal.
#[derive(Debug, Clone)]
pub(crate) struct ClientCertificate(pub(crate) Arc<str>);

impl SystemsDoor {
    /// Opens the door.
    ///
    /// # Errors
    /// A file cannot be read or is not what it should be, or the address is taken; the message says which.
    pub(crate) async fn open(&self) -> anyhow::Result<Systems> {
        let acceptor = TlsAcceptor::from(Arc::new(self.tls()?));
        let listener = TcpListener::bind(self.listen).await;
        let listener = listener.with_context(|| format!("cannot listen on {}", self.listen))?;
        let address = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(HANDSHAKES_MAX);
        tokio::spawn(greet(listener, acceptor, sender));
        Ok(Systems { ready, address })
    }

    fn tls(&self) -> anyhow::Result<ServerConfig> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.authority)? {
            roots.add(certificate).with_context(|| self.authority.display().to_string())?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build()?;
        let key = PrivateKeyDer::from_pem_file(&self.key);
        let key = key.with_context(|| format!("{} holds no secret key in PEM", self.key.display()))?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_client_cert_verifier(verifier)
            .with_single_cert(certificates(&self.certificate)?, key);
        config
            .with_context(|| format!("{} and {} do not fit", self.certificate.display(), self.key.display()))
    }
}

fn certificates(path: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let found = read.with_context(|| format!("{} cannot be read as certificates in PEM", path.display()))?;
    ensure!(!found.is_empty(), "{} holds no certificate in PEM", path.display());
    Ok(found)
}

impl Systems {
    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Accepts connections, and hands on those whose handshake succeeds: one that is slow keeps nobody else waiting.
async fn greet(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    ready: mpsc::Sender<(TlsStream<TcpStream>, System)>,
) {
    let turns = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    while !ready.is_closed() {
        let Ok(turn) = turns.clone().acquire_owned().await else { return };
        let (stream, address) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "another system's connection was not accepted");
                    tokio::time::sleep(FAULT_REST).await;
                    continue;
                }
            },
            () = ready.closed() => return,
        };
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        tokio::spawn(async move {
            let greeted = timeout(HANDSHAKE_TIME_MAX, acceptor.accept(stream)).await;
            drop(turn);
            match greeted {
                Ok(Ok(stream)) => {
                    if let Some(certificate) = certificate_of(&stream) {
                        // An error means that the server stops.
                        let _ = ready.send((stream, System { address, certificate })).await;
                    }
                }
                Ok(Err(error)) => tracing::info!(%address, %error, "another system did not prove who it is"),
                Err(_) => tracing::info!(%address, "another system took too long to prove who it is"),
            }
        });
    }
}

fn certificate_of(stream: &TlsStream<TcpStream>) -> Option<ClientCertificate> {
    let certificate = stream.get_ref().1.peer_certificates()?.first()?;
    Some(ClientCertificate(hex::encode(Sha256::digest(certificate)).into()))
}

impl Listener for Systems {
    type Io = TlsStream<TcpStream>;
    type Addr = System;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(greeted) => greeted,
            // Nobody greets any more: the server stops.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(System { address: self.address, certificate: ClientCertificate("".into()) })
    }
}

impl Connected<IncomingStream<'_, Systems>> for System {
    fn connect_info(stream: IncomingStream<'_, Systems>) -> System {
        stream.remote_addr().clone()
    }
}

/// Tells the layers below who is at the other end.
pub(super) async fn introduce(mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(system)) = request.extensions().get::<ConnectInfo<System>>().cloned() {
        request.extensions_mut().insert(ConnectInfo(system.address));
        request.extensions_mut().insert(system.certificate);
    }
    next.run(request).await
}
