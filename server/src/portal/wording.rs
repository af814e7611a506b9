//! How values read on the pages: states, days, times, masked numbers, file names.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use repository::document_type::FieldKind;
use repository::identifier::SubjectNumber;
use repository::on_the_wall;
use repository::record::{
    Document, DocumentState, PageState, Priority, QueueCount, ReadingProgress, Subject, SubjectKind, Term,
    TrustLevel, Urgency, Validity,
};

/// Letters of a file name or title that fit on a line of a list; longer ones lose their middle.
const NAME_LETTERS_MAX: usize = 60;

/// A state as word, shape and colour together.
#[derive(Debug, Clone)]
pub(super) struct StateMark {
    /// Class of the style, and the state's name in the API.
    pub(super) class: &'static str,
    /// Shape.
    pub(super) shape: &'static str,
    /// Word.
    pub(super) word: String,
    /// Pages read and pages in all, while a paper is being read.
    pub(super) bar: Option<(u32, u32)>,
}

impl From<&Document> for StateMark {
    fn from(document: &Document) -> StateMark {
        let review = document.pages_to_review;
        let word = match document.state {
            DocumentState::Extracted if review > 0 => format!("Chờ xác nhận, xem lại {review} trang"),
            DocumentState::Stored if document.validity != Validity::Valid => {
                document.validity.label().to_owned()
            }
            _ => progress_phrase(&progress(document)),
        };
        let shape = match document.state {
            DocumentState::Extracted if review > 0 => "△",
            DocumentState::Stored if document.validity != Validity::Valid => "○",
            state => state_shape(state),
        };
        let reading = document.state == DocumentState::Received;
        let bar = document.page_count.filter(|_| reading).map(|count| (document.pages_read, count));
        StateMark { class: document.state.name(), shape, word, bar }
    }
}

fn progress(document: &Document) -> ReadingProgress {
    ReadingProgress {
        document: document.id,
        receiver: String::new(),
        state: document.state,
        page_count: document.page_count,
        pages_read: document.pages_read,
        priority: None,
        rereading: false,
    }
}

/// Shape of a state.
pub(super) fn state_shape(state: DocumentState) -> &'static str {
    match state {
        DocumentState::Received => "○",
        DocumentState::Extracted => "◐",
        DocumentState::Stored => "●",
        DocumentState::Unreadable => "✕",
        DocumentState::Duplicate => "⧉",
        DocumentState::TakenBack => "↩",
    }
}

/// Word of a state, for filters and counts.
pub(super) fn state_word(state: DocumentState) -> &'static str {
    match state {
        DocumentState::Received => "Chờ đọc",
        DocumentState::Extracted => "Chờ xác nhận",
        DocumentState::Stored => "Đã lưu kho",
        DocumentState::Unreadable => "Không đọc được",
        DocumentState::Duplicate => "Trùng với giấy đã có",
        DocumentState::TakenBack => "Đã rút khỏi hồ sơ",
    }
}

/// How far a paper is, with a count while it is being read.
pub(crate) fn progress_phrase(progress: &ReadingProgress) -> String {
    let page = |count: u32| format!("trang {}/{count}", (progress.pages_read + 1).min(count));
    match (progress.state, progress.page_count) {
        (_, None) if progress.rereading => "Chờ đọc lại".to_owned(),
        (_, Some(count)) if progress.rereading => format!("Đang đọc lại {}", page(count)),
        (DocumentState::Received, Some(count)) => format!("Đang đọc {}", page(count)),
        (DocumentState::Received, None) if progress.priority == Some(Priority::Import) => {
            "Chờ đọc, sau giấy tờ ở quầy".to_owned()
        }
        (state, _) => state_word(state).to_owned(),
    }
}

/// How full the queue is; empty: nothing waits and nothing is read.
pub(super) fn queue_sentence(counts: &[QueueCount]) -> String {
    let running: u64 = counts.iter().map(|of| of.running).sum();
    let waiting = counts.iter().filter(|of| of.waiting > 0);
    let waiting: Vec<String> =
        waiting.map(|of| format!("{} {}", of.waiting, priority_word(of.priority))).collect();
    match (running, waiting.as_slice()) {
        (0, []) => String::new(),
        (running, []) => format!("Máy đang đọc {running} giấy tờ."),
        (running, waiting) => {
            let waiting = waiting.join(", ");
            format!("Máy đang đọc {running} giấy tờ; chờ: {waiting}. Giấy tờ ở quầy được đọc trước.")
        }
    }
}

fn priority_word(priority: Priority) -> &'static str {
    match priority {
        Priority::Counter => "ở quầy",
        Priority::Import => "nhập hàng loạt",
        Priority::Reread => "đọc lại",
    }
}

