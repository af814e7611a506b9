//! The list of an existing digitized store: one file a row, as CSV or as JSON objects, one a line. Read row by row, so that a million rows
//! need the memory of one.

use anyhow::{Context, bail};
use jiff::civil::Date;
use repository::DocumentType;
use repository::document_type::{FieldKind, field_key};
use repository::identifier::{SubjectNumber, date_in_figures};
use repository::record::SubjectClaim;
use repository::spelling::fold;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Names of columns as offices write them, without accents, case and blanks, and what we call them. Keys of the data dictionary name
/// themselves.
const COLUMNS: &[(&str, &str)] = &[
    ("file", "file"),
    ("path", "file"),
    ("filename", "file"),
    ("tep", "file"),
    ("tentep", "file"),
    ("duongdan", "file"),
    ("subjectnumber", "subject_number"),
    ("sodinhdanh", "subject_number"),
    ("sodinhdanhcanhan", "subject_number"),
    ("cccd", "subject_number"),
    ("masothue", "subject_number"),
    ("subjectname", "subject_name"),
    ("hoten", "subject_name"),
    ("hovaten", "subject_name"),
    ("tentochuc", "subject_name"),
    ("subjectbirthdate", "subject_birth_date"),
    // As «họ tên» beside it is the subject's, so is the day of birth.
    ("ngaysinh", "subject_birth_date"),
    ("ngaysinhchuhoso", "subject_birth_date"),
    ("type", "type"),
    ("documenttype", "type"),
    ("loai", "type"),
    ("loaigiayto", "type"),
    ("title", "title"),
    ("tengiayto", "title"),
    ("trichyeu", "title"),
    ("number", "number"),
    ("so", "number"),
    ("sokyhieu", "number"),
    ("issuedon", "issued_on"),
    ("ngaycap", "issued_on"),
    ("ngaybanhanh", "issued_on"),
    ("validuntil", "valid_until"),
    ("cogiatriden", "valid_until"),
    ("agency", "agency"),
    ("coquancap", "agency"),
    ("coquanbanhanh", "agency"),
];

/// Our name of the column that says when the subject was born.
const BIRTH_DATE: &str = "subject_birth_date";
/// Years of birth on papers that an office holds: its oldest books are of people of the nineteenth century, and four other figures are rather a
/// slip or part of a number.
const BIRTH_YEARS: RangeInclusive<i16> = 1800..=2199;

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// Its line in the list, from 1.
    pub(super) line: u64,
    /// Tells this row from others, also in another list or place.
    pub(super) key: u64,
    /// Values by our names of columns, none empty.
    values: BTreeMap<String, String>,
}

/// What a row says.
#[derive(Debug)]
pub(super) struct Listed {
    /// The file; a path that is not whole starts at the list.
    pub(super) file: PathBuf,
    /// Whose paper it is.
    pub(super) subject: Option<SubjectClaim>,
    /// Loại giấy tờ.
    pub(super) document_type: Option<DocumentType>,
    /// Tên giấy tờ.
    pub(super) title: Option<String>,
    /// Năm sinh of the subject, where the list says no more of the day.
    pub(super) birth_year: Option<String>,
    /// Fields of the data dictionary; a day that is none stands as it is written.
    pub(super) fields: Vec<(String, String)>,
}

/// A list that is being read.
pub(super) struct Table {
    rows: Rows,
}

enum Rows {
    Csv { records: csv::StringRecordsIntoIter<File>, columns: Vec<String> },
    Json { lines: std::iter::Enumerate<std::io::Lines<BufReader<File>>> },
}

impl Table {
    /// Opens a list; `.csv` and `.tsv` have a line of column names, anything else is JSON.
    pub(super) fn open(path: &Path) -> anyhow::Result<Table> {
        let failed = || format!("cannot read the list {}", path.display());
        let file = File::open(path).with_context(failed)?;
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if !matches!(ending.as_deref(), Some("csv" | "tsv")) {
            return Ok(Table { rows: Rows::Json { lines: BufReader::new(file).lines().enumerate() } });
        }
        let delimiter = delimiter(path).with_context(failed)?;
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(file);
        let names = reader.headers().with_context(failed)?;
        let columns: Vec<String> = names.iter().map(column).collect();
        if !columns.iter().any(|column| column == "file") {
            bail!("{}: no column is called `file` (or tệp, đường dẫn)", path.display());
        }
        Ok(Table { rows: Rows::Csv { records: reader.into_records(), columns } })
    }

