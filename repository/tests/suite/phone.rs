//! A phone sends photographs of one paper by a link: one phone, one day, one paper, and nothing that was acknowledged is lost.

use super::fixture::*;
use jiff::Timestamp;
use motlan_repository::record::*;
use motlan_repository::{Clock, Error, Repository};
use std::sync::{Arc, Mutex};

const FEED: &str = "one_sided";
const PHONE: &str = "00000000000000000000000000000001";
const OTHER_PHONE: &str = "00000000000000000000000000000002";
const COMPONENT: &str = "khai-sinh";

/// A dossier with a link for one of its components, and a clock that the test sets.
struct Counter {
    fixture: Fixture,
    repository: Repository,
    hands: Arc<Mutex<Timestamp>>,
    dossier: Dossier,
}

impl Counter {
    async fn open() -> Counter {
        let fixture = Fixture::new().await;
        let hands = Arc::new(Mutex::new(Timestamp::now()));
        let shown = hands.clone();
        let repository =
            fixture.repository.clone().with_clock(Clock::new(move || *shown.lock().expect("a time")));
        let dossier = repository.open_dossier(&officer(), dossier()).await.expect("a dossier");
        Counter { fixture, repository, hands, dossier }
    }

    fn place(&self) -> DossierPlace {
        DossierPlace { dossier: self.dossier.id, component: Some(COMPONENT.into()) }
    }

    async fn link(&self) -> (PhoneLinkId, OneTimeLink) {
        self.repository.make_phone_link(&officer(), self.place(), FEED).await.expect("a link")
    }

    /// A link that this phone opened.
    async fn bound(&self) -> PhoneLinkId {
        let (_, link) = self.link().await;
        self.repository.bind_phone_link(&way(), &link.secret, PHONE).await.expect("it opens")
    }

    async fn put(&self, link: PhoneLinkId, number: u32, content: &'static str) -> Result<(), Error> {
        self.repository.put_phone_page(Phone { link, secret: PHONE }, photograph(number, content)).await
    }

    async fn pages(&self, link: PhoneLinkId) -> Vec<(u32, String)> {
        let link = self.repository.phone_link(&officer(), self.dossier.id, link).await.expect("a link");
        link.pages.into_iter().map(|page| (page.number, page.sha256)).collect()
    }

    async fn state(&self, link: PhoneLinkId) -> PhoneLinkState {
        self.repository.phone_link(&officer(), self.dossier.id, link).await.expect("a link").state
    }

    fn pass_hours(&self, hours: i64) {
        *self.hands.lock().expect("a time") += jiff::SignedDuration::from_hours(hours);
    }

    async fn is_sound(&self) {
        assert_eq!(self.repository.check(&mut |_, _| {}).await.unwrap(), []);
    }
}

fn way() -> Way {
    let route = Route { source: "192.0.2.77".into(), destination: "motlan POST /phone/{secret}".into() };
    Way { route, device: None }
}

fn sha256(content: &str) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(Sha256::digest(content))
}

fn photograph(number: u32, content: &'static str) -> NewPhonePage {
    let (file_name, sha256) = (format!("Trang {number}.jpg"), sha256(content));
    NewPhonePage { number, file_name, sha256, bytes: content.into() }
}

#[track_caller]
fn gone<T: std::fmt::Debug>(result: Result<T, Error>) {
    assert!(matches!(result, Err(Error::NotFound)), "{result:?}");
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, word: &str) {
    match result {
        Err(Error::Invalid { message }) => assert!(message.contains(word), "{word}: {message}"),
        other => panic!("{word}: {other:?}"),
    }
}

#[tokio::test]
async fn photographs_become_one_batch_in_the_name_of_who_made_the_link() {
    let counter = Counter::open().await;
    let link = counter.bound().await;
    counter.put(link, 2, "trang hai").await.unwrap();
    counter.put(link, 1, "trang một, mờ").await.unwrap();
    // Sent again after an answer that was not heard, and taken again because it was blurred.
    counter.put(link, 2, "trang hai").await.unwrap();
    counter.put(link, 1, "trang một").await.unwrap();
    counter.put(link, 3, "ngón tay").await.unwrap();
    let phone = Phone { link, secret: PHONE };
    counter.repository.remove_phone_page(phone, 3).await.unwrap();
    counter.repository.remove_phone_page(phone, 3).await.unwrap();
    assert_eq!(counter.pages(link).await, [(1, sha256("trang một")), (2, sha256("trang hai"))]);
    counter.is_sound().await;

    let route = way().route;
    counter.repository.send_phone_pages(phone, &route, FEED).await.unwrap();
    gone(counter.repository.send_phone_pages(phone, &route, FEED).await);
    gone(counter.put(link, 3, "muộn").await);
    let batch = counter.repository.batch_to_look_at(None).await.unwrap().expect("a batch");
    assert_eq!((batch.received_by.as_str(), batch.feed.as_str()), ("can.bo.thu", FEED));
    let names: Vec<_> = batch.files.iter().map(|file| file.file_name.as_str()).collect();
    assert_eq!(names, ["Trang 1.jpg", "Trang 2.jpg"]);
    let files = counter.repository.batch_files(batch.id).await.unwrap();
    assert_eq!(files, ["trang một", "trang hai"]);
    counter.is_sound().await;

    // Only once its pages were looked at it can be filed, and only until it was.
    assert_eq!(counter.repository.phone_link_to_file(None).await.unwrap(), None);
    counter.repository.give_batch_up(&system(), batch.id, "thử").await.unwrap();
    let to_file = counter.repository.phone_link_to_file(None).await.unwrap().expect("a link");
    assert_eq!((to_file.batch(), &to_file.place), (batch.id, &counter.place()));
    assert_eq!(to_file.maker.account, "can.bo.thu");
    counter.repository.note_phone_link(link, PhoneLinkState::Filed).await.unwrap();
    assert_eq!(counter.repository.phone_link_to_file(None).await.unwrap(), None);
}

