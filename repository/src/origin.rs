//! Xuất xứ: what a paper was taken from, and who answers for it. Settled when a person confirms it.

use crate::DocumentType;
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::filing::Filing;
use crate::lifecycle;
use crate::record::*;
use jiff::Timestamp;

/// The origin from a row of a paper.
pub(crate) fn from_row(row: &Row) -> Result<Origin> {
    Ok(Origin {
        source_form: database::read_word_or_none(row, "source_form")?,
        role: database::read_word_or_none(row, "role")?,
        compared: mark_from(row, "compared_by", "compared_at")?,
        marked: mark_from(row, "marked_by", "marked_at")?,
        agency_marked: mark_from(row, "agency_marked_by", "agency_marked_at")?,
    })
}

fn mark_from(row: &Row, by: &str, at: &str) -> Result<Option<Mark>> {
    let by = row.get::<Option<String>>(by)?;
    Ok(by.zip(database::read_time_or_none(row, at)?).map(|(by, at)| Mark { by, at }))
}

/// The origin that a paper has once this filing is carried out, or why it may not be.
pub(crate) async fn settle(
    connection: &mut Connection,
    actor: &Actor,
    document: &Document,
    filing: &Filing,
) -> Result<Origin> {
    check_submission(connection, document.id).await?;
    let said = filing.provenance;
    let now = Timestamp::now();
    let here = |set: bool| set.then(|| Mark { by: actor.account.clone(), at: now });
    let origin = Origin {
        source_form: Some(said.source_form),
        role: Some(role(document.place.as_ref(), said)?),
        compared: document.origin.compared.clone().or_else(|| here(said.compared)),
        marked: document.origin.marked.clone().or_else(|| here(said.marked)),
        agency_marked: document.origin.agency_marked.clone().or_else(|| here(said.for_agency)),
    };
    check(&origin, document.place.as_ref(), filing.document_type)?;
    Ok(origin)
}

/// Writes the origin, and the trust that follows from it.
pub(crate) async fn put(connection: &mut Connection, id: DocumentId, origin: &Origin) -> Result<()> {
    let by = |mark: &Option<Mark>| mark.as_ref().map(|mark| mark.by.clone());
    let at = |mark: &Option<Mark>| mark.as_ref().map(|mark| mark.at.as_microsecond());
    let sql = "update document set source_form = $2, role = $3, compared_by = $4, compared_at = $5, marked_by = $6,
                   marked_at = $7, agency_marked_by = $8, agency_marked_at = $9, trust_level = $10 where id = $1";
    database::query(sql)
        .bind(id.to_string())
        .bind(origin.source_form.as_ref().map(database::word))
        .bind(origin.role.as_ref().map(database::word))
        .bind(by(&origin.compared))
        .bind(at(&origin.compared))
        .bind(by(&origin.marked))
        .bind(at(&origin.marked))
        .bind(by(&origin.agency_marked))
        .bind(at(&origin.agency_marked))
        .bind(database::word(&lifecycle::trust_level(origin)))
        .execute(connection)
        .await?;
    Ok(())
}

/// Vai trò of the paper in the dossier that it came with (DIG-05).
fn role(place: Option<&DossierPlace>, said: Provenance) -> Result<DocumentRole> {
    match (place, said.appraisal) {
        (Some(DossierPlace { component: None, .. }), true) => Ok(DocumentRole::Appraisal),
        (Some(DossierPlace { component: None, .. }), false) => Ok(DocumentRole::Outcome),
        (_, false) => Ok(DocumentRole::Component),
        (_, true) => Err(Error::invalid(
            "Kết quả thẩm tra, xác minh phải thuộc một hồ sơ. Hãy nộp giấy tờ vào phần kết quả của hồ sơ rồi xác nhận lại.",
        )),
    }
}