    /// The next row, or the line that is none and why; none: the end.
    pub(super) fn next(&mut self) -> Option<Result<Row, (u64, String)>> {
        match &mut self.rows {
            Rows::Csv { records, columns } => Some(match records.next()? {
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    let cells = columns.iter().cloned().zip(record.iter().map(str::to_owned));
                    Ok(Row::of(line, cells))
                }
                Err(error) => Err((error.position().map_or(0, csv::Position::line), error.to_string())),
            }),
            Rows::Json { lines } => loop {
                let (number, line) = lines.next()?;
                let number = number as u64 + 1;
                match line {
                    // The brackets and commas of a list, one object a line.
                    Ok(line) if line.trim_matches(['\u{feff}', '[', ']', ',', ' ', '\r']).is_empty() => {}
                    Ok(line) => return Some(json_row(number, &line)),
                    Err(error) => return Some(Err((number, error.to_string()))),
                }
            },
        }
    }
}

impl Row {
    fn of(line: u64, cells: impl IntoIterator<Item = (String, String)>) -> Row {
        let trimmed = cells.into_iter().map(|(column, value)| (column, value.trim().to_owned()));
        let values: BTreeMap<_, _> = trimmed.filter(|(_, value)| !value.is_empty()).collect();
        let mut hash = Sha256::new();
        for (column, value) in &values {
            hash.update(format!("{column}\0{value}\0"));
        }
        // 64 bits tell a million rows apart.
        let key = hash.finalize().first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
        Row { line, key, values }
    }

    /// The file as it is written in the list.
    pub(super) fn file(&self) -> &str {
        self.values.get("file").map_or("", String::as_str)
    }

    /// What the row says.
    ///
    /// # Errors
    /// Why it cannot be used, without a personal number.
    pub(super) fn listed(&self, folder: &Path) -> Result<Listed, String> {
        if self.file().is_empty() {
            return Err("no file is named".into());
        }
        let value = |column: &str| self.values.get(column).cloned();
        let kind = value("type")
            .map(|kind| document_type(&kind).ok_or("type: no type of paper is called this".to_owned()));
        let own = self.values.iter().filter(|(column, _)| field_key(column).is_some());
        let stored = |(column, text): (&String, &String)| {
            let day = holds_day(column).then(|| day(text)).flatten();
            (column.clone(), day.map_or_else(|| text.clone(), |day| day.to_string()))
        };
        Ok(Listed {
            file: folder.join(self.file()),
            subject: self.subject()?,
            document_type: kind.transpose()?,
            title: value("title"),
            birth_year: value(BIRTH_DATE).filter(|text| is_year(text)),
            fields: own.map(stored).collect(),
        })
    }

    /// Whether a paper can be filed by the days of the row; one that only waits for a person needs none of them.
    ///
    /// # Errors
    /// Which column holds something else.
    pub(super) fn check_days(&self) -> Result<(), String> {
        let is_wrong = |column: &str, text: &str| {
            holds_day(column) && day(text).is_none() && !(column == BIRTH_DATE && is_year(text))
        };
        match self.values.iter().find(|(column, text)| is_wrong(column, text)) {
            Some((column, _)) => Err(format!("{column}: this is not a day")),
            None => Ok(()),
        }
    }

    fn subject(&self) -> Result<Option<SubjectClaim>, String> {
        let Some(number) = self.values.get("subject_number") else { return Ok(None) };
        let number = SubjectNumber::parse(number).map_err(|error| error.message)?;
        let birth_date = self.values.get(BIRTH_DATE).and_then(|text| day(text));
        let name = self.values.get("subject_name").cloned().unwrap_or_default();
        Ok(Some(SubjectClaim { kind: number.subject_kind(), number, name, birth_date }))
    }
}

/// The name of a column as we call it; a name that we do not know stays as it is, and is left aside.
fn column(name: &str) -> String {
    let name = name.trim_matches(['\u{feff}', ' ']);
    let folded = fold(name);
    let known = COLUMNS.iter().find(|(written, _)| *written == folded).map(|(_, ours)| (*ours).to_owned());
    known.unwrap_or_else(|| name.to_lowercase())
}

