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

#[tokio::test]
async fn two_people_at_one_machine_do_not_lock_each_other() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (lan, minh) = (account(repository, "lan.tran").await, account(repository, "minh.le").await);
    let device = repository.sign_in(lan.id, &Way::default()).await.unwrap().device;
    let shared = Way { device, ..Way::default() };
    assert_eq!(repository.sign_in(minh.id, &shared).await.unwrap().device, None, "they share its secret");
    for number in 0..6 {
        let tried = repository.check_password(knock("lan.tran", "x", &shared)).await;
        assert_eq!(matches!(tried, Err(Error::TooManyAttempts { .. })), number == 5, "{tried:?}");
    }
    assert!(repository.check_password(knock("minh.le", PASSWORD, &shared)).await.is_ok());
    let (_, locked) = repository.accounts(&administrator()).await.unwrap();
    assert_eq!(locked.keys().collect::<Vec<_>>(), [&lan.id]);
    repository.open_account(&administrator(), lan.id).await.unwrap();
    assert!(repository.check_password(knock("lan.tran", PASSWORD, &shared)).await.is_ok());
}

#[tokio::test]
async fn two_pages_at_once_show_one_secret() {
    let fixture = Fixture::new().await;
    let account = account(&fixture.repository, "lan.tran").await;
    let doors = [fixture.another().await, fixture.another().await, fixture.another().await];
    let shown = join_all(doors.iter().map(|door| door.begin_second_factor(account.id))).await;
    let shown = shown.into_iter().map(|shown| shown.expect("a secret").secret).collect::<Vec<_>>();
    assert!(shown.iter().all(|secret| *secret == shown[0]), "the code of each page has to be right");
    let code = code(&shown[2], 0);
    fixture.repository.confirm_second_factor(account.id, &code, &Way::default()).await.expect("it is");
}

#[tokio::test]
async fn codes_are_not_guessed_for_months() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (lan, way, sql) = (account(repository, "lan.tran").await, Way::default(), fixture.sql().await);
    let secret = repository.begin_second_factor(lan.id).await.unwrap().secret;
    repository.confirm_second_factor(lan.id, &code(&secret, 0), &way).await.unwrap();
    let guess = async |code: String| {
        // Each a quarter of an hour after the one before.
        sql.execute("delete from sign_in_limit").await;
        sql.execute("update account set totp_step = 0").await;
        repository.check_code(lan.id, &code, &way).await
    };
    for _ in 0..3 {
        assert!(matches!(guess("000000".to_owned()).await, Err(Error::SignInRefused)));
    }
    guess(code(&secret, 0)).await.expect("it is right");
    assert_eq!(sql.number("select wrong_codes from account").await, 0, "a right one ends the count");
    sql.execute("update account set wrong_codes = 98").await;
    guess(code(&secret, 0)).await.expect("98 were wrong");
    sql.execute("update account set wrong_codes = 99").await;
    assert!(matches!(guess("000000".to_owned()).await, Err(Error::SignInRefused)), "the hundredth");
    for _ in 0..2 {
        let refused = guess(code(&secret, 0)).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "too late, though right: {refused:?}");
    }
    assert!(repository.account(lan.id).await.unwrap().unwrap().needs_link);
    let locks = "select count(*) from access_entry where action = 'lock_account' and account = 'lan.tran'";
    assert_eq!(sql.number(locks).await, 1);
    let reset = repository.reset_second_factor(&administrator(), lan.id).await;
    assert!(matches!(&reset, Err(Error::Invalid { message }) if message.contains("liên kết")), "{reset:?}");
    assert!(
        repository.account(lan.id).await.unwrap().unwrap().needs_link,
        "whoever guessed knows the password"
    );
    let link = repository.make_link(&administrator(), lan.id).await.unwrap();
    let other = "Trâu con 9 cầu vồng cà phê đá";
    let lan = repository.use_link(&link.secret, None, other, &way).await.expect("another password");
    assert!(!lan.needs_link);
    guess(code(&secret, 0)).await.expect("with the new password codes are looked at again");
    repository.reset_second_factor(&administrator(), lan.id).await.expect("the password is another one");
}

