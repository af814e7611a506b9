"""Fields of the samples beside those that their papers name themselves: what else stands printed on them (DOMAIN 6.2)."""

_DECISION = {
    "recipients": "Như Điều 4; - UBND thành phố (để báo cáo); - Thường trực Đảng ủy, HĐND xã; - Lưu: VT, TTPVHCC",
    "legal_grounds": ("Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025; Căn cứ Nghị định số 118/2025/NĐ-CP ngày "
            "09 tháng 6 năm 2025 của Chính phủ về thực hiện thủ tục hành chính theo cơ chế một cửa, một cửa liên thông; Căn"
            " cứ Thông tư số 01/2023/TT-VPCP ngày 05 tháng 4 năm 2023 của Bộ trưởng, Chủ nhiệm Văn phòng Chính phủ quy định"
            " một số nội dung và biện pháp thi hành trong số hóa hồ sơ, giấy tờ, kết quả giải quyết thủ tục hành chính; "
            "Theo đề nghị của Giám đốc Trung tâm Phục vụ hành chính công xã tại Tờ trình số 48/TTr-TTPVHCC ngày 03 tháng 8 "
            "năm 2026"),
}

MORE_FIELDS: dict[str, dict[str, str]] = {
    "decision": _DECISION,
    "decision-noisy": _DECISION,
    "birth-certificate": {
        "father_birth_year": "1988",
        "father_ethnicity": "Kinh",
        "father_nationality": "Việt Nam",
        "father_residence": "Số 12, ngõ 46B Phạm Ngọc Thạch, phường Trung Tự, quận Đống Đa, thành phố Hà Nội",
        "mother_birth_year": "1991",
        "mother_ethnicity": "Kinh",
        "mother_nationality": "Việt Nam",
        "mother_residence": "Số 12, ngõ 46B Phạm Ngọc Thạch, phường Trung Tự, quận Đống Đa, thành phố Hà Nội",
        "registrant_citizen_id": "001088023817",
    },
    "birth-certificate-200dpi": {
        "father_birth_year": "1993",
        "father_ethnicity": "Kinh",
        "father_nationality": "Việt Nam",
        "father_residence": "Xóm 5, xã Nghi Kiều, huyện Nghi Lộc, tỉnh Nghệ An",
        "mother_birth_year": "1996",
        "mother_ethnicity": "Thổ",
        "mother_nationality": "Việt Nam",
        "mother_residence": "Xóm 5, xã Nghi Kiều, huyện Nghi Lộc, tỉnh Nghệ An",
        "registrant_citizen_id": "040196001187",
    },
    "birth-declaration": {
        "father_birth_year": "1995",
        "father_ethnicity": "Tày",
        "father_nationality": "Việt Nam",
        "mother_birth_year": "1997",
        "mother_ethnicity": "Tày",
        "mother_nationality": "Việt Nam",
        "registrant_citizen_id": "001095041226",
        "addressee": "Ủy ban nhân dân phường Phú Diễn, thành phố Hà Nội",
    },
    "birth-extract": {
        "registration_place": "Ủy ban nhân dân phường Hàng Bông, quận Hoàn Kiếm, thành phố Hà Nội",
        "registration_number": "132/2001",
        "registered_on": "2001-09-11",
        "father_birth_year": "1971",
        "father_ethnicity": "Kinh",
        "father_nationality": "Việt Nam",
        "father_residence": "Số 8 phố Tràng Thi, phường Cửa Nam, thành phố Hà Nội",
        "mother_birth_year": "1974",
        "mother_ethnicity": "Kinh",
        "mother_nationality": "Việt Nam",
        "mother_residence": "Số 8 phố Tràng Thi, phường Cửa Nam, thành phố Hà Nội",
    },
    "business-registration": {
        "phone": "0900 000 218",
        "representative_title": "Giám đốc",
        "members": "TẠ NGUYỄN HẢI ĐĂNG; CAO THỊ MỘNG TUYỀN",
    },
    "criminal-record-upside-down": {
        "office_ban": "Không",
    },
    "death-extract-rotated": {
        "registration_place": "Ủy ban nhân dân phường Thuận Hóa, thành phố Huế",
        "registration_number": "73/2026",
        "registered_on": "2026-05-04",
        "death_cause": "Bệnh già",
    },
    "health-insurance-card": {
        "clinic": "Trung tâm Y tế khu vực Từ Sơn",
        "valid_from": "2026-01-01",
    },
    "land-certificate": {
        "birth_year": "1972",
        "land_use_form": "sử dụng riêng",
        "land_origin": "Nhận chuyển nhượng đất được Nhà nước công nhận quyền sử dụng đất",
    },
    "marriage-certificate": {
        "husband_ethnicity": "Kinh",
        "husband_nationality": "Việt Nam",
        "husband_residence": "Xã Xuân Trường, tỉnh Ninh Bình",
        "wife_ethnicity": "Mường",
        "wife_nationality": "Việt Nam",
        "wife_residence": "Xã Ngọc Lặc, tỉnh Thanh Hóa",
    },
    "notice": {
        "recipients": "Bà Đinh Thị Sương; - Nhà văn hóa xóm 7 (để niêm yết); - Lưu: VT, KT",
    },
    "notice-phone": {
        "recipients": "Bà Đinh Thị Sương; - Nhà văn hóa xóm 7 (để niêm yết); - Lưu: VT, KT",
    },
    "official-letter": {
        "addressee": "Các trường mầm non, tiểu học, trung học cơ sở trên địa bàn phường",
        "recipients": "Như trên; - Công an phường (để phối hợp); - Lưu: VT, VHXH",
    },
    "permit-application-mixed": {
        "phone": "0900 000 417",
        "addressee": "Ủy ban nhân dân phường Quy Nhơn, tỉnh Gia Lai",
    },
    "signed-decision": {
        "legal_grounds": ("Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025; Xét đề nghị của Trưởng phòng Văn hóa - Xã"
            " hội xã tại Tờ trình số 133/TTr-VHXH ngày 20 tháng 7 năm 2026"),
        "recipients": "Như Điều 2; - Lưu: VT, VHXH",
    },
}
