//! The machine itself: what every page says and forbids, what is not there, how it is, and under which names it answers.

use super::*;

#[tokio::test]
async fn every_page_says_that_it_is_a_trial_and_is_locked_down() {
    let counter = Counter::open().await;
    for path in [
        "/",
        "/documents",
        "/documents?state=stored",
        "/search",
        "/dossiers",
        "/dossiers/new",
        "/procedures",
        "/help",
    ] {
        let answer = counter.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.text.contains("bản dùng thử"), "{path}");
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("a text");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(!answer.text.contains("<script>") && !answer.text.contains(" style="), "{path}: inline code");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_clearly() {
    let counter = Counter::open().await;
    let unknown = "01900000-0000-7000-8000-000000000001";
    let check = async |path: &str, expected: StatusCode, kind: &str| {
        let answer = counter.get(path).await;
        assert_eq!(answer.status, expected, "{path}: {}", answer.text);
        assert!(answer.headers[header::CONTENT_TYPE].to_str().expect("a text").starts_with(kind), "{path}");
    };
    let json = "application/problem+json";
    check(&format!("/api/v1/documents/{unknown}"), StatusCode::NOT_FOUND, json).await;
    check("/api/v1/documents/079099000001", StatusCode::NOT_FOUND, json).await;
    check(&format!("/api/v1/documents/{unknown}/pages/0/image"), StatusCode::NOT_FOUND, json).await;
    check(&format!("/api/v1/documents/{unknown}/pages/-1/image"), StatusCode::NOT_FOUND, json).await;
    check(&format!("/api/v1/documents/{unknown}/label.svg"), StatusCode::NOT_FOUND, json).await;
    check("/api/v1/documents?limit=0", StatusCode::UNPROCESSABLE_ENTITY, json).await;
    check("/api/v1/documents?limit=x", StatusCode::UNPROCESSABLE_ENTITY, json).await;
    check("/api/v1/documents?state=lost", StatusCode::UNPROCESSABLE_ENTITY, json).await;
    check("/api/v1/search", StatusCode::METHOD_NOT_ALLOWED, json).await;
    check("/api/nowhere", StatusCode::NOT_FOUND, json).await;
    check(&format!("/documents/{unknown}"), StatusCode::NOT_FOUND, "text/html").await;
    check("/documents/x", StatusCode::NOT_FOUND, "text/html").await;
    check(&format!("/subjects/{unknown}"), StatusCode::NOT_FOUND, "text/html").await;
    check("/nowhere", StatusCode::NOT_FOUND, "text/html").await;
    check("/V/KS-1/x", StatusCode::NOT_FOUND, "text/html").await;
}

#[tokio::test]
async fn hostile_file_names_do_nothing() {
    let counter = Counter::open().await;
    let name = "<img src=x onerror=alert(1)>\u{202e}gpj.exe";
    let id = counter.read_paper(name).await.0;
    for path in ["/".to_owned(), "/documents".to_owned(), format!("/documents/{id}")] {
        let answer = counter.get(&path).await;
        assert!(!answer.text.contains("<img src=x") && !answer.text.contains('\u{202e}'), "{path}");
    }
    let original = counter.get(&format!("/api/v1/documents/{id}/original")).await;
    let disposition = original.headers[header::CONTENT_DISPOSITION].to_str().expect("plain text");
    assert!(disposition.starts_with("attachment; filename=\"_img src_x"), "{disposition}");
}

#[tokio::test]
async fn the_machine_tells_how_it_is_and_nothing_of_people() {
    let counter = Counter::open().await;
    let id = counter.read_paper("scan.jpg").await.0;
    counter.get(&format!("/documents/{id}")).await;
    let made_up = request("079199000001", "/livez").body(Body::empty()).expect("a request");
    counter.ask(made_up).await;
    let metrics = counter.get("/metrics").await.text;
    assert!(metrics.contains("method=\"other\""), "{metrics}");
    assert!(metrics.contains("motlan_documents{state=\"extracted\"}"), "{metrics}");
    assert!(metrics.contains("route=\"/documents/{id}\""), "{metrics}");
    assert!(!metrics.contains(&id.to_string()) && !metrics.contains("079199000001"));
    let ready = counter.get("/readyz").await;
    assert_eq!((ready.status, parse(&ready)["jail"].as_str()), (StatusCode::OK, Some("sandboxed")));
    assert_eq!(counter.get("/livez").await.text, "ok");
}

/// A cluster that takes the question and says nothing.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_whether_it_is_ready_waits_for_no_index() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("it listens"));
    let mut counter = Counter::open().await;
    counter.state.index = search::open_cluster(&url.parse().expect("an address"));
    counter.router = router(counter.state.clone());
    let start = std::time::Instant::now();
    let ready = counter.get("/readyz").await;
    assert_eq!((ready.status, parse(&ready)["index"].as_bool()), (StatusCode::OK, Some(false)));
    let waited = start.elapsed();
    assert!((Duration::from_secs(1)..Duration::from_secs(5)).contains(&waited), "{waited:?}");
}

#[tokio::test]
async fn other_names_of_this_machine_are_refused() {
    let counter = Counter::open().await;
    let rebound = Request::builder().uri("/").header(header::HOST, "evil.example");
    let answer = counter.ask(rebound.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.headers.contains_key(header::CONTENT_SECURITY_POLICY));
    let foreign = request("POST", "/search").header("sec-fetch-site", "cross-site");
    assert_eq!(
        counter.ask(foreign.body(Body::empty()).expect("a request")).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn the_description_names_every_operation() {
    let counter = Counter::open().await;
    let description = parse(&counter.get("/api/openapi.json").await);
    let paths = description["paths"].as_object().expect("paths");
    let operations: usize = paths.values().map(|path| path.as_object().map_or(0, |path| path.len())).sum();
    assert_eq!((paths.len(), operations), (73, 79), "{:?}", paths.keys().collect::<Vec<_>>());
}
