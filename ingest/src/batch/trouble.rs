//! What stops a batch, in words that say what to do next.

use super::{PageSeen, Part, Plan, PlannedPage, Untrusted};
use serde::{Deserialize, Serialize};

/// Something odd about a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What.
    #[serde(flatten)]
    pub kind: TroubleKind,
    /// The page where it shows, as scanned.
    pub page: Option<u32>,
    /// The part that it concerns.
    pub part: Option<u32>,
}

/// What is odd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum TroubleKind {
    /// Two passes of one stack have different numbers of pages.
    UnequalPasses {
        /// Pages of the first pass.
        fronts: u32,
        /// Pages of the second.
        backs: u32,
    },
    /// Both sides were scanned, and yet there is an odd number of pages.
    OddPageCount {
        /// Pages of the stack.
        pages: u32,
    },
    /// A page cannot be drawn.
    UnreadablePage,
    /// The file holds more of a page than can be drawn: its copy in a paper would look whole.
    IncompletePage,
    /// A cover sheet that is not believed.
    UntrustedCover {
        /// Why not.
        why: Untrusted,
    },
    /// Two cover sheets on one page.
    TwoCovers,
    /// The same printed cover sheet again.
    DoubledCover {
        /// Where it was seen first.
        first_page: u32,
    },
    /// A cover sheet that does not stand upright: the whole stack may lie so.
    TurnedCover {
        /// How far it is turned clockwise.
        degrees: u16,
    },
    /// A cover sheet on the second side of a sheet: it lies face down, or a side was lost.
    CoverOnBack,
    /// The other side of a cover sheet is not empty.
    PrintedBackOfCover,
    /// Another number of sheets than the cover sheet says.
    WrongCount {
        /// Sheets that the cover sheet counts.
        expected: u16,
        /// Sheets that are there.
        counted: u32,
    },
    /// Pages of which no cover sheet says whose they are.
    NoCoverBefore {
        /// How many.
        pages: u32,
    },
    /// A paper without pages.
    EmptyPart,
    /// There is no such dossier.
    NoDossier {
        /// The code that was given.
        dossier: String,
    },
    /// The dossier takes no paper of this kind any more.
    ClosedDossier {
        /// Its code.
        dossier: String,
    },
    /// The dossier has no such component.
    NoComponent {
        /// Code of the dossier.
        dossier: String,
    },
    /// The component has a paper already, which would be pushed out of it.
    TakenComponent {
        /// Code of the dossier.
        dossier: String,
    },
    /// Two papers for one component: the second would push the first out of it.
    SamePlace {
        /// The other part.
        other_part: u32,
    },
}

impl Trouble {
    pub(super) fn at(page: u32, kind: TroubleKind) -> Trouble {
        Trouble { kind, page: Some(page), part: None }
    }

    /// What is wrong with drawing a page.
    pub(super) fn of_page(page: &PageSeen) -> Option<Trouble> {
        let kind = match page {
            PageSeen { failure: Some(_), .. } => TroubleKind::UnreadablePage,
            PageSeen { is_incomplete: true, .. } => TroubleKind::IncompletePage,
            _ => return None,
        };
        Some(Trouble::at(page.number, kind))
    }

    /// Something odd about a part: it shows at its cover sheet, or at its first page.
    pub fn of_part(part: &Part, kind: TroubleKind) -> Trouble {
        let page = part.cover_page.or_else(|| part.pages.first().map(|page| page.number));
        Trouble { kind, page, part: Some(part.number) }
    }

    /// Whether a person may say that it is right as it is. What is not yet anyone's paper, would push another paper aside, or would be
    /// filed as a whole page and is none, must be put right instead.
    pub fn may_be_settled(&self) -> bool {
        match self.kind {
            TroubleKind::UnequalPasses { .. }
            | TroubleKind::UnreadablePage
            | TroubleKind::IncompletePage
            | TroubleKind::NoCoverBefore { .. }
            | TroubleKind::EmptyPart
            | TroubleKind::NoDossier { .. }
            | TroubleKind::ClosedDossier { .. }
            | TroubleKind::NoComponent { .. }
            | TroubleKind::TakenComponent { .. }
            | TroubleKind::SamePlace { .. } => false,
            TroubleKind::OddPageCount { .. }
            | TroubleKind::UntrustedCover { .. }
            | TroubleKind::TwoCovers
            | TroubleKind::DoubledCover { .. }
            | TroubleKind::TurnedCover { .. }
            | TroubleKind::CoverOnBack
            | TroubleKind::PrintedBackOfCover
            | TroubleKind::WrongCount { .. } => true,
        }
    }

