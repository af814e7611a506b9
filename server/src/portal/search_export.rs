//! Xuất danh sách: the papers of a query as a table. Each one is noted in the access log as looked up, like a hit on the page.

use crate::api::{Form, Problem};
use crate::asking::{Proved, State};
use crate::state::AppState;
use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use repository::record::Document;
use search::{HITS_MAX, KEY_PAPERS_MAX, Request};
use serde::Deserialize;

/// Papers of one table: what a person can go through by hand in a day. More is the archive's `motlan export`.
const EXPORT_PAPERS_MAX: usize = 1_000;

/// What spreadsheet programs take UTF-8 by.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// First line of the table.
const HEADINGS: [&str; 9] = [
    "Mã kết quả",
    "Loại giấy tờ",
    "Tên giấy tờ",
    "Số, ký hiệu",
    "Ngày cấp",
    "Cơ quan cấp",
    "Chủ giấy tờ",
    "Hiệu lực",
    "Trạng thái",
];

/// What a formula begins with, or a cell that a program cuts in two. Programs set up for East Asia take the wide signs too.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/search/export", post(export))
}

#[derive(Debug, Deserialize)]
struct Wish {
    /// Key of the query.
    q: String,
}

async fn export(
    _: Proved,
    State(state): State<AppState>,
    Form(wish): Form<Wish>,
) -> Result<Response, Problem> {
    let expired = || Problem::unprocessable("Lượt tìm này đã hết hạn. Hãy tìm lại rồi xuất danh sách.");
    let text = state.queries.find(&state.actor.account, &wish.q).ok_or_else(expired)?;
    let papers = all_papers(&state, &text).await?;
    let table = table(&papers).map_err(Problem::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"danh-sach-giay-to.csv\""),
    ];
    Ok((headers, table).into_response())
}

/// Page after page, to the end or to [`EXPORT_PAPERS_MAX`].
async fn all_papers(state: &AppState, text: &str) -> Result<Vec<Document>, Problem> {
    let actor = state.actor_for("Xuất danh sách giấy tờ tìm được");
    let mut request = Request::new(text, HITS_MAX, repository::today());
    let mut papers = Vec::new();
    loop {
        let answer = search::find(&state.repository, state.index.as_ref(), &actor, &request).await?;
        if answer.changes_behind.is_none() && !answer.by_key {
            return Err(Problem::index_out_of_reach("a list was asked for"));
        }
        if answer.is_cut {
            return Err(Problem::unprocessable(format!(
                "Có hơn {KEY_PAPERS_MAX} giấy tờ mang số hoặc mã này. Hãy tìm theo từ, thêm bộ lọc rồi xuất lại."
            )));
        }
        if answer.total > EXPORT_PAPERS_MAX {
            return Err(Problem::unprocessable(format!(
                "Có {} giấy tờ; mỗi lần xuất nhiều nhất {EXPORT_PAPERS_MAX}. Hãy thêm từ hoặc bộ lọc rồi xuất lại.",
                answer.total
            )));
        }
        papers.extend(answer.items.into_iter().map(|item| item.document));
        match answer.next {
            Some(next) => request.from = Some(next),
            None => return Ok(papers),
        }
    }
}

fn table(papers: &[Document]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    writer.write_record(HEADINGS)?;
    for paper in papers {
        writer.write_record(cells(paper).map(|cell| harmless(&cell)))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// The list says which papers there are, and each shows its owner's number to whoever may open it.
fn cells(paper: &Document) -> [String; 9] {
    let text = |optional: &Option<String>| optional.clone().unwrap_or_default();
    [
        paper.code.as_ref().map(ToString::to_string).unwrap_or_default(),
        paper.document_type.label().to_owned(),
        paper.title.clone(),
        text(&paper.number),
        paper.issued_on.map(super::day).unwrap_or_default(),
        text(&paper.agency),
        paper.subject.as_ref().map(|subject| subject.name.clone()).unwrap_or_default(),
        paper.validity.label().to_owned(),
        super::wording::state_word(paper.state).to_owned(),
    ]
}

/// A cell without numbers of people, which stand as số of a health insurance card or a business licence too; and one that a spreadsheet
/// program does not take for a formula: what is on paper was written by anyone.
fn harmless(cell: &str) -> String {
    let masked = search::mask(cell);
    if masked.starts_with(FORMULA_SIGNS) { format!("'{masked}") } else { masked }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_no_formulas() {
        let check = |cell: &str, expected: &str| assert_eq!(harmless(cell), expected);
        check("Quyết định", "Quyết định");
        check("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")");
        check("-1+2", "'-1+2");
        check("@SUM(A1)", "'@SUM(A1)");
        check("＝1", "'＝1");
        check("＋1", "'＋1");
        check("－1", "'－1");
        check("＠x", "'＠x");
        check("\n=1", "'\n=1");
        check("\r=1", "'\r=1");
        check("\t=1", "'\t=1");
        check("", "");
    }

    #[test]
    fn cells_have_no_numbers_of_people() {
        let check = |cell: &str, expected: &str| assert_eq!(harmless(cell), expected);
        check("GD4790012345678", "GD479********78");
        check("Thẻ căn cước 079099000001", "Thẻ căn cước 079*******01");
        check("-079099000001", "'-079*******01");
        check("KS-261121-000042", "KS-261121-000042");
        check("12/QĐ-UBND", "12/QĐ-UBND");
    }
}
