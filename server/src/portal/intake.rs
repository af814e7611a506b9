//! Hồ sơ mới on one page: whose it is (by the code of a citizen card, typed by a reader or on a picture), which procedure, which of its papers
//! the store has already, and files for those that it has not.

use super::claim::{ClaimForm, Mistakes, no_day};
use super::{Shell, page, wording};
use crate::api::{self, Form, Problem, Query, WholeForm, receive, receive_form};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use ingest::Reader;
use repository::identifier::SubjectNumber;
use repository::record::{
    Document, DocumentId, Dossier, DossierPlace, DossierState, NewDossier, Procedure, ProcedureComponent,
    Requirement, RequirementStatus, RequirementsQuestion, Reuse, Submission,
};
use serde::Deserialize;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

/// Before the key of a component in the name of the box that takes a held paper over.
const REUSE_OF: &str = "reuse-";
/// The same for the input that takes files.
const FILES_OF: &str = "file-";
/// A picture of a card is one photograph: more than a phone makes is no card.
const CARD_BYTES_MAX: usize = 32 * 1024 * 1024;

pub(super) fn router() -> Router<AppState> {
    let open = post(open).layer(DefaultBodyLimit::max(api::UPLOAD_BYTES_MAX));
    let card = post(card).layer(DefaultBodyLimit::max(CARD_BYTES_MAX));
    Router::new()
        .route("/dossiers/new", get(begin).merge(open))
        .route("/dossiers/new/claim", post(claim))
        .route("/dossiers/new/card", card)
        .route("/dossiers/new/components", post(components))
}

#[derive(Template)]
#[template(path = "intake.html")]
struct IntakePage {
    shell: Shell,
    procedures: Vec<ProcedureChoice>,
    claim: ClaimPart,
    components: ComponentsPart,
    received_on: String,
    mistakes: Mistakes,
    trouble: String,
}

impl IntakePage {
    fn mistake(&self, name: &str) -> &str {
        self.mistakes.get(name).map_or("", String::as_str)
    }
}

/// ① Chủ hồ sơ: the part that a card fills.
#[derive(Template, Debug, Default)]
#[template(path = "intake_claim.html")]
struct ClaimPart {
    claim: ClaimForm,
    mistakes: Mistakes,
    /// What came of a card; empty: none was read.
    note: String,
}

impl ClaimPart {
    /// The sentence beside an input; empty: nothing is wrong with it.
    fn mistake(&self, name: &str) -> &str {
        self.mistakes.get(name).map_or("", String::as_str)
    }
}

/// ③ Thành phần: the part that follows the owner and the procedure.
#[derive(Template, Debug, Default)]
#[template(path = "intake_components.html")]
struct ComponentsPart {
    rows: Vec<ComponentChoice>,
    /// What has to be done first; empty: nothing.
    note: String,
}

/// A component of the procedure.
#[derive(Debug)]
struct ComponentChoice {
    key: String,
    name: String,
    required: bool,
    /// Shown at the counter, and not kept.
    is_shown: bool,
    /// The paper of the store that counts; none: it has to be handed in.
    held: Option<HeldChoice>,
    /// What the store says of it; empty: there is nothing to say.
    standing: String,
}

/// A paper of the store that counts.
#[derive(Debug)]
struct HeldChoice {
    id: String,
    title: String,
    line: String,
}

#[derive(Debug)]
struct ProcedureChoice {
    code: String,
    name: String,
    selected: bool,
}

/// What the form begins with.
#[derive(Debug, Deserialize)]
struct Begun {
    /// Key of the citizen card that was scanned.
    #[serde(default)]
    card: String,
}

async fn begin(State(state): State<AppState>, Query(begun): Query<Begun>) -> Result<Response, Problem> {
    let claim = state.queries.find(&begun.card).and_then(|card| ClaimForm::of_card(&card));
    let received_on = wording::day(repository::today());
    let form = NewForm { received_on, claim: claim.unwrap_or_default(), ..NewForm::default() };
    page(&intake_page(&state, form, Mistakes::new()).await?)
}

