//! `/documents/{id}`: the record of a paper, and its way there while it is being read or could not be read.
//!
//! A paper that waits for confirmation shows the screen of [`super::review`] at the same address.

use super::machine_work::rereading_phrase;
use super::papers::has_label;
use super::viewer::{self, ViewQuery, Viewer};
use super::wording::{self, StateMark};
use super::{Shell, page, review};
use crate::api::{Form, Path, Problem, Query};
use crate::asking::State;
use crate::print::STICKERS_A_PAGE;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use repository::document_type::{FieldKind, field_key};
use repository::record::{
    AccessEntry, Action, Dissent, Document, DocumentId, DocumentState, DocumentView, Field, Mark, Owner,
    ProposedField, SubjectId,
};
use serde::Deserialize;

/// Access entries on the page of a record; the API gives more.
const ACCESS_SHOWN: u32 = 20;

/// What stands before the key when the value to show is the one that the machine read again.
const REREAD_PREFIX: &str = "reread:";

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/documents/{id}", get(record))
        .route("/documents/{id}/viewer/{number}", get(viewer::part))
        .route("/documents/{id}/reveal", post(reveal))
        .route("/documents/{id}/rendition.pdf", get(crate::api::rendition_pdf))
}

#[derive(Template)]
#[template(path = "record.html")]
struct RecordPage {
    shell: Shell,
    id: String,
    state: StateMark,
    stored: bool,
    /// It has a label to print, on sheets of so many.
    labelled: bool,
    stickers_a_page: usize,
    /// The held paper that is used instead of this scan; empty: it is no duplicate.
    used_instead: String,
    reading: bool,
    title: String,
    document_type: &'static str,
    code: String,
    subject: Option<SubjectCard>,
    /// Owners beside the first one.
    co_owners: Vec<CoOwner>,
    facts: Vec<Fact>,
    fields: Vec<ShownField>,
    /// Fields that only the newest reading has.
    newly_seen: Vec<Fact>,
    /// The type that the newest reading says instead; empty: the same.
    reread_type: &'static str,
    /// A re-reading under way; empty: none.
    rereading: String,
    /// Why the last re-reading came to nothing; empty: it did not.
    reread_problem: String,
    problem: String,
    viewer: Option<Viewer>,
    access: Vec<AccessLine>,
    /// Said once, right after something was done here; empty: nothing.
    notice: String,
}

/// Chủ giấy tờ on the page of a record.
#[derive(Debug)]
struct SubjectCard {
    id: String,
    /// Whether the officer may open the store.
    opens: bool,
    name: String,
    line: String,
    birth_date: String,
}

/// Another owner of the same paper.
#[derive(Debug)]
struct CoOwner {
    id: String,
    /// Whether the officer may open the store.
    opens: bool,
    name: String,
    role: &'static str,
}

/// A label and its text.
#[derive(Debug)]
struct Fact {
    label: &'static str,
    value: String,
}

/// A field on the page of a record.
#[derive(Debug)]
struct ShownField {
    key: String,
    label: &'static str,
    /// As shown; masked when it is hidden.
    value: String,
    /// A personal number or a sensitive value: shown on demand, and the log says so.
    hidden: bool,
    /// Page it stands on; 0: unknown.
    page: u32,
    /// Why it was confirmed although a check fails; empty: none did.
    reason: String,
    /// What the newest reading says otherwise, masked like the value; empty: nothing.
    reread: String,
}

/// A line of the access log.
#[derive(Debug)]
struct AccessLine {
    at: String,
    who: String,
    action: &'static str,
    purpose: String,
    allowed: bool,
    /// Whether somebody opened in an emergency what nothing tied them to.
    is_emergency: bool,
}

async fn record(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
    Query(query): Query<ViewQuery>,
) -> Result<Response, Problem> {
    let view = state.repository.document(&state.actor, id).await?;
    let viewer = Viewer::open(&state, &view, &query).await?;
    if view.document.state == DocumentState::Extracted {
        let stored = stored_title(&state, query.stored).await?;
        return review::show(&state, &view, &query, viewer, stored).await;
    }
    // Whoever looks for a case or in an emergency sees the paper, and not who else looked.
    let access = match state.repository.is_permitted(&state.actor, Action::Audit, id).await? {
        true => state.repository.access_log(&state.actor, id, ACCESS_SHOWN).await?,
        false => Vec::new(),
    };
    let mut stores = Vec::new();
    for subject in view.document.subject.iter().chain(view.owners.iter().map(|owner| &owner.subject)) {
        if state.repository.may_open_store(&state.actor, subject.id).await? {
            stores.push(subject.id);
        }
    }
    let notice = if query.stored == Some(id) { stored_notice(&view.document) } else { String::new() };
    page(&record_page(&state, view, viewer, &access, &stores, notice))
}

