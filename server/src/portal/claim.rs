//! The part of a form that says whose paper or dossier it is.

use super::wording;
use qr::CitizenCard;
use repository::document_type::{FieldKind, field_key};
use repository::identifier::{CitizenId, SubjectNumber};
use repository::record::{Field, Page, Subject, SubjectClaim, SubjectKind};
use repository::spelling::is_same_but_for_accents;
use std::collections::BTreeMap;

/// What is wrong with a form: the input's name and a sentence to stand beside it.
pub(super) type Mistakes = BTreeMap<String, String>;

/// Chủ giấy tờ, chủ hồ sơ as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ClaimForm {
    /// `citizen` or `organization`.
    pub(super) kind: String,
    /// Số định danh, CMND, hộ chiếu, mã số thuế.
    pub(super) number: String,
    /// Full name.
    pub(super) name: String,
    /// `DD/MM/YYYY`.
    pub(super) birth_date: String,
    /// The number is proposed from the code of a citizen card.
    pub(super) from_code: bool,
}

/// Kind of label that a citizen card carries.
const CARD_LABEL: &str = "citizen_card";

/// Keys of number, name and birth date of those whom a paper may belong to, most telling first.
const CANDIDATES: [(&str, &str, &str); 5] = [
    ("enterprise_code", "enterprise_name", ""),
    ("citizen_id", "full_name", "birth_date"),
    ("citizen_id", "holder_name", "birth_date"),
    ("husband_citizen_id", "husband_name", "husband_birth_date"),
    ("wife_citizen_id", "wife_name", "wife_birth_date"),
];

