//! Who may sign in: counting that holds under many hands, links and codes that work once, secrets that survive another master key.

use super::fixture::*;
use futures::future::join_all;
use motlan_repository::record::*;
use motlan_repository::{AccountChange, Error, LinkOf, Repository};
use totp_rs::{Builder, Secret};

const PASSWORD: &str = "Cầu vồng 7 con trâu uống trà";

fn new(login: &str, number: &str) -> NewAccount {
    NewAccount {
        login: login.into(),
        name: "Trần Thị Lan".into(),
        agency: "UBND xã Bến Mơ".into(),
        unit: String::new(),
        role: Role::CounterOfficer,
        is_service: false,
        number: number.into(),
    }
}

/// An account with a password.
async fn account(repository: &Repository, login: &str) -> Account {
    let account = repository.create_account(&administrator(), new(login, "")).await.expect("an account");
    let link = repository.make_link(&administrator(), account.id).await.expect("a link");
    repository.use_link(&link.secret, None, PASSWORD, &Way::default()).await.expect("a password")
}

fn knock<'a>(login: &'a str, password: &'a str, way: &'a Way) -> Knock<'a> {
    Knock { login, password, way }
}

/// The code of an app some steps from now.
fn code(secret: &str, steps: i64) -> String {
    let secret = Secret::try_from_base32(secret).expect("a secret");
    let totp = Builder::new().with_secret(secret).with_account_name("x").build().expect("an app");
    let now = u64::try_from(jiff::Timestamp::now().as_second() + 30 * steps).expect("after 1970");
    totp.generate(now).to_string()
}

#[tokio::test]
async fn many_guesses_at_once_are_not_more() {
    let fixture = Fixture::new().await;
    account(&fixture.repository, "lan.tran").await;
    let (other, way) = (fixture.another().await, Way::default());
    let guesses = (0..24).map(|number| {
        let repository = if number % 2 == 0 { &fixture.repository } else { &other };
        repository.check_password(knock("lan.tran", "x", &way))
    });
    let answers = join_all(guesses).await;
    let looked_at = answers.iter().filter(|answer| matches!(answer, Err(Error::SignInRefused))).count();
    let refused =
        answers.iter().filter(|answer| matches!(answer, Err(Error::TooManyAttempts { .. }))).count();
    assert_eq!((looked_at, refused), (5, 19), "two servers count together");
    let right = other.check_password(knock("lan.tran", PASSWORD, &way)).await;
    assert!(matches!(right, Err(Error::TooManyAttempts { retry_after_s: 1..=901 })), "{right:?}");
    let sql = fixture.sql().await;
    sql.execute("update sign_in_limit set since = since - 900000000").await;
    assert!(
        other.check_password(knock("lan.tran", PASSWORD, &way)).await.is_ok(),
        "a quarter of an hour later"
    );
}

#[tokio::test]
async fn a_link_works_once_also_for_two_at_once() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let first = repository.first_link().await.unwrap().expect("nobody has an account");
    let replaced = repository.first_link().await.unwrap().expect("still nobody has");
    assert_eq!(repository.link(&first.secret).await.unwrap(), None, "the newest link counts");
    assert_eq!(repository.link(&replaced.secret).await.unwrap(), Some(LinkOf::FirstAdministrator));
    let (way, other) = (Way::default(), fixture.another().await);
    let who = |login: &str| Some(NewAccount { role: Role::Administrator, ..new(login, "") });
    let used = join_all([
        repository.use_link(&replaced.secret, who("mot"), PASSWORD, &way),
        other.use_link(&replaced.secret, who("hai"), PASSWORD, &way),
    ]);
    let used = used.await;
    assert_eq!(used.iter().filter(|used| used.is_ok()).count(), 1, "{used:?}");
    assert_eq!(repository.first_link().await.unwrap(), None);
    let (accounts, _) = repository.accounts(&administrator()).await.unwrap();
    assert_eq!(accounts.len(), 1);
    assert_eq!((accounts[0].kind, accounts[0].role), (AccountKind::Administration, Role::Administrator));
}

