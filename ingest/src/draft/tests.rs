//! Whole papers, written by hand as runs of words, and the fields that are proposed for them.

use super::*;
use repository::record::{FieldSource, Label, PageSource, PageState, ReadLine, ReadWord, Region};

/// Width of a letter and height of a row on the invented page, in pixels; the page is A4 at 300 dpi.
const LETTER: u32 = 22;
const HEIGHT: u32 = 40;

/// A page from runs of text: pixels from the left, number of the row, text.
fn page(runs: &[(u32, u32, &str)], code: Option<&str>) -> Vec<(Page, Option<Reading>)> {
    let word = |left: u32, row: u32, text: &str| {
        let width = LETTER * text.chars().count() as u32;
        let region = Region { left, top: 100 + row * 80, width, height: HEIGHT };
        ReadWord { text: text.into(), region, confidence: 95.0 }
    };
    let line = |(left, row, text): &(u32, u32, &str)| {
        let mut at = *left;
        let words = text.split(' ').map(|text| {
            let word = word(at, *row, text);
            at += word.region.width + LETTER;
            word
        });
        ReadLine { words: words.collect() }
    };
    let region = Region { left: 0, top: 0, width: 9, height: 9 };
    let labels = code.map(|value| Label { kind: "citizen_card".into(), value: value.into(), region });
    let page = Page {
        number: 1,
        state: PageState::Done,
        reasons: Vec::new(),
        source: PageSource::Scan,
        width: 2480,
        height: 3508,
        dpi: 300,
        rotation_degrees: 0,
        labels: labels.into_iter().collect(),
        unread: Vec::new(),
        picture_hash: None,
    };
    let reading = Reading {
        engine: "test".into(),
        engine_version: String::new(),
        model: String::new(),
        model_sha256: String::new(),
        stages: Vec::new(),
        lines: runs.iter().map(line).collect(),
    };
    vec![(page, Some(reading))]
}

fn check(runs: &[(u32, u32, &str)], expected: &[(&str, &str)]) {
    let proposal = draft(&page(runs, None));
    for (key, value) in expected {
        let found = proposal.fields.iter().find(|field| field.key == *key).map(|field| field.value.as_str());
        assert_eq!(found, Some(*value).filter(|value| !value.is_empty()), "{key}");
    }
}

#[test]
fn values_belong_to_the_person_named_before_them() {
    check(
        &[
            (700, 4, "GIẤY KHAI SINH"),
            (300, 6, "Họ, chữ đệm, tên: VÕ KHÁNH LOAN"),
            (300, 7, "Ngày, tháng, năm sinh:04/07/2023"),
            (300, 8, "Giớitính: Nữ Dân tộc: Kinh Quốc tịch: Việt Nam"),
            (300, 9, "Họ, chữ đệm, tên người mẹ: ĐINH HỒNG THẢO"),
            (300, 10, "Năm sinh: 1993 Dân tộc: Tày Quốc tịch: Việt Nam"),
            (300, 11, "Họ, chữ đệm, tên người đi khai sinh: ĐINH HỒNG THẢO"),
            (300, 12, "Giấy tờ tùy thân: Căn cước công dân số 019193458048"),
        ],
        &[
            ("full_name", "VÕ KHÁNH LOAN"),
            ("birth_date", "2023-07-04"),
            ("sex", "Nữ"),
            ("ethnicity", "Kinh"),
            ("mother_name", "ĐINH HỒNG THẢO"),
            ("mother_birth_year", "1993"),
            ("mother_ethnicity", "Tày"),
            ("registrant_citizen_id", "019193458048"),
            ("citizen_id", ""),
        ],
    );
}

#[test]
fn values_may_stand_below_their_label_or_go_on_there() {
    check(
        &[
            (600, 4, "GIẤY CHỨNG NHẬN ĐĂNG KÝ DOANH NGHIỆP"),
            (300, 6, "2. Địa chỉ trụ sử chính"),
            (300, 7, "Thôn Hậu Duệ, xã Kiến An, huyện Chợ Mới, tỉnh An Giang"),
            (300, 8, "Tên công ty viết bằng tiếng Việt: CÔNG TY TNHH XÂY DỰNG HƯNG YẾN"),
            (300, 9, "Số giấy tờ pháp lý của cá nhân: 031 093787895"),
        ],
        &[
            ("head_office", "Thôn Hậu Duệ, xã Kiến An, huyện Chợ Mới, tỉnh An Giang"),
            ("enterprise_name", "CÔNG TY TNHH XÂY DỰNG HƯNG YẾN"),
            ("citizen_id", "031093787895"),
        ],
    );
    check(
        &[
            (700, 4, "TRÍCH LỤC KHAI TỬ"),
            (300, 6, "Nơi cư trú cuối cùng: Ấp Mỹ Phước, xã Hải Minh, huyện Hải Hậu, tỉnh Nam"),
            (300, 7, "Định"),
            (300, 8, "Nguyên nhân chết: Bệnh già"),
        ],
        &[
            ("residence", "Ấp Mỹ Phước, xã Hải Minh, huyện Hải Hậu, tỉnh Nam Định"),
            ("death_cause", "Bệnh già"),
        ],
    );
}

