//! The forms of a dossier (KHO-04) from its own record and events, and the register of a period.

use super::Printed;
use super::letter::{Letter, Paragraph, letter};
use super::records::drawn;
use super::table::{Table, table};
use crate::api::Problem;
use crate::codes;
use crate::portal::{day, moment};
use crate::state::AppState;
use axum::http::StatusCode;
use jiff::Timestamp;
use repository::record::{
    Breach, Dossier, DossierEvent, DossierId, DossierState, DossierView, Form, Period, RegisterLine,
};

/// Forms that the record of a dossier can fill now, in the order of their numbers.
pub(crate) fn ready(view: &DossierView) -> Vec<Form> {
    let is_ready = |form: &Form| match form {
        Form::Receipt | Form::ControlSheet => true,
        Form::SupplementRequest | Form::Refusal | Form::StopNotice => last_move(view, *form).is_some(),
        Form::Apology => view.dossier.extension_in_force().is_some(),
        Form::Register => false,
    };
    Form::ALL.into_iter().filter(is_ready).collect()
}

/// The last move that a letter tells of.
fn last_move(view: &DossierView, form: Form) -> Option<&DossierEvent> {
    let state = match form {
        Form::SupplementRequest => DossierState::SupplementAsked,
        Form::Refusal => DossierState::Refused,
        Form::StopNotice => DossierState::Stopped,
        Form::Receipt | Form::Apology | Form::ControlSheet | Form::Register => return None,
    };
    view.history.iter().rfind(|event| event.state == state)
}

/// A form of a dossier as PDF. Its printing is kept.
pub(crate) async fn print_form(state: &AppState, id: DossierId, form: Form) -> Result<Printed, Problem> {
    let view = state.repository.dossier_view(&state.actor, id).await?;
    if !ready(&view).contains(&form) {
        let detail = format!("Hồ sơ {} chưa có gì để in «{}».", view.dossier.code, form.label());
        return Err(Problem::new(StatusCode::CONFLICT, detail));
    }
    let name = format!("{}-{}.pdf", view.dossier.code, crate::api::name_of(form));
    let printed = match form {
        Form::Receipt => super::records::receipt_of(state, &view, None).await?,
        Form::ControlSheet => {
            let values = control_sheet(state, &view)?;
            drawn(name, move |faces| table(&values, faces).map_err(Problem::internal)).await?
        }
        _ => {
            let values = letter_of(state, &view, form)?;
            drawn(name, move |faces| letter(&values, faces).map_err(Problem::internal)).await?
        }
    };
    state.repository.note_printing(&state.actor, form, Some(id)).await?;
    Ok(printed)
}

/// The text of the code of a form: with the day that it promises, if it promises one.
fn code_of(state: &AppState, dossier: &Dossier, form: Form) -> Result<String, Problem> {
    match dossier.extension_in_force() {
        Some(extension) if form == Form::Apology => {
            codes::appointment_text(state, dossier, form.label(), extension.due_at)
        }
        _ => codes::notice_text(state, dossier, form.label()),
    }
}

fn letter_of(state: &AppState, view: &DossierView, form: Form) -> Result<Letter, Problem> {
    let dossier = &view.dossier;
    Ok(Letter {
        code: code_of(state, dossier, form)?,
        title: form.label().to_owned(),
        dossier: dossier.code.to_string(),
        agency: state.actor.agency.clone(),
        owner: dossier.subject.name.clone(),
        facts: vec![
            ("Thủ tục", format!("{} ({})", dossier.procedure_name, dossier.procedure)),
            ("Ngày tiếp nhận", day(dossier.received_on)),
        ],
        body: body(view, form),
        officer: state.actor.name.clone(),
        printed: moment(Timestamp::now()),
    })
}

fn body(view: &DossierView, form: Form) -> Vec<Paragraph> {
    let text = |text: String| Paragraph::Text(text);
    let reason = last_move(view, form).and_then(|event| event.reason.clone()).unwrap_or_default();
    match form {
        Form::SupplementRequest => {
            let missing: Vec<_> =
                view.to_hand_in().into_iter().map(|component| component.name.clone()).collect();
            let mut body =
                vec![text("Để có cơ sở giải quyết, đề nghị bổ sung, hoàn thiện hồ sơ như sau:".into())];
            if !missing.is_empty() {
                body.push(Paragraph::List("Giấy tờ còn thiếu".into(), missing));
            }
            body.push(text(format!("Nội dung yêu cầu và lý do: {reason}")));
            body.push(text("Thời hạn giải quyết được tính lại từ khi nhận đủ hồ sơ.".into()));
            body
        }
        Form::Refusal => vec![
            text("Hồ sơ nêu trên không được tiếp nhận để giải quyết.".into()),
            text(format!("Lý do: {reason}")),
        ],
        Form::StopNotice => vec![
            text("Việc giải quyết hồ sơ nêu trên được dừng lại.".into()),
            text(format!("Lý do: {reason}")),
        ],
        Form::Apology => view
            .dossier
            .extension_in_force()
            .into_iter()
            .flat_map(|extension| {
                [
                    text(format!(
                        "Theo giấy hẹn, kết quả được trả lúc {}. Đến nay hồ sơ chưa giải quyết xong.",
                        moment(extension.before)
                    )),
                    text(format!("Lý do: {}", extension.reason)),
                    text(format!(
                        "Chúng tôi xin lỗi vì sự chậm trễ này và hẹn trả kết quả lúc {}.",
                        moment(extension.due_at)
                    )),
                ]
            })
            .collect(),
        Form::Receipt | Form::ControlSheet | Form::Register => Vec::new(),
    }
}

