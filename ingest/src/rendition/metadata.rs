//! What the PDF says of itself: XMP with the mark of PDF/A-2b (ISO 19005-2, 6.6). No number of a person; a name
//! only where the paper's title has one.

use super::About;
use super::xml::escape;

/// Letters of a title at most.
const TITLE_LETTERS_MAX: usize = 300;
/// As many digits in a row (separators forgiven) may be the number of a person: CMND has 9, the others 10 to 12.
const PERSONAL_DIGITS_MIN: usize = 9;

/// The XMP packet.
pub(super) fn packet(about: &About) -> String {
    let title: String = without_numbers(&about.title).chars().take(TITLE_LETTERS_MAX).collect();
    let title = alternative("dc:title", &escape(&title));
    let code = about
        .code
        .as_deref()
        .map_or(String::new(), |code| format!("<dc:identifier>{}</dc:identifier>\n", escape(code)));
    let original = escape(&about.original_sha256);
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
         <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" \
         xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n\
         <pdfaid:part>2</pdfaid:part>\n<pdfaid:conformance>B</pdfaid:conformance>\n\
         <dc:format>application/pdf</dc:format>\n<dc:language><rdf:Bag><rdf:li>vi</rdf:li></rdf:Bag></dc:language>\n\
         {title}{code}<dc:source>sha256:{original}</dc:source>\n\
         <pdf:Producer>motlan {version}</pdf:Producer>\n<xmp:CreatorTool>motlan</xmp:CreatorTool>\n\
         </rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>\n",
        version = env!("CARGO_PKG_VERSION"),
    )
}

fn alternative(name: &str, text: &str) -> String {
    match text {
        "" => String::new(),
        text => {
            format!("<{name}><rdf:Alt><rdf:li xml:lang=\"x-default\">{text}</rdf:li></rdf:Alt></{name}>\n")
        }
    }
}

/// The text with long runs of digits struck out: a person may have typed a number into a title.
fn without_numbers(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut kept = String::new();
    let mut at = 0;
    while at < letters.len() {
        let run = digits_from(&letters[at..]);
        match run {
            Some((length, digits)) if digits >= PERSONAL_DIGITS_MIN => {
                kept.push('…');
                at += length;
            }
            Some((length, _)) => {
                kept.extend(&letters[at..at + length]);
                at += length;
            }
            None => {
                kept.push(letters[at]);
                at += 1;
            }
        }
    }
    kept
}

/// Length and digits of the number that begins here, over single separators.
fn digits_from(letters: &[char]) -> Option<(usize, usize)> {
    if !letters.first()?.is_numeric() {
        return None;
    }
    let (mut length, mut digits) = (0, 0);
    for (at, letter) in letters.iter().enumerate() {
        if letter.is_numeric() {
            (length, digits) = (at + 1, digits + 1);
        } else if !matches!(letter, ' ' | '.' | '-' | '\u{a0}') || at > length {
            break;
        }
    }
    Some((length, digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_persons_do_not_stand_in_metadata() {
        let check = |text: &str, expected: &str| assert_eq!(without_numbers(text), expected, "{text}");
        check("Giấy khai sinh", "Giấy khai sinh");
        check("Quyết định 12/2024 ngày 05-04-2023", "Quyết định 12/2024 ngày 05-04-2023");
        check("CCCD 079199000001", "CCCD …");
        check("CCCD 079 199 000 001 bản sao", "CCCD … bản sao");
        check("012345678", "…");
        check("", "");
    }

    #[test]
    fn a_packet_escapes_and_leaves_out_what_is_not_known() {
        let about = About { title: "Đơn <b>&".into(), original_sha256: "ab".into(), ..About::default() };
        let packet = packet(&about);
        assert!(packet.contains("x-default\">Đơn &lt;b&gt;&amp;</rdf:li>"), "{packet}");
        assert!(!packet.contains("dc:identifier") && packet.contains("<dc:source>sha256:ab</dc:source>"));
        let nameless = super::packet(&About { code: Some("KS-261121-000042".into()), ..About::default() });
        assert!(!nameless.contains("dc:title") && nameless.contains("<dc:identifier>KS-261121-000042<"));
    }
}
