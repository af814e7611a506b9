//! Taking papers in: `POST /documents`, one file or many.

use super::body::{DocumentLinks, name_of};
use super::problem::{Problem, ProblemBody};
use crate::asking::State;
use crate::state::{AppState, UPLOADS_AT_ONCE_MIB};
use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use repository::record::{DossierPlace, NewDocument, Priority, Received};
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Most bytes of one upload, all its files together: 256 MiB holds about 500 colour A4 pages at 300 dpi as JPEG.
pub(crate) const UPLOAD_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Most files of one upload: a full feeder scanned page by page.
const UPLOAD_FILES_MAX: usize = 200;
/// Most bytes of a text part beside the files: a key has 36.
const PART_BYTES_MAX: usize = 200;
/// Most bytes of a text input of a page: the code of a citizen card, which a reader types, has some 300.
const INPUT_BYTES_MAX: usize = 4000;
/// Most text inputs of a page: the longest procedures ask for some 60 papers.
const INPUTS_MAX: usize = 500;

/// The upload route; it alone accepts large bodies.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(upload)).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX))
}

/// A form with files, as it came in.
#[derive(Debug, Default)]
pub(crate) struct Upload {
    /// Name and bytes of each file, in the order of the form.
    pub(crate) files: Vec<(String, Bytes)>,
    /// Where in a dossier they belong.
    pub(crate) place: Option<DossierPlace>,
    /// How a stack was scanned.
    pub(crate) feed: Option<String>,
    /// Tài liệu mật, as the sender says: refused, nothing is kept.
    pub(crate) secret: bool,
    /// Room that the bytes take; given back when the upload is done with.
    pub(crate) room: Option<OwnedSemaphorePermit>,
}

/// The form in which papers arrive.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form in the API description; the parts are read one by one")]
struct UploadForm {
    /// The scans: PDF, JPEG, PNG, TIFF or WebP; the part may be repeated.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<u8>,
    /// Key of the dossier that they belong to.
    #[schema(format = "uuid")]
    dossier: Option<String>,
    /// Key of the component that they fill; left out: kết quả giải quyết.
    component: Option<String>,
    /// `yes`: tài liệu mật. Such papers are refused (422) before a byte is kept.
    secret: Option<String>,
}

/// One paper taken in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadBody {
    /// Key of the paper.
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// Name of the file as sent.
    pub(crate) file_name: String,
    /// State now; `received` for a new paper.
    pub(crate) state: String,
    /// The same bytes were here before: nothing new was stored.
    pub(crate) already_held: bool,
    /// Where to go on.
    pub(crate) links: DocumentLinks,
}

/// What became of each file of an upload with several.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadList {
    /// In the order of the form.
    results: Vec<UploadResult>,
}

/// What became of one file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadResult {
    /// Name of the file as sent.
    file_name: String,
    /// 201, 200 or the status of its problem.
    status: u16,
    /// The paper, when it was taken in.
    document: Option<UploadBody>,
    /// Why it was not.
    problem: Option<String>,
}

/// Tiếp nhận: takes papers in. When this answers 201 the bytes are safe; reading goes on afterwards.
#[utoipa::path(post, path = "/documents", tag = "documents",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "one new paper", body = UploadBody),
        (status = 200, description = "one paper, held already", body = UploadBody),
        (status = 207, description = "several papers, each with its own result", body = UploadList),
        (status = 409, description = "a held paper answers the component; nothing is kept", body = ProblemBody,
            content_type = "application/problem+json"),
        Problem,
))]
async fn upload(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let Upload { mut files, place, secret, room: _room, .. } = receive_upload(&state, request).await?;
    if files.len() == 1 {
        let (file_name, bytes) = files.remove(0);
        let received = receive(&state, file_name.clone(), place, secret, bytes).await?;
        return Ok((status_of(&received), axum::Json(answer(file_name, &received))).into_response());
    }
    let mut results = Vec::with_capacity(files.len());
    for (file_name, bytes) in files {
        let received = receive(&state, file_name.clone(), place.clone(), secret, bytes).await;
        results.push(result(file_name, received));
    }
    Ok((StatusCode::MULTI_STATUS, axum::Json(UploadList { results })).into_response())
}

