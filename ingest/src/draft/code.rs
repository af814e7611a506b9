//! What a citizen card's code says. It was read exactly, and is still only a claim (DOMAIN §5.6): on the card itself it outranks what was
//! recognised; on any other paper that names the same number it is a second witness.

use qr::{CitizenCard, Sex};
use repository::Doubt;
use repository::record::{Evidence, FieldSource, Label, Page, ProposedField, Reading};
use repository::spelling::is_same_name;

/// Read exactly, but below a person's word.
const CARD_CONFIDENCE: f32 = 99.0;
/// Kind of label that a citizen card carries.
const CARD_LABEL: &str = "citizen_card";

/// A card's code, and where it was found.
pub(super) struct FoundCard<'a> {
    card: CitizenCard,
    page: u32,
    label: &'a Label,
}

/// The citizen cards whose codes were found.
pub(super) fn cards(pages: &[(Page, Option<Reading>)]) -> Vec<FoundCard<'_>> {
    let labels = pages.iter().flat_map(|(page, _)| page.labels.iter().map(move |label| (page.number, label)));
    let cards = labels.filter(|(_, label)| label.kind == CARD_LABEL);
    cards
        .filter_map(|(page, label)| {
            Some(FoundCard { card: CitizenCard::parse(&label.value).ok()?, page, label })
        })
        .collect()
}

impl FoundCard<'_> {
    /// That a paper is this card: its code says so.
    pub(super) fn evidence(&self) -> Evidence {
        Evidence {
            text: "mã QR của thẻ căn cước".into(), page: self.page, region: self.label.region
        }
    }

    /// Everything that the code says, as fields of the card.
    pub(super) fn fields(&self) -> Vec<ProposedField> {
        let mut values = self.person();
        values.push(("citizen_id", self.card.citizen_id.clone()));
        values.push(("residence", self.card.address.clone()));
        values.extend(self.card.issued_on.map(|date| ("issued_on", date.to_string())));
        let field = |(key, value): (&str, String)| ProposedField {
            key: key.into(),
            written: value.clone(),
            doubts: Vec::new(),
            value,
            source: FieldSource::Qr,
            confidence: CARD_CONFIDENCE,
            page: Some(self.page),
            region: Some(self.label.region),
        };
        values.into_iter().filter(|(_, value)| !value.is_empty()).map(field).collect()
    }

    /// What does not change while a person lives at another place: name, date of birth, sex.
    fn person(&self) -> Vec<(&'static str, String)> {
        let sex = match self.card.sex {
            Sex::Male => "Nam",
            Sex::Female => "Nữ",
        };
        vec![
            ("full_name", self.card.full_name.clone()),
            ("birth_date", self.card.birth_date.to_string()),
            ("sex", sex.to_owned()),
        ]
    }

    /// Witnesses for or against the fields of another paper that names the card's number: what agrees is sure, what does not is doubted.
    pub(super) fn bear_witness(&self, fields: &mut [ProposedField]) {
        let is_holder =
            |field: &ProposedField| field.key == "citizen_id" && field.value == self.card.citizen_id;
        let Some(number) = fields.iter_mut().find(|field| is_holder(field)) else { return };
        agree(number);
        for (key, said) in self.person() {
            let names = [key, "holder_name", "representative_name"];
            let asked = if key == "full_name" { &names[..] } else { &names[..1] };
            for field in fields.iter_mut().filter(|field| asked.contains(&field.key.as_str())) {
                match is_same_name(&field.value, &said) {
                    true => agree(field),
                    false => super::checks::doubt(field, Doubt::CodeDiffers),
                }
            }
        }
    }
}

/// The code says the same: whether the value was read right is no longer in doubt. A check that it fails against the rest of the paper,
/// or by itself, is not answered by that, and the confidence stays below the line.
fn agree(field: &mut ProposedField) {
    field.doubts.retain(|code| !code.parse::<Doubt>().is_ok_and(Doubt::is_hint));
    if field.doubts.is_empty() {
        field.confidence = CARD_CONFIDENCE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use repository::record::Region;

    #[test]
    fn a_code_answers_doubts_about_spelling_only() {
        let check = |doubts: &[Doubt], left: &[Doubt], confidence: f32| {
            let codes = |doubts: &[Doubt]| doubts.iter().map(|doubt| doubt.code().to_owned()).collect();
            let mut field = ProposedField {
                key: "full_name".into(),
                value: "A LĂNG BHƠI".into(),
                written: "A LĂNG BHƠI".into(),
                doubts: codes(doubts),
                source: FieldSource::Ocr,
                confidence: 35.0,
                page: Some(1),
                region: Some(Region { left: 0, top: 0, width: 9, height: 9 }),
            };
            agree(&mut field);
            let left: Vec<String> = codes(left);
            assert_eq!((field.doubts, field.confidence), (left, confidence));
        };
        check(&[], &[], CARD_CONFIDENCE);
        check(&[Doubt::ImpossibleSyllable, Doubt::SurnameAccent], &[], CARD_CONFIDENCE);
        check(&[Doubt::NamesDiffer], &[Doubt::NamesDiffer], 35.0);
        check(&[Doubt::BirthYear, Doubt::SurnameAccent], &[Doubt::BirthYear], 35.0);
    }
}
