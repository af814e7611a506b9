//! What can be done with the answer to a query: keeping it, taking its list out, looking for more of the kind.

use super::*;

/// Asks from the search box; answers the key of the query.
async fn ask(counter: &Counter, query: &str) -> String {
    let asked = counter.form("/search", &format!("query={}", query.replace(' ', "+"))).await;
    let address = asked.headers[header::LOCATION].to_str().expect("an address").to_owned();
    address.split_once("q=").expect("a key").1.to_owned()
}

#[tokio::test]
async fn a_list_is_taken_out_without_numbers_of_people() {
    let counter = Counter::open().await;
    let id = counter.read_paper("scan.jpg").await;
    let confirmed = format!("{CONFIRMED}&subject_number=079+199+000+001");
    counter.form(&format!("/documents/{id}/confirm"), &confirmed).await;
    counter.follow().await;
    let key = ask(&counter, "hoai").await;
    let list = counter.form("/search/export", &format!("q={key}")).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    assert!(list.headers[header::CONTENT_TYPE].to_str().expect("text").starts_with("text/csv"));
    let lines = list.text.lines().collect::<Vec<_>>();
    assert_eq!(lines.len(), 2, "{}", list.text);
    assert!(lines[0].starts_with("\u{feff}Mã kết quả,"), "{}", lines[0]);
    assert!(lines[1].contains("Giấy khai sinh") && lines[1].contains("Lê Thị Hoài"), "{}", lines[1]);
    assert!(!list.text.contains("199000001"), "{}", list.text);
    let log = counter.get(&format!("/api/v1/documents/{id}/access")).await;
    assert!(log.text.contains("Xuất danh sách"), "taking it out is logged: {}", log.text);
    let gone = counter.form("/search/export", "q=0000").await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// The place that cannot be read is marked, whichever way the letters before it were typed.
#[tokio::test]
async fn the_wrong_word_is_marked_behind_letters_of_two_signs() {
    let counter = Counter::open().await;
    for query in
        ["nhà ở giấy loại:khongco", "nha\u{300} o\u{31b}\u{309} gia\u{302}\u{301}y loa\u{323}i:khongco"]
    {
        let key = ask(&counter, query).await;
        let page = counter.get(&format!("/search?q={key}")).await;
        assert!(page.text.contains("<mark>khongco</mark>"), "{query}: {}", page.text);
    }
}

#[tokio::test]
async fn a_query_is_kept_asked_again_and_forgotten() {
    let counter = Counter::open().await;
    let key = ask(&counter, "khai sinh").await;
    let kept = counter.form("/search/views", &format!("q={key}&name=Khai+sinh+m%E1%BB%9Bi")).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let list = counter.get("/search/views").await;
    assert!(list.text.contains("Khai sinh mới") && list.text.contains("khai sinh</bdi>"), "{}", list.text);
    let id = list.text.split_once("data-view-id=\"").expect("a view").1.split('"').next().expect("its key");
    let again = counter.form(&format!("/search/views/{id}"), "").await;
    let address = again.headers[header::LOCATION].to_str().expect("an address");
    assert!(address.starts_with("/search?q=") && !address.contains("khai"), "{address}");
    let number = ask(&counter, "so 079199000001").await;
    let refused = counter.form("/search/views", &format!("q={number}&name=An")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "numbers of people are kept nowhere else");
    counter.form(&format!("/search/views/{id}/forget"), "").await;
    assert!(counter.get("/search/views").await.text.contains("Chưa có lượt tìm nào"));
}

#[tokio::test]
async fn papers_of_the_same_people_are_offered_as_similar() {
    let counter = Counter::open().await;
    let (one, other) = (counter.read_paper("a.jpg").await, counter.read_paper("b.jpg").await);
    counter.follow().await;
    let similar = counter.get(&format!("/documents/{one}/similar")).await;
    assert_eq!(similar.status, StatusCode::OK, "{}", similar.text);
    assert!(similar.text.contains(&format!("data-document-id=\"{other}\"")), "{}", similar.text);
    assert!(!similar.text.contains(&format!("data-document-id=\"{one}\"")), "{}", similar.text);
}