/// Hands one file to the repository and counts it.
pub(crate) async fn receive(
    state: &AppState,
    file_name: String,
    place: Option<DossierPlace>,
    secret: bool,
    bytes: Bytes,
) -> Result<Received, Problem> {
    let new = NewDocument { file_name, place, subject: None, priority: Priority::Counter, secret };
    let received = state.repository.receive(&state.actor, new, bytes).await;
    let outcome = match &received {
        Ok(received) if received.already_held => "held",
        Ok(_) => "new",
        Err(_) => "refused",
    };
    metrics::counter!("motlan_uploads_total", "outcome" => outcome).increment(1);
    Ok(received?)
}

fn result(file_name: String, received: Result<Received, Problem>) -> UploadResult {
    match received {
        Ok(received) => UploadResult {
            status: status_of(&received).as_u16(),
            document: Some(answer(file_name.clone(), &received)),
            problem: None,
            file_name,
        },
        Err(problem) => UploadResult {
            file_name,
            status: problem.status.as_u16(),
            document: None,
            problem: Some(problem.detail),
        },
    }
}

fn status_of(received: &Received) -> StatusCode {
    if received.already_held { StatusCode::OK } else { StatusCode::CREATED }
}

fn answer(file_name: String, received: &Received) -> UploadBody {
    let id = received.document.id.0;
    UploadBody {
        id: id.to_string(),
        file_name,
        state: name_of(received.document.state),
        already_held: received.already_held,
        links: DocumentLinks::new(id),
    }
}

/// Reads a form with at least one file into memory, waiting first until there is room for it.
pub(crate) async fn receive_upload(state: &AppState, request: Request) -> Result<Upload, Problem> {
    let mib = upload_mib(&request)?;
    let room = state.upload_memory.clone().acquire_many_owned(mib).await.map_err(Problem::internal)?;
    let not_a_form = |_| Problem::new(StatusCode::BAD_REQUEST, "Hãy gửi tệp dạng multipart/form-data.");
    let mut form = Multipart::from_request(request, &()).await.map_err(not_a_form)?;
    let upload = Upload { room: Some(room), ..read_form(&mut form).await? };
    if upload.files.is_empty() {
        return Err(Problem::unprocessable("Chưa có tệp nào: phần «file» của biểu mẫu còn trống."));
    }
    Ok(upload)
}

/// A form of a page with inputs and files, as it came in.
#[derive(Debug, Default)]
pub(crate) struct WholeForm {
    /// Name and value of each input.
    pub(crate) pairs: Vec<(String, String)>,
    /// Name of the input, name and bytes of each file.
    pub(crate) files: Vec<(String, String, Bytes)>,
    /// Room that the bytes take; given back when the form is done with.
    pub(crate) room: Option<OwnedSemaphorePermit>,
}

/// Reads a form of a page into memory, waiting first until there is room for it.
pub(crate) async fn receive_form(state: &AppState, request: Request) -> Result<WholeForm, Problem> {
    let mib = upload_mib(&request)?;
    let room = state.upload_memory.clone().acquire_many_owned(mib).await.map_err(Problem::internal)?;
    let not_a_form = |_| Problem::new(StatusCode::BAD_REQUEST, "Hãy gửi biểu mẫu dạng multipart/form-data.");
    let mut form = Multipart::from_request(request, &()).await.map_err(not_a_form)?;
    let mut whole = WholeForm { room: Some(room), ..WholeForm::default() };
    while let Some(part) = form.next_field().await.map_err(form_problem)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(form_problem)?;
        match file_name {
            // A browser sends an empty, nameless part for a file input in which nothing was chosen.
            Some(file_name) if file_name.is_empty() && bytes.is_empty() => {}
            Some(file_name) => whole.files.push((name, file_name, bytes)),
            None => whole.pairs.push((name, input(bytes)?)),
        }
        if whole.files.len() > UPLOAD_FILES_MAX || whole.pairs.len() > INPUTS_MAX {
            let detail = format!("Nhiều hơn {UPLOAD_FILES_MAX} tệp một lần gửi; hãy chia thành nhiều lần.");
            return Err(Problem::unprocessable(detail));
        }
    }
    Ok(whole)
}

fn input(bytes: Bytes) -> Result<String, Problem> {
    let wrong = || Problem::unprocessable("Một ô của biểu mẫu quá dài hoặc không phải chữ.");
    if bytes.len() > INPUT_BYTES_MAX {
        return Err(wrong());
    }
    String::from_utf8(bytes.to_vec()).map_err(|_| wrong())
}