/// Title of the paper that was stored a moment ago, to say so on the next one.
async fn stored_title(
    state: &AppState,
    stored: Option<DocumentId>,
) -> Result<Option<(String, String)>, Problem> {
    let Some(stored) = stored else { return Ok(None) };
    let documents = state.repository.documents_by_id(&state.actor, &[stored]).await?;
    Ok(documents.first().map(|document| (stored.0.to_string(), stored_notice(document))))
}

fn stored_notice(document: &Document) -> String {
    let title = wording::shown_name(&document.title);
    match &document.subject {
        _ if document.state == DocumentState::Extracted => {
            format!("Đã ghi nhận lần nhập của anh/chị cho «{title}»; giấy chờ người khác nhập.")
        }
        Some(subject) => format!("Đã lưu «{title}» vào kho của {}.", subject.name),
        None => format!("Đã lưu «{title}»."),
    }
}

fn record_page(
    state: &AppState,
    view: DocumentView,
    viewer: Option<Viewer>,
    access: &[AccessEntry],
    stores: &[SubjectId],
    notice: String,
) -> RecordPage {
    let document = &view.document;
    let name = if document.title.is_empty() { &document.original.file_name } else { &document.title };
    let title = wording::shown_name(name);
    RecordPage {
        shell: Shell::new(state, title.clone(), "documents"),
        id: document.id.0.to_string(),
        state: StateMark::from(document),
        stored: document.state == DocumentState::Stored,
        labelled: has_label(document),
        stickers_a_page: STICKERS_A_PAGE,
        used_instead: match document.state {
            DocumentState::Duplicate => document.superseded_by.map(|id| id.to_string()).unwrap_or_default(),
            _ => String::new(),
        },
        reading: document.state == DocumentState::Received,
        title,
        document_type: document.document_type.label(),
        code: document.code.as_ref().map(ToString::to_string).unwrap_or_default(),
        subject: document.subject.as_ref().map(|subject| SubjectCard {
            id: subject.id.0.to_string(),
            opens: stores.contains(&subject.id),
            name: subject.name.clone(),
            line: wording::subject_line(subject),
            birth_date: subject.birth_date.map(wording::day).unwrap_or_default(),
        }),
        co_owners: view.owners.iter().skip(1).map(|owner| co_owner(owner, stores)).collect(),
        facts: facts(&view),
        fields: view.fields.iter().map(|field| shown_field(field, &view.dissent)).collect(),
        newly_seen: newly_seen(&view),
        reread_type: view.dissent.document_type.map(|kind| kind.label()).unwrap_or_default(),
        rereading: rereading_phrase(&view),
        reread_problem: view.reread_problem.clone().unwrap_or_default(),
        problem: document.problem.clone().unwrap_or_default(),
        viewer,
        access: access.iter().map(access_line).collect(),
        notice,
    }
}

fn co_owner(owner: &Owner, stores: &[SubjectId]) -> CoOwner {
    CoOwner {
        id: owner.subject.id.0.to_string(),
        opens: stores.contains(&owner.subject.id),
        name: owner.subject.name.clone(),
        role: owner.role.label(),
    }
}

/// What is known beside the fields; a fact that stands among them is not said twice.
fn facts(view: &DocumentView) -> Vec<Fact> {
    let (document, original) = (&view.document, &view.document.original);
    let unless_field = |key: &str, value: Option<String>| {
        value.filter(|_| !view.fields.iter().any(|field| field.key == key))
    };
    let is_stored = document.state == DocumentState::Stored;
    let known = [
        ("Số, ký hiệu", unless_field("number", document.number.clone())),
        ("Ngày cấp", unless_field("issued_on", document.issued_on.map(wording::day))),
        ("Có giá trị đến", unless_field("valid_until", document.valid_until.map(wording::day))),
        ("Cơ quan cấp", unless_field("agency", document.agency.clone())),
        (
            "Mức độ tin cậy (thang riêng)",
            document.trust_level.map(|level| wording::trust_word(level).to_owned()),
        ),
        ("Hiệu lực", is_stored.then(|| document.validity.label().to_owned())),
        ("Nguồn bản", document.origin.source_form.map(|form| form.label().to_owned())),
        ("Ký nhận bản quét", document.origin.marked.as_ref().map(mark_line)),
        ("Xác nhận của cơ quan", document.origin.agency_marked.as_ref().map(mark_line)),
        ("Phiên bản", (document.version > 1).then(|| format!("{} (đã đính chính)", document.version))),
        ("Tiếp nhận", Some(format!("{} · {}", wording::moment(document.received_at), document.received_by))),
        ("Xác nhận", confirmed(document)),
        ("Tệp gốc", Some(wording::shown_name(&original.file_name))),
        ("Loại tệp", Some(format!("{} · {}", original.media_type, wording::size(original.bytes)))),
    ];
    known.into_iter().filter_map(|(label, value)| Some(Fact { label, value: value? })).collect()
}

