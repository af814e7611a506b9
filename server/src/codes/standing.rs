//! What a code is worth: what it says itself, and what the store says of it today.

use crate::state::AppState;
use qr::{CodeError, Payload, Receipt, Verified};
use repository::record::{DossierState, Validity};

/// What is found about a code.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// What it says, or why it is not accepted.
    pub(crate) code: Result<Verified, CodeError>,
    /// What the store says today of what it names; `None`: it is not accepted, or names nothing that has a state.
    pub(crate) today: Option<Today>,
}

/// What the store says today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Today {
    /// How far a dossier is.
    Dossier(DossierState),
    /// What a paper is worth.
    Paper(Validity),
    /// There is no such thing in the store any more.
    Unknown,
    /// The store cannot be asked now.
    Unavailable,
}

impl Today {
    /// In Vietnamese.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Today::Dossier(state) => state.label(),
            Today::Paper(validity) => validity.label(),
            Today::Unknown => "Không còn trong kho của hệ thống này",
            Today::Unavailable => "Chưa xem được lúc này; hãy thử lại sau ít phút",
        }
    }
}

/// Checks a code, and asks the store about it. Without the store the first half is known all the same.
///
/// # Errors
/// The keys cannot be read.
pub(crate) async fn verdict(
    state: &AppState,
    check: impl FnOnce(&super::Codes) -> anyhow::Result<Result<Verified, CodeError>>,
) -> anyhow::Result<Verdict> {
    let code = check(&state.codes)?;
    let today = match &code {
        Ok(verified) => today(state, &verified.payload).await,
        Err(_) => None,
    };
    Ok(Verdict { code, today })
}

async fn today(state: &AppState, payload: &Payload) -> Option<Today> {
    let found = match payload {
        Payload::Receipt(Receipt { published, .. }) | Payload::Notice(published) => match published
            .dossier
            .parse()
        {
            Ok(code) => state.repository.dossier_standing(&code).await.map(|found| found.map(Today::Dossier)),
            Err(_) => Ok(None),
        },
        Payload::ResultLabel(label) => match label.code.parse() {
            Ok(code) => state.repository.paper_standing(&code).await.map(|found| found.map(Today::Paper)),
            Err(_) => Ok(None),
        },
        Payload::CoverSheet(_) => return None,
    };
    Some(found.map_or_else(
        |error| {
            tracing::error!(%error, "the store could not be asked about a code");
            Today::Unavailable
        },
        |found| found.unwrap_or(Today::Unknown),
    ))
}

/// Why a code is not accepted, in a sentence that says what to do next.
pub(crate) fn refusal(error: &CodeError) -> &'static str {
    match error {
        CodeError::NotOurs => {
            "Đây không phải mã của hệ thống này. Hãy mở địa chỉ in cạnh mã, hoặc hỏi cơ quan đã cấp giấy."
        }
        CodeError::CutOff => "Mã bị cắt cụt: mới đọc được một phần. Hãy quét lại trọn vẹn cả ô mã.",
        CodeError::Malformed => "Mã bị hỏng, không đọc được nội dung. Hãy quét lại, hoặc gõ lại cho đúng.",
        CodeError::Version { .. } => {
            "Mã thuộc phiên bản mới hơn chương trình này. Hãy kiểm tra ở hệ thống đã in mã."
        }
        CodeError::UnknownKey { .. } => {
            "Mã được ký bằng khóa mà hệ thống này không công nhận. Đừng tin nội dung của giấy cho đến khi hỏi lại cơ quan đã cấp."
        }
        CodeError::Forged => {
            "Chữ ký của mã không đúng: nội dung đã bị sửa, hoặc mã do người khác tạo. Đừng tin giấy này; hãy hỏi lại cơ quan đã cấp."
        }
    }
}
