//! The HTTP API under `/api/v1`, described by itself at `/api/openapi.json`.
//!
//! A handler reads as three sentences: take apart the request, call one repository or search function, shape the answer.
//! Not here: rules about records (`repository`) and web pages ([`crate::portal`]).

mod amending;
mod batches;
mod body;
mod care;
mod deadlines;
mod documents;
mod dossier_moves;
mod dossiers;
mod events;
mod extract;
mod figures;
mod keying;
mod look_ups;
mod merging;
mod near_duplicates;
mod pages;
mod printing;
mod problem;
mod renditions;
mod requirements;
mod rereading;
mod rescans;
mod reuse;
mod scans;
mod search_words;
mod subjects;
mod upload;
mod verification;

pub(crate) use batches::{named_feed, take_in as take_in_batch, thumbnail as batch_thumbnail};
pub(crate) use body::{LookUpBody, name_of};
pub(crate) use extract::{Form, Path, Query};
pub(crate) use look_ups::{TakeBody, package as look_up_package};
pub(crate) use printing::{form as form_pdf, receipt as receipt_pdf, register as register_pdf};
pub(crate) use problem::Problem;
pub(crate) use renditions::pdf as rendition_pdf;
pub(crate) use rereading::queue_reread;
pub(crate) use rescans::take_in as take_in_rescan;
pub(crate) use scans::{ScanWish, begin_scan, own_scan, take_step};
pub(crate) use search_words::{SEARCH_LIMIT, query_text};
pub(crate) use upload::{UPLOAD_BYTES_MAX, Upload, WholeForm, receive, receive_form, receive_upload};

use crate::state::AppState;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All API routes, with their own description.
pub(crate) fn router() -> Router<AppState> {
    let (router, description) =
        OpenApiRouter::with_openapi(about()).nest("/api/v1", operations()).split_for_parts();
    router.route("/api/openapi.json", get(move || async move { Json(description) }))
}

fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(upload::router())
        .merge(batches::router())
        .merge(scans::router())
        .merge(rescans::router())
        .routes(routes!(documents::list))
        .routes(routes!(documents::one))
        .routes(routes!(documents::confirm))
        .routes(routes!(keying::keyings))
        .routes(routes!(documents::access_log))
        .routes(routes!(near_duplicates::list))
        .routes(routes!(near_duplicates::use_held))
        .routes(routes!(near_duplicates::wait_again))
        .routes(routes!(amending::correct))
        .routes(routes!(amending::rule))
        .routes(routes!(amending::history))
        .routes(routes!(care::keeping, care::retain))
        .routes(routes!(care::hold))
        .routes(routes!(care::lift_hold))
        .routes(routes!(care::propose))
        .routes(routes!(care::decide))
        .routes(routes!(care::certificate))
        .routes(routes!(pages::original))
        .routes(routes!(pages::image))
        .routes(routes!(pages::reading))
        .routes(routes!(renditions::pdf))
        .routes(routes!(renditions::hocr))
        .routes(routes!(renditions::alto))
        .routes(routes!(rereading::reread))
        .routes(routes!(rereading::list))
        .routes(routes!(rereading::one))
        .routes(routes!(rereading::queue))
        .routes(routes!(pages::label_svg))
        .routes(routes!(pages::label_png))
        .routes(routes!(search_words::search))
        .routes(routes!(search_words::suggestions))
        .routes(routes!(subjects::find))
        .routes(routes!(subjects::store))
        .routes(routes!(merging::merge))
        .routes(routes!(merging::undo))
        .routes(routes!(subjects::access_log))
        .routes(routes!(dossiers::list, dossiers::open))
        .routes(routes!(deadlines::queue))
        .routes(routes!(deadlines::apologize))
        .routes(routes!(dossiers::one))
        .routes(routes!(printing::receipt))
        .routes(routes!(printing::form))
        .routes(routes!(printing::register))
        .routes(routes!(printing::return_original))
        .routes(routes!(dossier_moves::moves, dossier_moves::move_on))
        .routes(routes!(reuse::held))
        .routes(routes!(reuse::take_over))
        .routes(routes!(reuse::refuse))
        .routes(routes!(dossiers::procedures))
        .routes(routes!(requirements::check))
        .routes(routes!(look_ups::look_up))
        .routes(routes!(look_ups::one))
        .routes(routes!(look_ups::take))
        .routes(routes!(look_ups::package))
        .routes(routes!(figures::figures))
        .routes(routes!(verification::verify))
        .routes(routes!(events::events))
}

fn about() -> OpenApi {
    let description = "Giấy tờ nộp một lần: từ bản quét đến hồ sơ của công dân, tổ chức. \
        Lỗi trả về dạng application/problem+json với câu giải thích tiếng Việt ở `detail`. \
        Số định danh chỉ đi trong thân yêu cầu, không bao giờ nằm trên địa chỉ.";
    let info = InfoBuilder::new()
        .title("motlan")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(description))
        .build();
    OpenApiBuilder::new().info(info).build()
}