fn mark_line(mark: &Mark) -> String {
    format!("{} · {}", wording::moment(mark.at), mark.by)
}

fn confirmed(document: &Document) -> Option<String> {
    let (at, by) = (document.confirmed_at?, document.confirmed_by.as_ref()?);
    Some(format!("{} · {by}", wording::moment(at)))
}

fn shown_field(field: &Field, dissent: &Dissent) -> ShownField {
    let entry = field_key(&field.key);
    let hidden = entry.is_some_and(|entry| entry.kind == FieldKind::PersonalNumber || entry.sensitive);
    let again = dissent.fields.iter().find(|again| again.key == field.key);
    ShownField {
        key: field.key.clone(),
        label: label_or_other(&field.key),
        value: discreet(&field.key, &field.value),
        hidden,
        page: field.page.filter(|_| field.region.is_some()).unwrap_or(0),
        reason: field.reason.clone().unwrap_or_default(),
        reread: again.map(|again| discreet(&again.key, &again.value)).unwrap_or_default(),
    }
}

/// Fields that the newest reading sees and the record does not have.
fn newly_seen(view: &DocumentView) -> Vec<Fact> {
    let is_new = |again: &&ProposedField| !view.fields.iter().any(|field| field.key == again.key);
    let fact = |again: &ProposedField| Fact {
        label: label_or_other(&again.key),
        value: discreet(&again.key, &again.value),
    };
    view.dissent.fields.iter().filter(is_new).map(fact).collect()
}

/// A value as it may stand on the screen without being asked for.
fn discreet(key: &str, value: &str) -> String {
    match field_key(key) {
        Some(entry) if entry.kind == FieldKind::PersonalNumber => wording::masked(value),
        Some(entry) if entry.sensitive => "••••••".to_owned(),
        entry => wording::shown_value(entry.map_or(FieldKind::Text, |entry| entry.kind), value),
    }
}

fn label_or_other(key: &str) -> &'static str {
    field_key(key).map_or("Trường khác", |entry| entry.label)
}

fn access_line(entry: &AccessEntry) -> AccessLine {
    AccessLine {
        at: wording::moment(entry.at),
        who: [entry.name.as_str(), &entry.unit, &entry.agency]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        action: entry.action.label(),
        purpose: match &entry.basis {
            Some(basis) => format!("{} · {basis}", entry.purpose),
            None => entry.purpose.clone(),
        },
        allowed: entry.allowed,
        is_emergency: entry.action == Action::BreakGlass,
    }
}

/// Which hidden value to show.
#[derive(Debug, Deserialize)]
struct Reveal {
    key: String,
}

/// Shows one hidden value; the look stands in the access log with its own purpose.
async fn reveal(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
    Form(form): Form<Reveal>,
) -> Result<Response, Problem> {
    let reread = form.key.strip_prefix(REREAD_PREFIX);
    let label = match (form.key.as_str(), reread) {
        ("subject", _) => "số của chủ giấy tờ",
        (key, reread) => label_of(reread.unwrap_or(key))?,
    };
    let actor = state.actor_for(&format!("Hiện {label}"));
    let view = state.repository.document(&actor, id).await?;
    let value = match form.key.as_str() {
        "subject" => view.document.subject.map(|subject| subject.number.as_str().to_owned()),
        _ if reread.is_some() => {
            let mut again = view.dissent.fields.into_iter();
            again.find(|again| Some(again.key.as_str()) == reread).map(|again| again.value)
        }
        key => view.fields.into_iter().find(|field| field.key == key).map(|field| field.value),
    };
    let value = value.ok_or_else(Problem::not_found)?;
    Ok(Html(format!("<span class=\"revealed\">{}</span>", escaped(&value))).into_response())
}

fn label_of(key: &str) -> Result<&'static str, Problem> {
    field_key(key).map(|entry| entry.label).ok_or_else(Problem::not_found)
}

/// Text as it may stand in HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}