/// What the law asks of the origin of a paper before it is stored.
fn check(origin: &Origin, place: Option<&DossierPlace>, document_type: DocumentType) -> Result<()> {
    let form = origin.source_form.unwrap_or_default();
    if !form.may_be_kept() && place.is_none() {
        return Err(Error::invalid(format!(
            "{}: không lưu vào kho của tổ chức, cá nhân (TT 01/2023 Điều 4). Hãy nộp vào một thành phần của hồ sơ, hoặc yêu cầu bản chính.",
            form.label()
        )));
    }
    if form == SourceForm::ScanWithOriginal && origin.compared.is_none() {
        return Err(Error::invalid(
            "Bản chụp điện tử phải được đối chiếu với bản chính. Hãy đối chiếu rồi đánh dấu «đã đối chiếu với bản chính».",
        ));
    }
    if origin.marked.is_none() {
        return Err(Error::invalid(
            "Chưa có cán bộ ký nhận bản quét này. Hãy kiểm tra bản quét đủ trang, rõ chữ rồi đánh dấu «ký nhận bản quét».",
        ));
    }
    let is_result = origin.role == Some(DocumentRole::Outcome) && document_type != DocumentType::Application;
    if is_result && origin.agency_marked.is_none() {
        return Err(Error::invalid(
            "Kết quả giải quyết cần xác nhận của cơ quan trước khi lưu. Hãy đánh dấu «xác nhận thay mặt cơ quan».",
        ));
    }
    Ok(())
}

/// DIG-04: a paper that is only to be shown is not kept in any store.
async fn check_submission(connection: &mut Connection, id: DocumentId) -> Result<()> {
    let sql =
        "select count(*) as places, coalesce(sum(case when submission = $2 then 1 else 0 end), 0) as shown
               from component where document_id = $1";
    let question = database::query(sql).bind(id.to_string()).bind(database::word(&Submission::XuatTrinh));
    let row = question.fetch_one(connection).await?;
    match (row.get::<i64>("places")?, row.get::<i64>("shown")?) {
        (places, shown) if places > 0 && places == shown => Err(Error::invalid(
            "Thành phần này chỉ xuất trình để đối chiếu: không lưu vào kho của tổ chức, cá nhân. Hãy trả lại bản gốc.",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark() -> Option<Mark> {
        Some(Mark { by: "thu".into(), at: Timestamp::UNIX_EPOCH })
    }

    fn place(component: Option<&str>) -> Option<DossierPlace> {
        let dossier = DossierId(uuid::Uuid::nil());
        Some(DossierPlace { dossier, component: component.map(str::to_owned) })
    }

    #[test]
    fn the_law_asks_for_form_comparison_and_marks() {
        let origin =
            || Origin { source_form: Some(SourceForm::Original), marked: mark(), ..Origin::default() };
        let check = |origin: Origin, place: Option<DossierPlace>, expected: Option<&str>| {
            let found =
                check(&origin, place.as_ref(), DocumentType::Decision).map_err(|error| error.to_string());
            match expected {
                None => assert_eq!(found, Ok(()), "{origin:?}"),
                Some(part) => assert!(found.as_ref().is_err_and(|text| text.contains(part)), "{found:?}"),
            }
        };
        check(origin(), None, None);
        check(Origin { marked: None, ..origin() }, None, Some("ký nhận"));
        for form in SourceForm::ALL.into_iter().filter(|form| !form.may_be_kept()) {
            check(Origin { source_form: Some(form), ..origin() }, None, Some("không lưu vào kho"));
            check(Origin { source_form: Some(form), ..origin() }, place(Some("don")), None);
        }
        let scan = || Origin { source_form: Some(SourceForm::ScanWithOriginal), ..origin() };
        check(scan(), None, Some("đối chiếu"));
        check(Origin { compared: mark(), ..scan() }, None, None);
        let outcome = || Origin { role: Some(DocumentRole::Outcome), ..origin() };
        check(outcome(), place(None), Some("cơ quan"));
        check(Origin { agency_marked: mark(), ..outcome() }, place(None), None);
        check(Origin { role: Some(DocumentRole::Appraisal), ..origin() }, place(None), None);
    }

    #[test]
    fn the_place_tells_the_role() {
        let check = |place: Option<DossierPlace>, appraisal, expected: Option<DocumentRole>| {
            let said = Provenance { appraisal, ..Provenance::default() };
            assert_eq!(role(place.as_ref(), said).ok(), expected);
        };
        check(None, false, Some(DocumentRole::Component));
        check(place(Some("don")), false, Some(DocumentRole::Component));
        check(place(None), false, Some(DocumentRole::Outcome));
        check(place(None), true, Some(DocumentRole::Appraisal));
        check(place(Some("don")), true, None);
        check(None, true, None);
    }
}
