//! What people searched for, and cards that they scanned, in the last while, under keys that say nothing: addresses carry the key, never the words, so
//! that no number or name comes into a history or a log (invariant 9).

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Mutex, PoisonError};

/// Queries kept: a day of a busy counter in about 100 kB; older ones are asked for again.
const QUERIES_MAX: usize = 1000;

/// Queries of the process, newest last.
#[derive(Debug, Default)]
pub(crate) struct RecentQueries {
    kept: Mutex<VecDeque<Kept>>,
}

#[derive(Debug)]
struct Kept {
    key: String,
    /// Who asked: in a history that people share, the key is of no use to another one.
    account: String,
    query: String,
}

impl RecentQueries {
    /// Keeps a query of an account and answers its key.
    pub(crate) fn keep(&self, account: &str, query: String) -> String {
        let key = unguessable_key();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == QUERIES_MAX {
            kept.pop_front();
        }
        kept.push_back(Kept { key: key.clone(), account: account.to_owned(), query });
        key
    }

    /// The query of this account under a key, if it is still kept.
    pub(crate) fn find(&self, account: &str, key: &str) -> Option<String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_meant = |one: &&Kept| one.key == key && one.account == account;
        kept.iter().rev().find(is_meant).map(|one| one.query.clone())
    }
}

/// 128 bits from the standard library's keyed hash, whose keys come from the operating system.
fn unguessable_key() -> String {
    let bits = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", bits(), bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_found_by_its_key_and_whoever_asked() {
        let queries = RecentQueries::default();
        let key = queries.keep("lan.tran", "nguyen thi hoa".to_owned());
        let other = queries.keep("lan.tran", "079099000001".to_owned());
        assert_ne!(key, other);
        assert_eq!(queries.find("lan.tran", &key).as_deref(), Some("nguyen thi hoa"));
        assert_eq!(queries.find("minh.le", &key), None);
        assert_eq!(queries.find("lan.tran", "nguyen thi hoa"), None);
    }

    #[test]
    fn old_queries_make_room() {
        let queries = RecentQueries::default();
        let first = queries.keep("lan.tran", "đầu".to_owned());
        let later = (0..QUERIES_MAX).map(|number| queries.keep("lan.tran", number.to_string()));
        let last = later.last().expect("at least one");
        let found = |key: &str| queries.find("lan.tran", key);
        assert_eq!((found(&first), found(&last).is_some()), (None, true));
    }
}