#[tokio::test]
async fn a_password_of_before_does_not_come_back() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (account, way) = (account(repository, "lan.tran").await, Way::default());
    let set = async |password: &str| repository.set_password(account.id, password, &way, None).await;
    assert!(matches!(set(PASSWORD).await, Err(Error::Invalid { .. })), "the present one");
    for number in 1..=10 {
        set(&format!("Cầu vồng {number} con trâu và cà phê")).await.unwrap();
    }
    assert!(matches!(set("Cầu vồng 1 con trâu và cà phê").await, Err(Error::Invalid { .. })), "ten ago");
    set(PASSWORD).await.expect("eleven ago");
    let kept = fixture.sql().await.texts("select password from account_password").await;
    assert!(kept.len() == 10 && kept.iter().all(|kept| kept.starts_with("$argon2id$")), "{kept:?}");
}

#[tokio::test]
async fn an_app_counts_from_its_first_code_and_survives_another_master_key() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (account, way) = (account(repository, "lan.tran").await, Way::default());
    let enrolment = repository.begin_second_factor(account.id).await.unwrap();
    assert_eq!(
        enrolment,
        repository.begin_second_factor(account.id).await.unwrap(),
        "a page may be loaded again"
    );
    assert!(enrolment.address.starts_with("otpauth://totp/motlan:lan.tran?"), "{}", enrolment.address);
    let check = async |code: &str| repository.check_code(account.id, code, &way).await.is_ok();
    assert!(!check(&code(&enrolment.secret, 0)).await, "it does not count yet");
    let codes =
        repository.confirm_second_factor(account.id, &code(&enrolment.secret, -1), &way).await.unwrap();
    assert_eq!(codes.len(), 8);
    let stored = fixture.sql().await.texts("select totp from account").await;
    assert!(!stored[0].contains(&enrolment.secret));
    repository.rotate_keys(&mut |_, _| {}).await.unwrap();
    assert!(check(&code(&enrolment.secret, 0)).await, "under the new master key");
    fixture.sql().await.execute("delete from sign_in_limit").await;
    let twice = code(&enrolment.secret, 1);
    let both = [fixture.another().await, fixture.another().await];
    let both = join_all(both.iter().map(|door| door.check_code(account.id, &twice, &way))).await;
    assert_eq!(both.iter().filter(|right| right.is_ok()).count(), 1, "a code is right once");
    fixture.sql().await.execute("delete from sign_in_limit").await;
    assert!(check(&codes[3].to_uppercase()).await && !check(&codes[3]).await, "so is one for a lost phone");
    assert!(
        repository.begin_second_factor(account.id).await.is_err(),
        "nobody puts another app in its place"
    );
    repository.reset_second_factor(&administrator(), account.id).await.unwrap();
    assert!(
        !check(&codes[4]).await && !repository.account(account.id).await.unwrap().unwrap().has_second_factor
    );
}

#[tokio::test]
async fn another_system_vouches_by_its_own_name_and_the_national_number() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    repository.create_account(&administrator(), new("lan.tran", "079199000001")).await.unwrap();
    repository.create_account(&administrator(), new("minh.le", "079099000002")).await.unwrap();
    let way = Way::default();
    let check = async |sub: &str, number: Option<&str>, expected: Option<&str>| {
        let issuer = "https://id.example".to_owned();
        let vouched = Vouched { issuer, sub: sub.to_owned(), number: number.map(str::to_owned) };
        let found = repository.check_vouched(&vouched, &way).await;
        assert_eq!(found.ok().map(|account| account.login).as_deref(), expected, "{sub} {number:?}");
    };
    check("a", None, None).await;
    check("a", Some("079199000009"), None).await;
    check("a", Some("0912345678"), None).await;
    check("a", Some("079199000001"), Some("lan.tran")).await;
    check("a", None, Some("lan.tran")).await;
    check("a", Some("079099000002"), None).await;
    check("b", Some("079099000002"), Some("minh.le")).await;
    check("c", Some("079099000002"), None).await;
    check("b", Some("not a number"), None).await;
    let taken = repository.create_account(&administrator(), new("lan.hai", "079 199 000 001")).await;
    assert!(matches!(taken, Err(Error::Invalid { .. })), "{taken:?}");
}