#[tokio::test]
async fn a_link_is_one_phones_and_tells_nobody_else_anything() {
    let counter = Counter::open().await;
    let (link, secret) = counter.link().await;
    let repository = &counter.repository;
    let open = async |secret: &str, phone| repository.phone_link_to_open(&way(), secret, phone).await;
    assert_eq!(
        open(&secret.secret, PHONE).await.unwrap().component_name.as_deref(),
        Some("Giấy tờ khai-sinh")
    );
    // Looking at it binds nothing: programs that draw a preview of a code look too.
    open(&secret.secret, OTHER_PHONE).await.unwrap();
    gone(counter.put(link, 1, "chưa mở").await);
    repository.bind_phone_link(&way(), &secret.secret, PHONE).await.unwrap();
    // The same phone that did not hear the answer, and any other.
    repository.bind_phone_link(&way(), &secret.secret, PHONE).await.unwrap();
    gone(repository.bind_phone_link(&way(), &secret.secret, OTHER_PHONE).await);
    gone(open(&secret.secret, OTHER_PHONE).await);
    gone(open("0123456789abcdef0123456789abcdef", PHONE).await);
    let other = Phone { link, secret: OTHER_PHONE };
    gone(repository.opened_phone_link(other).await);
    gone(repository.put_phone_page(other, photograph(1, "lạ")).await);
    gone(repository.remove_phone_page(other, 1).await);
    gone(repository.send_phone_pages(other, &way().route, FEED).await);
    let sql = counter.fixture.sql().await;
    for secret in [secret.secret.as_str(), PHONE] {
        let kept =
            format!("select count(*) from phone_link where hash = '{secret}' or phone_hash = '{secret}'");
        assert_eq!(sql.number(&kept).await, 0, "a secret is kept nowhere");
    }
    // Made, and opened from the phone's address.
    let said = "select count(*) from access_entry where action = 'receive' and account = 'can.bo.thu' and source = '192.0.2.77'";
    assert_eq!(sql.number(said).await, 1);
    counter.is_sound().await;
}

#[tokio::test]
async fn whoever_guesses_is_stopped() {
    let counter = Counter::open().await;
    let (_, secret) = counter.link().await;
    let repository = &counter.repository;
    for _ in 0..50 {
        gone(repository.bind_phone_link(&way(), "0123456789abcdef0123456789abcdef", OTHER_PHONE).await);
    }
    let stopped = repository.bind_phone_link(&way(), &secret.secret, OTHER_PHONE).await;
    assert!(matches!(stopped, Err(Error::TooManyAttempts { .. })), "{stopped:?}");
    let elsewhere = Way { route: Route { source: "192.0.2.78".into(), ..way().route }, device: None };
    repository.bind_phone_link(&elsewhere, &secret.secret, PHONE).await.unwrap();
}

#[tokio::test]
async fn a_link_ends_after_a_day_and_what_came_is_not_lost() {
    let counter = Counter::open().await;
    let link = counter.bound().await;
    counter.put(link, 1, "trang một").await.unwrap();
    counter.pass_hours(23);
    counter.repository.end_overdue_phone_links(FEED).await.unwrap();
    counter.put(link, 2, "trang hai").await.unwrap();
    counter.pass_hours(1);
    gone(counter.put(link, 3, "trang ba").await);
    gone(counter.repository.opened_phone_link(Phone { link, secret: PHONE }).await);
    counter.repository.end_overdue_phone_links(FEED).await.unwrap();
    assert_eq!(counter.state(link).await, PhoneLinkState::Waiting);
    let batch = counter.repository.batch_to_look_at(None).await.unwrap().expect("a batch");
    assert_eq!(batch.files.len(), 2, "an officer looks at it");
    assert_eq!(
        counter.repository.phone_link_to_file(None).await.unwrap(),
        None,
        "nobody said that it is whole"
    );
    counter.is_sound().await;
}