async fn intake_page(state: &AppState, form: NewForm, mistakes: Mistakes) -> Result<IntakePage, Problem> {
    let catalogue = state.repository.procedures().await?;
    let choice = |procedure: &Procedure| ProcedureChoice {
        selected: procedure.code.as_str() == form.procedure,
        code: procedure.code.to_string(),
        name: procedure.name.clone(),
    };
    Ok(IntakePage {
        shell: Shell::new(state, "Hồ sơ mới", "dossiers"),
        procedures: catalogue.iter().map(choice).collect(),
        components: components_of(state, &form).await?,
        received_on: form.received_on,
        claim: ClaimPart { claim: form.claim, mistakes: mistakes.clone(), note: String::new() },
        mistakes,
        trouble: String::new(),
    })
}

/// The form that opens a dossier, as typed.
#[derive(Debug, Clone, Default)]
struct NewForm {
    procedure: String,
    claim: ClaimForm,
    received_on: String,
}

impl NewForm {
    fn read(pairs: &[(String, String)]) -> NewForm {
        let value = |name: &str| {
            let found = pairs.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        NewForm {
            procedure: value("procedure"),
            claim: ClaimForm::read(pairs),
            received_on: value("received_on"),
        }
    }

    fn dossier(&self) -> Result<NewDossier, Mistakes> {
        let mut mistakes = Mistakes::new();
        let procedure = self.procedure.parse();
        if procedure.is_err() {
            mistakes.insert("procedure".to_owned(), "Hãy chọn thủ tục.".to_owned());
        }
        let received_on = wording::parse_day(&self.received_on);
        if received_on.is_none() {
            mistakes.insert("received_on".to_owned(), no_day(&self.received_on));
        }
        match (procedure, self.claim.claim(), received_on) {
            (Ok(procedure), Ok(subject), Some(received_on)) => {
                Ok(NewDossier { code: None, procedure, subject, received_on, state: DossierState::Accepted })
            }
            (_, claim, _) => {
                mistakes.extend(claim.err().unwrap_or_default());
                Err(mistakes)
            }
        }
    }
}

/// The owner as a reader typed it: the code of a card fills every input.
async fn claim(Form(pairs): Form<Vec<(String, String)>>) -> Result<Response, Problem> {
    let claim = ClaimForm::read(&pairs);
    let note = card_note(&claim);
    page(&ClaimPart { claim, note, ..ClaimPart::default() })
}

fn card_note(claim: &ClaimForm) -> String {
    match (claim.from_code, claim.name.is_empty()) {
        (true, _) => "Đã lấy từ mã QR của thẻ căn cước. Hãy đối chiếu với người và thẻ.".to_owned(),
        (false, false) if claim.number.is_empty() => {
            "Số trên mã QR không khớp ngày sinh hoặc giới tính; hãy ghi số theo thẻ.".to_owned()
        }
        (false, _) => String::new(),
    }
}

/// The owner from a picture of a card. Nothing of it is kept.
async fn card(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
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

async fn components(
    State(state): State<AppState>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    page(&components_of(&state, &NewForm::read(&pairs)).await?)
}

/// What the procedure asks for, and what the store has of it. As long as nobody is named, what it asks for.
async fn components_of(state: &AppState, form: &NewForm) -> Result<ComponentsPart, Problem> {
    let catalogue = state.repository.procedures().await?;
    let Some(procedure) = catalogue.iter().find(|one| one.code.as_str() == form.procedure) else {
        return Ok(ComponentsPart::default());
    };
    let asked = |note: String| ComponentsPart {
        rows: procedure.components.iter().map(|component| choice(component, None)).collect(),
        note,
    };
    let Ok(subject) = SubjectNumber::parse(&form.claim.number) else {
        return Ok(asked("Ghi số của chủ hồ sơ để biết giấy tờ nào đã có trong kho.".to_owned()));
    };
    let question = RequirementsQuestion {
        procedure: procedure.code.clone(),
        subject,
        name: Some(form.claim.name.clone()).filter(|name| !name.is_empty()),
        birth_date: wording::parse_day(&form.claim.birth_date),
        on: wording::parse_day(&form.received_on),
    };
    let held = match state.repository.requirements(&state.actor, &question).await {
        Ok(held) => held,
        Err(repository::Error::Invalid { message } | repository::Error::SubjectDiffers { message }) => {
            return Ok(asked(message));
        }
        Err(error) => return Err(error.into()),
    };
    let of = |component: &ProcedureComponent| held.components.iter().find(|one| one.key == component.key);
    let rows = procedure.components.iter().map(|component| choice(component, of(component))).collect();
    Ok(ComponentsPart { rows, note: String::new() })
}

fn choice(component: &ProcedureComponent, weighed: Option<&Requirement>) -> ComponentChoice {
    let is_held = |one: &&Requirement| one.status == RequirementStatus::Held;
    ComponentChoice {
        key: component.key.clone(),
        name: component.name.clone(),
        required: component.required,
        is_shown: component.submission == Submission::XuatTrinh,
        held: weighed.filter(is_held).and_then(|one| one.candidates.first()).map(held_choice),
        standing: weighed.map(|one| one.reason.clone()).unwrap_or_default(),
    }
}

fn held_choice(paper: &Document) -> HeldChoice {
    HeldChoice {
        id: paper.id.to_string(),
        title: wording::shown_name(&paper.title),
        line: wording::paper_line(paper),
    }
}

#[derive(Template)]
#[template(path = "intake_done.html")]
struct DonePage {
    shell: Shell,
    id: String,
    code: String,
    troubles: Vec<String>,
}

/// Opens the dossier, takes over what was ticked and takes in what was dropped. What cannot be done is said; the dossier is open all the same.
async fn open(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let whole = receive_form(&state, request).await?;
    let form = NewForm::read(&whole.pairs);
    let (mistakes, trouble) = match form.dossier() {
        Ok(new) => match state.repository.open_dossier(&state.actor, new).await {
            Ok(dossier) => return opened(&state, &dossier, whole).await,
            Err(repository::Error::Invalid { message }) => (Mistakes::new(), message),
            Err(error) => return Err(error.into()),
        },
        Err(mistakes) => {
            let trouble = format!("Chưa mở được hồ sơ: {} ô cần sửa.", mistakes.len());
            (mistakes, trouble)
        }
    };
    let again = if whole.files.is_empty() { "" } else { " Hãy chọn lại các tệp đã thả." };
    let trouble = format!("{trouble}{again}");
    let template = IntakePage { trouble, ..intake_page(&state, form, mistakes).await? };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&template)?).into_response())
}