#[test]
fn a_marriage_table_is_read_by_its_columns() {
    check(
        &[
            (700, 4, "GIẤY CHỨNG NHẬN KẾT HÔN"),
            (450, 6, "Nội dung"),
            (1100, 6, "Chồng"),
            (1870, 6, "Vợ"),
            (340, 7, "Họ, chữ đệm, tên"),
            (812, 7, "PHẠM HỮU LƯỢNG"),
            (1556, 7, "NGHIÊM MỸ TRANG"),
            (340, 8, "Ngày, tháng, năm"),
            (340, 9, "sinh"),
            (812, 9, "21/09/1988"),
            (1556, 9, "26/12/1979"),
            (340, 11, "Dân tộc Kinh"),
            (812, 11, "Kinh"),
            (1556, 11, "Mường"),
        ],
        &[
            ("husband_name", "PHẠM HỮU LƯỢNG"),
            ("wife_name", "NGHIÊM MỸ TRANG"),
            ("husband_birth_date", "1988-09-21"),
            ("wife_birth_date", "1979-12-26"),
            ("wife_ethnicity", "Mường"),
        ],
    );
}

#[test]
fn values_go_on_where_their_row_was_full() {
    let wide = "Địa chỉ liên hệ: Số 12 ngõ 46 đường Nguyễn Văn Cừ, phường An Khánh, quận Ninh Kiều, thành";
    check(
        &[
            (600, 4, "GIẤY CHỨNG NHẬN ĐĂNG KÝ DOANH NGHIỆP"),
            (300, 8, "Tên công ty viết bằng tiếng Việt: CÔNG TY TNHH XÂY DỰNG VÀ THƯƠNG MẠI TỔNG HỢP HƯNG"),
            (300, 9, "YẾN ANH"),
            (
                300,
                10,
                "Địa chỉ trụ sở chính: Số 12 ngõ 46 đường Nguyễn Văn Cừ, phường An Khánh, thành phố Huế",
            ),
            (300, 11, "Người đại diện"),
        ],
        &[("enterprise_name", "CÔNG TY TNHH XÂY DỰNG VÀ THƯƠNG MẠI TỔNG HỢP HƯNG YẾN ANH")],
    );
    check(
        &[
            (700, 4, "TỜ KHAI ĐĂNG KÝ KHAI SINH"),
            (300, 6, wide),
            (300, 7, "phố Cần Thơ"),
            (300, 8, "II. Thửa đất có biến động"),
        ],
        &[(
            "residence",
            "Số 12 ngõ 46 đường Nguyễn Văn Cừ, phường An Khánh, quận Ninh Kiều, thành phố Cần Thơ",
        )],
    );
    check(
        &[
            (700, 4, "TỜ KHAI ĐĂNG KÝ KHAI SINH"),
            (
                300,
                6,
                "Nơi cư trú: Số 12 ngõ 46 đường Nguyễn Văn Cừ, phường An Khánh, quận Ninh Kiều, tỉnh Hà Nam",
            ),
            (300, 7, "II. Thửa đất có biến động"),
        ],
        &[("residence", "Số 12 ngõ 46 đường Nguyễn Văn Cừ, phường An Khánh, quận Ninh Kiều, tỉnh Hà Nam")],
    );
    check(
        &[
            (700, 4, "GIẤY KHAI SINH"),
            (300, 6, "Họ, chữ đệm, tên người mẹ:"),
            (1200, 6, "TRẦN THỊ HỒNG"),
            (300, 7, "OANH"),
            (300, 8, "Họ, chữ đệm, tên người cha:"),
            (900, 8, "LÒ BÁ THỂ"),
            (700, 9, "GIẤY KHAI SINH"),
        ],
        &[("mother_name", "TRẦN THỊ HỒNG OANH"), ("father_name", "LÒ BÁ THỂ")],
    );
}