/// `DD/MM/YYYY`.
pub(crate) fn day(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// `DD/MM/YYYY HH:MM` by the clocks of Việt Nam.
pub(crate) fn moment(at: Timestamp) -> String {
    on_the_wall(at).strftime("%d/%m/%Y %H:%M").to_string()
}

/// A moment of a short while ago: the hour alone when it was today.
pub(super) fn lately(at: Timestamp) -> String {
    let (at, now) = (on_the_wall(at), on_the_wall(Timestamp::now()));
    let form = if at.date() == now.date() { "lúc %H:%M" } else { "lúc %H:%M ngày %d/%m/%Y" };
    at.strftime(form).to_string()
}

/// What tells a paper from others: number, day of issue and agency.
pub(super) fn paper_line(paper: &Document) -> String {
    let number = paper.number.as_ref().map(|number| format!("số {number}"));
    let issued_on = paper.issued_on.map(|issued_on| format!("cấp ngày {}", day(issued_on)));
    [number, issued_on, paper.agency.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// How long a procedure takes.
pub(super) fn term(term: Option<Term>, cut_off: Option<Time>) -> String {
    let how_long = match term {
        None => return "chưa ghi thời hạn".to_owned(),
        Some(Term::Direct) => "trả kết quả ngay".to_owned(),
        Some(Term::WorkingDays(days)) => format!("{days} ngày làm việc"),
        Some(Term::WorkingHours(hours)) => format!("{hours} giờ làm việc"),
    };
    match cut_off {
        None => how_long,
        Some(cut_off) => {
            format!("{how_long}; nhận sau {} tính từ ngày làm việc tiếp theo", cut_off.strftime("%H:%M"))
        }
    }
}

/// When something is due, and how far away that is in working days: `hạn 24/11/2026 17:00, còn 2 ngày làm việc`.
pub(super) fn deadline(at: Timestamp, urgency: Urgency, days_left: Option<i64>) -> String {
    let away = match (urgency, days_left) {
        (Urgency::Overdue, Some(0)) => "mới quá hạn".to_owned(),
        (Urgency::Overdue, Some(days)) => format!("quá {} ngày làm việc", -days),
        (Urgency::Overdue, None) => "quá hơn 2 năm".to_owned(),
        (Urgency::Today, _) => "trong hôm nay".to_owned(),
        (_, Some(days)) => format!("còn {days} ngày làm việc"),
        (_, None) => "còn hơn 2 năm".to_owned(),
    };
    format!("hạn {}, {away}", moment(at))
}

/// A typed day: `DD/MM/YYYY` (also with `-` or `.`) or `YYYY-MM-DD`.
pub(super) fn parse_day(text: &str) -> Option<Date> {
    let text = text.trim();
    let parts: Vec<&str> = text.split(['/', '-', '.']).map(str::trim).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A field's value as people read it: days turned round.
pub(super) fn shown_value(kind: FieldKind, value: &str) -> String {
    match kind {
        FieldKind::Date => value.parse::<Date>().map_or_else(|_| value.to_owned(), day),
        FieldKind::Text | FieldKind::PersonalNumber => value.to_owned(),
    }
}

/// The words on the paper when they are not what the value says; empty: they are, but for spaces and punctuation.
pub(super) fn other_words(written: &str, value: &str) -> String {
    let plain = |text: &str| text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
    if plain(written) == plain(value) { String::new() } else { written.trim().to_owned() }
}

/// A number of which only the ends are shown: `079•••••••80`.
pub(super) fn masked(number: &str) -> String {
    let letters: Vec<char> = number.chars().collect();
    let (head, tail) = if letters.len() >= 9 { (3, 2) } else { (0, letters.len().min(2)) };
    let hidden = letters.len() - head - tail;
    let start: String = letters[..head].iter().collect();
    let end: String = letters[letters.len() - tail..].iter().collect();
    format!("{start}{}{end}", "•".repeat(hidden))
}

/// What kind of number it is.
pub(super) fn number_label(number: &SubjectNumber) -> &'static str {
    match number {
        SubjectNumber::CitizenId(_) => "Số định danh",
        SubjectNumber::OldIdNumber(_) => "CMND",
        SubjectNumber::Passport(_) => "Hộ chiếu",
        SubjectNumber::TaxCode(_) => "Mã số thuế",
    }
}

/// One line about a subject: kind of number and its ends.
pub(super) fn subject_line(subject: &Subject) -> String {
    format!("{} {}", number_label(&subject.number), masked(subject.number.as_str()))
}

/// Cá nhân or tổ chức.
pub(super) fn kind_word(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Citizen => "Cá nhân",
        SubjectKind::Organization => "Tổ chức",
    }
}

/// Mức độ tin cậy, labelled as our own scale.
pub(super) fn trust_word(level: TrustLevel) -> &'static str {
    match level {
        TrustLevel::SelfDeclared => "1/4 · tự khai, chưa đối chiếu",
        TrustLevel::Compared => "2/4 · bản chụp đã đối chiếu",
        TrustLevel::SignedOff => "3/4 · cán bộ ký nhận bản quét và xác nhận",
        TrustLevel::Source => "4/4 · cơ quan xác nhận hoặc cơ sở dữ liệu nguồn",
    }
}

/// What is to be said of a page, if anything.
pub(super) fn page_note(state: PageState, reasons: &[String]) -> Option<String> {
    let reasons: Vec<&str> = reasons.iter().map(|reason| reason_phrase(reason)).collect();
    let head = match state {
        PageState::Done => return None,
        PageState::NeedsReview => "△ Máy chưa đọc chắc trang này",
        PageState::Failed => "✕ Máy không đọc được trang này",
    };
    if reasons.is_empty() {
        Some(format!("{head}."))
    } else {
        Some(format!("{head}: {}.", reasons.join("; ")))
    }
}

/// How a page was read, in a word.
pub(super) fn page_state_word(state: PageState) -> &'static str {
    match state {
        PageState::Done => "đọc hết",
        PageState::NeedsReview => "đọc chưa chắc",
        PageState::Failed => "không đọc được",
    }
}

