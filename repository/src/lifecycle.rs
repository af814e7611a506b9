//! The table of a paper's way (DOMAIN §4.2): from where to where each step leads, and how far the facts let it be trusted. Pure, so
//! that a test prints the whole of it; a change of the rules is a diff someone reads.

use crate::record::{Document, DocumentState, DocumentStep, Origin, TrustLevel, Validity};

/// Where a paper is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// Not filed yet.
    Before(DocumentState),
    /// In the store.
    Filed(Validity),
}

impl From<&Document> for Position {
    fn from(document: &Document) -> Position {
        match (document.state, document.validity) {
            (_, Validity::Disposed) | (DocumentState::Stored, _) => Position::Filed(document.validity),
            (state, _) => Position::Before(state),
        }
    }
}

/// Where a step leads; none: it may not be taken from here.
///
/// The mark may be put before the machine reads or after it, because what the machine proposes is no record: extraction in the sense of
/// TT 01/2023 Điều 8 ends with the confirmation, and that is refused without a mark ([`crate::Repository::confirm`]).
pub(crate) fn after(position: Position, step: DocumentStep) -> Option<Position> {
    use DocumentState::*;
    use Position::{Before, Filed};
    use Validity::*;
    match (position, step) {
        // A batch is undone: what came out of it was never a record, and may come out of it again.
        (Before(Received | Extracted | Unreadable), DocumentStep::TakeBack) => Some(Before(TakenBack)),
        (Before(TakenBack), DocumentStep::Receive) => Some(Before(Received)),
        (Before(Received), DocumentStep::Extract) => Some(Before(Extracted)),
        (Before(Received), DocumentStep::GiveUp) => Some(Before(Unreadable)),
        (Before(Unreadable), DocumentStep::Receive) => Some(Before(Received)),
        (Before(Extracted | Received | Unreadable), DocumentStep::Mark) => Some(position),
        (Before(Extracted), DocumentStep::Extract | DocumentStep::Rescan) => Some(position),
        // Another scan of a paper that is held: that one is used, and a mistake about it can be undone.
        (Before(Extracted), DocumentStep::Supersede) => Some(Before(Duplicate)),
        (Before(Duplicate), DocumentStep::Reinstate) => Some(Before(Extracted)),
        (
            Before(Extracted | Unreadable),
            DocumentStep::Key | DocumentStep::Confirm | DocumentStep::AgencyMark | DocumentStep::Code,
        ) => Some(position),
        (Before(Extracted | Unreadable), DocumentStep::Store) => Some(Filed(Valid)),
        (Filed(Valid | Expired), DocumentStep::Key | DocumentStep::Correct) => Some(position),
        (Filed(Valid | Expired | Archived), DocumentStep::Revoke) => Some(Filed(Revoked)),
        (Filed(Valid | Expired | Archived), DocumentStep::Supersede) => Some(Filed(Superseded)),
        (Filed(Valid | Expired | Archived), DocumentStep::Cancel) => Some(Filed(Cancelled)),
        (Filed(Revoked | Superseded | Cancelled), DocumentStep::Reinstate) => Some(Filed(Valid)),
        // The archive keeps what is in force: what a ruling took out of use must not come back as archived and count again.
        (Filed(Valid | Expired), DocumentStep::Archive) => Some(Filed(Archived)),
        (Filed(Archived | Revoked | Superseded | Cancelled), DocumentStep::Dispose) => Some(Filed(Disposed)),
        // What never entered the store has no term of its own; nothing shall be read of it while it goes.
        (Before(Extracted | Unreadable | Duplicate | TakenBack), DocumentStep::Dispose) => {
            Some(Filed(Disposed))
        }
        _ => None,
    }
}