/// Whether the values of a column are days: the subject's date of birth, and what the data dictionary says.
fn holds_day(column: &str) -> bool {
    column == BIRTH_DATE || field_key(column).is_some_and(|entry| entry.kind == FieldKind::Date)
}

/// A day from 2024-02-03, 03/02/2024 or 3.2.2024.
fn day(text: &str) -> Option<Date> {
    text.parse().ok().or_else(|| date_in_figures(text)?.day())
}

/// Whether of a day the year alone is known, as old papers have it of a birth.
fn is_year(text: &str) -> bool {
    text.len() == 4 && text.parse().is_ok_and(|year: i16| BIRTH_YEARS.contains(&year))
}

/// A type of paper by its code or its Vietnamese name.
fn document_type(text: &str) -> Option<DocumentType> {
    let wanted = fold(text);
    DocumentType::ALL
        .iter()
        .copied()
        .find(|kind| [kind.code(), kind.label()].iter().any(|name| fold(name) == wanted))
}

fn json_row(line: u64, text: &str) -> Result<Row, (u64, String)> {
    let text = text.trim_matches(['\u{feff}', '[', ']', ',', ' ', '\r']);
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).map_err(|_| (line, "not a JSON object".to_owned()))?;
    let text = |value| match value {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    };
    Ok(Row::of(line, object.into_iter().map(|(name, value)| (column(&name), text(value)))))
}

/// What parts the columns: whichever of comma, semicolon and tab stands most often in the first line.
fn delimiter(path: &Path) -> std::io::Result<u8> {
    let mut first = String::new();
    BufReader::new(File::open(path)?).read_line(&mut first)?;
    let count = |delimiter: &u8| first.bytes().filter(|byte| byte == delimiter).count();
    Ok([b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b','))
}

#[cfg(test)]
mod tests {
    use super::*;
    use repository::document_type::FIELD_KEYS;

    fn rows(name: &str, text: &str) -> Vec<Result<Row, (u64, String)>> {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let mut table = Table::open(&path).unwrap();
        std::iter::from_fn(|| table.next()).collect()
    }

    fn one(name: &str, text: &str) -> Listed {
        let rows = rows(name, text);
        let [Ok(row)] = &rows[..] else { panic!("{rows:?}") };
        row.listed(Path::new("/quét")).unwrap()
    }

    #[test]
    fn a_row_says_the_same_in_every_spelling() {
        let check = |name: &str, text: &str| {
            let listed = one(name, text);
            assert_eq!(listed.file, Path::new("/quét/hộp 1/a.pdf"), "{text}");
            assert_eq!(listed.document_type, Some(DocumentType::BirthCertificate), "{text}");
            let fields: Vec<_> =
                listed.fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            assert_eq!(fields, [("issued_on", "2024-02-03"), ("number", "12/2024")], "{text}");
            let subject = listed.subject.unwrap();
            assert_eq!((subject.number.as_str(), subject.name.as_str()), ("079199000013", "Trần Văn Mẫu"));
        };
        check(
            "a.csv",
            "file,type,number,issued_on,subject_number,subject_name\nhộp 1/a.pdf,KS,12/2024,2024-02-03,079199000013,Trần Văn Mẫu\n",
        );
        check(
            "a.csv",
            "\u{feff}Tệp;Loại giấy tờ;Số, ký hiệu;Ngày cấp;Số định danh;Họ và tên;Ghi chú\r\n\"hộp 1/a.pdf\";Giấy khai sinh; 12/2024;03/02/2024;079199000013;Trần Văn Mẫu;x\r\n",
        );
        check(
            "a.jsonl",
            r#"{"file": "hộp 1/a.pdf", "type": "KS", "number": "12/2024", "issued_on": "2024-02-03", "subject_number": "079199000013", "subject_name": "Trần Văn Mẫu"}"#,
        );
        check(
            "a.json",
            "[\n{\"Tệp\": \"hộp 1/a.pdf\", \"loại\": \"Giấy khai sinh\", \"số\": \"12/2024\", \"ngày cấp\": \"3.2.2024\", \"cccd\": \"079199000013\", \"họ tên\": \"Trần Văn Mẫu\", \"x\": null},\n]\n",
        );
    }

