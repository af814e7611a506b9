//! Where a cluster is, and as whom it is spoken to.

use percent_encoding::percent_decode_str;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use ureq::http::Uri;

/// Name of the index where the address has none.
const NAME_DEFAULT: &str = "motlan";

/// Letters of a name: OpenSearch takes 255, and the number of a generation stands behind it.
const NAME_LETTERS_MAX: usize = 200;

/// Address of an OpenSearch cluster, as `https://user:password@host:9200/name`. Without a name it is `motlan`; several installations may
/// share a cluster under different names. It is never shown with its password.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct ClusterUrl {
    /// Scheme, host and port.
    pub(super) server: String,
    /// Name of the index.
    pub(super) name: String,
    /// User and password.
    pub(super) credentials: Option<(String, String)>,
}

/// A text that is no address of a cluster. It does not repeat the text, in which a password may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClusterUrlError {
    /// Not of the form of an address.
    #[error("the address of the search cluster has the form https://user:password@host:9200/name")]
    Form,
    /// Papers would travel over the network in the clear (PDP-09).
    #[error(
        "words of papers would travel to the search cluster in the clear; say https:// (http:// is for this machine alone)"
    )]
    InTheClear,
    /// The name cannot be that of an index.
    #[error(
        "the name of the index has small letters, digits and dashes only, begins with a letter, and does not end in a dash and a number"
    )]
    Name,
}

impl FromStr for ClusterUrl {
    type Err = ClusterUrlError;

    fn from_str(text: &str) -> Result<ClusterUrl, ClusterUrlError> {
        let uri = text.trim().parse::<Uri>().map_err(|_| ClusterUrlError::Form)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(ClusterUrlError::Form);
        };
        let (user, place) = match authority.as_str().rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority.as_str()),
        };
        if uri.query().is_some() || authority.host().is_empty() {
            return Err(ClusterUrlError::Form);
        }
        match scheme {
            "https" => {}
            "http" if is_loopback(authority.host()) => {}
            "http" => return Err(ClusterUrlError::InTheClear),
            _ => return Err(ClusterUrlError::Form),
        }
        Ok(ClusterUrl {
            server: format!("{scheme}://{place}"),
            name: name(uri.path().trim_matches('/'))?,
            credentials: user.map(credentials).transpose()?,
        })
    }
}

fn name(path: &str) -> Result<String, ClusterUrlError> {
    let name = if path.is_empty() { NAME_DEFAULT } else { path };
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let begins_well = name.starts_with(|letter: char| letter.is_ascii_lowercase());
    // So end the names of the indexes that an alias of the name before stands for.
    let ends_well = name.rsplit_once('-').is_none_or(|(_, end)| !is_number(end));
    if begins_well && ends_well && name.len() <= NAME_LETTERS_MAX && name.chars().all(is_plain) {
        Ok(name.to_owned())
    } else {
        Err(ClusterUrlError::Name)
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_digit())
}

fn credentials(user: &str) -> Result<(String, String), ClusterUrlError> {
    let (user, password) = user.split_once(':').ok_or(ClusterUrlError::Form)?;
    let plain = |text: &str| {
        percent_decode_str(text)
            .decode_utf8()
            .map(|text| text.into_owned())
            .map_err(|_| ClusterUrlError::Form)
    };
    Ok((plain(user)?, plain(password)?))
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl TryFrom<String> for ClusterUrl {
    type Error = ClusterUrlError;

    fn try_from(text: String) -> Result<ClusterUrl, ClusterUrlError> {
        text.parse()
    }
}

/// Without user and password.
impl fmt::Display for ClusterUrl {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}", self.server, self.name)
    }
}

impl fmt::Debug for ClusterUrl {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_place_a_name_and_perhaps_a_user() {
        let check = |text: &str, expected: Result<&str, ClusterUrlError>| {
            let shown = text.parse::<ClusterUrl>().map(|url| match &url.credentials {
                Some((user, password)) => format!("{url} {user} {password}"),
                None => url.to_string(),
            });
            assert_eq!(shown.as_deref().map_err(|error| *error), expected, "{text}");
        };
        check("https://search.example:9200", Ok("https://search.example:9200/motlan"));
        check("https://search.example/office-b/", Ok("https://search.example/office-b"));
        check("https://search.example/office1", Ok("https://search.example/office1"));
        check("https://search.example/office-1b", Ok("https://search.example/office-1b"));
        check("https://search.example/office-1", Err(ClusterUrlError::Name));
        check("https://an:b%40%3Ac@search.example/x", Ok("https://search.example/x an b@:c"));
        check("http://127.0.0.1:9200", Ok("http://127.0.0.1:9200/motlan"));
        check("http://[::1]:9200", Ok("http://[::1]:9200/motlan"));
        check("http://localhost:9200", Ok("http://localhost:9200/motlan"));
        check("http://search.example:9200", Err(ClusterUrlError::InTheClear));
        check("https://an@search.example", Err(ClusterUrlError::Form));
        check("ftp://search.example", Err(ClusterUrlError::Form));
        check("search.example:9200", Err(ClusterUrlError::Form));
        check("https://search.example/?pretty", Err(ClusterUrlError::Form));
        check("https://search.example/_all", Err(ClusterUrlError::Name));
        check("https://search.example/a,b", Err(ClusterUrlError::Name));
        check("https://search.example/A", Err(ClusterUrlError::Name));
        check("", Err(ClusterUrlError::Form));
    }

    #[test]
    fn a_password_is_not_shown() {
        let url = "https://an:secret@search.example".parse::<ClusterUrl>().expect("an address");
        assert_eq!(format!("{url} {url:?}").matches("secret").count(), 0);
    }
}