#[tokio::test]
async fn an_administrator_corrects_their_own_agency_and_not_their_role() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let chief = administrator_in(repository, "quan.tri").await;
    let herself = chief.actor("Quản trị", &Route::default());
    let change = |agency: &str, role| AccountChange {
        name: chief.name.clone(),
        agency: agency.to_owned(),
        unit: String::new(),
        role,
    };
    let moved =
        repository.change_account(&herself, chief.id, change("UBND xã Mới", Role::Administrator)).await;
    assert_eq!(moved.expect("agencies open nothing to who administers").agency, "UBND xã Mới");
    let promoted = repository.change_account(&herself, chief.id, change("UBND xã Mới", Role::Leader)).await;
    assert!(matches!(promoted, Err(Error::Invalid { .. })), "{promoted:?}");
    // The console corrects one who has never been in, and is the only one: nobody less can give accounts after it.
    fixture.sql().await.execute("update account set signed_in_at = null").await;
    let corrected = change("UBND xã Mẫu", Role::Administrator);
    repository.change_account(&administrator(), chief.id, corrected).await.expect("the role stays");
    let taken =
        repository.change_account(&administrator(), chief.id, change("UBND xã Mẫu", Role::Leader)).await;
    assert!(matches!(taken, Err(Error::Invalid { .. })), "{taken:?}");
}

/// Somebody who administers and has been in.
async fn administrator_in(repository: &Repository, login: &str) -> Account {
    let new = NewAccount { role: Role::Administrator, ..new(login, "") };
    let account = repository.create_account(&administrator(), new).await.expect("an account");
    let link = repository.make_link(&administrator(), account.id).await.expect("a link");
    repository.use_link(&link.secret, None, PASSWORD, &Way::default()).await.expect("a password");
    repository.sign_in(account.id, &Way::default()).await.expect("signed in").account
}

#[tokio::test]
async fn the_last_administrator_who_can_get_in_stays() {
    let fixture = Fixture::new().await;
    let (repository, sql) = (&fixture.repository, fixture.sql().await);
    let chief = administrator_in(repository, "quan.tri").await;
    administrator_in(repository, "pho.quan.tri").await;
    let close =
        async |account: &Account| repository.disable_account(&administrator(), account.id, "Nghỉ").await;
    let check = async |deputy_is: &str, expected: bool| {
        sql.execute(&format!("update account set {deputy_is} where login = 'pho.quan.tri'")).await;
        let closed = close(&chief).await;
        assert_eq!(closed.is_ok(), expected, "{deputy_is}: {closed:?}");
        repository.open_account(&administrator(), chief.id).await.expect("opened");
    };
    let has_been_in = jiff::Timestamp::now().as_microsecond();
    check("signed_in_at = null", false).await;
    check(&format!("signed_in_at = {has_been_in}, password = null"), false).await;
    check("password = 'x', wrong_codes = 101", false).await;
    check("wrong_codes = 0, signed_in_at = 1, enabled_at = 1", false).await;
    check(&format!("signed_in_at = {has_been_in}, state = 'disabled'"), false).await;
    check("state = 'active'", true).await;
    let vouched = "insert into account_identity (issuer, sub, account_id, known_at)
                   select 'https://id.example', 'a', id, 1 from account where login = 'pho.quan.tri'";
    sql.execute(vouched).await;
    check("password = null", true).await;
}