async fn opened(state: &AppState, dossier: &Dossier, whole: WholeForm) -> Result<Response, Problem> {
    let mut troubles = Vec::new();
    let named = |key: &str| {
        let component = dossier.components.iter().find(|component| component.key == key);
        component.map_or_else(|| key.to_owned(), |component| component.name.clone())
    };
    for (name, value) in &whole.pairs {
        if let Some(key) = name.strip_prefix(REUSE_OF)
            && let Err(problem) = reuse(state, dossier, key, value).await
        {
            troubles.push(format!("{}: {}", named(key), problem.detail));
        }
    }
    for (name, file_name, bytes) in whole.files {
        let Some(key) = name.strip_prefix(FILES_OF) else { continue };
        let place = DossierPlace { dossier: dossier.id, component: Some(key.to_owned()) };
        if let Err(problem) = receive(state, file_name.clone(), Some(place), false, bytes).await {
            troubles.push(format!(
                "{} ({}): {}",
                named(key),
                wording::shown_name(&file_name),
                problem.detail
            ));
        }
    }
    if troubles.is_empty() {
        return Ok(Redirect::to(&format!("/dossiers/{}?new=true", dossier.id)).into_response());
    }
    page(&DonePage {
        shell: Shell::new(state, format!("Hồ sơ {}", dossier.code), "dossiers"),
        id: dossier.id.to_string(),
        code: dossier.code.to_string(),
        troubles,
    })
}

async fn reuse(state: &AppState, dossier: &Dossier, component: &str, held: &str) -> Result<(), Problem> {
    let document: DocumentId = held.parse().map_err(|_| Problem::not_found())?;
    let reuse = Reuse { dossier: dossier.id, component: component.to_owned(), document };
    state.repository.take_over(&state.actor, &reuse).await?;
    Ok(())
}
