//! Kiểm tra bóc tách: the draft beside its page image. Doubtful fields first, each pointing at its place on the paper; Enter
//! confirms and the next paper stands there.

use super::claim::{ClaimForm, Mistakes};
use super::machine_work::rereading_phrase;
use super::near_duplicates::{OfferedPaper, offered};
use super::review_form::ReviewForm;
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
use repository::document_type::{FIELD_KEYS, FieldKey, FieldKind, field_key};
use repository::doubt::{fails_a_check, sentence_about};
use repository::record::{
    DocumentFilter, DocumentId, DocumentState, DocumentView, Field, FieldSource, Region, SourceForm,
};

/// Said beside an empty field that records of the type need.
const NEEDED: &str = "Trường bắt buộc: nhập theo giấy, hoặc đánh dấu trên giấy không có.";
/// Said beside a value whose check fails and which was neither changed nor compared.
const UNCOMPARED: &str = "Sửa giá trị này, hoặc đánh dấu đã đối chiếu với bản giấy.";

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/documents/{id}/confirm", post(confirm))
        .route("/review/field/{key}", get(added_field))
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
    /// Key of the paper stored a moment ago, and what to say of it.
    stored: Option<(String, String)>,
    viewer: Option<Viewer>,
}

impl ReviewPage {
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

/// A field as an input.
#[derive(Debug, Template)]
#[template(path = "field.html")]
struct FieldRow {
    key: String,
    label: &'static str,
    value: String,
    level: Level,
    /// Whole percents; empty for a person's own field.
    confidence: String,
    from_code: bool,
    is_date: bool,
    is_number: bool,
    /// Page and place that the value was read from.
    place: Option<Place>,
    /// What the checks of the value say, each a sentence.
    doubts: Vec<String>,
    /// A check fails: the value is confirmed only after a change or with the box ticked.
    must_compare: bool,
    /// The box is ticked.
    compared: bool,
    /// The words on the paper, where they are not the value; empty: they are.
    written: String,
    /// It is empty and records of the type need it: a box says that the paper does not have it.
    may_be_absent: bool,
    /// The box is ticked.
    absent: bool,
    mistake: String,
}

/// Where a value stands, with the picture to cut it from.
#[derive(Debug)]
struct Place {
    page: u32,
    region: Region,
    image: String,
    page_width: u32,
    page_height: u32,
}

/// How sure the machine is (DIG-12: ≥ 90, 70–89, 40–69, < 40).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Typed,
    MustConfirm,
    Check,
    Clear,
}

impl Level {
    fn of(confidence: f32) -> Level {
        match confidence {
            sure if sure >= 90.0 => Level::Clear,
            check if check >= 70.0 => Level::Check,
            doubt if doubt >= 40.0 => Level::MustConfirm,
            _ => Level::Typed,
        }
    }

    /// How closely the doubts about a value ask to look, however surely it was read.
    fn demanded(doubts: &[String]) -> Level {
        match doubts {
            [] => Level::Clear,
            doubts if fails_a_check(doubts) => Level::MustConfirm,
            _ => Level::Check,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Level::Clear => "clear",
            Level::Check => "check",
            Level::MustConfirm => "doubt",
            Level::Typed => "typed",
        }
    }

    fn shape(self) -> &'static str {
        match self {
            Level::Clear => "●",
            Level::Check => "◐",
            Level::MustConfirm => "△",
            Level::Typed => "○",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Level::Clear => "đọc rõ",
            Level::Check => "nên xem",
            Level::MustConfirm => "phải xem",
            Level::Typed => "tự nhập",
        }
    }
}

/// The screen of a paper that waits, with what the machine proposes.
pub(super) async fn show(
    state: &AppState,
    view: &DocumentView,
    viewer: Option<Viewer>,
    stored: Option<(String, String)>,
) -> Result<Response, Problem> {
    let form = ReviewForm::propose(view);
    let template = review_page(state, view, form, Mistakes::new());
    let offered = offered(state, view.document.id).await?;
    page(&ReviewPage { viewer, stored, offered, waiting: waiting(state).await?, ..template })
}

fn review_page(state: &AppState, view: &DocumentView, form: ReviewForm, mistakes: Mistakes) -> ReviewPage {
    let rows = form.fields.iter().map(|(key, value)| field_row(view, &form, key, value, &mistakes));
    let (certain, mut doubtful): (Vec<_>, Vec<_>) =
        rows.partition(|row| row.level == Level::Clear && row.mistake.is_empty());
    doubtful.sort_by_key(|row| row.level);
    let is_missing = |entry: &&FieldKey| !form.fields.iter().any(|(key, _)| key == entry.key);
    let title = if form.title.is_empty() { &view.document.original.file_name } else { &form.title };
    ReviewPage {
        shell: Shell::new(state, format!("Kiểm tra: {}", wording::shown_name(title)), "documents"),
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
        stored: None,
        viewer: None,
    }
}