fn control_sheet(state: &AppState, view: &DossierView) -> Result<Table, Problem> {
    let dossier = &view.dossier;
    let due = dossier.deadlines.due_at.map_or_else(|| "không có".to_owned(), moment);
    let extension = dossier.extension.iter().map(|extension| {
        let late = if extension.is_late { " (muộn)" } else { "" };
        format!("Đã xin lỗi và hẹn lại lúc {}{late}: {}", moment(extension.at), extension.reason)
    });
    let lines = [
        format!("Chủ hồ sơ: {}", dossier.subject.name),
        format!("Thủ tục: {} ({})", dossier.procedure_name, dossier.procedure),
        format!("Ngày tiếp nhận: {}. Hẹn trả kết quả: {due}.", day(dossier.received_on)),
    ];
    Ok(Table {
        code: Some(code_of(state, dossier, Form::ControlSheet)?),
        title: Form::ControlSheet.label().to_owned(),
        agency: state.actor.agency.clone(),
        about: format!("Mã hồ sơ: {}", dossier.code),
        lines: lines.into_iter().chain(extension).collect(),
        columns: vec![
            ("Thời điểm", 27.0),
            ("Từ", 32.0),
            ("Đến", 32.0),
            ("Người thực hiện", 42.0),
            ("Ghi nhận", 47.0),
        ],
        rows: view.history.iter().map(control_row).collect(),
        signed: Some(["Bên giao", "Bên nhận"]),
        officer: String::new(),
        is_level: false,
    })
}

fn control_row(event: &DossierEvent) -> Vec<String> {
    let breaches = event.breaches.iter().map(|breach: &Breach| format!("VI PHẠM: {}.", breach.label()));
    let notes: Vec<_> = breaches.chain(event.reason.clone()).collect();
    vec![
        moment(event.at),
        event.before.label().to_owned(),
        event.state.label().to_owned(),
        format!("{} · {}", event.account, event.agency),
        if notes.is_empty() { "không ghi nhận vi phạm".to_owned() } else { notes.join(" ") },
    ]
}

/// Sổ theo dõi of the dossiers received in a period. Its printing is kept.
pub(crate) async fn print_register(state: &AppState, period: Period) -> Result<Printed, Problem> {
    let lines = state.repository.register(&state.actor, period).await?;
    let from = period.from.map_or_else(|| "đầu".to_owned(), day);
    let to = period.to.map_or_else(|| day(repository::today()), day);
    let values = Table {
        code: None,
        title: Form::Register.label().to_owned(),
        agency: state.actor.agency.clone(),
        about: format!("Từ {from} đến {to}: {} hồ sơ", lines.len()),
        lines: Vec::new(),
        columns: vec![
            ("TT", 12.0),
            ("Mã hồ sơ", 44.0),
            ("Chủ hồ sơ", 48.0),
            ("Thủ tục", 68.0),
            ("Tiếp nhận", 22.0),
            ("Hẹn trả", 24.0),
            ("Kết thúc", 24.0),
            ("Trạng thái", 25.0),
        ],
        rows: lines.iter().enumerate().map(|(number, line)| register_row(number + 1, line)).collect(),
        signed: None,
        officer: String::new(),
        is_level: true,
    };
    let printed =
        drawn("so-theo-doi.pdf".to_owned(), move |faces| table(&values, faces).map_err(Problem::internal))
            .await?;
    state.repository.note_printing(&state.actor, Form::Register, None).await?;
    Ok(printed)
}

fn register_row(number: usize, line: &RegisterLine) -> Vec<String> {
    vec![
        number.to_string(),
        line.code.to_string(),
        line.subject.clone(),
        format!("{} ({})", line.procedure_name, line.procedure),
        day(line.received_on),
        line.due_at.map(moment).unwrap_or_default(),
        line.ended_at.map(moment).unwrap_or_default(),
        line.state.label().to_owned(),
    ]
}
