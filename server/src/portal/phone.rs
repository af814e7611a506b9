//! Chụp bằng điện thoại, as the officer sees it: a QR code beside the place that a paper is missing in, and how many pages have come. What the
//! phone sees is in `capture`.

use super::{Shell, is_part, page, wording};
use crate::api::{Form, Path, Problem};
use crate::asking::{OwnAddress, State};
use crate::batches::feed_of_photographs;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use repository::record::{DossierId, DossierPlace, PhoneLink, PhoneLinkId, PhoneLinkState};
use serde::Deserialize;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/dossiers/{id}/phone", post(make))
        .route("/dossiers/{id}/phone/{link}", get(status))
        .route("/dossiers/{id}/phone/{link}/end", post(end))
}

/// How far a link is, as the page of the dossier shows it.
#[derive(Debug)]
pub(super) struct PhoneStatus {
    pub(super) id: String,
    pub(super) dossier: String,
    pub(super) what: String,
    pub(super) pages: usize,
    pub(super) until: String,
    pub(super) shape: &'static str,
    pub(super) class: &'static str,
    pub(super) word: &'static str,
    pub(super) is_open: bool,
    /// It changes by itself.
    pub(super) is_moving: bool,
    pub(super) is_filed: bool,
    /// Its batch waits for the officer; empty: it does not.
    pub(super) batch: String,
}

/// A new link, with its QR code: the secret in it is shown this once.
#[derive(Template)]
#[template(path = "phone_card.html")]
struct PhoneCard {
    picture: String,
    address: String,
    /// Other machines do not reach this server.
    is_lonely: bool,
    status: PhoneStatus,
}

/// The same where there is no script.
#[derive(Template)]
#[template(path = "phone.html")]
struct PhonePage {
    shell: Shell,
    dossier: String,
    code: String,
    picture: String,
    address: String,
    is_lonely: bool,
    status: PhoneStatus,
}

#[derive(Template)]
#[template(path = "phone_status.html")]
struct StatusPart {
    status: PhoneStatus,
}

impl From<&PhoneLink> for PhoneStatus {
    fn from(link: &PhoneLink) -> PhoneStatus {
        let (shape, class, word) = match link.state {
            PhoneLinkState::Open if link.is_bound => ("◐", "received", "Điện thoại đang chụp"),
            PhoneLinkState::Open => ("○", "", "Chờ điện thoại quét mã"),
            PhoneLinkState::Sent => ("◐", "received", "Đang ghép trang vào hồ sơ"),
            PhoneLinkState::Filed => ("●", "stored", "Đã vào hồ sơ"),
            PhoneLinkState::Waiting => ("△", "extracted", "Cần cán bộ xem lại"),
            PhoneLinkState::Closed => ("✕", "", "Đã đóng, không có trang nào"),
        };
        let is_open = link.state == PhoneLinkState::Open;
        PhoneStatus {
            id: link.id.to_string(),
            dossier: link.place.dossier.to_string(),
            what: link.component_name.clone().unwrap_or_else(|| "Kết quả giải quyết".to_owned()),
            pages: link.pages.len(),
            until: wording::moment(link.ends_at),
            shape,
            class,
            word,
            is_open,
            is_moving: is_open || link.state == PhoneLinkState::Sent,
            is_filed: link.state == PhoneLinkState::Filed,
            batch: if link.state == PhoneLinkState::Waiting {
                link.batch().to_string()
            } else {
                String::new()
            },
        }
    }
}

/// Links of a dossier that its page follows.
pub(super) async fn links(state: &AppState, dossier: DossierId) -> Result<Vec<PhoneStatus>, Problem> {
    let links = state.repository.phone_links(&state.actor, dossier).await?;
    Ok(links.iter().map(PhoneStatus::from).collect())
}

/// Which paper shall be photographed.
#[derive(Debug, Deserialize)]
struct PhoneForm {
    /// Key of the component; empty: an outcome.
    #[serde(default)]
    component: String,
}

async fn make(
    State(state): State<AppState>,
    OwnAddress(own): OwnAddress,
    Path(dossier): Path<DossierId>,
    headers: HeaderMap,
    Form(form): Form<PhoneForm>,
) -> Result<Response, Problem> {
    let component = Some(form.component).filter(|key| !key.is_empty());
    let place = DossierPlace { dossier, component };
    let (id, link) = state.repository.make_phone_link(&state.actor, place, &feed_of_photographs()).await?;
    let address = format!("{own}/phone/{}", link.secret);
    let picture = qr::draw_svg(&address).map_err(Problem::internal)?;
    let link = state.repository.phone_link(&state.actor, dossier, id).await?;
    let (status, is_lonely) = (PhoneStatus::from(&link), state.door.proxy().is_none());
    if is_part(&headers) {
        return page(&PhoneCard { picture, address, is_lonely, status });
    }
    page(&PhonePage {
        shell: Shell::new(&state, "Chụp bằng điện thoại", "dossiers"),
        dossier: dossier.to_string(),
        code: link.dossier_code,
        picture,
        address,
        is_lonely,
        status,
    })
}

async fn status(
    State(state): State<AppState>,
    Path((dossier, id)): Path<(DossierId, PhoneLinkId)>,
) -> Result<Response, Problem> {
    let link = state.repository.phone_link(&state.actor, dossier, id).await?;
    page(&StatusPart { status: PhoneStatus::from(&link) })
}

/// Xong, said at the counter.
async fn end(
    State(state): State<AppState>,
    Path((dossier, id)): Path<(DossierId, PhoneLinkId)>,
) -> Result<Response, Problem> {
    state.repository.end_phone_link(&state.actor, dossier, id, &feed_of_photographs()).await?;
    Ok(Redirect::to(&format!("/dossiers/{dossier}")).into_response())
}
