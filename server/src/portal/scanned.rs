//! A code that a hand-held reader types into the search box leads straight to what it names.

use crate::api::Problem;
use crate::codes;
use crate::state::AppState;
use qr::{CitizenCard, Kind, Payload};
use repository::identifier::SubjectNumber;
use repository::record::{Actor, Document};

/// Papers that are looked through for the one of a code: so many would have to carry it as their number besides.
const PAPERS_OF_KEY: u32 = 50;
/// What stands in the access log for a paper or a person whose code was scanned.
const PURPOSE: &str = "Quét mã tại quầy";

/// The page of what a code names: the dossier of a receipt or of a cover sheet, the paper of a label, the store of whose card it is. None:
/// it is no such code, and is searched for as it stands.
///
/// # Errors
/// The code is not genuine, or names nothing that is here; the sentence says what to do next.
pub(super) async fn leads_to(state: &AppState, text: &str) -> Result<Option<String>, Problem> {
    match qr::kind_of(text) {
        Kind::OurLabel | Kind::CoverSheet => of_our_code(state, text).await.map(Some),
        Kind::CitizenCard => of_card(state, text).await.map(Some),
        Kind::Payment | Kind::HealthInsurance | Kind::HealthCertificate | Kind::Url | Kind::Unknown => {
            Ok(None)
        }
    }
}

async fn of_our_code(state: &AppState, text: &str) -> Result<String, Problem> {
    let verified = state.codes.verify(text).map_err(Problem::internal)?;
    let verified = verified.map_err(|error| Problem::unprocessable(codes::refusal(&error)))?;
    match verified.payload {
        Payload::ResultLabel(label) => of_paper(state, &label.code).await,
        Payload::Receipt(receipt) => of_dossier(state, &receipt.published.dossier).await,
        Payload::Notice(published) => of_dossier(state, &published.dossier).await,
        Payload::CoverSheet(sheet) => of_dossier(state, &sheet.dossier).await,
    }
}

async fn of_paper(state: &AppState, code: &str) -> Result<String, Problem> {
    // A key may be the number of other papers too.
    let papers = state.repository.documents_by_key(&actor(state), code, PAPERS_OF_KEY).await?;
    let is_named = |paper: &&Document| paper.code.as_ref().is_some_and(|known| known.as_str() == code);
    let paper = papers.iter().find(is_named).ok_or_else(Problem::not_found)?;
    Ok(format!("/documents/{}", paper.id.0))
}

async fn of_dossier(state: &AppState, code: &str) -> Result<String, Problem> {
    let id = state.repository.dossier_with_code(&actor(state), &code.parse()?).await?;
    Ok(format!("/dossiers/{}", id.0))
}

/// The store of the holder; of someone who is not known yet the form of a new dossier, filled from the card.
async fn of_card(state: &AppState, text: &str) -> Result<String, Problem> {
    let card = CitizenCard::parse(text).map_err(|error| Problem::unprocessable(error.to_string()))?;
    let number = SubjectNumber::parse(&card.citizen_id)?;
    match state.repository.find_subject(&actor(state), &number).await? {
        Some(subject) => Ok(format!("/subjects/{}", subject.id.0)),
        None => {
            let card = state.queries.keep(&state.actor.account, text.to_owned());
            Ok(format!("/dossiers/new?card={card}"))
        }
    }
}

fn actor(state: &AppState) -> Actor {
    state.actor_for(PURPOSE)
}
