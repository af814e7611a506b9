//! Text for XML: what stands on a paper may hold anything.

/// The text with XML's own letters escaped and without what XML 1.0 cannot hold.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in printable(text) {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The letters of a text without controls and non-characters: neither XML 1.0 (2.2) nor a PDF's ToUnicode takes them.
pub(super) fn printable(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|letter| {
        let is_noncharacter =
            *letter as u32 & 0xfffe == 0xfffe || matches!(letter, '\u{fdd0}'..='\u{fdef}' | '\u{feff}');
        !letter.is_control() && !is_noncharacter
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(escape(text), expected, "{text:?}");
    }

    #[test]
    fn hostile_text_is_text() {
        check("Nguyễn Thị Ế", "Nguyễn Thị Ế");
        check("</p><script>alert('1')&\"", "&lt;/p&gt;&lt;script&gt;alert(&#39;1&#39;)&amp;&quot;");
        check("]]>\u{0}\u{1b}[31m\u{85}\u{fffe}\u{1ffff}", "]]&gt;[31m");
        check("\r\n\t", "");
    }
}
