//! Mở khẩn cấp: an officer opens what nothing ties them to, a superior is told at once and judges, and the person reads why.

use super::browser::{ENTER, with_officer};
use super::looking_up::{Agencies, NUMBER};
use super::support::*;

const REASON: &str = "Cấp cứu, cần biết người thân";

#[test]
fn records_are_opened_in_an_emergency_and_it_is_judged() {
    let agencies = Agencies::open(&[]);
    agencies.account("hoa.vu", "Vũ Thị Hoa", "handling_officer");
    agencies.account("truong.so", "Hoàng Trưởng Sở", "leader");
    let paper = format!("{}/documents/{}", agencies.server.address, agencies.document);
    with_officer(async |officer| {
        agencies.sign_in(officer, "hoa.vu").await;
        officer.go(&paper).await;
        let said = officer.see("main").await.text().await.expect("a text");
        assert!(said.contains("Không có giấy tờ, hồ sơ"), "{said}");
        officer.see("a.officer").await.click().await.expect("a link");
        officer.see("a[href='/break-glass']").await.click().await.expect("a link");
        officer.see("a[href='/break-glass/new']").await.click().await.expect("a link");
        let told = officer.see("#told").await.text().await.expect("a text");
        assert!(told.contains("Hoàng Trưởng Sở") && !told.contains("Vũ Thị Hoa"), "{told}");
        officer.write("#number", NUMBER).await;
        officer.see("#reason").await.send_keys(&format!("{REASON}{ENTER}")).await.expect("a form");
        officer.see(&format!("a[href='/documents/{}']", agencies.document)).await;
        officer.go(&paper).await;
        officer.see("#page-image").await;
        officer.see("#sign-out").await.click().await.expect("a button");

        agencies.sign_in(officer, "truong.so").await;
        officer.see("#emergencies a").await.click().await.expect("a link");
        let line = officer.see("#break-glass li").await.text().await.expect("a text");
        assert!(line.contains("Vũ Thị Hoa") && line.contains(REASON), "{line}");
        officer.see("#break-glass button[value='unjustified']").await.click().await.expect("a button");
        let trouble = officer.see("#trouble").await.text().await.expect("a text");
        assert!(!trouble.is_empty(), "a judgement against somebody says why");
        officer.see("#break-glass button[value='justified']").await.click().await.expect("a button");
        officer
            .see_that(
                "the judgement",
                "return document.querySelector('#break-glass li').innerText.includes('Có căn cứ');",
                vec![],
            )
            .await;
    });
    let entries = "select purpose from access_entry where action = 'break_glass' and allowed = 1";
    assert_eq!(rows(&agencies.data, entries), [REASON], "the person reads why");
    agencies.server.stop();
    check_is_clean(&agencies.data);
}
