//! Kiểm tra bóc tách: what the machine read beside its page image. Doubtful fields first, each pointing at its place on the paper; who
//! confirms has the next paper in front of them.
//!
//! Not here: the inputs (`review_fields`), the form as a value (`review_form`), papers that two people key (`review_keying`), what was typed
//! and not confirmed (`review_unfinished`), and the queue (`review_queue`).

use super::claim::{ClaimForm, Mistakes};
use super::machine_work::rereading_phrase;
use super::near_duplicates::{OfferedPaper, offered};
use super::review_fields::{self, FieldRow};
use super::review_form::{CO_OWNER, ReviewForm, USUAL_REASONS, keyings};
use super::review_keying::{self, Sight};
use super::review_unfinished::{self, KeptForm, still_fit};
use super::viewer::{ViewQuery, Viewer};
use super::{Shell, page, wording};
use crate::api::{Form, Path, Problem};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use repository::DocumentType;
use repository::document_type::{FIELD_KEYS, FieldKey};
use repository::record::{Desk, DocumentId, DocumentState, DocumentView, KeyingTurn, SourceForm};
use serde::Deserialize;

/// Said beside an empty field that records of the type need.
const NEEDED: &str = "Trường bắt buộc: nhập theo giấy, hoặc đánh dấu trên giấy không có.";
/// Said beside a value whose check fails and which was neither changed nor compared.
const UNEXPLAINED: &str = "Sửa giá trị này, hoặc ghi vì sao nó vẫn đúng.";

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/documents/{id}/confirm", post(confirm))
        .route("/review/field/{key}", get(review_fields::added))
}

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage {
    shell: Shell,
    id: String,
    title: String,
    file_name: String,
    /// Papers that wait, this one included.
    waiting: u64,
    types: Vec<TypeChoice>,
    source_forms: Vec<FormChoice>,
    /// Nobody answers for the scan yet.
    asks_mark: bool,
    /// It lies where a dossier keeps its outcomes.
    is_outcome: bool,
    form: ReviewForm,
    claim: ClaimForm,
    /// Fields to look at, the least certain first.
    doubtful: Vec<FieldRow>,
    /// The others, in the order of the form.
    certain: Vec<FieldRow>,
    /// Fields of the dictionary that the paper does not have yet.
    missing: Vec<&'static FieldKey>,
    mistakes: Mistakes,
    /// A re-reading under way; empty: none.
    rereading: String,
    /// Why the last re-reading came to nothing; empty: it did not.
    reread_problem: String,
    /// Said above the button that confirms; empty: nothing.
    trouble: String,
    /// The number is known under another name or date of birth: a box asks whether they shall be replaced.
    asks_rename: bool,
    /// Held papers of which it is probably another scan.
    offered: Vec<OfferedPaper>,
    /// What is known, as far as this officer may see it.
    sight: Sight,
    /// Whose turn it is; empty: the paper is not keyed twice.
    turn: &'static str,
    /// Names of others who have it in front of them.
    others: Vec<String>,
    /// Why the officer was led back here; empty: they came by themselves.
    because: &'static str,
    /// What this officer typed the last time.
    unfinished: KeptForm,
    /// The scanned stack that it came out of; empty: none, or that was undone.
    batch: String,
    /// Key of the paper stored a moment ago, and what to say of it.
    stored: Option<(String, String)>,
    viewer: Option<Viewer>,
}

impl ReviewPage {
    /// What is usually said of values that are right although their check fails.
    fn usual_reasons(&self) -> [&'static str; 3] {
        USUAL_REASONS
    }

    /// Name of the boxes of other owners.
    fn co_owner(&self) -> &'static str {
        CO_OWNER
    }

    /// The sentence beside an input; empty: nothing is wrong with it.
    fn mistake(&self, name: &str) -> &str {
        self.mistakes.get(name).map_or("", String::as_str)
    }
}

#[derive(Debug)]
struct TypeChoice {
    code: &'static str,
    label: &'static str,
    selected: bool,
}

/// A source form to choose.
#[derive(Debug)]
struct FormChoice {
    name: String,
    label: &'static str,
    selected: bool,
}

