//! Tra cứu: `POST /search`. By POST only, since a query may be a personal number (invariant 9).

use super::body::DocumentBody;
use super::extract::Json;
use super::problem::Problem;
use crate::asking::State;
use crate::state::AppState;
use search::{Answer, AnswerItem, Request, Snippet};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Hits on one answer when the caller does not say.
pub(crate) const SEARCH_LIMIT: usize = 20;
/// Most hits on one answer.
const SEARCH_LIMIT_MAX: usize = 100;
/// Most letters of a query: a long sentence of a paper.
pub(crate) const QUERY_LETTERS_MAX: usize = 500;

/// What to look for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchBody {
    /// Words with or without accents, a code or a personal number.
    #[schema(max_length = 500)]
    query: String,
    /// Most hits wanted, 1–100; 20 when left out.
    #[schema(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where the page begins: `next` of the page before; the first page when left out.
    from: Option<String>,
}

/// The answer, best first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnswerBody {
    /// Hits.
    items: Vec<ItemBody>,
    /// How many there are in all.
    total: usize,
    /// An exact key was asked for: the database answered.
    by_key: bool,
    /// The index is behind by this many changes; null: it does not answer, and only keys were looked up.
    changes_behind: Option<u64>,
    /// Papers with a letter misread are among the hits.
    tolerant: bool,
    /// A key that papers have, where none has the one that was asked for: letter O and digit 0 look alike.
    meant: Option<String>,
    /// Where the next page begins; null: this is the last.
    next: Option<String>,
}

/// One hit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemBody {
    /// The paper.
    document: DocumentBody,
    /// A piece of its text around the best match.
    snippet: Option<SnippetBody>,
}

/// A piece of a page's text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SnippetBody {
    /// Page that it stands on.
    page: u32,
    /// In order; joined they are the piece.
    parts: Vec<SnippetPart>,
}

/// Text that matched, or stands between.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SnippetPart {
    /// The text.
    text: String,
    /// Whether it matched.
    matched: bool,
}

impl From<Answer> for AnswerBody {
    fn from(answer: Answer) -> AnswerBody {
        let item = |item: AnswerItem| ItemBody {
            document: item.document.into(),
            snippet: item.snippet.map(SnippetBody::from),
        };
        AnswerBody {
            items: answer.items.into_iter().map(item).collect(),
            total: answer.total,
            by_key: answer.by_key,
            changes_behind: answer.changes_behind,
            tolerant: answer.tolerant,
            meant: answer.meant,
            next: answer.next.map(|next| next.to_string()),
        }
    }
}

impl From<Snippet> for SnippetBody {
    fn from(snippet: Snippet) -> SnippetBody {
        let part = |(text, matched)| SnippetPart { text, matched };
        SnippetBody { page: snippet.page, parts: snippet.parts.into_iter().map(part).collect() }
    }
}

/// Finds papers by words, code or number.
#[utoipa::path(post, path = "/search", tag = "search", request_body = SearchBody, responses(
    (status = 200, body = AnswerBody),
    Problem,
))]
pub(crate) async fn search(
    State(state): State<AppState>,
    Json(body): Json<SearchBody>,
) -> Result<axum::Json<AnswerBody>, Problem> {
    let request = body.try_into()?;
    let answer = search::find(&state.repository, state.index.as_ref(), &state.actor, &request).await?;
    Ok(axum::Json(answer.into()))
}

impl TryFrom<SearchBody> for Request {
    type Error = Problem;

    fn try_from(body: SearchBody) -> Result<Request, Problem> {
        let limit = body.limit.unwrap_or(SEARCH_LIMIT);
        if !(1..=SEARCH_LIMIT_MAX).contains(&limit) {
            return Err(Problem::unprocessable(format!("limit phải từ 1 đến {SEARCH_LIMIT_MAX}.")));
        }
        let from = body.from.map(|from| from.parse()).transpose();
        let from = from.map_err(|_| {
            Problem::unprocessable("from không phải vị trí trang. Hãy dùng giá trị next của trang trước.")
        })?;
        Ok(Request { from, ..Request::new(&query_text(&body.query)?, limit, repository::today()) })
    }
}

/// The query without the blanks around it.
pub(crate) fn query_text(typed: &str) -> Result<String, Problem> {
    let text = typed.trim();
    let letters = text.chars().count();
    match letters {
        0 => Err(Problem::unprocessable("Hãy gõ từ cần tìm, mã hoặc số định danh.")),
        1..=QUERY_LETTERS_MAX => Ok(text.to_owned()),
        _ => Err(Problem::unprocessable(format!(
            "Câu tìm dài {letters} chữ; nhiều nhất {QUERY_LETTERS_MAX} chữ."
        ))),
    }
}