/// Mức độ tin cậy from the facts, for a paper that a person confirmed: our own scale, not one of the law (DOMAIN §10.3).
pub(crate) fn trust_level(origin: &Origin) -> TrustLevel {
    let kept = origin.source_form.is_some_and(|form| form.may_be_kept());
    if kept && origin.agency_marked.is_some() {
        TrustLevel::Source
    } else if kept && origin.marked.is_some() {
        TrustLevel::SignedOff
    } else if origin.compared.is_some() {
        TrustLevel::Compared
    } else {
        TrustLevel::SelfDeclared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Mark, SourceForm};

    const STEPS: [DocumentStep; 18] = [
        DocumentStep::Receive,
        DocumentStep::Mark,
        DocumentStep::Extract,
        DocumentStep::GiveUp,
        DocumentStep::Rescan,
        DocumentStep::Key,
        DocumentStep::Confirm,
        DocumentStep::AgencyMark,
        DocumentStep::Code,
        DocumentStep::Store,
        DocumentStep::Correct,
        DocumentStep::Revoke,
        DocumentStep::Supersede,
        DocumentStep::Cancel,
        DocumentStep::Reinstate,
        DocumentStep::Archive,
        DocumentStep::Dispose,
        DocumentStep::TakeBack,
    ];
    const POSITIONS: [Position; 12] = [
        Position::Before(DocumentState::Received),
        Position::Before(DocumentState::Extracted),
        Position::Before(DocumentState::Unreadable),
        Position::Before(DocumentState::Duplicate),
        Position::Before(DocumentState::TakenBack),
        Position::Filed(Validity::Valid),
        Position::Filed(Validity::Expired),
        Position::Filed(Validity::Revoked),
        Position::Filed(Validity::Superseded),
        Position::Filed(Validity::Cancelled),
        Position::Filed(Validity::Archived),
        Position::Filed(Validity::Disposed),
    ];

    const TABLE: &str = "\
received: mark -> received, extract -> extracted, give_up -> unreadable, take_back -> taken_back
extracted: mark -> extracted, extract -> extracted, rescan -> extracted, key -> extracted, confirm -> extracted, agency_mark -> extracted, code -> extracted, store -> valid, supersede -> duplicate, dispose -> disposed, take_back -> taken_back
unreadable: receive -> received, mark -> unreadable, key -> unreadable, confirm -> unreadable, agency_mark -> unreadable, code -> unreadable, store -> valid, dispose -> disposed, take_back -> taken_back
duplicate: reinstate -> extracted, dispose -> disposed
taken_back: receive -> received, dispose -> disposed
valid: key -> valid, correct -> valid, revoke -> revoked, supersede -> superseded, cancel -> cancelled, archive -> archived
expired: key -> expired, correct -> expired, revoke -> revoked, supersede -> superseded, cancel -> cancelled, archive -> archived
revoked: reinstate -> valid, dispose -> disposed
superseded: reinstate -> valid, dispose -> disposed
cancelled: reinstate -> valid, dispose -> disposed
archived: revoke -> revoked, supersede -> superseded, cancel -> cancelled, dispose -> disposed
disposed:
";

    fn name(position: Position) -> String {
        match position {
            Position::Before(state) => crate::database::word(&state),
            Position::Filed(validity) => crate::database::word(&validity),
        }
    }

    #[test]
    fn the_whole_table_is_this() {
        let line = |position: Position| {
            let steps = STEPS.iter().filter_map(|step| {
                Some(format!(" {} -> {}", crate::database::word(step), name(after(position, *step)?)))
            });
            format!("{}:{}\n", name(position), steps.collect::<Vec<_>>().join(","))
        };
        assert_eq!(POSITIONS.map(line).concat(), TABLE);
    }

    #[test]
    fn trust_follows_from_the_facts() {
        let mark = |set: bool| set.then(|| Mark { by: "thu".into(), at: jiff::Timestamp::UNIX_EPOCH });
        let check = |form: Option<SourceForm>, compared, marked, agency, expected| {
            let origin = Origin {
                source_form: form,
                role: None,
                compared: mark(compared),
                marked: mark(marked),
                agency_marked: mark(agency),
            };
            assert_eq!(trust_level(&origin), expected, "{origin:?}");
        };
        let original = Some(SourceForm::Original);
        check(original, false, true, true, TrustLevel::Source);
        check(original, false, true, false, TrustLevel::SignedOff);
        check(original, false, false, false, TrustLevel::SelfDeclared);
        check(Some(SourceForm::ScanWithOriginal), true, false, false, TrustLevel::Compared);
        check(Some(SourceForm::ScanWithOriginal), true, true, false, TrustLevel::SignedOff);
        check(Some(SourceForm::Photocopy), false, true, true, TrustLevel::SelfDeclared);
        check(Some(SourceForm::CertifiedPaperCopy), true, true, false, TrustLevel::Compared);
        check(None, false, true, true, TrustLevel::SelfDeclared);
    }
}