#[tokio::test]
async fn what_a_person_does_with_their_own_account_stands_in_the_log() {
    let fixture = Fixture::new().await;
    let (repository, sql, way) = (&fixture.repository, fixture.sql().await, Way::default());
    let first = repository.first_link().await.unwrap().expect("nobody has an account");
    let chief = NewAccount { role: Role::Administrator, ..new("quan.tri", "") };
    repository.use_link(&first.secret, Some(chief), PASSWORD, &way).await.unwrap();
    let lan = account(repository, "lan.tran").await;
    repository.prove_by_password(knock("lan.tran", PASSWORD, &way)).await.unwrap();
    assert!(repository.prove_by_password(knock("lan.tran", "x", &way)).await.is_err());
    let at = jiff::Timestamp::now();
    let session = SessionRow {
        hash: "1".repeat(64),
        account: Some(lan.id),
        data: "{}".into(),
        made_at: at,
        seen_at: at,
        ends_at: at + jiff::SignedDuration::from_mins(9),
    };
    repository.begin_session(&session).await.unwrap();
    for _ in 0..2 {
        repository.end_other_sessions(&lan, None, &way).await.unwrap();
    }
    // One that she left, and one of somebody who never got in.
    for (hash, account) in [("2", Some(lan.id)), ("3", None)] {
        let left = SessionRow { hash: hash.repeat(64), account, ends_at: at, ..session.clone() };
        repository.begin_session(&left).await.unwrap();
    }
    for _ in 0..2 {
        repository.forget_ended().await.unwrap();
    }
    let secret = repository.begin_second_factor(lan.id).await.unwrap().secret;
    let codes = repository.confirm_second_factor(lan.id, &code(&secret, 0), &way).await.unwrap();
    repository.check_code(lan.id, &codes[0], &way).await.unwrap();
    let check = async |purpose: &str, expected: i64| {
        let entries =
            format!("select count(*) from access_entry where allowed = 1 and purpose = '{purpose}'");
        assert_eq!(sql.number(&entries).await, expected, "{purpose}");
    };
    check("Tạo quản trị viên đầu tiên: quan.tri", 1).await;
    check("Xác nhận lại bằng mật khẩu", 1).await;
    check("Đăng xuất các phiên khác", 1).await;
    check("Đăng nhập bằng mã dự phòng", 1).await;
    check(&format!("Phiên tự hết lúc {}", at.strftime("%Y-%m-%d %H:%M UTC")), 1).await;
}

#[tokio::test]
async fn somebody_is_proved_by_their_own_identity_alone() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let lan = repository.create_account(&administrator(), new("lan.tran", "079199000001")).await.unwrap();
    repository.create_account(&administrator(), new("minh.le", "079099000002")).await.unwrap();
    let check = async |sub: &str, number: &str, expected: bool| {
        let issuer = "https://id.example".to_owned();
        let vouched = Vouched { issuer, sub: sub.to_owned(), number: Some(number.to_owned()) };
        let proved = repository.prove_by_vouching(lan.id, &vouched, &Way::default()).await;
        assert_eq!(proved.is_ok(), expected, "{sub}: {proved:?}");
    };
    check("lan", "079199000001", true).await;
    check("minh", "079099000002", false).await;
    check("nobody", "079199000009", false).await;
}

#[tokio::test]
async fn programs_ask_for_open_accounts_of_programs_only() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let program = NewAccount { is_service: true, ..new("cong.dvc", "") };
    let program = repository.create_account(&administrator(), program).await.unwrap();
    let lan = account(repository, "lan.tran").await;
    let key = || NewProgramKey {
        name: "Cổng".into(),
        only: vec![Action::Search],
        days: 1,
        certificate_sha256: None,
    };
    let refused = repository.make_program_key(&administrator(), lan.id, key()).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "a person's: {refused:?}");
    let (secret, kept) = repository.make_program_key(&administrator(), program.id, key()).await.unwrap();
    let (account, known) = repository.program(&secret, None).await.unwrap().expect("it asks");
    let actor = Actor { purpose: "Cấp lại giấy".into(), ..account.program(&known, &Route::default()) };
    assert_eq!(actor.name, "Trần Thị Lan (Cổng)", "the log tells keys apart, whatever they say");
    let sql = fixture.sql().await;
    sql.execute("update account set kind = 'person' where login = 'cong.dvc'").await;
    assert_eq!(repository.program(&secret, None).await.unwrap(), None, "a person's by now");
    sql.execute("update account set kind = 'service' where login = 'cong.dvc'").await;
    repository.end_program_key(&administrator(), kept.id).await.unwrap();
    repository.disable_account(&administrator(), program.id, "Ngừng").await.unwrap();
    let refused = repository.make_program_key(&administrator(), program.id, key()).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "a closed one: {refused:?}");
    for purpose in
        ["Cấp khóa «Cổng» cho chương trình: cong.dvc", "Thu hồi khóa «Cổng» của chương trình: cong.dvc"]
    {
        let entries = format!("select count(*) from access_entry where purpose = '{purpose}'");
        assert_eq!(sql.number(&entries).await, 1, "{purpose}");
    }
}