/// Room that a request asks for, in MiB; one that does not say its length may need the most.
fn upload_mib(request: &Request) -> Result<u32, Problem> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let bytes = length.unwrap_or(UPLOAD_BYTES_MAX);
    if bytes > UPLOAD_BYTES_MAX {
        return Err(too_large());
    }
    let mib = u32::try_from(bytes.div_ceil(1024 * 1024)).unwrap_or(UPLOADS_AT_ONCE_MIB);
    Ok(mib.clamp(1, UPLOADS_AT_ONCE_MIB))
}

async fn read_form(form: &mut Multipart) -> Result<Upload, Problem> {
    let mut upload = Upload::default();
    let (mut dossier, mut component) = (None, None);
    while let Some(part) = form.next_field().await.map_err(form_problem)? {
        let name = part.name().unwrap_or_default().to_owned();
        match (name.as_str(), part.file_name().map(str::to_owned)) {
            ("file", Some(file_name)) => {
                let bytes = part.bytes().await.map_err(form_problem)?;
                // A browser sends an empty, nameless part for a file input in which nothing was chosen.
                if !(file_name.is_empty() && bytes.is_empty()) {
                    upload.files.push((file_name, bytes));
                }
            }
            ("dossier", None) => dossier = text(part.bytes().await.map_err(form_problem)?)?,
            ("component", None) => component = text(part.bytes().await.map_err(form_problem)?)?,
            ("feed", None) => upload.feed = text(part.bytes().await.map_err(form_problem)?)?,
            ("secret", None) => {
                let said = text(part.bytes().await.map_err(form_problem)?)?;
                upload.secret = said.is_some_and(|said| said == "yes");
            }
            _ => {
                let detail = "Biểu mẫu chỉ gồm các phần file, dossier, component, feed, secret.";
                return Err(Problem::unprocessable(detail));
            }
        }
        if upload.files.len() > UPLOAD_FILES_MAX {
            let detail = format!("Nhiều hơn {UPLOAD_FILES_MAX} tệp một lần gửi; hãy chia thành nhiều lần.");
            return Err(Problem::unprocessable(detail));
        }
    }
    upload.place = place(dossier, component)?;
    Ok(upload)
}

fn text(bytes: Bytes) -> Result<Option<String>, Problem> {
    let wrong =
        || Problem::unprocessable("Phần dossier, component, feed hoặc secret của biểu mẫu không đúng.");
    if bytes.len() > PART_BYTES_MAX {
        return Err(wrong());
    }
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| wrong())?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn place(dossier: Option<String>, component: Option<String>) -> Result<Option<DossierPlace>, Problem> {
    let Some(dossier) = dossier else {
        return match component {
            None => Ok(None),
            Some(_) => Err(Problem::unprocessable("Có component thì phải có dossier.")),
        };
    };
    let wrong = |_| Problem::unprocessable("Mã dossier trong biểu mẫu không đúng.");
    let dossier = repository::record::DossierId(dossier.parse().map_err(wrong)?);
    Ok(Some(DossierPlace { dossier, component }))
}

fn form_problem(error: MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Problem::new(StatusCode::BAD_REQUEST, "Tệp gửi lên bị đứt giữa chừng; hãy gửi lại."),
    }
}

fn too_large() -> Problem {
    let detail = format!(
        "Tệp gửi lên quá lớn; mỗi lần gửi nhiều nhất {} MiB. Hãy chia thành nhiều tệp nhỏ hơn.",
        UPLOAD_BYTES_MAX / (1024 * 1024)
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dossier: Option<&str>, component: Option<&str>, expected: Result<bool, &str>) {
        let place = place(dossier.map(str::to_owned), component.map(str::to_owned));
        match (place, expected) {
            (Ok(place), Ok(expected)) => assert_eq!(place.is_some(), expected),
            (Err(problem), Err(word)) => assert!(problem.detail.contains(word), "{}", problem.detail),
            (place, expected) => panic!("{place:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn a_place_needs_a_dossier() {
        check(None, None, Ok(false));
        check(Some("0190aaaa-0000-7000-8000-000000000001"), None, Ok(true));
        check(Some("0190aaaa-0000-7000-8000-000000000001"), Some("giay-chung-sinh"), Ok(true));
        check(None, Some("giay-chung-sinh"), Err("phải có dossier"));
        check(Some("079099000001"), None, Err("không đúng"));
    }

    #[test]
    fn the_greatest_upload_fits_into_memory_for_uploads() {
        assert!(UPLOAD_BYTES_MAX <= UPLOADS_AT_ONCE_MIB as usize * 1024 * 1024);
    }
}
