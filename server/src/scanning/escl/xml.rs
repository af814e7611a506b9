//! The texts of a device's XML, each with the names of the elements around it. Elements are known by their local names: devices differ in
//! prefixes. There are no entities but XML's own five, and nothing is fetched.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Elements inside each other at most: the capabilities of devices have about eight.
const DEPTH_MAX: usize = 32;
/// Bytes of the name of an element at most: the longest of eSCL has about forty. Each text is kept with the names around it, so that a long one
/// would be kept ten thousand times.
const NAME_BYTES_MAX: usize = 100;
/// Texts at most: capabilities have some hundreds.
const TEXTS_MAX: usize = 10_000;

/// The texts of a document, in its order.
#[derive(Debug, Default)]
pub(super) struct Texts(Vec<(Vec<String>, String)>);

impl Texts {
    /// Reads a document up to its end, or up to where it is none any more.
    pub(super) fn read(document: &[u8]) -> Texts {
        let mut reader = Reader::from_reader(document);
        let (mut around, mut texts): (Vec<String>, Vec<(Vec<String>, String)>) = Default::default();
        while around.len() <= DEPTH_MAX && texts.len() < TEXTS_MAX {
            match reader.read_event() {
                Ok(Event::Start(element)) if element.local_name().as_ref().len() > NAME_BYTES_MAX => break,
                Ok(Event::Start(element)) => {
                    around.push(String::from_utf8_lossy(element.local_name().as_ref()).into_owned());
                }
                Ok(Event::End(_)) => drop(around.pop()),
                Ok(Event::Text(text)) => {
                    let text = String::from_utf8_lossy(&text).trim().to_owned();
                    if !text.is_empty() {
                        texts.push((around.clone(), text));
                    }
                }
                Ok(Event::Eof) | Err(_) => break,
                Ok(_) => {}
            }
        }
        Texts(texts)
    }

    /// Whether an element of this name holds any text, however deep.
    pub(super) fn has(&self, element: &str) -> bool {
        self.0.iter().any(|(around, _)| around.iter().any(|name| name == element))
    }

    /// The texts of elements of a name, inside elements of another one.
    pub(super) fn all<'a>(&'a self, inside: &'a str, element: &'a str) -> impl Iterator<Item = &'a str> {
        let is_meant = move |around: &[String]| {
            around.last().is_some_and(|name| name == element) && around.iter().any(|name| name == inside)
        };
        self.0.iter().filter(move |(around, _)| is_meant(around)).map(|(_, text)| text.as_str())
    }
}
