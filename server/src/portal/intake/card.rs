//! The owner of a new dossier from a picture of a citizen card.

use super::super::claim::ClaimForm;
use super::super::page;
use super::{ClaimPart, card_note};
use crate::api::{Problem, WholeForm, receive_form};
use crate::asking::State;
use crate::state::AppState;
use axum::extract::Request;
use axum::response::Response;
use ingest::Reader;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

/// The owner from a picture of a card. Nothing of it is kept.
pub(super) async fn card(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let WholeForm { files, room: _room, .. } = receive_form(&state, request).await?;
    let reader = state.renditions.reader().clone();
    let codes = tokio::task::spawn_blocking(move || {
        files.iter().flat_map(|(_, _, picture)| codes_on(&reader, picture)).collect::<Vec<_>>()
    });
    let mut cards =
        codes.await.map_err(Problem::internal)?.into_iter().filter_map(|code| ClaimForm::of_card(&code));
    let part = match (cards.next(), cards.next()) {
        (Some(claim), None) => ClaimPart { note: card_note(&claim), claim, ..ClaimPart::default() },
        (Some(claim), Some(other)) if claim == other => {
            ClaimPart { note: card_note(&claim), claim, ..ClaimPart::default() }
        }
        (Some(_), Some(_)) => ClaimPart {
            note: "Trên ảnh có mã của nhiều thẻ; hãy chụp từng thẻ.".to_owned(),
            ..ClaimPart::default()
        },
        (None, _) => ClaimPart {
            note: "Không thấy mã QR của thẻ căn cước trên ảnh. Hãy chụp lại mặt có mã, hoặc ghi số."
                .to_owned(),
            ..ClaimPart::default()
        },
    };
    page(&part)
}

/// Texts of the codes on a picture, found by the jailed child. A file that cannot be opened has none.
fn codes_on(reader: &Reader, picture: &[u8]) -> Vec<String> {
    let found = Mutex::new(Vec::new());
    let keep = |text: &str| {
        found.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(text.to_owned());
        None
    };
    let looked = reader.look(&[picture], &keep, &AtomicBool::new(false), &mut |_| true);
    if let Err(error) = looked {
        tracing::info!(%error, "a picture of a card could not be opened");
    }
    found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