impl ClaimForm {
    /// Reads the inputs `subject_kind`, `subject_number`, `subject_name` and `subject_birth_date`.
    pub(super) fn read(pairs: &[(String, String)]) -> ClaimForm {
        let value = |name: &str| {
            let found = pairs.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let number = value("subject_number");
        // A hand-held reader types the whole card into the field that has the cursor.
        ClaimForm::of_card(&number).unwrap_or_else(|| ClaimForm {
            kind: value("subject_kind"),
            number,
            name: value("subject_name"),
            birth_date: value("subject_birth_date"),
            from_code: false,
        })
    }

    /// What the code of a citizen card proposes, where its number agrees with its own date of birth; none: it is no such code.
    pub(super) fn of_card(text: &str) -> Option<ClaimForm> {
        let card = CitizenCard::parse(text).ok()?;
        let empty = ClaimForm { kind: "citizen".to_owned(), ..ClaimForm::default() };
        Some(empty.with_card(card).without_unsound_number())
    }

    /// What a paper says about its owner: its fields, and where they give no number the code of a citizen card on its pages. A number
    /// that disagrees with the name or date of birth beside it is misread or another person's, and is left for a person to type.
    pub(super) fn propose(fields: &[Field], pages: &[Page]) -> ClaimForm {
        let proposed = ClaimForm::of_fields(fields).without_unsound_number();
        let may_ask_card = proposed.kind == "citizen" && proposed.number.is_empty();
        match may_ask_card.then(|| proposed.card_of(pages)).flatten() {
            Some(card) => proposed.with_card(card).without_unsound_number(),
            None => proposed,
        }
    }

    /// The one card on the pages that agrees with what the fields say. Cards of two people tell nothing about whose paper it is.
    fn card_of(&self, pages: &[Page]) -> Option<CitizenCard> {
        let labels = pages.iter().flat_map(|page| &page.labels).filter(|label| label.kind == CARD_LABEL);
        let cards = labels.filter_map(|label| CitizenCard::parse(&label.value).ok());
        let mut fitting = cards.filter(|card| self.agrees_with(card));
        let first = fitting.next()?;
        fitting.all(|other| other.citizen_id == first.citizen_id).then_some(first)
    }

    fn agrees_with(&self, card: &CitizenCard) -> bool {
        let birth_date = wording::parse_day(&self.birth_date);
        (self.name.is_empty() || is_same_but_for_accents(&self.name, &card.full_name))
            && birth_date.is_none_or(|birth_date| birth_date == card.birth_date)
    }

    /// What is missing, from a card's code; the number only of a card that does not contradict itself.
    fn with_card(self, card: CitizenCard) -> ClaimForm {
        let or = |known: String, other: String| if known.is_empty() { other } else { known };
        let is_consistent = card.is_consistent();
        ClaimForm {
            kind: self.kind,
            number: if is_consistent { card.citizen_id } else { String::new() },
            name: or(self.name, card.full_name),
            birth_date: or(self.birth_date, wording::day(card.birth_date)),
            from_code: is_consistent,
        }
    }

    /// The same, without a citizen number that carries another year of birth than the date beside it.
    fn without_unsound_number(self) -> ClaimForm {
        let number = self.number.parse::<CitizenId>().ok();
        let birth_date = wording::parse_day(&self.birth_date);
        match number.zip(birth_date) {
            Some((number, birth_date)) if !number.agrees_with(birth_date) => {
                ClaimForm { number: String::new(), from_code: false, ..self }
            }
            _ => self,
        }
    }

    fn of_fields(fields: &[Field]) -> ClaimForm {
        let shown = |key: &str| {
            let field = fields.iter().find(|field| field.key == key)?;
            let kind = field_key(key).map_or(FieldKind::Text, |entry| entry.kind);
            Some(wording::shown_value(kind, &field.value)).filter(|value| !value.is_empty())
        };
        let is_named = |(_, name, _): &&(&str, &str, &str)| shown(name).is_some();
        let is_numbered = |(number, _, _): &&(&str, &str, &str)| shown(number).is_some();
        let numbered = || CANDIDATES.iter().find(is_numbered);
        let Some((number, name, birth_date)) = CANDIDATES.iter().find(is_named).or_else(numbered) else {
            return ClaimForm { kind: "citizen".to_owned(), ..ClaimForm::default() };
        };
        let kind = if *number == "enterprise_code" { "organization" } else { "citizen" };
        ClaimForm {
            kind: kind.to_owned(),
            number: shown(number).unwrap_or_default(),
            name: shown(name).unwrap_or_default(),
            birth_date: shown(birth_date).unwrap_or_default(),
            from_code: false,
        }
    }

    /// The claim, or what is wrong with it.
    pub(super) fn claim(&self) -> Result<SubjectClaim, Mistakes> {
        let mut mistakes = Mistakes::new();
        let number = SubjectNumber::parse(&self.number);
        if let Err(error) = &number {
            mistakes.insert("subject_number".to_owned(), error.message.clone());
        }
        if self.name.is_empty() {
            mistakes.insert("subject_name".to_owned(), "Hãy ghi họ tên hoặc tên tổ chức.".to_owned());
        }
        let birth_date = Some(self.birth_date.as_str()).filter(|text| !text.is_empty());
        let birth_date =
            birth_date.map(|text| wording::parse_day(text).ok_or_else(|| no_day(text))).transpose();
        if let Err(sentence) = &birth_date {
            mistakes.insert("subject_birth_date".to_owned(), sentence.clone());
        }
        let kind = if self.kind == "organization" { SubjectKind::Organization } else { SubjectKind::Citizen };
        match (number, birth_date) {
            (Ok(number), Ok(birth_date)) if mistakes.is_empty() => {
                Ok(SubjectClaim { kind, number, name: self.name.clone(), birth_date })
            }
            _ => Err(mistakes),
        }
    }
}

impl From<&Subject> for ClaimForm {
    fn from(subject: &Subject) -> ClaimForm {
        let kind = match subject.kind {
            SubjectKind::Citizen => "citizen",
            SubjectKind::Organization => "organization",
        };
        ClaimForm {
            kind: kind.to_owned(),
            number: subject.number.as_str().to_owned(),
            name: subject.name.clone(),
            birth_date: subject.birth_date.map(wording::day).unwrap_or_default(),
            from_code: false,
        }
    }
}

/// The sentence beside an input that should hold a day.
pub(super) fn no_day(text: &str) -> String {
    format!("«{text}» không phải ngày; hãy ghi dạng 05/04/1990.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use repository::record::{FieldSource, Label, PageSource, PageState, Region};

    fn field(key: &str, value: &str) -> Field {
        Field {
            key: key.to_owned(),
            value: value.to_owned(),
            proposed: None,
            source: FieldSource::Ocr,
            confidence: 90.0,
            page: None,
            region: None,
            confirmed_by: None,
            confirmed_at: None,
            written: String::new(),
            doubts: Vec::new(),
            reason: None,
        }
    }

    #[test]
    fn the_fields_propose_an_owner() {
        let check = |fields: &[(&str, &str)], expected: [&str; 4]| {
            let fields: Vec<Field> = fields.iter().map(|(key, value)| field(key, value)).collect();
            let ClaimForm { kind, number, name, birth_date, .. } = ClaimForm::propose(&fields, &[]);
            assert_eq!([kind, number, name, birth_date], expected);
        };
        let person =
            [("full_name", "Lê Thị Mai"), ("birth_date", "1999-03-02"), ("citizen_id", "079199000001")];
        check(&person, ["citizen", "079199000001", "Lê Thị Mai", "02/03/1999"]);
        check(
            &[("enterprise_code", "0100112437"), ("representative_name", "A")],
            ["organization", "0100112437", "", ""],
        );
        check(&[("wife_name", "Trần Thị B")], ["citizen", "", "Trần Thị B", ""]);
        check(
            &[("citizen_id", "079199000001"), ("holder_name", "Lê Thị Mai")],
            ["citizen", "079199000001", "Lê Thị Mai", ""],
        );
        check(
            &[("full_name", "Lê Thị Mai"), ("birth_date", "1999-03-02"), ("citizen_id", "001090123456")],
            ["citizen", "", "Lê Thị Mai", "02/03/1999"],
        );
        check(&[("number", "12/2024")], ["citizen", "", "", ""]);
        check(&[], ["citizen", "", "", ""]);
    }

    fn page(codes: &[&str]) -> Page {
        let region = Region { left: 0, top: 0, width: 1, height: 1 };
        let label = |code: &&str| Label { kind: CARD_LABEL.to_owned(), value: (*code).to_owned(), region };
        Page {
            number: 1,
            state: PageState::Done,
            reasons: Vec::new(),
            source: PageSource::Scan,
            width: 1,
            height: 1,
            dpi: 200,
            rotation_degrees: 0,
            labels: codes.iter().map(label).collect(),
            unread: Vec::new(),
            picture_hash: None,
        }
    }

    #[test]
    fn a_citizen_card_on_the_page_gives_the_number() {
        const MAI: &str = "079199000001||Lê Thị Mai|02031999|Nữ|Phường Bến Mơ|15042021";
        const AN: &str = "001090123456||Nguyễn Văn An|01011990|Nam|Phường Bến Mơ|15042021";
        const WRONG_YEAR: &str = "079199000001||Lê Thị Mai|02031998|Nữ|Phường Bến Mơ|15042021";
        const WRONG_SEX: &str = "079199000001||Lê Thị Mai|02031999|Nam|Phường Bến Mơ|15042021";
        let check = |fields: &[(&str, &str)], codes: &[&str], expected: [&str; 3], from_code: bool| {
            let fields: Vec<Field> = fields.iter().map(|(key, value)| field(key, value)).collect();
            let found = ClaimForm::propose(&fields, &[page(&[]), page(codes)]);
            assert_eq!([found.number, found.name, found.birth_date], expected, "{fields:?} {codes:?}");
            assert_eq!(found.from_code, from_code, "{fields:?} {codes:?}");
        };
        let mai = ("full_name", "LÊ THỊ MAI");
        let born = ("birth_date", "1999-03-02");
        check(&[], &[MAI], ["079199000001", "Lê Thị Mai", "02/03/1999"], true);
        check(&[mai], &[MAI], ["079199000001", "LÊ THỊ MAI", "02/03/1999"], true);
        check(&[mai, born], &[AN, MAI], ["079199000001", "LÊ THỊ MAI", "02/03/1999"], true);
        check(&[mai, born], &[MAI, MAI], ["079199000001", "LÊ THỊ MAI", "02/03/1999"], true);
        check(&[mai, born], &[AN], ["", "LÊ THỊ MAI", "02/03/1999"], false);
        check(&[mai, ("birth_date", "1999-02-03")], &[MAI], ["", "LÊ THỊ MAI", "03/02/1999"], false);
        check(&[], &[AN, MAI], ["", "", ""], false);
        check(&[], &[WRONG_YEAR], ["", "Lê Thị Mai", "02/03/1998"], false);
        check(&[], &[WRONG_SEX], ["", "Lê Thị Mai", "02/03/1999"], false);
        check(&[], &["https://motlan.example"], ["", "", ""], false);
        let number = ("citizen_id", "079199000009");
        check(&[mai, born, number], &[MAI], ["079199000009", "LÊ THỊ MAI", "02/03/1999"], false);
        let misread = ("citizen_id", "079109000001");
        check(&[mai, born, misread], &[MAI], ["079199000001", "LÊ THỊ MAI", "02/03/1999"], true);
        check(&[("enterprise_name", "Công ty Mẫu")], &[MAI], ["", "Công ty Mẫu", ""], false);
    }

    #[test]
    fn a_card_typed_into_the_number_fills_the_form() {
        let check = |typed: &str, expected: [&str; 3], from_code: bool| {
            let typed = [("subject_number", typed), ("subject_name", "Lê Thị M")];
            let form = ClaimForm::read(&typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
            assert_eq!([form.number, form.name, form.birth_date], expected);
            assert_eq!(form.from_code, from_code);
        };
        let card = "079199000001||Lê Thị Mai|02031999|Nữ|Phường Bến Mơ|15042021";
        check(card, ["079199000001", "Lê Thị Mai", "02/03/1999"], true);
        check(&card.replace("1999|", "1998|"), ["", "Lê Thị Mai", "02/03/1998"], false);
        check("079199000001", ["079199000001", "Lê Thị M", ""], false);
    }

    #[test]
    fn mistakes_stand_beside_their_inputs() {
        let check = |number: &str, name: &str, birth_date: &str, expected: &[&str]| {
            let form = ClaimForm {
                kind: "citizen".to_owned(),
                number: number.to_owned(),
                name: name.to_owned(),
                birth_date: birth_date.to_owned(),
                from_code: false,
            };
            let mistakes = form.claim().err().unwrap_or_default();
            assert_eq!(mistakes.keys().map(String::as_str).collect::<Vec<_>>(), expected);
        };
        check("079099000001", "Lê Văn An", "01/02/1999", &[]);
        check("079 099 000 001", "Lê Văn An", "", &[]);
        check("07909900000", "Lê Văn An", "", &["subject_number"]);
        check("", "", "31/02/1999", &["subject_birth_date", "subject_name", "subject_number"]);
    }
}