/// What the boxes of unread ink mean; empty: there are none.
pub(super) fn unread_note(boxes: usize) -> String {
    match boxes {
        0 => String::new(),
        boxes => format!("Khung nét đứt: {boxes} chỗ có mực mà máy không đọc ra chữ; hãy xem từng chỗ."),
    }
}

/// A code of `ingest::reason` in words.
fn reason_phrase(code: &str) -> &str {
    use ingest::reason;
    match code {
        reason::LOW_CONFIDENCE => "chữ đọc không chắc",
        reason::UNREAD_INK => "còn vùng có mực mà chưa ra chữ",
        reason::NOT_RECOVERED => "có vùng đọc lại vẫn không ra chữ",
        reason::TOO_MANY_WORDS => "quá nhiều chữ trên một trang",
        reason::PIXEL_BUDGET => "khổ trang quá lớn",
        reason::REDUCED => "trang quá lớn nên đã thu nhỏ khi đọc",
        reason::LOW_RESOLUTION => "độ phân giải thấp hơn 200 dpi",
        reason::PARTLY_DECODED => "tệp bị hỏng một phần, trang có thể thiếu chữ hoặc hình",
        reason::DYNAMIC_FORM => {
            "biểu mẫu điện tử động (XFA), phải mở bằng phần mềm đã tạo ra nó rồi in hoặc lưu lại"
        }
        reason::UNDRAWN_WORDS => "tệp có chữ không hiện ra trên trang (thiếu phông chữ hoặc chữ ẩn)",
        reason::DAMAGED => "trang bị hỏng, không mở được",
        reason::TIME_LIMIT => "quá thời gian đọc",
        reason::CRASHED => "trình đọc dừng đột ngột ở trang này",
        reason::ENGINE_FAILED => "máy nhận dạng chữ báo lỗi",
        other => other,
    }
}

/// A name from outside as it may be shown: without control and direction marks (a name must not read backwards), cut in the
/// middle so that its ending stays visible. The template escapes it.
pub(super) fn shown_name(name: &str) -> String {
    let letters: Vec<char> = name.chars().filter(|letter| !is_invisible(*letter)).collect();
    if letters.is_empty() {
        return "(không tên)".to_owned();
    }
    if letters.len() <= NAME_LETTERS_MAX {
        return letters.into_iter().collect();
    }
    let (head, tail) = (NAME_LETTERS_MAX - 16, 15);
    let start: String = letters[..head].iter().collect();
    let end: String = letters[letters.len() - tail..].iter().collect();
    format!("{start}…{end}")
}

fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Size of a file for people.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..=1023 => format!("{bytes} byte"),
        1024..=1_048_575 => format!("{} kB", bytes / 1024),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0).replace('.', ","),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_type_them() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(parse_day(text).map(|day| day.to_string()).as_deref(), expected, "{text}");
        };
        check("01/02/1990", Some("1990-02-01"));
        check(" 1/2/1990 ", Some("1990-02-01"));
        check("1.2.1990", Some("1990-02-01"));
        check("1990-02-01", Some("1990-02-01"));
        check("31/02/1990", None);
        check("01/02/90", None);
        check("1990", None);
        check("a/b/cccc", None);
        check("", None);
    }

    #[test]
    fn how_far_away_a_deadline_is_says_no_more_than_is_known() {
        let check = |urgency, days_left, expected: &str| {
            let said = deadline(Timestamp::UNIX_EPOCH, urgency, days_left);
            assert!(said.ends_with(expected), "{said}");
        };
        check(Urgency::Overdue, Some(0), ", mới quá hạn");
        check(Urgency::Overdue, Some(-3), ", quá 3 ngày làm việc");
        check(Urgency::Overdue, None, ", quá hơn 2 năm");
        check(Urgency::InTime, Some(3), ", còn 3 ngày làm việc");
        check(Urgency::InTime, None, ", còn hơn 2 năm");
    }

    #[test]
    fn every_reason_of_the_reader_has_its_phrase() {
        use ingest::reason::*;
        let check = |code: &str| {
            let note = page_note(PageState::NeedsReview, &[code.to_owned()]).expect("a note");
            assert!(!note.contains(code) && !note.contains('_'), "{note}");
        };
        check(LOW_CONFIDENCE);
        check(UNREAD_INK);
        check(NOT_RECOVERED);
        check(TOO_MANY_WORDS);
        check(PIXEL_BUDGET);
        check(REDUCED);
        check(LOW_RESOLUTION);
        check(PARTLY_DECODED);
        check(DYNAMIC_FORM);
        check(UNDRAWN_WORDS);
        check(DAMAGED);
        check(TIME_LIMIT);
        check(CRASHED);
        check(ENGINE_FAILED);
    }

    #[test]
    fn the_words_on_the_paper_are_shown_where_they_differ() {
        let check =
            |written: &str, value: &str, expected: &str| assert_eq!(other_words(written, value), expected);
        check("079 099 000.001", "079099000001", "");
        check("11/02/1985", "11/02/1985", "");
        check("ngày 17 tháng 4 năm 2026", "17/04/2026", "ngày 17 tháng 4 năm 2026");
        check("Tran Van Mau", "Trần Văn Mẫu", "Tran Van Mau");
        check("", "Trần Văn Mẫu", "");
    }

    #[test]
    fn numbers_show_their_ends() {
        let check = |number: &str, expected: &str| assert_eq!(masked(number), expected);
        check("079099000080", "079•••••••80");
        check("0314409058-002", "031•••••••••02");
        check("123456", "••••56");
        check("1", "1");
        check("", "");
    }

    #[test]
    fn names_cannot_play_tricks() {
        let check = |name: &str, expected: &str| assert_eq!(shown_name(name), expected);
        check("don.pdf", "don.pdf");
        check("\u{202e}fdp.exe", "fdp.exe");
        check("a\r\nb", "ab");
        check("\u{200f}", "(không tên)");
        let long = format!("{}kết.pdf", "á".repeat(300));
        assert_eq!(shown_name(&long).chars().count(), NAME_LETTERS_MAX);
        assert!(shown_name(&long).ends_with("kết.pdf"));
    }

    #[test]
    fn times_are_those_of_viet_nam() {
        let check = |at: &str, expected: &str| assert_eq!(moment(at.parse().expect("a time")), expected);
        check("2026-11-21T17:30:00Z", "22/11/2026 00:30");
        check("2026-11-21T00:00:00Z", "21/11/2026 07:00");
    }

    #[test]
    fn the_queue_is_one_sentence() {
        let check = |counts: &[(Priority, u64, u64)], expected: &str| {
            let counts = counts.iter().map(|(priority, waiting, running)| QueueCount {
                priority: *priority,
                waiting: *waiting,
                running: *running,
            });
            assert_eq!(queue_sentence(&counts.collect::<Vec<_>>()), expected);
        };
        check(&[], "");
        check(&[(Priority::Counter, 0, 1), (Priority::Reread, 0, 1)], "Máy đang đọc 2 giấy tờ.");
        check(
            &[(Priority::Counter, 3, 2), (Priority::Import, 40, 0), (Priority::Reread, 120, 0)],
            "Máy đang đọc 2 giấy tờ; chờ: 3 ở quầy, 40 nhập hàng loạt, 120 đọc lại. Giấy tờ ở quầy được đọc trước.",
        );
    }

    #[test]
    fn progress_counts_the_page_being_read() {
        let check = |priority, pages_read, page_count, expected: &str| {
            let rereading = priority == Priority::Reread;
            let progress = ReadingProgress {
                document: repository::record::DocumentId(Default::default()),
                receiver: String::new(),
                state: if rereading { DocumentState::Stored } else { DocumentState::Received },
                pages_read,
                page_count,
                priority: Some(priority),
                rereading,
            };
            assert_eq!(progress_phrase(&progress), expected);
        };
        check(Priority::Counter, 0, None, "Chờ đọc");
        check(Priority::Import, 0, None, "Chờ đọc, sau giấy tờ ở quầy");
        check(Priority::Counter, 0, Some(12), "Đang đọc trang 1/12");
        check(Priority::Import, 2, Some(12), "Đang đọc trang 3/12");
        check(Priority::Counter, 12, Some(12), "Đang đọc trang 12/12");
        check(Priority::Reread, 0, None, "Chờ đọc lại");
        check(Priority::Reread, 2, Some(12), "Đang đọc lại trang 3/12");
    }
}
