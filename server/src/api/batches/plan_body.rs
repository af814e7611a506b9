//! A plan as the API tells it.

use ingest::batch::{Feed, LeftOut, Part, Plan, PlannedPage, Settled, Trouble, WhyLeftOut};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Which pages of a stack are which paper. Every page stands in exactly one of the lists.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanBody {
    /// How the stack was scanned: `one_sided`, `duplex` or `two_passes`.
    #[schema(value_type = String)]
    feed: Feed,
    /// The papers, in the order of the stack.
    parts: Vec<PartBody>,
    /// Pages of which no cover sheet says whose they are.
    unplaced: Vec<PlannedPageBody>,
    /// Pages that become part of no paper.
    left_out: Vec<LeftOutBody>,
    /// What a person looked at and found to be right.
    settled: Vec<SettledBody>,
}

/// One paper of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartBody {
    /// Number, from 1; it stays when other parts go.
    number: u32,
    /// Mã hồ sơ.
    dossier: String,
    /// Key of the component; none: the paper is an outcome of the dossier.
    component: Option<String>,
    /// The cover sheet's page; none: a person opened this part.
    cover_page: Option<u32>,
    /// Sheets that the cover sheet counts.
    expected_sheets: Option<u16>,
    /// Sheets that are there; both sides of one count once.
    sheets: u32,
    /// Its pages.
    pages: Vec<PlannedPageBody>,
}

/// A page with its place in the stack.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlannedPageBody {
    /// Number in the stack as scanned.
    number: u32,
    /// The sheet of paper that it is a side of.
    sheet: u32,
    /// It is the second side of its sheet.
    is_back: bool,
    /// Nothing is on it.
    is_blank: bool,
    /// How far it is turned clockwise.
    turn_degrees: u16,
}

/// A page that becomes part of no paper.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeftOutBody {
    page: PlannedPageBody,
    /// `cover`, `back_of_cover`, `blank_back` or `by_person`.
    #[schema(value_type = String)]
    why: WhyLeftOut,
}

/// A trouble that a person looked at.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettledBody {
    trouble: TroubleBody,
    /// Why it is right as it is.
    reason: String,
}

/// Something odd.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TroubleBody {
    /// `kind`, `page`, `part` and what the kind tells besides: a change `settle` names it by all of these.
    facts: BTreeMap<String, Value>,
    /// What is odd and what to do next.
    message: String,
    /// Whether a person may say that it is right as it is; otherwise it must be put right.
    may_be_settled: bool,
}

impl From<Plan> for PlanBody {
    fn from(plan: Plan) -> PlanBody {
        let pages = |pages: Vec<PlannedPage>| pages.into_iter().map(PlannedPageBody::from).collect();
        let part = |part: Part| PartBody {
            sheets: part.sheet_count() as u32,
            number: part.number,
            dossier: part.dossier,
            component: part.component,
            cover_page: part.cover_page,
            expected_sheets: part.expected_sheets,
            pages: pages(part.pages),
        };
        let left_out = |LeftOut { page, why }| LeftOutBody { page: page.into(), why };
        let settled = |Settled { trouble, reason }| SettledBody { trouble: trouble.into(), reason };
        PlanBody {
            feed: plan.feed,
            parts: plan.parts.into_iter().map(part).collect(),
            unplaced: pages(plan.unplaced),
            left_out: plan.left_out.into_iter().map(left_out).collect(),
            settled: plan.settled.into_iter().map(settled).collect(),
        }
    }
}

impl From<PlannedPage> for PlannedPageBody {
    fn from(page: PlannedPage) -> PlannedPageBody {
        let PlannedPage { number, sheet, is_back, is_blank, turn_degrees } = page;
        PlannedPageBody { number, sheet, is_back, is_blank, turn_degrees }
    }
}

impl From<Trouble> for TroubleBody {
    fn from(trouble: Trouble) -> TroubleBody {
        let facts = match serde_json::to_value(&trouble) {
            Ok(Value::Object(facts)) => facts.into_iter().collect(),
            _ => BTreeMap::new(),
        };
        TroubleBody { facts, message: trouble.vietnamese(), may_be_settled: trouble.may_be_settled() }
    }
}
