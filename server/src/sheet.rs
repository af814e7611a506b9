//! What the codes of cover sheets say, as far as the keys of this office believe them.

use ingest::batch::{Cover, SheetSays, Untrusted, Verdict};
use qr::{CodeError, KeyList, Payload, SHEET_PREFIX};

/// What the text of a code is: none, no code of a cover sheet. Other codes stand on papers of every kind and never split a batch.
pub(crate) fn verdict(keys: &KeyList, text: &str) -> Verdict {
    if !text.trim_start().starts_with(SHEET_PREFIX) {
        return None;
    }
    Some(match keys.verify(text) {
        Ok(verified) => says(verified.payload),
        Err(CodeError::UnknownKey { .. }) => SheetSays::Untrusted(Untrusted::UnknownKey),
        Err(CodeError::Forged) => SheetSays::Untrusted(Untrusted::Forged),
        Err(CodeError::CutOff) => SheetSays::Untrusted(Untrusted::CutOff),
        Err(CodeError::NotOurs | CodeError::Malformed | CodeError::Version { .. }) => {
            SheetSays::Untrusted(Untrusted::Malformed)
        }
    })
}

fn says(payload: Payload) -> SheetSays {
    match payload {
        Payload::CoverSheet(sheet) => SheetSays::Cover(Cover {
            dossier: sheet.dossier,
            component: sheet.component,
            sheets: sheet.sheets,
            serial: hex::encode(sheet.serial),
            printed_at: sheet.at,
        }),
        Payload::Receipt(_) | Payload::ResultLabel(_) | Payload::Notice(_) => {
            SheetSays::Untrusted(Untrusted::Malformed)
        }
    }
}
