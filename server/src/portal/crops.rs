//! Ảnh cắt beside the inputs of the review screen: the places of a page's fields, drawn as one strip when a page of them is first shown.

use crate::api::{Path, Problem, Query};
use crate::asking::State;
use crate::state::AppState;
use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use ingest::{Reader, Strip};
use repository::record::{DocumentId, DocumentView, Field, Page, Region};
use serde::Deserialize;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Strips kept: those of the papers in front of twenty officers, at some 150 kB each.
const STRIPS_MAX: usize = 40;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/documents/{id}/crops/{number}", get(crops))
}

/// Whose fields a strip shows: the paper, its page, and the reading that found them.
type StripKey = (DocumentId, u32, u32);

/// Strips that were drawn lately. They are personal data, so they stand in memory alone.
#[derive(Debug, Default)]
pub(crate) struct RecentStrips(Mutex<VecDeque<(StripKey, Arc<[u8]>)>>);

impl RecentStrips {
    fn find(&self, key: StripKey) -> Option<Arc<[u8]>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, _)| *known == key).map(|(_, jpeg)| jpeg.clone())
    }

    fn keep(&self, key: StripKey, jpeg: Arc<[u8]>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == STRIPS_MAX {
            kept.pop_front();
        }
        kept.push_back((key, jpeg));
    }
}

/// Where the crop of a field stands in the strip of its page.
#[derive(Debug)]
pub(super) struct Crop {
    pub(super) address: String,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) strip_width: u32,
    pub(super) strip_height: u32,
}

/// The crop of a field; none: it stands nowhere.
pub(super) fn crop(view: &DocumentView, field: &Field) -> Option<Crop> {
    let page = page_of(view, field.page?)?;
    let nth = placed(view, page.number).position(|(key, _)| key == field.key)?;
    let strip = strip(view, page);
    let band = strip.bands.get(nth)?;
    Some(Crop {
        address: format!("/documents/{}/crops/{}?pass={}", view.document.id.0, page.number, view.pass),
        top: band.top,
        width: band.cut.width,
        height: band.cut.height,
        strip_width: strip.width,
        strip_height: strip.height,
    })
}

fn strip(view: &DocumentView, page: &Page) -> Strip {
    Strip::of(page, placed(view, page.number).map(|(_, region)| region))
}

/// Keys and places of the fields that stand on a page.
fn placed(view: &DocumentView, page: u32) -> impl Iterator<Item = (&str, Region)> {
    let on_page = view.fields.iter().filter(move |field| field.page == Some(page));
    on_page.filter_map(|field| Some((field.key.as_str(), field.region?)))
}

fn page_of(view: &DocumentView, number: u32) -> Option<&Page> {
    view.pages.iter().find(|page| page.number == number)
}

#[derive(Debug, Deserialize)]
struct Seen {
    /// Lượt đọc whose fields the screen shows.
    pass: u32,
}

/// The strip of a page. Who asks for it looks at the page, and the log says so.
async fn crops(
    State(state): State<AppState>,
    Path((id, number)): Path<(DocumentId, u32)>,
    Query(seen): Query<Seen>,
) -> Result<impl IntoResponse, Problem> {
    let view = state.repository.document(&state.actor, id).await?;
    let page = page_of(&view, number).filter(|_| view.pass == seen.pass).ok_or_else(Problem::not_found)?;
    let key = (id, number, seen.pass);
    let jpeg = match state.strips.find(key) {
        Some(jpeg) => jpeg,
        None => {
            let page_jpeg = state.repository.page_image(&state.actor, id, number).await?;
            let jpeg =
                draw(state.renditions.reader().clone(), page_jpeg.to_vec(), strip(&view, page)).await?;
            state.strips.keep(key, jpeg.clone());
            jpeg
        }
    };
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], jpeg.to_vec()))
}

async fn draw(reader: Reader, page_jpeg: Vec<u8>, strip: Strip) -> Result<Arc<[u8]>, Problem> {
    let drawing = move || reader.draw_strip(&page_jpeg, strip, &Arc::default());
    let drawn = tokio::task::spawn_blocking(drawing).await.map_err(Problem::internal)?;
    let jpeg = drawn.map_err(Problem::internal)?.ok_or_else(Problem::not_found)?;
    Ok(jpeg.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_strips_make_room() {
        let strips = RecentStrips::default();
        let id = DocumentId(Default::default());
        let keep = |pass: u32| strips.keep((id, 1, pass), Arc::from([pass as u8]));
        (0..=STRIPS_MAX as u32).for_each(keep);
        assert_eq!(strips.find((id, 1, 0)), None);
        assert_eq!(strips.find((id, 1, 1)).as_deref(), Some(&[1][..]));
        assert_eq!(strips.find((id, 2, 1)), None);
    }
}
