//! Tra cứu: `POST /search`. By POST only, since a query may be a personal number (invariant 9).

use super::body::DocumentBody;
use super::extract::Json;
use super::problem::Problem;
use crate::asking::State;
use crate::state::AppState;
use search::{Answer, AnswerItem, Facets, FilterName, Order, Request, Snippet, Suggestion, SuggestionKind};
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
    /// Words with or without accents, a code, a personal number, or the language of queries: `"cụm từ"`, `-loại-trừ`,
    /// `loại:khai-sinh`, `số:123/QĐ-UBND`, `ngày:2023..2024`, `cơ-quan:"UBND phường Bến Mơ"`, `hiệu-lực:còn`, `trạng-thái:đã-lưu`.
    #[schema(max_length = 500)]
    query: String,
    /// Most hits wanted, 1–100; 20 when left out.
    #[schema(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where the page begins: `next` of the page before; the first page when left out.
    from: Option<String>,
    /// Which papers first; the best when left out.
    order: Option<OrderName>,
    /// Whether to count what the hits are.
    #[serde(default)]
    facets: bool,
}

/// Which papers first.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OrderName {
    /// The best.
    Relevance,
    /// The latest day of issue.
    Newest,
    /// The earliest day of issue.
    Oldest,
}

/// The answer, best first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnswerBody {
    /// Hits.
    items: Vec<ItemBody>,
    /// How many there are in all.
    total: usize,
    /// There are more: the key names more papers than are looked up.
    is_cut: bool,
    /// An exact key was asked for: the database answered.
    by_key: bool,
    /// The index is behind by this many changes, 0 for a key; null: it does not answer, and only keys were looked up.
    changes_behind: Option<u64>,
    /// Papers with a letter misread are among the hits.
    tolerant: bool,
    /// A key that papers have, where none has the one that was asked for: letter O and digit 0 look alike.
    meant: Option<String>,
    /// Where the next page begins; null: this is the last.
    next: Option<String>,
    /// What all hits are; null unless asked for.
    facets: Option<FacetsBody>,
}

/// How many of all hits have a value, the most frequent first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FacetsBody {
    /// Codes of types.
    types: Vec<FacetBody>,
    /// Agencies that issued them.
    agencies: Vec<FacetBody>,
    /// Years of issue.
    years: Vec<FacetBody>,
    /// States.
    states: Vec<FacetBody>,
}

/// A value, how many hits have it, and the filter that leaves these.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FacetBody {
    /// The value.
    value: String,
    /// Hits that have it.
    count: u64,
    /// The filter as it is written in a query.
    filter: String,
}

/// What is being typed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypingBody {
    /// The query so far.
    #[schema(max_length = 500)]
    query: String,
}

/// How the query could go on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestionsBody {
    /// At most eight; none when nothing fits.
    items: Vec<SuggestionBody>,
}

/// One way to go on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestionBody {
    /// What it is.
    kind: SuggestionName,
    /// What people read.
    label: String,
    /// The whole query with it.
    query: String,
}

/// What a suggestion is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SuggestionName {
    /// Name of a filter, of which the value is still to be typed.
    Filter,
    /// A type of paper.
    Type,
    /// An agency.
    Agency,
    /// Số, ký hiệu.
    Number,
    /// A value of another filter.
    Value,
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

impl AnswerBody {
    fn new(answer: Answer, with_facets: bool) -> AnswerBody {
        let item = |item: AnswerItem| ItemBody {
            document: item.document.into(),
            snippet: item.snippet.map(SnippetBody::from),
        };
        AnswerBody {
            items: answer.items.into_iter().map(item).collect(),
            total: answer.total,
            is_cut: answer.is_cut,
            by_key: answer.by_key,
            changes_behind: answer.changes_behind,
            tolerant: answer.tolerant,
            meant: answer.meant,
            next: answer.next.map(|next| next.to_string()),
            facets: with_facets.then(|| answer.facets.into()),
        }
    }
}

impl From<Facets> for FacetsBody {
    fn from(facets: Facets) -> FacetsBody {
        let bodies = |name: FilterName, values: Vec<(String, u64)>| {
            let body = |(value, count): (String, u64)| FacetBody { filter: name.with(&value), value, count };
            values.into_iter().map(body).collect()
        };
        FacetsBody {
            types: bodies(FilterName::Type, facets.types),
            agencies: bodies(FilterName::Agency, facets.agencies),
            years: bodies(FilterName::Date, facets.years),
            states: bodies(FilterName::State, facets.states),
        }
    }
}

impl From<Suggestion> for SuggestionBody {
    fn from(suggestion: Suggestion) -> SuggestionBody {
        let kind = match suggestion.kind {
            SuggestionKind::Filter => SuggestionName::Filter,
            SuggestionKind::Type => SuggestionName::Type,
            SuggestionKind::Agency => SuggestionName::Agency,
            SuggestionKind::Number => SuggestionName::Number,
            SuggestionKind::Value => SuggestionName::Value,
        };
        SuggestionBody { kind, label: suggestion.label, query: suggestion.query }
    }
}

impl From<OrderName> for Order {
    fn from(name: OrderName) -> Order {
        match name {
            OrderName::Relevance => Order::Relevance,
            OrderName::Newest => Order::Newest,
            OrderName::Oldest => Order::Oldest,
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
    Ok(axum::Json(AnswerBody::new(answer, request.facets)))
}

/// Tells how a query could go on while it is being typed: types, agencies and numbers of papers that the caller may find, filters. Never
/// a name of a person.
#[utoipa::path(post, path = "/search/suggestions", tag = "search", request_body = TypingBody, responses(
    (status = 200, body = SuggestionsBody),
    Problem,
))]
pub(crate) async fn suggestions(
    State(state): State<AppState>,
    Json(body): Json<TypingBody>,
) -> Result<axum::Json<SuggestionsBody>, Problem> {
    query_text(&body.query)?;
    let found = search::suggest(&state.repository, &state.actor, &body.query).await?;
    Ok(axum::Json(SuggestionsBody { items: found.into_iter().map(SuggestionBody::from).collect() }))
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
        query_text(&body.query)?;
        let order = body.order.map(Order::from).unwrap_or_default();
        // As it was typed: errors point at its characters.
        let request = Request::new(&body.query, limit, repository::today());
        Ok(Request { from, order, facets: body.facets, ..request })
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
