//! Style and script, carried inside the program.

use crate::api::{Path, Problem};
use crate::state::AppState;
use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use std::sync::OnceLock;

/// Name, media type and bytes of each file.
const FILES: [(&str, &str, &[u8]); 6] = [
    ("motlan.css", "text/css; charset=utf-8", include_bytes!("../../assets/motlan.css")),
    ("motlan.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/motlan.js")),
    ("review.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/review.js")),
    ("phone.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/phone.js")),
    ("motlan.svg", "image/svg+xml", include_bytes!("../../assets/motlan.svg")),
    ("htmx.min.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/vendor/htmx.min.js")),
];

/// The address names the content, so a browser may keep it for good.
const KEEP_FOREVER: &str = "public, max-age=31536000, immutable";

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/assets/{version}/{name}", get(asset))
}

async fn asset(Path((_version, name)): Path<(String, String)>) -> Result<impl IntoResponse, Problem> {
    let file = FILES.into_iter().find(|(known, _, _)| *known == name);
    let (_, media_type, bytes) = file.ok_or_else(Problem::not_found)?;
    Ok(([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, KEEP_FOREVER)], bytes))
}

/// The folder whose name changes when a file in it does.
pub(super) fn folder() -> &'static str {
    static FOLDER: OnceLock<String> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let bytes = FILES.iter().flat_map(|(_, _, bytes)| bytes.iter());
        format!("/assets/{:016x}", bytes.fold(FNV_START, fnv))
    })
}

/// FNV-1a: not secret, only different when the content is.
const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(hash: u64, byte: &u8) -> u64 {
    (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
}
