//! What the machine tells about requests: route, status, time. Never a query, a name or a number (invariant 9).

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use std::time::Instant;

/// Upper edges of the request time histogram in seconds, around the promise "an upload is answered in under a second".
const REQUEST_SECONDS: [f64; 8] = [0.005, 0.02, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0];

/// The one recorder of the process; the first call sets it up.
pub(super) fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let seconds = Matcher::Full("motlan_request_seconds".to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(seconds, &REQUEST_SECONDS);
        let recorder = builder.expect("the list of buckets is not empty").build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another metrics recorder was there first; /metrics stays empty");
        }
        handle
    })
}

/// Logs and counts one request under the template of its route.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    recorder();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = method_label(request.method());
    let start = Instant::now();
    let response = next.run(request).await;
    let (status, seconds) = (response.status().as_u16(), start.elapsed().as_secs_f64());
    tracing::info!(method, route, status, duration_ms = (seconds * 1000.0) as u64, "request");
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("motlan_requests_total", &labels).increment(1);
    metrics::histogram!("motlan_request_seconds").record(seconds);
    response
}

/// A method as a label. Any word may be sent as one: without this list each would add a time series, and stand in the log.
fn method_label(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_methods_share_one_label() {
        let check = |method: &str, expected: &str| {
            assert_eq!(method_label(&method.parse().expect("a method")), expected, "{method}");
        };
        check("GET", "GET");
        check("PATCH", "PATCH");
        check("get", "other");
        check("NGUYEN-VAN-A", "other");
    }
}