#[test]
fn a_label_may_be_misread_or_cut() {
    check(
        &[
            (700, 4, "GIẤY PHÉP XÂY DỰNG"),
            (300, 6, "1. Cấp cho: ông LÒ ĐÌNH THƯỞNG, số định danh cá nhân 066064117428; địa"),
            (300, 7, "chỉ: Xóm Bãi Giữa, xã An Mỹ, huyện Kế Sách, tỉnh Sóc Trăng."),
        ],
        &[
            ("citizen_id", "066064117428"),
            ("residence", "Xóm Bãi Giữa, xã An Mỹ, huyện Kế Sách, tỉnh Sóc Trăng"),
        ],
    );
    check(
        &[
            (700, 4, "GIẤY KHAI SINH"),
            (300, 6, "1.Họvàtên: LÝ ĐỨC QUYẾT"),
            (300, 7, "Giới tính; Nam Dântộc: Kinh Quốctịch: Việt Nam"),
            (300, 8, "Họ, chữ đệm, tên người mọ: ĐINH HỒNG THẢO"),
            (300, 9, "Năm sinh: 1993"),
        ],
        &[
            ("full_name", "LÝ ĐỨC QUYẾT"),
            ("sex", "Nam"),
            ("ethnicity", "Kinh"),
            ("nationality", "Việt Nam"),
            ("mother_name", "ĐINH HỒNG THẢO"),
            ("mother_birth_year", "1993"),
        ],
    );
    check(
        &[(700, 4, "GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT"), (300, 5, "Bà:"), (300, 6, "GIẤY CHỨNG NHẬN")],
        &[("holder_name", "")],
    );
}

#[test]
fn entries_side_by_side_belong_to_who_is_named_above() {
    check(
        &[
            (700, 4, "GIẤY CHỨNG NHẬN KẾT HÔN"),
            (300, 6, "Họ, chữ đệm, tên vợ: NGHIÊM MỸ TRANG"),
            (1300, 6, "Họ, chữ đệm, tên chồng: PHẠM HỮU LƯỢNG"),
            (300, 7, "Ngày, tháng, năm sinh: 26/12/1979"),
            (1300, 7, "Ngày, tháng, năm sinh: 21/09/1988"),
            (300, 8, "Dân tộc: Mường"),
            (1300, 8, "Dân tộc: Kinh"),
        ],
        &[
            ("wife_name", "NGHIÊM MỸ TRANG"),
            ("husband_name", "PHẠM HỮU LƯỢNG"),
            ("wife_birth_date", "1979-12-26"),
            ("husband_birth_date", "1988-09-21"),
            ("wife_ethnicity", "Mường"),
            ("husband_ethnicity", "Kinh"),
        ],
    );
}

#[test]
fn the_columns_of_a_marriage_table_are_told_by_what_stands_in_them() {
    /// A table whose heading has these two words; the man's name, day and number stand first unless they are swapped.
    fn table<'a>(heads: [&'a str; 2], numbers: [&'a str; 2]) -> Vec<(u32, u32, &'a str)> {
        vec![
            (700, 4, "GIẤY CHỨNG NHẬN KẾT HÔN"),
            (450, 6, "Nội dung"),
            (1100, 6, heads[0]),
            (1870, 6, heads[1]),
            (340, 7, "Họ, chữ đệm,tên"),
            (812, 7, "PHẠM HỮU LƯỢNG"),
            (1556, 7, "NGHIÊM MỸ TRANG"),
            (340, 8, "Biên tháng, năm"),
            (812, 8, "21/09/1988"),
            (1556, 8, "26/12/1979"),
            (340, 9, "Số định danh"),
            (812, 9, numbers[0]),
            (1556, 9, numbers[1]),
        ]
    }
    let of_husband = [
        ("husband_name", "PHẠM HỮU LƯỢNG"),
        ("husband_birth_date", "1988-09-21"),
        ("wife_birth_date", "1979-12-26"),
    ];
    let of_wife = [("wife_name", "PHẠM HỮU LƯỢNG"), ("husband_name", "NGHIÊM MỸ TRANG")];
    let numbers = ["054088440754", "031179017415"];
    let doubtful = ["05408844075", "03117901741"];
    let doubts = |runs: &[(u32, u32, &str)]| {
        let fields = draft(&page(runs, None)).fields;
        fields.iter().any(|field| field.doubts.iter().any(|code| code == "spouse_column"))
    };
    for heads in [["Chồng", "Vợ"], ["Chống", "Vự"], ["Chỏny", "Vợ"]] {
        check(&table(heads, doubtful), &of_husband);
        assert!(!doubts(&table(heads, doubtful)), "{heads:?}");
    }
    check(&table(["Vợ", "Chồng"], doubtful), &of_wife);
    check(&table(["?", "Vv"], numbers), &of_husband);
    assert!(!doubts(&table(["?", "Vv"], numbers)));
    check(&table(["?", "Vv"], [numbers[1], numbers[0]]), &of_wife);
    check(&table(["?", "Vv"], doubtful), &of_husband);
    assert!(doubts(&table(["?", "Vv"], doubtful)));
}