/// The screen of a paper that waits: as it is known, or as this officer left it.
pub(super) async fn show(
    state: &AppState,
    view: &DocumentView,
    query: &ViewQuery,
    viewer: Option<Viewer>,
    stored: Option<(String, String)>,
) -> Result<Response, Problem> {
    let sight = Sight::of(state, view).await?;
    let mut desk = match sight.is_of_others() {
        true => Desk::default(),
        false => state.repository.take_up(&state.actor, view.document.id).await?,
    };
    let (form, unfinished) = match still_fit(desk.unfinished.take(), view) {
        Some(kept) if query.unfinished.is_some() => (KeptForm::form(&kept, view), KeptForm::resumed(&kept)),
        kept => (sight.form(view), KeptForm::offered(kept.as_ref())),
    };
    let template = review_page(state, view, form, sight, Mistakes::new());
    let because = query.because.map(Because::sentence).unwrap_or_default();
    page(&ReviewPage { unfinished, stored, because, ..template.completed(state, view, viewer, desk).await? })
}

fn review_page(
    state: &AppState,
    view: &DocumentView,
    form: ReviewForm,
    sight: Sight,
    mistakes: Mistakes,
) -> ReviewPage {
    let (doubtful, certain) = review_fields::rows(view, &form, &sight, &mistakes);
    let is_missing = |entry: &&FieldKey| !form.fields.iter().any(|(key, _)| key == entry.key);
    let title = if form.title.is_empty() { &view.document.original.file_name } else { &form.title };
    let turn = KeyingTurn::of(&view.keyings, view.document.document_type, &state.actor.account);
    ReviewPage {
        because: "",
        shell: Shell::new(state, format!("Kiểm tra: {}", wording::shown_name(title)), "review"),
        id: view.document.id.0.to_string(),
        title: wording::shown_name(title),
        file_name: wording::shown_name(&view.document.original.file_name),
        waiting: 0,
        types: types(&form.document_type),
        source_forms: source_forms(form.provenance.source_form),
        asks_mark: view.document.origin.marked.is_none(),
        is_outcome: view.document.place.as_ref().is_some_and(|place| place.component.is_none()),
        claim: form.claim.clone(),
        doubtful,
        certain,
        missing: FIELD_KEYS.iter().filter(is_missing).collect(),
        form,
        mistakes,
        rereading: rereading_phrase(view),
        reread_problem: view.reread_problem.clone().unwrap_or_default(),
        trouble: String::new(),
        asks_rename: false,
        offered: Vec::new(),
        sight,
        turn: review_keying::sentence(turn),
        others: Vec::new(),
        unfinished: KeptForm::default(),
        batch: String::new(),
        stored: None,
        viewer: None,
    }
}

impl ReviewPage {
    /// With what has to be asked for.
    async fn completed(
        self,
        state: &AppState,
        view: &DocumentView,
        viewer: Option<Viewer>,
        desk: Desk,
    ) -> Result<ReviewPage, Problem> {
        let id = view.document.id;
        // What is held already says what stands on the paper.
        let offered = if self.sight.is_blind() { Vec::new() } else { offered(state, id).await? };
        let batch = state.repository.batch_of(id).await?;
        Ok(ReviewPage {
            viewer,
            offered,
            waiting: waiting(state).await?,
            others: desk.others.into_iter().map(|holder| holder.name).collect(),
            batch: batch.map(|batch| batch.to_string()).unwrap_or_default(),
            ..self
        })
    }
}

/// How many papers wait for confirmation.
async fn waiting(state: &AppState) -> Result<u64, Problem> {
    let counts = state.repository.own_document_counts(&state.actor).await?;
    Ok(counts.iter().find(|(known, _)| *known == DocumentState::Extracted).map_or(0, |(_, count)| *count))
}

fn source_forms(selected: SourceForm) -> Vec<FormChoice> {
    let choice = |form: SourceForm| FormChoice {
        name: crate::api::name_of(form),
        label: form.label(),
        selected: form == selected,
    };
    SourceForm::ALL.into_iter().map(choice).collect()
}

fn types(selected: &str) -> Vec<TypeChoice> {
    let choice = |document_type: &DocumentType| TypeChoice {
        code: document_type.code(),
        label: document_type.label(),
        selected: document_type.code() == selected,
    };
    DocumentType::ALL.iter().map(choice).collect()
}

