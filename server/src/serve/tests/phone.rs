//! What a phone may reach by a link, and what everybody else is answered.

use super::dossiers::opened;
use super::*;
use sha2::{Digest, Sha256};

const NUMBER: &str = "079199000001";
const PHOTOGRAPH: &[u8] = b"\xff\xd8\xff\xe0 a photograph \xff\xd9";
/// What a link that does not work is told by.
const OVER: &str = "Liên kết này không dùng được nữa";

/// A counter at which a phone has opened a link.
struct Taking {
    counter: Counter,
    /// `/phone/SECRET`.
    link: String,
    /// `/capture/LINK`.
    capture: String,
    /// Of the phone.
    cookie: String,
}

impl Taking {
    async fn begun() -> Taking {
        let counter = Counter::open().await;
        let dossier = opened(&counter, NUMBER).await;
        let made = counter.form(&format!("{dossier}/phone"), "component=giay-khai-sinh").await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.text);
        let at = made.text.find("/phone/").expect("an address");
        let link: String = made.text[at..].chars().take("/phone/".len() + 32).collect();
        let shown = counter.get(&link).await;
        let cookie = shown.headers[header::SET_COOKIE].to_str().expect("a text");
        for part in ["__Host-motlan-phone=", "HttpOnly", "Secure", "Path=/", "SameSite=Lax"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let cookie = cookie.split(';').next().expect("a cookie").to_owned();
        let mut taking = Taking { counter, link, capture: String::new(), cookie };
        let begun = taking.ask("POST", &taking.link.clone(), None).await;
        taking.capture = begun.headers[header::LOCATION].to_str().expect("a text").to_owned();
        assert!(taking.capture.starts_with("/capture/"), "{}", taking.capture);
        taking
    }

    async fn ask(&self, method: &str, path: &str, body: Option<&'static [u8]>) -> Answer {
        let sha256 = hex::encode(Sha256::digest(body.unwrap_or_default()));
        self.ask_as(&self.cookie, method, path, body, &sha256).await
    }

    async fn ask_as(
        &self,
        cookie: &str,
        method: &str,
        path: &str,
        body: Option<&'static [u8]>,
        sha256: &str,
    ) -> Answer {
        let asked = request(method, path)
            .header(header::COOKIE, cookie)
            .header("motlan-sha256", sha256)
            .header("hx-request", "true")
            .body(Body::from(body.unwrap_or_default()));
        self.counter.ask(asked.expect("a request")).await
    }

    fn page(&self, number: u32) -> String {
        format!("{}/pages/{number}", self.capture)
    }
}

#[tokio::test]
async fn a_phone_sends_pictures_and_nothing_else() {
    let taking = Taking::begun().await;
    let put = async |body: &'static [u8]| taking.ask("PUT", &taking.page(1), Some(body)).await;
    for (body, word) in [
        (b"\0\0\0\x18ftypheic\0\0\0\0".as_slice(), "HEIC"),
        (b"%PDF-1.7\n", "không phải ảnh"),
        (b"<script>alert(1)</script>", "không phải ảnh"),
        (b"", "không phải ảnh"),
    ] {
        let refused = put(body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        assert!(refused.text.contains(word) && !refused.text.contains('<'), "{}", refused.text);
    }
    let cut = taking.ask_as(&taking.cookie, "PUT", &taking.page(1), Some(PHOTOGRAPH), "ab").await;
    assert!(cut.text.contains("đứt trên đường"), "{}", cut.text);
    let empty = taking.ask("POST", &format!("{}/send", taking.capture), None).await;
    assert!(empty.text.contains("Chưa có trang nào"), "{}", empty.text);
    for _ in 0..2 {
        assert_eq!(put(PHOTOGRAPH).await.status, StatusCode::NO_CONTENT);
    }
    let sha256 = hex::encode(Sha256::digest(PHOTOGRAPH));
    let page = taking.ask("GET", &taking.capture, None).await;
    assert_eq!(page.text.matches(&sha256).count(), 1, "{}", page.text);
    assert!(!page.text.contains("Lê Thị Hoài") && !page.text.contains(NUMBER), "{}", page.text);
    assert_eq!(taking.ask("DELETE", &taking.page(1), None).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_wrong_used_or_sent_link_is_answered_alike() {
    let taking = Taking::begun().await;
    let stranger = "__Host-motlan-phone=00000000000000000000000000000000";
    let nowhere = "01900000-0000-7000-8000-000000000001";
    let (foreign, unknown) = (taking.capture.clone(), format!("/capture/{nowhere}"));
    let wrong = format!("/phone/{}", "0".repeat(32));
    let mut told = Vec::new();
    for (method, path) in [
        ("GET", &taking.link),
        ("POST", &taking.link),
        ("GET", &wrong),
        ("POST", &wrong),
        ("GET", &foreign),
        ("GET", &unknown),
        ("PUT", &format!("{foreign}/pages/1")),
        ("PUT", &format!("{unknown}/pages/1")),
        ("DELETE", &format!("{foreign}/pages/1")),
        ("POST", &format!("{foreign}/send")),
    ] {
        for cookie in [stranger, ""] {
            told.push(taking.ask_as(cookie, method, path, Some(PHOTOGRAPH), "").await);
        }
    }
    assert_eq!(taking.ask("PUT", &taking.page(1), Some(PHOTOGRAPH)).await.status, StatusCode::NO_CONTENT);
    let send = format!("{}/send", taking.capture);
    assert_eq!(taking.ask("POST", &send, None).await.status, StatusCode::NO_CONTENT);
    for (method, path) in [("POST", &send), ("GET", &taking.capture), ("GET", &taking.link)] {
        told.push(taking.ask(method, path, None).await);
    }
    for answer in &told {
        assert_eq!((answer.status, &answer.text), (StatusCode::NOT_FOUND, &told[0].text));
    }
    assert!(told[0].text.contains(OVER), "{}", told[0].text);
}

#[tokio::test]
async fn the_camera_is_allowed_on_its_page_alone() {
    let taking = Taking::begun().await;
    let policy = |answer: &Answer| answer.headers["permissions-policy"].to_str().expect("a text").to_owned();
    assert_eq!(policy(&taking.ask("GET", &taking.capture, None).await), "camera=(self)");
    for path in ["/", "/sign-in", "/capture/worker.js", "/phone/x", taking.link.as_str()] {
        let forbidden = policy(&taking.counter.get(path).await);
        assert!(forbidden.contains("camera=()"), "{path}: {forbidden}");
    }
    let page = taking.ask("GET", &taking.capture, None).await;
    let content = page.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("a text");
    assert!(content.contains("default-src 'none'") && !content.contains("unsafe"), "{content}");
}