/// How many papers wait for confirmation.
async fn waiting(state: &AppState) -> Result<u64, Problem> {
    let counts = state.repository.document_counts().await?;
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

fn field_row(
    view: &DocumentView,
    form: &ReviewForm,
    key: &str,
    value: &str,
    mistakes: &Mistakes,
) -> FieldRow {
    let field = view.fields.iter().find(|field| field.key == key);
    let entry = field_key(key);
    let kind = entry.map_or(FieldKind::Text, |entry| entry.kind);
    let doubts: &[String] = field.map_or(&[], |field| &field.doubts);
    FieldRow {
        key: key.to_owned(),
        label: entry.map_or("Trường khác", |entry| entry.label),
        value: value.to_owned(),
        level: field.map_or(Level::Typed, |field| Level::of(field.confidence)).min(Level::demanded(doubts)),
        confidence: field.map(|field| format!("{:.0} %", field.confidence)).unwrap_or_default(),
        from_code: field.is_some_and(|field| field.source == FieldSource::Qr),
        is_date: kind == FieldKind::Date,
        is_number: kind == FieldKind::PersonalNumber,
        place: field.and_then(|field| place(view, field)),
        doubts: doubts.iter().map(|code| sentence_about(code, value)).collect(),
        must_compare: fails_a_check(doubts),
        compared: form.compared.iter().any(|compared| compared == key),
        written: field.map(|field| wording::other_words(&field.written, value)).unwrap_or_default(),
        may_be_absent: form.lacks(key),
        absent: form.absent.iter().any(|absent| absent == key),
        mistake: mistakes.get(&format!("field-{key}")).cloned().unwrap_or_default(),
    }
}

fn place(view: &DocumentView, field: &Field) -> Option<Place> {
    let (number, region) = (field.page?, field.region?);
    let page = view.pages.iter().find(|page| page.number == number)?;
    Some(Place {
        page: number,
        region,
        image: format!("/api/v1/documents/{}/pages/{number}/image", view.document.id.0),
        page_width: page.width,
        page_height: page.height,
    })
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
                let mistake = |key: &String| (format!("field-{key}"), UNCOMPARED.to_owned());
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
            Err(error) => return Err(error.into()),
        },
        Err(mistakes) => {
            let trouble = format!("Chưa lưu được: {} ô cần sửa.", mistakes.len());
            Refusal { mistakes, trouble, ..Refusal::default() }
        }
    };
    again(&state, id, form, refusal).await
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
    let viewer = Viewer::open(state, &view, &ViewQuery::default()).await?;
    let template = review_page(state, &view, form, mistakes);
    let (waiting, offered) = (waiting(state).await?, offered(state, id).await?);
    let template = ReviewPage { trouble, asks_rename, viewer, waiting, offered, ..template };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&template)?).into_response())
}

/// The next paper that waits, else the one just stored.
async fn next_paper(state: &AppState, stored: DocumentId) -> Result<Response, Problem> {
    let filter = DocumentFilter { state: Some(DocumentState::Extracted), before: None };
    let next = state.repository.documents(&state.actor, &filter, 1).await?;
    let next = next.first().map_or(stored, |document| document.id);
    Ok(Redirect::to(&format!("/documents/{}?stored={}", next.0, stored.0)).into_response())
}

/// An empty input for a field that the machine did not find.
async fn added_field(Path(key): Path<String>) -> Result<Response, Problem> {
    let entry = field_key(&key).ok_or_else(Problem::not_found)?;
    page(&FieldRow {
        key,
        label: entry.label,
        value: String::new(),
        level: Level::Typed,
        confidence: String::new(),
        from_code: false,
        is_date: entry.kind == FieldKind::Date,
        is_number: entry.kind == FieldKind::PersonalNumber,
        place: None,
        doubts: Vec::new(),
        must_compare: false,
        compared: false,
        written: String::new(),
        may_be_absent: false,
        absent: false,
        mistake: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_has_the_four_levels_of_the_specification() {
        let check = |confidence, expected| assert_eq!(Level::of(confidence), expected, "{confidence}");
        check(100.0, Level::Clear);
        check(90.0, Level::Clear);
        check(89.9, Level::Check);
        check(70.0, Level::Check);
        check(69.9, Level::MustConfirm);
        check(40.0, Level::MustConfirm);
        check(39.9, Level::Typed);
        check(f32::NAN, Level::Typed);
    }

    #[test]
    fn a_doubt_asks_for_a_look_however_surely_it_was_read() {
        let check = |codes: &[&str], expected| {
            let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
            assert_eq!(Level::demanded(&codes), expected, "{codes:?}");
        };
        check(&[], Level::Clear);
        check(&["unit_matched"], Level::Check);
        check(&["unit_matched", "check_digit"], Level::MustConfirm);
    }
}
