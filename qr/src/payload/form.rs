//! Payloads as deterministic CBOR (RFC 8949 §4.2.1): a map from small numbers in ascending order, everything in its shortest form.

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use minicbor::bytes::ByteArray;
use minicbor::data::Type;
use minicbor::decode::Error as DecodeError;
use minicbor::encode::Error as EncodeError;
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::*;

/// Days are counted from here.
const DAY_ZERO: Date = jiff::civil::date(1970, 1, 1);

/// Which of the payloads it is; stands before the map. A number that was given once is never given to anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum PayloadKind {
    Receipt = 1,
    ResultLabel = 2,
    CoverSheet = 3,
    Notice = 4,
}

/// All that may stand in a map. A number that was given once is never given to anything else.
#[derive(Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Entries {
    #[n(1)]
    dossier: Option<String>,
    #[n(2)]
    procedure: Option<String>,
    #[n(3)]
    person: Option<Person>,
    #[n(4)]
    paper: Option<String>,
    #[n(5)]
    system: Option<String>,
    /// Seconds since 1970-01-01T00:00:00Z, as all times.
    #[n(6)]
    at: Option<i64>,
    #[n(7)]
    appointment: Option<i64>,
    #[n(8)]
    code: Option<String>,
    /// Days since 1970-01-01.
    #[n(9)]
    valid_until: Option<i32>,
    #[n(10)]
    scope: Option<String>,
    #[n(11)]
    file_hash: Option<ByteArray<FILE_HASH_BYTES>>,
    #[n(12)]
    component: Option<String>,
    #[n(13)]
    sheets: Option<u16>,
    #[n(14)]
    serial: Option<ByteArray<SERIAL_BYTES>>,
}

/// Bytes for a pseudonym, text for a number.
impl<C> Encode<C> for Person {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        match self {
            Person::Pseudonym(bytes) => encoder.bytes(bytes)?,
            Person::Number(number) => encoder.str(number)?,
        };
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Person {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
        if decoder.datatype()? == Type::String {
            return Ok(Person::Number(decoder.str()?.to_owned()));
        }
        let bytes = decoder.bytes()?.try_into().map_err(|_| DecodeError::message("length of a pseudonym"))?;
        Ok(Person::Pseudonym(bytes))
    }
}

/// The byte of the kind, and the map.
pub(crate) fn encode(payload: &Payload) -> Vec<u8> {
    let (kind, entries) = match payload {
        Payload::Receipt(receipt) => (PayloadKind::Receipt, Entries::from(receipt)),
        Payload::ResultLabel(label) => (PayloadKind::ResultLabel, Entries::from(label)),
        Payload::CoverSheet(sheet) => (PayloadKind::CoverSheet, Entries::from(sheet)),
        Payload::Notice(published) => (PayloadKind::Notice, Entries::from(published)),
    };
    let mut bytes = vec![kind as u8];
    minicbor::encode(entries, &mut bytes).expect("memory takes all that is written");
    bytes
}

/// The payload that [`encode`] would write as exactly these bytes; none: there is no such payload.
pub(crate) fn decode(bytes: &[u8]) -> Option<Payload> {
    let (kind, map) = bytes.split_first()?;
    let entries: Entries = minicbor::decode(map).ok()?;
    let payload = match *kind {
        kind if kind == PayloadKind::Receipt as u8 => Payload::Receipt(entries.receipt()?),
        kind if kind == PayloadKind::ResultLabel as u8 => Payload::ResultLabel(entries.result_label()?),
        kind if kind == PayloadKind::CoverSheet as u8 => Payload::CoverSheet(entries.cover_sheet()?),
        kind if kind == PayloadKind::Notice as u8 => Payload::Notice(entries.published()?),
        _ => return None,
    };
    // Whatever was written in another form, or says more than its kind does, is not ours.
    (payload.missing().is_none() && encode(&payload) == bytes).then_some(payload)
}

/// Bytes of the payload that these bytes begin with.
///
/// # Errors
/// They end inside it, or it is none.
pub(crate) fn length(bytes: &[u8]) -> Result<usize, DecodeError> {
    let map = bytes.get(1..).ok_or_else(DecodeError::end_of_input)?;
    let mut decoder = Decoder::new(map);
    decoder.skip()?;
    Ok(1 + decoder.position())
}

impl From<&Published> for Entries {
    fn from(published: &Published) -> Entries {
        Entries {
            dossier: Some(published.dossier.clone()),
            procedure: Some(published.procedure.clone()),
            person: Some(published.person.clone()),
            paper: Some(published.paper.clone()),
            system: Some(published.system.clone()),
            at: Some(published.at.as_second()),
            ..Entries::default()
        }
    }
}

impl From<&Receipt> for Entries {
    fn from(receipt: &Receipt) -> Entries {
        Entries { appointment: Some(receipt.appointment.as_second()), ..Entries::from(&receipt.published) }
    }
}

impl From<&ResultLabel> for Entries {
    fn from(label: &ResultLabel) -> Entries {
        Entries {
            code: Some(label.code.clone()),
            valid_until: label.valid_until.map(days),
            scope: Some(label.scope.clone()),
            file_hash: Some(ByteArray::from(label.file_hash)),
            ..Entries::from(&label.published)
        }
    }
}

impl From<&CoverSheet> for Entries {
    fn from(sheet: &CoverSheet) -> Entries {
        Entries {
            dossier: Some(sheet.dossier.clone()),
            component: sheet.component.clone(),
            sheets: Some(sheet.sheets),
            serial: Some(ByteArray::from(sheet.serial)),
            at: Some(sheet.at.as_second()),
            ..Entries::default()
        }
    }
}

impl Entries {
    fn published(&self) -> Option<Published> {
        Some(Published {
            dossier: self.dossier.clone()?,
            procedure: self.procedure.clone()?,
            person: self.person.clone()?,
            paper: self.paper.clone()?,
            system: self.system.clone()?,
            at: time(self.at?)?,
        })
    }

    fn receipt(self) -> Option<Receipt> {
        Some(Receipt { published: self.published()?, appointment: time(self.appointment?)? })
    }

    fn result_label(self) -> Option<ResultLabel> {
        Some(ResultLabel {
            published: self.published()?,
            code: self.code?,
            valid_until: match self.valid_until {
                Some(days) => Some(day(days)?),
                None => None,
            },
            scope: self.scope?,
            file_hash: *self.file_hash?,
        })
    }

    fn cover_sheet(self) -> Option<CoverSheet> {
        Some(CoverSheet {
            dossier: self.dossier?,
            component: self.component,
            sheets: self.sheets?,
            serial: *self.serial?,
            at: time(self.at?)?,
        })
    }
}

fn time(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}

fn days(day: Date) -> i32 {
    (day - DAY_ZERO).get_days()
}

fn day(days: i32) -> Option<Date> {
    DAY_ZERO.checked_add(Span::new().try_days(days).ok()?).ok()
}