#[test]
fn the_letterhead_and_the_signer() {
    check(
        &[
            (220, 0, "ỦY BẠN NHÂN DÂN"),
            (1300, 0, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            (240, 1, "THÀNH PHỐ CẦN THƠ"),
            (300, 2, "SƠ TƯ PHÁP"),
            (1500, 2, "Cần Thơ, ngày 10 tháng 12 năm 2018"),
            (300, 3, "Số: 5864/QĐ-STP"),
            (1100, 5, "QUYẾT ĐỊNH"),
            (1600, 20, "KT. GIÁM ĐỐC"),
            (1600, 21, "PHO GIÁM ĐÔC"),
            (1600, 25, "Tạ Thế Điệp"),
        ],
        &[
            ("agency", "SỞ TƯ PHÁP"),
            ("number", "5864/QĐ-STP"),
            ("issued_on", "2018-12-10"),
            ("issued_at", "Cần Thơ"),
            ("signer_title", "PHÓ GIÁM ĐỐC"),
            ("signer", "Tạ Thế Điệp"),
        ],
    );
    check(
        &[
            (220, 0, "ỦY BAN NHÂN DÂN"),
            (240, 1, "XÃ IA BLANG"),
            (300, 2, "SỐ: 406/UBND"),
            (1500, 3, "la Blang, ngảy 10 tháng 12 năm 2018"),
            (1100, 5, "QUYẾI ĐỊNH"),
            (900, 6, "Về việc cử cán bộ đi học"),
            (300, 9, "Theo biên bản làm việc của các bên, ngày 11 tháng 12 năm 2018, nay quyết định"),
        ],
        &[
            ("agency", "ỦY BAN NHÂN DÂN XÃ IA BLANG"),
            ("issued_on", "2018-12-10"),
            ("issued_at", "la Blang"),
            ("subject_matter", "Về việc cử cán bộ đi học"),
        ],
    );
    check(
        &[(1100, 5, "QUYẾT ĐỊNH"), (1600, 20, "KT. CHỦ TỊCH"), (1600, 25, "Tạ Thế Điệp")],
        &[("signer", "Tạ Thế Điệp"), ("signer_title", "")],
    );
    check(
        &[
            (700, 4, "TỜ KHAI ĐĂNG KÝ KHAI SINH"),
            (1200, 20, "Làm tại: Kiến Thiết, ngày 05 tháng 5 năm 2025"),
            (1570, 21, "Người yêu cầu"),
            (1540, 25, "Đinh Hồng Thảo"),
        ],
        &[("signer", "Đinh Hồng Thảo"), ("signer_title", ""), ("issued_at", "Kiến Thiết")],
    );
}

#[test]
fn registers_grounds_recipients_and_changes() {
    check(
        &[
            (700, 4, "TRÍCH LỤC KHAI SINH"),
            (300, 6, "Đăng ký khai sinh tại: Ủy ban nhân dân phường Hàng Bông"),
            (300, 7, "Số: 132/2001 Ngày: 11/09/2001"),
        ],
        &[("registration_number", "132/2001"), ("registered_on", "2001-09-11")],
    );
    check(
        &[
            (1100, 4, "QUYẾT ĐỊNH"),
            (300, 6, "Căn cứ Luật Tổ chức chính quyền địa phương;"),
            (1100, 7, "QUYẾT ĐỊNH:"),
            (300, 12, "Nơi nhận:"),
            (300, 13, "- Như Điều 2;"),
            (300, 14, "- Lưu: VT."),
        ],
        &[
            ("legal_grounds", "Căn cứ Luật Tổ chức chính quyền địa phương"),
            ("recipients", "Như Điều 2; - Lưu: VT"),
        ],
    );
    check(
        &[
            (600, 4, "GIẤY CHỨNG NHẬN ĐĂNG KÝ DOANH NGHIỆP"),
            (300, 6, "Đăng ký lần đầu: ngày 18 tháng 3 năm 2024"),
            (300, 7, "Đăng ký thay đổi lần thứ: 3, ngày 12 tháng 5 năm 2025"),
        ],
        &[("issued_on", "2024-03-18"), ("change_number", "3"), ("changed_on", "2025-05-12")],
    );
}

#[test]
fn the_words_that_decided_the_type_are_told() {
    let check = |text: &str, code: &str, evidence: Option<&str>| {
        let proposal = draft(&page(&[(700, 4, text)], None));
        let told = proposal.type_evidence.map(|evidence| evidence.text);
        assert_eq!((proposal.document_type.code(), told.as_deref()), (code, evidence), "{text}");
    };
    check("GIẤY KHAI SINH", "KS", Some("GIẤY KHAI SINH"));
    check("GIẦY KHAL SINB", "KS", Some("GIẦY KHAL SINB"));
    check("TRÍCH LỤC KHAI TỪ", "KT", Some("TRÍCH LỤC KHAI TỪ"));
    check("GIẤY PHÉP LÁI XE", "GP", Some("GIẤY PHÉP"));
    check("PHIẾU LÝ LỊCH TƯ PHÁP SỐ 2", "LLTP", Some("PHIẾU LÝ LỊCH TƯ PHÁP"));
    check("Tình trạng án tích: Không có án tích", "LLTP", Some("Tình trạng án tích:"));
    check("ĐƠN ĐỀ NGHI CẤP PHÉP", "DON", Some("ĐƠN ĐỀ NGHI"));
    check("DÒNG", "KHAC", None);
    check("PHƯỜNG AN KHÁNH", "KHAC", None);
    check("PHƯƠNG ÁN SẮP XẾP CÁC ĐƠN VỊ", "KHAC", Some("PHƯƠNG ÁN"));
}

#[test]
fn a_cards_code_outranks_what_was_read_and_bears_witness_elsewhere() {
    let code = "001088023817||Nguyễn Đức Thịnh|02091988|Nam|Trung Tự, Đống Đa, Hà Nội|15042021";
    let card =
        draft(&page(&[(700, 4, "CĂN CƯỚC CÔNG DÂN"), (300, 6, "Họ và tên: NGUYỄN ĐỨC THỊNH")], Some(code)));
    let name = card.fields.iter().find(|field| field.key == "full_name").expect("a name");
    assert_eq!((name.source, name.value.as_str()), (FieldSource::Qr, "NGUYỄN ĐỨC THỊNH"));
    let runs = [
        (700, 4, "XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ"),
        (300, 6, "1. Họ và tên: NGUYÊN ĐỨC THỊNH"),
        (300, 7, "2. Số định danh cá nhân: 001088023817"),
        (300, 8, "3. Giới tính: Nam"),
    ];
    let other = draft(&page(&runs, Some(code)));
    let of = |key: &str| other.fields.iter().find(|field| field.key == key).expect("a field");
    assert!(of("full_name").doubts.contains(&"code_differs".to_owned()));
    assert_eq!((of("sex").confidence, of("sex").source), (99.0, FieldSource::Ocr));
}

#[test]
fn a_card_that_contradicts_itself_is_proposed_with_doubts() {
    let check = |code: &str, expected: &[(&str, &str)]| {
        let draft = draft(&page(&[(700, 4, "CĂN CƯỚC CÔNG DÂN")], Some(code)));
        assert!(draft.fields.iter().all(|field| field.source == FieldSource::Qr), "{code}");
        let doubts = |field: &ProposedField| {
            field.doubts.iter().map(|doubt| (field.key.clone(), doubt.clone())).collect::<Vec<_>>()
        };
        let mut doubts: Vec<_> = draft.fields.iter().flat_map(doubts).collect();
        doubts.sort();
        let doubts: Vec<_> = doubts.iter().map(|(key, doubt)| (key.as_str(), doubt.as_str())).collect();
        assert_eq!(doubts, expected, "{code}");
    };
    check("001088023817||Nguyễn Đức Thịnh|02091988|Nam|Trung Tự, Đống Đa, Hà Nội|15042021", &[]);
    check(
        "001088023817||Nguyễn Đức Thịnh|02091988|Nữ|Trung Tự, Đống Đa, Hà Nội|15042021",
        &[("citizen_id", "sex"), ("sex", "sex")],
    );
    check(
        "001088023817||Nguyễn Đức Thịnh|02091989|Nam|Trung Tự, Đống Đa, Hà Nội|15042021",
        &[("birth_date", "birth_year"), ("citizen_id", "birth_year")],
    );
    check(
        "001088023817||Nguyễn Đức Thịnh|02091988|Nam|Trung Tự, Đống Đa, Hà Nội|15041987",
        &[("birth_date", "before_birth"), ("issued_on", "before_birth")],
    );
    check(
        "001088023817||Nguyễn Đức Thịnh|02091988|Nam|Trung Tự, Đống Đa, Hà Nội|15042199",
        &[("issued_on", "future_date")],
    );
}