/// Why somebody who sent a form is led back to the paper.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Because {
    /// It was read again meanwhile; what they typed is kept.
    ReadAgain,
    /// It was keyed meanwhile.
    Keyed,
}

impl Because {
    fn sentence(self) -> &'static str {
        match self {
            Because::ReadAgain => {
                "Máy vừa đọc lại giấy tờ này. Những gì anh/chị đã nhập vẫn còn ở dưới: hãy đối chiếu với kết quả mới rồi xác nhận lại."
            }
            Because::Keyed => {
                "Trong lúc anh/chị nhập, người khác đã nhập giấy này, nên lần nhập của anh/chị không được tính."
            }
        }
    }
}

/// Xác nhận: files the paper and goes on to the next one; what cannot be filed comes back as it was typed.
async fn confirm(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let mut form = ReviewForm::read(&pairs);
    let refusal = match form.confirmation() {
        Ok(confirmation) => match state.repository.confirm(&state.actor, id, confirmation).await {
            Ok(_) => return next_paper(&state, id).await,
            Err(repository::Error::Invalid { message }) => Refusal { trouble: message, ..Refusal::default() },
            Err(repository::Error::Doubtful { keys, message }) => {
                let mistake = |key: &String| (format!("field-{key}"), UNEXPLAINED.to_owned());
                let mistakes = keys.iter().map(mistake).collect();
                Refusal { trouble: message, mistakes, ..Refusal::default() }
            }
            Err(repository::Error::Incomplete { keys, message }) => {
                form.add_needed();
                let mistakes = keys.iter().map(|key| (format!("field-{key}"), NEEDED.to_owned())).collect();
                Refusal { trouble: message, mistakes, ..Refusal::default() }
            }
            Err(repository::Error::SubjectDiffers { message }) => {
                Refusal { trouble: message, asks_rename: true, ..Refusal::default() }
            }
            Err(repository::Error::AlreadyHeld { document, message }) => {
                form.held = Some(document);
                Refusal { trouble: message, ..Refusal::default() }
            }
            // By an address that may be loaded again: a form that is sent again would be refused again.
            Err(repository::Error::ReadAgain { .. }) => {
                review_unfinished::keep_inputs(&state, id, pairs).await?;
                return Ok(back(id, "unfinished=resume&because=read_again"));
            }
            Err(repository::Error::KeyedMeanwhile { .. }) => return Ok(back(id, "because=keyed")),
            Err(error) => return Err(error.into()),
        },
        Err(mistakes) => {
            let trouble = format!("Chưa lưu được: {} ô cần sửa.", mistakes.len());
            Refusal { mistakes, trouble, ..Refusal::default() }
        }
    };
    again(&state, id, form, refusal).await
}

fn back(id: DocumentId, query: &str) -> Response {
    Redirect::to(&format!("/documents/{id}?{query}")).into_response()
}

/// Why a form comes back.
#[derive(Debug, Default)]
struct Refusal {
    mistakes: Mistakes,
    trouble: String,
    asks_rename: bool,
}

async fn again(
    state: &AppState,
    id: DocumentId,
    form: ReviewForm,
    Refusal { mistakes, trouble, asks_rename }: Refusal,
) -> Result<Response, Problem> {
    let view = state.repository.document(&state.actor, id).await?;
    if form.keyings != keyings(&view) {
        return Ok(back(id, "because=keyed"));
    }
    let viewer = Viewer::open(state, &view, &ViewQuery::default()).await?;
    let sight = Sight::of(state, &view).await?;
    let template = review_page(state, &view, form, sight, mistakes);
    let template = template.completed(state, &view, viewer, Desk::default()).await?;
    let template = ReviewPage { trouble, asks_rename, ..template };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&template)?).into_response())
}

/// The next paper that waits for this officer, else the one just stored.
async fn next_paper(state: &AppState, stored: DocumentId) -> Result<Response, Problem> {
    let next = state.repository.next_to_review(&state.actor).await?.unwrap_or(stored);
    Ok(Redirect::to(&format!("/documents/{}?stored={}", next.0, stored.0)).into_response())
}