#[tokio::test]
async fn another_link_for_the_same_place_ends_the_one_before() {
    let counter = Counter::open().await;
    let (empty, secret) = counter.link().await;
    let begun = counter.bound().await;
    gone(counter.repository.bind_phone_link(&way(), &secret.secret, OTHER_PHONE).await);
    assert_eq!(counter.state(empty).await, PhoneLinkState::Closed);
    counter.put(begun, 1, "trang một").await.unwrap();
    let last = counter.bound().await;
    assert_eq!(counter.state(begun).await, PhoneLinkState::Waiting);
    let open = counter.repository.phone_links(&officer(), counter.dossier.id).await.unwrap();
    assert_eq!(open.iter().map(|link| link.id).collect::<Vec<_>>(), [last]);
    // At the counter: without a page it only ends.
    counter.repository.end_phone_link(&officer(), counter.dossier.id, last, FEED).await.unwrap();
    assert_eq!(counter.state(last).await, PhoneLinkState::Closed);
    counter.is_sound().await;
}

#[tokio::test]
async fn what_is_too_much_or_came_damaged_is_refused() {
    let counter = Counter::open().await;
    let link = counter.bound().await;
    let phone = Phone { link, secret: PHONE };
    let put = async |page| counter.repository.put_phone_page(phone, page).await;
    refused(put(NewPhonePage { sha256: sha256("khác"), ..photograph(1, "đứt") }).await, "đứt trên đường");
    refused(put(photograph(1, "")).await, "trống");
    refused(put(photograph(0, "trang")).await, "50 trang");
    refused(put(photograph(PHONE_PAGES_MAX + 1, "trang")).await, "50 trang");
    let heavy = vec![7; PHONE_PAGE_BYTES_MAX as usize + 1];
    refused(put(NewPhonePage { bytes: heavy.into(), ..photograph(1, "nặng") }).await, "24 MiB");
    let full = format!("insert into phone_page values ('{link}', 9, 'x', {}, 'ab')", PHONE_BYTES_MAX - 3);
    counter.fixture.sql().await.execute(&full).await;
    refused(put(photograph(1, "bốn chữ")).await, "256 MiB");
    counter.fixture.sql().await.execute("delete from phone_page").await;
    let sent = counter.repository.send_phone_pages(phone, &way().route, FEED).await;
    refused(sent, "Chưa có trang nào");
    assert_eq!(counter.state(link).await, PhoneLinkState::Open);
    counter.is_sound().await;
}

#[tokio::test]
async fn only_who_takes_papers_of_the_dossier_in_has_links_and_only_while_they_may() {
    let counter = Counter::open().await;
    let repository = &counter.repository;
    gone(repository.make_phone_link(&elsewhere(), counter.place(), FEED).await);
    let denied = repository.make_phone_link(&auditor(), counter.place(), FEED).await;
    assert!(matches!(denied, Err(Error::Forbidden)), "{denied:?}");
    let unknown = DossierPlace { component: Some("không-có".into()), ..counter.place() };
    refused(repository.make_phone_link(&officer(), unknown, FEED).await, "không có thành phần");
    let link = counter.bound().await;
    gone(repository.phone_link(&elsewhere(), counter.dossier.id, link).await);
    gone(repository.end_phone_link(&elsewhere(), counter.dossier.id, link, FEED).await);
    assert_eq!(repository.phone_links(&elsewhere(), counter.dossier.id).await.unwrap(), []);
    // An account of this name is opened, with another role: who made the link is not that any more.
    let new = NewAccount {
        login: "can.bo.thu".into(),
        name: "Nguyễn Thị Thử".into(),
        agency: officer().agency,
        unit: String::new(),
        role: Role::Archivist,
        is_service: false,
        number: String::new(),
    };
    counter.put(link, 1, "trang một").await.unwrap();
    repository.create_account(&administrator(), new).await.unwrap();
    gone(counter.put(link, 2, "trang hai").await);
}

#[tokio::test]
async fn a_filled_place_asks_for_no_photographs() {
    let counter = Counter::open().await;
    let new = NewDocument { place: Some(counter.place()), ..paper() };
    counter.repository.receive(&officer(), new, "giấy".into()).await.unwrap();
    refused(counter.repository.make_phone_link(&officer(), counter.place(), FEED).await, "đã có giấy tờ");
}

#[tokio::test]
async fn pages_that_came_outlive_a_kill_and_tidying() {
    let counter = Counter::open().await;
    let link = counter.bound().await;
    counter.put(link, 1, "trang một").await.unwrap();
    let Counter { fixture, dossier, .. } = counter;
    let fixture = fixture.killed().await;
    let phone = Phone { link, secret: PHONE };
    let held = fixture.repository.opened_phone_link(phone).await.expect("the link");
    assert_eq!(held.pages.len(), 1);
    fixture.repository.remove_left_behind(std::time::Duration::ZERO).await.expect("nothing is taken away");
    assert_eq!(fixture.repository.check(&mut |_, _| {}).await.unwrap(), []);
    fixture.repository.end_phone_link(&officer(), dossier.id, link, FEED).await.unwrap();
    let batch = fixture.repository.batch_to_look_at(None).await.unwrap().expect("a batch");
    assert_eq!(fixture.repository.batch_files(batch.id).await.unwrap(), ["trang một"]);
}
