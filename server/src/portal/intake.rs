//! Hồ sơ mới on one page: whose it is (by the code of a citizen card, typed by a reader or on a picture), which procedure, which of its papers
//! the store has already, and files for those that it has not.

mod card;
mod opening;

use super::claim::{ClaimForm, Mistakes, no_day};
use super::papers::HeldPaper;
use super::{Shell, page, wording};
use crate::api::{self, Form, Problem, Query};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::{get, post};
use repository::identifier::{ProcedureCode, SubjectNumber};
use repository::record::{
    DossierId, DossierState, NewDossier, ProcedureComponent, Requirement, RequirementStatus,
    RequirementsQuestion, Submission,
};
use serde::Deserialize;

/// Name of the boxes that say that a paper lies on the counter.
const IN_HAND: &str = "in-hand";
/// A picture of a card is one photograph: more than a phone makes is no card.
const CARD_BYTES_MAX: usize = 32 * 1024 * 1024;

pub(super) fn router() -> Router<AppState> {
    let open = post(opening::open).layer(DefaultBodyLimit::max(api::UPLOAD_BYTES_MAX));
    let card = post(card::card).layer(DefaultBodyLimit::max(CARD_BYTES_MAX));
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
    /// Key of the dossier that the form opens.
    key: String,
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
    /// Lý do nợ giấy, as typed.
    reason: String,
}

impl ComponentsPart {
    /// A paper must be handed in.
    fn is_lacking(&self) -> bool {
        self.rows.iter().any(|row| row.is_lacking)
    }
}

/// A component of the procedure.
#[derive(Debug)]
struct ComponentChoice {
    key: String,
    name: String,
    required: bool,
    /// Shown at the counter, and not kept.
    is_shown: bool,
    /// It must be handed in.
    is_lacking: bool,
    /// It lies on the counter and is scanned once the dossier is open, as ticked.
    is_in_hand: bool,
    /// The paper of the store that counts; none: there is none.
    held: Option<HeldPaper>,
    /// What the store says of it; empty: there is nothing to say.
    standing: String,
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
    let claim =
        state.queries.find(&state.actor.account, &begun.card).and_then(|card| ClaimForm::of_card(&card));
    let received_on = wording::day(repository::today());
    let form = NewForm { received_on, claim: claim.unwrap_or_default(), ..NewForm::default() };
    page(&intake_page(&state, form, Mistakes::new()).await?)
}

async fn intake_page(state: &AppState, form: NewForm, mistakes: Mistakes) -> Result<IntakePage, Problem> {
    let catalogue = state.repository.procedure_names().await?;
    let choice = |(code, name): (ProcedureCode, String)| ProcedureChoice {
        selected: code.as_str() == form.procedure,
        code: code.into(),
        name,
    };
    Ok(IntakePage {
        shell: Shell::new(state, "Hồ sơ mới", "dossiers"),
        key: form.key.unwrap_or_else(DossierId::unused).to_string(),
        procedures: catalogue.into_iter().map(choice).collect(),
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
    /// Key of the dossier that it opens: sent again, it opens no other one.
    key: Option<DossierId>,
    procedure: String,
    claim: ClaimForm,
    received_on: String,
    /// Lý do nợ giấy.
    reason: String,
    /// Keys of components whose papers lie on the counter and are scanned later.
    in_hand: Vec<String>,
}

impl NewForm {
    fn read(pairs: &[(String, String)]) -> NewForm {
        let value = |name: &str| {
            let found = pairs.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        NewForm {
            key: value("key").parse().ok(),
            procedure: value("procedure"),
            claim: ClaimForm::read(pairs),
            received_on: value("received_on"),
            reason: value("reason"),
            in_hand: pairs.iter().filter(|(name, _)| name == IN_HAND).map(|(_, key)| key.clone()).collect(),
        }
    }

    /// The dossier with papers for these components among what was dropped, or what is wrong beside which input.
    fn dossier(&self, dropped: Vec<String>) -> Result<NewDossier, Mistakes> {
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
                let (state, reason) = (DossierState::Accepted, Some(self.reason.clone()));
                let in_hand = [dropped, self.in_hand.clone()].concat();
                Ok(NewDossier { code: None, procedure, subject, received_on, state, in_hand, reason })
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

async fn components(
    State(state): State<AppState>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    page(&components_of(&state, &NewForm::read(&pairs)).await?)
}

/// What the procedure asks for on the day of receipt, and what the store has of it. As long as nobody is named, what it asks for.
async fn components_of(state: &AppState, form: &NewForm) -> Result<ComponentsPart, Problem> {
    let Ok(code) = form.procedure.parse::<ProcedureCode>() else {
        return Ok(ComponentsPart::default());
    };
    let on = wording::parse_day(&form.received_on).unwrap_or_else(repository::today);
    let Some(procedure) = state.repository.procedure_on(&code, on).await? else {
        let note = format!("Thủ tục này chưa có hiệu lực vào ngày {}.", wording::day(on));
        return Ok(ComponentsPart { note, ..ComponentsPart::default() });
    };
    let asked = |note: String| ComponentsPart {
        rows: procedure.components.iter().map(|component| choice(form, component, None)).collect(),
        note,
        reason: form.reason.clone(),
    };
    let Ok(subject) = SubjectNumber::parse(&form.claim.number) else {
        return Ok(asked("Ghi số của chủ hồ sơ để biết giấy tờ nào đã có trong kho.".to_owned()));
    };
    let question = RequirementsQuestion {
        procedure: code,
        subject,
        name: Some(form.claim.name.clone()).filter(|name| !name.is_empty()),
        birth_date: wording::parse_day(&form.claim.birth_date),
        on: Some(on),
    };
    let held = match state.repository.requirements(&state.actor, &question).await {
        Ok(held) => held,
        Err(repository::Error::Invalid { message } | repository::Error::SubjectDiffers { message }) => {
            return Ok(asked(message));
        }
        Err(error) => return Err(error.into()),
    };
    let of = |component: &ProcedureComponent| held.components.iter().find(|one| one.key == component.key);
    let rows = procedure.components.iter().map(|component| choice(form, component, of(component))).collect();
    Ok(ComponentsPart { rows, note: String::new(), reason: form.reason.clone() })
}

fn choice(form: &NewForm, component: &ProcedureComponent, weighed: Option<&Requirement>) -> ComponentChoice {
    let is_held = |one: &&Requirement| one.status == RequirementStatus::Held;
    let is_provided = weighed.is_some_and(|one| one.status.provides());
    ComponentChoice {
        key: component.key.clone(),
        name: component.name.clone(),
        required: component.required,
        is_shown: component.submission == Submission::XuatTrinh,
        is_lacking: component.required && component.submission == Submission::Nop && !is_provided,
        is_in_hand: form.in_hand.contains(&component.key),
        held: weighed.filter(is_held).and_then(|one| one.candidates.first()).map(HeldPaper::from),
        standing: weighed.map(|one| one.reason.clone()).unwrap_or_default(),
    }
}