    #[test]
    fn what_cannot_be_used_is_said_with_its_line() {
        let found = rows("a.jsonl", "{\"file\": \"a.pdf\"}\n\nkhông phải\n{\"type\": \"x\"}\n");
        let lines: Vec<u64> =
            found.iter().map(|row| row.as_ref().map_or_else(|(line, _)| *line, |row| row.line)).collect();
        assert_eq!(lines, [1, 3, 4]);
        assert!(found[1].is_err());
        let check = |text: &str, expected: &str| {
            let rows = rows("a.csv", text);
            let reason = rows[0].as_ref().unwrap().listed(Path::new("/")).unwrap_err();
            assert!(reason.contains(expected), "{reason}");
        };
        check("file,type\na.pdf,vé số\n", "type: no type of paper");
        check("file,title\n ,x\n", "no file");
        check("file,cccd\na.pdf,123\n", "số");
    }

    #[test]
    fn a_row_with_a_wrong_day_names_its_file_and_cannot_be_filed() {
        let check = |column: &str, text: &str| {
            let rows = rows("a.csv", &format!("file,{column},cccd\na.pdf,{text},079199000013\n"));
            let row = rows[0].as_ref().unwrap();
            assert_eq!(row.listed(Path::new("/")).unwrap().file, Path::new("/a.pdf"), "{column} {text}");
            let reason = row.check_days().unwrap_err();
            assert!(reason.ends_with("this is not a day"), "{reason}");
        };
        check("issued_on", "31/02/2024");
        check("issued_on", "1950");
        check("birth_date", "31/02/2024");
        check("Ngày sinh", "31/02/2024");
        check("Ngày sinh", "0195");
        check("Ngày sinh", "khoảng 1950");
    }

    #[test]
    fn of_a_birth_the_year_may_be_known_alone() {
        let rows = rows("a.csv", "file,cccd,họ tên,Ngày sinh\na.pdf,079050000013,Trần Văn Mẫu,1950\n");
        let row = rows[0].as_ref().unwrap();
        assert_eq!(row.check_days(), Ok(()));
        let listed = row.listed(Path::new("/")).unwrap();
        assert_eq!((listed.subject.unwrap().birth_date, listed.birth_year), (None, Some("1950".into())));
    }

    #[test]
    fn no_sentence_repeats_what_stands_in_a_cell() {
        const NUMBER: &str = "079199000013";
        let check = |name: &str, text: &str| {
            let reason = match &rows(name, text)[0] {
                Ok(row) => {
                    row.listed(Path::new("/")).map(|_| ()).and_then(|()| row.check_days()).unwrap_err()
                }
                Err((_, reason)) => reason.clone(),
            };
            assert!(!reason.contains(NUMBER), "{reason}");
        };
        check("a.csv", &format!("file,type\na.pdf,{NUMBER}\n"));
        check("a.csv", &format!("file,registered_on\na.pdf,{NUMBER}\n"));
        check("a.csv", &format!("file,cccd\na.pdf,{NUMBER}7\n"));
        check("a.csv", &format!("file,cccd,ngày sinh\na.pdf,{NUMBER},{NUMBER}\n"));
        check("a.jsonl", &format!("\"{NUMBER}\"\n"));
    }

    #[test]
    fn every_day_of_the_dictionary_may_be_written_as_people_do() {
        for entry in FIELD_KEYS.iter().filter(|entry| entry.kind == FieldKind::Date) {
            let listed = one("a.csv", &format!("file,{}\na.pdf,03/02/2024\n", entry.key));
            assert_eq!(listed.fields, [(entry.key.to_owned(), "2024-02-03".to_owned())]);
        }
        for column in ["subject_birth_date", "Ngày sinh chủ hồ sơ", "Ngày sinh"] {
            let text = format!("file,cccd,họ tên,{column}\na.pdf,079199000013,Trần Văn Mẫu,08/03/1999\n");
            let subject = one("a.csv", &text).subject.unwrap();
            assert_eq!(subject.birth_date, "1999-03-08".parse().ok(), "{column}");
        }
    }
}
