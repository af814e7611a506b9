//! Opening what the form says: the dossier, the held papers that were ticked, and the files that were dropped.

use super::super::{Shell, page, wording};
use super::{IntakePage, Mistakes, NewForm, intake_page};
use crate::api::{Problem, WholeForm, receive, receive_form};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use repository::record::{DocumentId, Dossier, DossierId, DossierPlace, NewDossier, Reuse, Submission};

/// Before the key of a component in the name of the box that takes a held paper over.
const REUSE_OF: &str = "reuse-";
/// The same for the input that takes a file.
const FILE_OF: &str = "file-";

#[derive(Template)]
#[template(path = "intake_done.html")]
struct DonePage {
    shell: Shell,
    id: String,
    code: String,
    troubles: Vec<String>,
}

/// Opens the dossier, takes over what was ticked and takes in what was dropped. What cannot be done is said; the dossier is open all the same.
pub(super) async fn open(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let whole = receive_form(&state, request).await?;
    let form = NewForm::read(&whole.pairs);
    let key = form.key.unwrap_or_else(DossierId::unused);
    let (mistakes, trouble) = match wish(&form, &whole) {
        Ok(new) => match state.repository.open_dossier_once(&state.actor, key, new).await {
            Ok((dossier, true)) => return opened(&state, &dossier, whole).await,
            Ok((dossier, false)) => return Ok(to(dossier.id)),
            Err(repository::Error::Invalid { message }) => (Mistakes::new(), message),
            Err(repository::Error::SubjectDiffers { message }) => {
                (Mistakes::from([("subject_number".to_owned(), message.clone())]), message)
            }
            Err(error) => return Err(error.into()),
        },
        Err(refused) => refused,
    };
    let again = if whole.files.is_empty() { "" } else { " Hãy chọn lại các tệp đã thả." };
    let trouble = format!("{trouble}{again}");
    let template = IntakePage { trouble, ..intake_page(&state, form, mistakes).await? };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&template)?).into_response())
}

/// The dossier that is wished for, or what is wrong beside which input, and in a sentence.
fn wish(form: &NewForm, whole: &WholeForm) -> Result<NewDossier, (Mistakes, String)> {
    let mut dropped: Vec<String> = Vec::new();
    for (name, ..) in &whole.files {
        let Some(key) = name.strip_prefix(FILE_OF) else { continue };
        if dropped.iter().any(|one| one == key) {
            let trouble = "Mỗi thành phần nhận một tệp. Hãy gộp các trang của giấy tờ vào một tệp.";
            return Err((Mistakes::new(), trouble.to_owned()));
        }
        dropped.push(key.to_owned());
    }
    form.dossier(dropped).map_err(|mistakes| {
        let trouble = format!("Chưa mở được hồ sơ: {} ô cần sửa.", mistakes.len());
        (mistakes, trouble)
    })
}

async fn opened(state: &AppState, dossier: &Dossier, whole: WholeForm) -> Result<Response, Problem> {
    let mut troubles = Vec::new();
    let component = |key: &str| dossier.components.iter().find(|component| component.key == key);
    let named = |key: &str| component(key).map_or_else(|| key.to_owned(), |component| component.name.clone());
    for (name, value) in &whole.pairs {
        if let Some(key) = name.strip_prefix(REUSE_OF)
            && let Err(problem) = reuse(state, dossier, key, value).await
        {
            troubles.push(format!("{}: {}", named(key), problem.detail));
        }
    }
    for (name, file_name, bytes) in whole.files {
        let Some(key) = name.strip_prefix(FILE_OF) else { continue };
        if component(key).is_some_and(|component| component.submission == Submission::XuatTrinh) {
            troubles.push(format!("{}: chỉ xuất trình để đối chiếu, không lưu bản quét.", named(key)));
            continue;
        }
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
        return Ok(to(dossier.id));
    }
    page(&DonePage {
        shell: Shell::new(state, format!("Hồ sơ {}", dossier.code), "dossiers"),
        id: dossier.id.to_string(),
        code: dossier.code.to_string(),
        troubles,
    })
}

fn to(dossier: DossierId) -> Response {
    Redirect::to(&format!("/dossiers/{dossier}?new=true")).into_response()
}

async fn reuse(state: &AppState, dossier: &Dossier, component: &str, held: &str) -> Result<(), Problem> {
    let document: DocumentId = held.parse().map_err(|_| Problem::not_found())?;
    let reuse = Reuse { dossier: dossier.id, component: component.to_owned(), document };
    state.repository.take_over(&state.actor, &reuse).await?;
    Ok(())
}