/// Whoever knows the password of an account that has no app yet does not plant one for its owner.
#[tokio::test]
async fn another_password_ends_what_was_begun_with_the_one_before() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (account, way) = (account(repository, "lan.tran").await, Way::default());
    let planted = repository.begin_second_factor(account.id).await.unwrap();
    let link = repository.make_link(&administrator(), account.id).await.unwrap();
    repository.set_password(account.id, "Ba con vịt xiêm qua đường 9", &way, None).await.unwrap();
    assert_eq!(repository.link(&link.secret).await.unwrap(), None);
    assert_ne!(repository.begin_second_factor(account.id).await.unwrap().secret, planted.secret);
}

#[tokio::test]
async fn strangers_at_the_same_address_do_not_keep_a_known_browser_out() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let mut browsers = Vec::new();
    for login in ["lan.tran", "minh.le"] {
        let account = account(repository, login).await;
        let way = Way { device: browsers.last().cloned(), ..Way::default() };
        let device = repository.sign_in(account.id, &way).await.unwrap().device;
        browsers.push(device.or(way.device).expect("a browser that is known"));
    }
    assert_eq!(browsers[0], browsers[1], "two people at one machine share its secret");
    for number in 0..60 {
        let login = format!("officer.{number}");
        let tried = repository.check_password(knock(&login, "x", &Way::default())).await;
        assert_eq!(matches!(tried, Err(Error::TooManyAttempts { .. })), number >= 50, "{tried:?}");
    }
    let known = Way { device: Some(browsers[0].clone()), ..Way::default() };
    for login in ["lan.tran", "minh.le"] {
        assert!(repository.check_password(knock(login, PASSWORD, &Way::default())).await.is_err());
        for _ in 0..6 {
            repository
                .check_password(knock(login, PASSWORD, &known))
                .await
                .expect("right as often as wanted");
        }
    }
    let kept = fixture.sql().await.texts("select name from sign_in_limit where name like 'login %'").await;
    assert_eq!(kept.len(), 50, "an address that has failed too often leaves no more logins behind");
}

#[tokio::test]
async fn nobody_changes_their_own_rights_and_another_role_signs_in_anew() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let account = account(repository, "lan.tran").await;
    let change = || AccountChange {
        name: account.name.clone(),
        agency: account.agency.clone(),
        unit: String::new(),
        role: Role::Administrator,
    };
    let at = jiff::Timestamp::now();
    let session = SessionRow {
        hash: "0".repeat(64),
        account: Some(account.id),
        data: "{}".into(),
        made_at: at,
        seen_at: at,
        ends_at: at + jiff::SignedDuration::from_mins(9),
    };
    repository.begin_session(&session).await.unwrap();
    repository.change_account(&administrator(), account.id, change()).await.unwrap();
    assert_eq!(repository.sessions(account.id).await.unwrap(), []);
    let herself = Actor { account: "lan.tran".into(), ..administrator() };
    let role = AccountChange { role: Role::Leader, ..change() };
    assert!(matches!(
        repository.change_account(&herself, account.id, role).await,
        Err(Error::Invalid { .. })
    ));
    assert!(matches!(repository.make_link(&herself, account.id).await, Err(Error::Invalid { .. })));
    assert!(matches!(repository.reset_second_factor(&herself, account.id).await, Err(Error::Invalid { .. })));
}

#[tokio::test]
async fn logins_have_a_form_and_only_administrators_give_them() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let check = async |login: &str, expected: bool| {
        let made = repository.create_account(&administrator(), new(login, "")).await;
        assert_eq!(made.is_ok(), expected, "{login}: {made:?}");
    };
    check(" Lan.Tran ", true).await;
    check("lan.tran", false).await;
    check("la", false).await;
    check("lan tran", false).await;
    check("lan.trần", false).await;
    check("079199000001", false).await;
    check("console", false).await;
    check("?", false).await;
    for role in [Role::CounterOfficer, Role::Leader, Role::Auditor, Role::System] {
        let actor = Actor { role, ..administrator() };
        let made = repository.create_account(&actor, new("minh.le", "")).await;
        assert!(matches!(made, Err(Error::Forbidden)), "{role:?}: {made:?}");
        assert!(matches!(repository.accounts(&actor).await, Err(Error::Forbidden)));
    }
}
