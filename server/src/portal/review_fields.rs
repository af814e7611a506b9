//! The inputs of the review screen: each field with how sure the machine is, its place on the scan, and what else is known of it.

use super::claim::Mistakes;
use super::crops::{Crop, crop};
use super::review_form::{ReviewForm, kind_of};
use super::review_keying::Sight;
use super::{page, wording};
use crate::api::{Path, Problem};
use askama::Template;
use axum::response::Response;
use repository::document_type::{FieldKind, field_key};
use repository::doubt::{fails_a_check, sentence_about};
use repository::record::{DocumentView, Field, FieldSource};

/// A field as an input.
#[derive(Debug, Default, Template)]
#[template(path = "field.html")]
pub(super) struct FieldRow {
    key: String,
    label: &'static str,
    value: String,
    level: Level,
    /// Whole percents; empty for a person's own field.
    confidence: String,
    from_code: bool,
    is_date: bool,
    is_number: bool,
    /// Page that the value was read from; none: unknown.
    page: Option<u32>,
    /// Its place on the page.
    crop: Option<Crop>,
    /// What the checks of the value say, each a sentence.
    doubts: Vec<String>,
    /// A check fails: the value is confirmed only after a change or with a reason.
    needs_reason: bool,
    /// The reason.
    reason: String,
    /// The words on the paper, where they are not the value; empty: they are.
    written: String,
    /// What two people keyed, where that differs; an empty one: nothing.
    keyed: Option<[String; 2]>,
    /// It is empty and records of the type need it: a box says that the paper does not have it.
    may_be_absent: bool,
    /// The box is ticked.
    absent: bool,
    mistake: String,
}

/// How closely to look at a value. How sure the machine is of what it read: DIG-12, ≥ 90, 70–89, 40–69, < 40.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// Two people keyed it differently.
    Differs,
    #[default]
    Typed,
    MustConfirm,
    Check,
    Clear,
}

impl Level {
    fn of(confidence: f32) -> Level {
        match confidence {
            sure if sure >= 90.0 => Level::Clear,
            check if check >= 70.0 => Level::Check,
            doubt if doubt >= 40.0 => Level::MustConfirm,
            _ => Level::Typed,
        }
    }

    /// How closely the doubts about a value ask to look, however surely it was read.
    fn demanded(doubts: &[String]) -> Level {
        match doubts {
            [] => Level::Clear,
            doubts if fails_a_check(doubts) => Level::MustConfirm,
            _ => Level::Check,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Level::Clear => "clear",
            Level::Check => "check",
            Level::MustConfirm => "doubt",
            Level::Differs => "doubt differs",
            Level::Typed => "typed",
        }
    }

    fn shape(self) -> &'static str {
        match self {
            Level::Clear => "●",
            Level::Check => "◐",
            Level::MustConfirm => "△",
            Level::Differs => "≠",
            Level::Typed => "○",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Level::Clear => "đọc rõ",
            Level::Check => "nên xem",
            Level::MustConfirm => "phải xem",
            Level::Differs => "hai lần nhập khác nhau",
            Level::Typed => "tự nhập",
        }
    }
}

impl FieldRow {
    /// An empty input.
    fn empty(key: &str) -> FieldRow {
        let entry = field_key(key);
        let kind = kind_of(key);
        FieldRow {
            key: key.to_owned(),
            label: entry.map_or("Trường khác", |entry| entry.label),
            is_date: kind == FieldKind::Date,
            is_number: kind == FieldKind::PersonalNumber,
            ..FieldRow::default()
        }
    }

    /// What the machine says of the value, beside what stands in the input.
    fn with_proposal(self, field: &Field) -> FieldRow {
        // How sure the machine is says nothing of what somebody typed instead, perhaps before it read the paper again.
        let is_proposed = self.value == wording::shown_value(kind_of(&field.key), &field.value);
        let sure = if is_proposed { Level::of(field.confidence) } else { Level::MustConfirm };
        FieldRow {
            level: sure.min(Level::demanded(&field.doubts)),
            confidence: format!("{:.0} %", field.confidence),
            from_code: field.source == FieldSource::Qr,
            doubts: field.doubts.iter().map(|code| sentence_about(code, &self.value)).collect(),
            needs_reason: fails_a_check(&field.doubts),
            written: wording::other_words(&field.written, &self.value),
            ..self
        }
    }

    /// What two people keyed, where that differs.
    fn with_keyed(self, sight: &Sight) -> FieldRow {
        match sight.unlike(&self.key) {
            Some(keyed) => FieldRow { level: Level::Differs, keyed: Some(keyed), ..self },
            None => self,
        }
    }

    /// It has to be filled, because both people found something there.
    fn is_required(&self) -> bool {
        self.keyed.as_ref().is_some_and(|keyed| keyed.iter().all(|value| !value.is_empty()))
    }

    /// Whether the officer may pass over it.
    pub(super) fn is_certain(&self) -> bool {
        self.level == Level::Clear && self.mistake.is_empty()
    }
}

/// The fields of a form: those to look at, the least certain first, and the others in the order of the form.
pub(super) fn rows(
    view: &DocumentView,
    form: &ReviewForm,
    sight: &Sight,
    mistakes: &Mistakes,
) -> (Vec<FieldRow>, Vec<FieldRow>) {
    let rows = form.fields.iter().map(|(key, value)| row(view, form, sight, mistakes, key, value));
    let (certain, mut doubtful): (Vec<_>, Vec<_>) = rows.partition(FieldRow::is_certain);
    // Who keys blind goes through the paper from top to bottom.
    if !sight.is_blind() {
        doubtful.sort_by_key(|row| row.level);
    }
    (doubtful, certain)
}

fn row(
    view: &DocumentView,
    form: &ReviewForm,
    sight: &Sight,
    mistakes: &Mistakes,
    key: &str,
    value: &str,
) -> FieldRow {
    let field = view.fields.iter().find(|field| field.key == key);
    let row = FieldRow {
        value: value.to_owned(),
        page: field.and_then(|field| field.page.filter(|_| field.region.is_some())),
        crop: field.and_then(|field| crop(view, field)),
        reason: form.reason_for(key).to_owned(),
        may_be_absent: form.lacks(key),
        absent: form.absent.iter().any(|absent| absent == key),
        mistake: mistakes.get(&format!("field-{key}")).cloned().unwrap_or_default(),
        ..FieldRow::empty(key)
    };
    match field {
        Some(field) if !sight.is_blind() => row.with_proposal(field).with_keyed(sight),
        _ => row.with_keyed(sight),
    }
}

/// An empty input for a field that the machine did not find.
pub(super) async fn added(Path(key): Path<String>) -> Result<Response, Problem> {
    field_key(&key).ok_or_else(Problem::not_found)?;
    page(&FieldRow::empty(&key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_has_the_four_levels_of_the_specification() {
        let check = |confidence, expected| assert_eq!(Level::of(confidence), expected, "{confidence}");
        check(100.0, Level::Clear);
        check(90.0, Level::Clear);
        check(89.9, Level::Check);
        check(70.0, Level::Check);
        check(69.9, Level::MustConfirm);
        check(40.0, Level::MustConfirm);
        check(39.9, Level::Typed);
        check(f32::NAN, Level::Typed);
    }

    #[test]
    fn a_doubt_asks_for_a_look_however_surely_it_was_read() {
        let check = |codes: &[&str], expected| {
            let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
            assert_eq!(Level::demanded(&codes), expected, "{codes:?}");
        };
        check(&[], Level::Clear);
        check(&["unit_matched"], Level::Check);
        check(&["unit_matched", "check_digit"], Level::MustConfirm);
    }
}