    /// What is odd and what to do next, for people at a counter.
    pub fn vietnamese(&self) -> String {
        let page = self.page.map(|page| page.to_string()).unwrap_or_default();
        let part = self.part.map(|part| part.to_string()).unwrap_or_default();
        match &self.kind {
            TroubleKind::UnequalPasses { fronts, backs } => format!(
                "Lượt một có {fronts} trang, lượt hai có {backs} trang: một tờ bị mất hoặc bị kéo đôi. Không ghép trang nào. Hãy đếm lại xấp giấy rồi quét lại cả hai lượt."
            ),
            TroubleKind::OddPageCount { pages } => format!(
                "Quét hai mặt mà có {pages} trang (số lẻ): một mặt bị mất hoặc tập được quét một mặt. Hãy chọn lại cách quét, hoặc quét lại tập."
            ),
            TroubleKind::UnreadablePage => {
                format!("Không đọc được ảnh trang {page}. Hãy quét lại tập giấy, hoặc để trang này ra ngoài.")
            }
            TroubleKind::IncompletePage => format!(
                "Trang {page} không hiện được hết những gì có trong tệp: tệp bị hỏng một phần, hoặc là biểu mẫu điện tử động. Hãy quét lại tập giấy, hoặc để trang này ra ngoài."
            ),
            TroubleKind::UntrustedCover { why } => untrusted(&page, *why),
            TroubleKind::TwoCovers => format!(
                "Trang {page} có mã của hai tờ bìa khác nhau: hai tờ dính hoặc chồng lên nhau. Hãy tách hai tờ rồi quét lại."
            ),
            TroubleKind::DoubledCover { first_page } => format!(
                "Tờ bìa ở trang {page} đã gặp ở trang {first_page}: cùng một tờ in bị quét hai lần hoặc bị sao chụp. Hãy xem các trang giữa hai tờ bìa có đủ không."
            ),
            TroubleKind::TurnedCover { degrees } => format!(
                "Tờ bìa ở trang {page} nằm xoay {degrees}°: có thể cả xấp bị đặt ngược. Hãy xem các trang sau tờ bìa; nếu cả xấp bị ngược, hãy xoay cả tập."
            ),
            TroubleKind::CoverOnBack => format!(
                "Tờ bìa nằm ở mặt sau (trang {page}): tờ bìa bị đặt úp, hoặc một mặt bị mất. Hãy xem các trang quanh đó đúng cặp trước sau không."
            ),
            TroubleKind::PrintedBackOfCover => format!(
                "Mặt sau của tờ bìa (trang {page}) có chữ: có thể tập được quét một mặt, hoặc tờ bìa in trên giấy đã dùng. Hãy xem lại cách quét."
            ),
            TroubleKind::WrongCount { expected, counted } => format!(
                "Phần {part} (tờ bìa ở trang {page}): tờ bìa ghi {expected} tờ, đếm được {counted} tờ. {} Hãy so với giấy.",
                if *counted > u32::from(*expected) {
                    "Có thể thiếu tờ bìa của phần sau."
                } else {
                    "Có thể mất tờ hoặc máy kéo đôi."
                }
            ),
            TroubleKind::NoCoverBefore { pages } => format!(
                "{pages} trang từ trang {page} không có tờ bìa hợp lệ đứng trước, nên chưa biết của hồ sơ nào. Hãy xem giấy rồi chuyển các trang vào đúng phần."
            ),
            TroubleKind::EmptyPart => {
                format!("Phần {part} không có trang nào. Hãy bỏ phần này, hoặc chuyển trang vào.")
            }
            TroubleKind::NoDossier { dossier } => format!(
                "Phần {part}: không có hồ sơ {dossier}. Hãy kiểm tra lại mã và chọn hồ sơ khác cho phần này."
            ),
            TroubleKind::ClosedDossier { dossier } => format!(
                "Phần {part}: hồ sơ {dossier} đã kết thúc nên không nhận thêm giấy tờ này. Hãy chọn hồ sơ khác."
            ),
            TroubleKind::NoComponent { dossier } => {
                format!("Phần {part}: hồ sơ {dossier} không có thành phần này. Hãy chọn thành phần khác.")
            }
            TroubleKind::TakenComponent { dossier } => format!(
                "Phần {part}: thành phần này của hồ sơ {dossier} đã có giấy tờ. Hãy chọn thành phần khác, hoặc bỏ phần này."
            ),
            TroubleKind::SamePlace { other_part } => format!(
                "Phần {part} và phần {other_part} cùng vào một thành phần của một hồ sơ. Hãy gộp các trang vào một phần, hoặc chọn thành phần khác."
            ),
        }
    }
}

fn untrusted(page: &str, why: Untrusted) -> String {
    let what = match why {
        Untrusted::UnknownKey => "do nơi khác ký: không phải tờ bìa của cơ quan này",
        Untrusted::Forged => "không khớp chữ ký: mã bị sửa",
        Untrusted::CutOff => "bị cắt cụt: tờ bìa bị rách hoặc quét thiếu",
        Untrusted::Malformed => "không đúng dạng tờ bìa",
    };
    format!(
        "Mã tờ bìa ở trang {page} {what}. Các trang sau nó chưa thuộc hồ sơ nào. Hãy in lại tờ bìa rồi quét lại, hoặc xem giấy và chuyển các trang vào đúng phần."
    )
}

/// What is wrong with the papers of a plan as it is now.
pub(super) fn of_parts(plan: &Plan) -> Vec<Trouble> {
    let parts = plan.parts.iter().enumerate();
    let mut troubles: Vec<Trouble> =
        parts.flat_map(|(index, part)| of_part(part, &plan.parts[..index])).collect();
    troubles.extend(no_cover_before(&plan.unplaced));
    troubles
}

fn of_part(part: &Part, before: &[Part]) -> Vec<Trouble> {
    let counted = part.sheet_count() as u32;
    let wrong = part.expected_sheets.filter(|expected| u32::from(*expected) != counted);
    let wrong = wrong.map(|expected| TroubleKind::WrongCount { expected, counted });
    let empty = part.pages.is_empty().then_some(TroubleKind::EmptyPart);
    let is_same = |other: &&Part| {
        part.component.is_some() && other.dossier == part.dossier && other.component == part.component
    };
    let same = before.iter().find(is_same).map(|other| TroubleKind::SamePlace { other_part: other.number });
    [wrong, empty, same].into_iter().flatten().map(|kind| Trouble::of_part(part, kind)).collect()
}

/// One trouble for each run of pages that nobody knows.
fn no_cover_before(unplaced: &[PlannedPage]) -> impl Iterator<Item = Trouble> {
    let runs = unplaced.chunk_by(|one, next| next.sheet <= one.sheet + 1);
    runs.map(|run| Trouble::at(run[0].number, TroubleKind::NoCoverBefore { pages: run.len() as u32 }))
}
