//! The scan on the screen: one page image with its words, fields and hits drawn over it.
//!
//! The boxes are an SVG in pixels of the page image, laid over the picture: they fit at every size without any script.

use super::machine_work::MachineWork;
use super::review::Because;
use super::review_keying::is_blind;
use super::{places, wording};
use crate::api::{Path, Problem, Query};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::response::Response;
use repository::record::{DocumentId, DocumentView, Field, Reading, Region};
use serde::Deserialize;

/// A page of a paper as it is looked at.
#[derive(Debug, Template)]
#[template(path = "viewer.html")]
pub(super) struct Viewer {
    /// The paper.
    id: String,
    /// Whoever looks keys the paper without seeing what is known of it.
    is_blind: bool,
    /// Page shown.
    number: u32,
    /// Pixels.
    width: u32,
    /// Pixels.
    height: u32,
    /// All pages.
    tabs: Vec<Tab>,
    /// What must be said of this page; empty: nothing.
    note: String,
    /// Ink that no word accounts for.
    unread: Vec<Region>,
    /// What the boxes of unread ink mean; empty: there are none.
    unread_note: String,
    /// The words that decided the type, when they stand on this page.
    type_box: Option<Region>,
    /// What the machine did with this page.
    work: MachineWork,
    /// Words with their places.
    words: Vec<(Region, String)>,
    /// Fields that stand on this page.
    fields: Vec<(Region, String)>,
    /// Places of the words that were searched for.
    hits: Vec<Region>,
    /// Key of the query whose hits are shown; empty: none.
    query: String,
}

/// One page in the row of pages.
#[derive(Debug)]
struct Tab {
    number: u32,
    current: bool,
    /// Needs a look.
    marked: bool,
}

/// Which page of a paper to look at.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ViewQuery {
    /// 1 for the first, which is also meant when left out.
    pub(super) page: Option<u32>,
    /// Key of the query whose hits shall be shown.
    #[serde(default)]
    pub(super) q: String,
    /// Set after a paper was confirmed: the one just stored.
    pub(super) stored: Option<DocumentId>,
    /// Set to go on with what was typed the last time.
    pub(super) unfinished: Option<String>,
    /// Why the officer is led back to it.
    pub(super) because: Option<Because>,
}

impl Viewer {
    /// The page asked for, or the first; none while no page is read.
    pub(super) async fn open(
        state: &AppState,
        view: &DocumentView,
        query: &ViewQuery,
    ) -> Result<Option<Viewer>, Problem> {
        let wanted = query.page.and_then(|number| view.pages.iter().find(|page| page.number == number));
        if query.page.is_some() && wanted.is_none() {
            return Err(Problem::not_found());
        }
        let is_blind = is_blind(state, view).await?;
        let searched = state.queries.find(&state.actor.account, &query.q).filter(|_| !is_blind);
        let telling = searched.as_deref().and_then(|text| places::page_of_key(&view.fields, text));
        let telling = view.pages.iter().find(|page| Some(page.number) == telling);
        let Some(page) = wanted.or(telling).or(view.pages.first()) else { return Ok(None) };
        let reading = match is_blind {
            true => None,
            false => read_words(state, view.document.id, page.number).await?,
        };
        let hits =
            searched.as_deref().map(|text| places::places(reading.as_ref(), &view.fields, page.number, text));
        Ok(Some(Viewer {
            id: view.document.id.0.to_string(),
            number: page.number,
            is_blind,
            width: page.width,
            height: page.height,
            tabs: tabs(view, page.number),
            note: wording::page_note(page.state, &page.reasons).unwrap_or_default(),
            unread: page.unread.clone(),
            unread_note: wording::unread_note(page.unread.len()),
            type_box: view
                .type_evidence
                .as_ref()
                .filter(|evidence| evidence.page == page.number && !is_blind)
                .map(|evidence| evidence.region),
            work: MachineWork::of(state, view, page.number, is_blind).await?,
            words: reading.map(words).unwrap_or_default(),
            fields: view.fields.iter().filter_map(|field| field_box(field, page.number)).collect(),
            hits: hits.unwrap_or_default(),
            query: if searched.is_some() { query.q.clone() } else { String::new() },
        }))
    }
}

/// Words of a page; none when the page could not be read.
async fn read_words(state: &AppState, id: DocumentId, page: u32) -> Result<Option<Reading>, Problem> {
    match state.repository.reading(&state.actor, id, page).await {
        Ok(reading) => Ok(Some(reading)),
        Err(repository::Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn words(reading: Reading) -> Vec<(Region, String)> {
    let words = reading.lines.into_iter().flat_map(|line| line.words);
    words.map(|word| (word.region, word.text)).collect()
}

fn field_box(field: &Field, page: u32) -> Option<(Region, String)> {
    let region = field.region.filter(|_| field.page == Some(page))?;
    Some((region, field.key.clone()))
}

fn tabs(view: &DocumentView, current: u32) -> Vec<Tab> {
    let tab = |page: &repository::record::Page| Tab {
        number: page.number,
        current: page.number == current,
        marked: page.state != repository::record::PageState::Done,
    };
    view.pages.iter().map(tab).collect()
}

/// The viewer alone, when another page is turned to.
pub(super) async fn part(
    State(state): State<AppState>,
    Path((id, number)): Path<(DocumentId, u32)>,
    Query(query): Query<ViewQuery>,
) -> Result<Response, Problem> {
    let view = state.repository.document(&state.actor, id).await?;
    let query = ViewQuery { page: Some(number), ..query };
    let viewer = Viewer::open(&state, &view, &query).await?;
    super::page(&viewer.ok_or_else(Problem::not_found)?)
}
