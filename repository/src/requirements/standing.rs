//! How a paper stands against what is asked for, and in which words a person is told.

use crate::DocumentType;
use crate::record::*;
use crate::spelling::is_same_but_for_accents;
use jiff::ToSpan;
use jiff::civil::Date;
use std::cmp::Reverse;

/// Until when a paper counts for a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Term {
    /// The component accepts it for some months from a day of issue that is not known.
    Unknown,
    /// The last day on which it counts.
    Last(Date),
    /// Không thời hạn.
    Endless,
}

/// The answer for one component: the best standing that any paper reaches, and the papers that reach it.
pub(super) fn weigh(component: ProcedureComponent, papers: Vec<Document>, on: Date) -> Requirement {
    let papers = papers.into_iter().filter(|paper| is_meant(&component, paper));
    let mut weighed: Vec<_> = papers.map(|paper| (standing(&component, &paper, on), paper)).collect();
    weighed.sort_by_key(|(status, paper)| {
        (*status, Reverse((paper.trust_level, term(&component, paper), paper.issued_on, paper.id)))
    });
    let best = weighed.first().map_or(RequirementStatus::NotHeld, |(status, _)| *status);
    let status = match component.source_database {
        Some(_) => best.min(RequirementStatus::InSource),
        None => best,
    };
    weighed.retain(|(standing, _)| *standing == status);
    Requirement {
        reason: reason(&component, status, weighed.first().map(|(_, paper)| paper)),
        key: component.key,
        name: component.name,
        required: component.required,
        document_types: component.document_types,
        status,
        candidates: weighed.into_iter().map(|(_, paper)| paper).collect(),
    }
}

/// Whether a paper of a right type is the one that is meant. An application is written anew for each dossier; among papers without a
/// type of their own only the title tells one from another.
fn is_meant(component: &ProcedureComponent, paper: &Document) -> bool {
    match paper.document_type {
        DocumentType::Application => false,
        DocumentType::Other => is_same_but_for_accents(&paper.title, &component.name),
        _ => true,
    }
}

/// What became of a paper, in words, if it may not be used any more (REUSE-06). Its last day is weighed for itself.
fn withdrawn(validity: Validity) -> Option<&'static str> {
    match validity {
        Validity::Valid | Validity::Expired | Validity::Archived => None,
        Validity::Revoked => Some("đã bị thu hồi"),
        Validity::Superseded => Some("đã được thay thế"),
        Validity::Cancelled => Some("đã bị hủy"),
        Validity::Disposed => Some("đã tiêu hủy"),
    }
}

fn standing(component: &ProcedureComponent, paper: &Document, on: Date) -> RequirementStatus {
    let counts = match term(component, paper) {
        Term::Endless => true,
        Term::Last(day) => on <= day,
        Term::Unknown => false,
    };
    if paper.state != DocumentState::Stored {
        RequirementStatus::AwaitingConfirmation
    } else if withdrawn(paper.validity).is_some() {
        RequirementStatus::Withdrawn
    } else if !counts {
        RequirementStatus::Expired
    } else if paper.trust_level < component.trust_level {
        RequirementStatus::BelowTrust
    } else {
        RequirementStatus::Held
    }
}

/// The earlier of the paper's own last day and that of the component. Months are counted from the day of issue to the day of the same
/// number, or the last of a shorter month; that day still counts (Bộ luật Dân sự 2015 Điều 147, 148).
fn term(component: &ProcedureComponent, paper: &Document) -> Term {
    let own = paper.valid_until.map_or(Term::Endless, Term::Last);
    let Some(months) = component.valid_months else { return own };
    let limit = paper.issued_on.and_then(|day| day.checked_add(i64::from(months).months()).ok());
    limit.map_or(Term::Unknown, Term::Last).min(own)
}

fn reason(component: &ProcedureComponent, status: RequirementStatus, paper: Option<&Document>) -> String {
    let withdrawn = paper.and_then(|paper| withdrawn(paper.validity)).unwrap_or_default();
    let held = paper.map(name_of).unwrap_or_default();
    let term = paper.map_or(Term::Endless, |paper| term(component, paper));
    match status {
        RequirementStatus::Held => {
            let until = match term {
                Term::Last(day) => format!("còn giá trị đến hết {}", written(day)),
                Term::Endless | Term::Unknown => "không thời hạn".into(),
            };
            format!("Đã có trong kho, không yêu cầu nộp lại: {held}, {until}.")
        }
        RequirementStatus::InSource => {
            let source = component.source_database.as_deref().unwrap_or_default();
            format!("Tra cứu trong {source}, không yêu cầu nộp.")
        }
        RequirementStatus::AwaitingConfirmation => {
            "Đã có bản quét nhưng chưa được xác nhận. Hãy xác nhận bản đó thay vì yêu cầu nộp lại.".into()
        }
        RequirementStatus::BelowTrust => format!(
            "Trong kho có {held}, nhưng mức độ tin cậy {} thấp hơn mức cần {}. Hãy đối chiếu với bản chính.",
            level(paper.and_then(|paper| paper.trust_level)),
            level(component.trust_level)
        ),
        RequirementStatus::Expired => match (term, component.valid_months) {
            (Term::Last(day), _) => {
                format!("Trong kho có {held}, nhưng đã hết giá trị sau ngày {}. Cần giấy mới.", written(day))
            }
            (_, months) => format!(
                "Trong kho có {held}, nhưng không rõ ngày cấp nên không tính được thời hạn {} tháng. Hãy bổ sung ngày cấp.",
                months.unwrap_or_default()
            ),
        },
        RequirementStatus::Withdrawn => {
            format!("Trong kho có {held}, nhưng giấy này {withdrawn}. Cần giấy khác.")
        }
        RequirementStatus::NotHeld if component.document_types == [DocumentType::Application] => {
            "Lập riêng cho từng hồ sơ, cần nộp.".into()
        }
        RequirementStatus::NotHeld => match component.submission {
            Submission::Nop => "Chưa có trong kho, cần nộp.".into(),
            Submission::XuatTrinh => "Chưa có trong kho, chỉ cần xuất trình để đối chiếu.".into(),
        },
    }
}

fn name_of(paper: &Document) -> String {
    let part = |label: &str, value: Option<String>| value.map(|value| format!(" {label} {value}"));
    let number = part("số", paper.number.clone()).unwrap_or_default();
    let issued_on = part("cấp ngày", paper.issued_on.map(written)).unwrap_or_default();
    format!("«{}»{number}{issued_on}", paper.title)
}

fn written(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

/// The level on our own scale of four.
fn level(level: Option<TrustLevel>) -> &'static str {
    match level {
        None => "chưa xác định",
        Some(TrustLevel::SelfDeclared) => "1/4",
        Some(TrustLevel::Compared) => "2/4",
        Some(TrustLevel::SignedOff) => "3/4",
        Some(TrustLevel::Source) => "4/4",
    }
}
