//! Trạng thái hồ sơ: the codes of the national portal (DOMAIN §4.1), which follows which, and what may be done in each. One table, printed
//! by a test.

use serde::{Deserialize, Serialize};

/// Trạng thái hồ sơ (TrangThaiHoSo 1–10).
#[doc(alias = "trạng thái hồ sơ")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DossierState {
    /// 1: mới đăng ký.
    Submitted,
    /// 2: được tiếp nhận.
    Accepted,
    /// 3: không được tiếp nhận.
    Refused,
    /// 4: đang xử lý.
    Processing,
    /// 5: yêu cầu bổ sung giấy tờ.
    SupplementAsked,
    /// 6: yêu cầu thực hiện nghĩa vụ tài chính.
    PaymentAsked,
    /// 7: công dân yêu cầu rút hồ sơ.
    Withdrawn,
    /// 8: dừng xử lý.
    Stopped,
    /// 9: đã xử lý xong.
    Finished,
    /// 10: đã trả kết quả.
    Delivered,
}

impl DossierState {
    /// Every state, in the order of the codes.
    pub const ALL: [DossierState; 10] = [
        DossierState::Submitted,
        DossierState::Accepted,
        DossierState::Refused,
        DossierState::Processing,
        DossierState::SupplementAsked,
        DossierState::PaymentAsked,
        DossierState::Withdrawn,
        DossierState::Stopped,
        DossierState::Finished,
        DossierState::Delivered,
    ];

    /// The number by which the national portal knows it.
    pub fn code(self) -> u8 {
        self as u8 + 1
    }

    /// Vietnamese name for people.
    pub fn label(self) -> &'static str {
        match self {
            DossierState::Submitted => "Mới đăng ký",
            DossierState::Accepted => "Được tiếp nhận",
            DossierState::Refused => "Không được tiếp nhận",
            DossierState::Processing => "Đang xử lý",
            DossierState::SupplementAsked => "Yêu cầu bổ sung giấy tờ",
            DossierState::PaymentAsked => "Yêu cầu thực hiện nghĩa vụ tài chính",
            DossierState::Withdrawn => "Công dân yêu cầu rút hồ sơ",
            DossierState::Stopped => "Dừng xử lý",
            DossierState::Finished => "Đã xử lý xong",
            DossierState::Delivered => "Đã trả kết quả",
        }
    }

    /// The states that may follow. No normative matrix was found: this one is ours (DOMAIN §4.1). From 2 straight to 9 go procedures
    /// whose result is given in one sitting.
    pub fn followed_by(self) -> &'static [DossierState] {
        use DossierState::*;
        match self {
            Submitted => &[Accepted, Refused, SupplementAsked, Withdrawn],
            Accepted => &[Processing, SupplementAsked, PaymentAsked, Withdrawn, Finished],
            Processing => &[SupplementAsked, PaymentAsked, Withdrawn, Stopped, Finished],
            SupplementAsked => &[Submitted, Accepted, Processing, Withdrawn, Stopped],
            PaymentAsked => &[Accepted, Processing, Withdrawn, Stopped],
            Stopped | Finished => &[Delivered],
            Refused | Withdrawn | Delivered => &[],
        }
    }

    /// Whether nothing follows.
    pub fn is_terminal(self) -> bool {
        self.followed_by().is_empty()
    }

    /// Whether a dossier may begin here: registered online, or handed in at the counter.
    pub fn may_begin(self) -> bool {
        matches!(self, DossierState::Submitted | DossierState::Accepted)
    }

    /// Whether papers may fill components: the work goes on.
    pub fn takes_components(self) -> bool {
        !self.is_terminal()
    }

    /// Whether results may be filed: a backlog is scanned long after it was handed out, but what was never handled has no result.
    pub fn takes_outcomes(self) -> bool {
        !matches!(self, DossierState::Refused | DossierState::Withdrawn)
    }

    /// Whether the dossier waits for its owner, and goes back to the state that it left.
    pub fn waits_for_owner(self) -> bool {
        matches!(self, DossierState::SupplementAsked | DossierState::PaymentAsked)
    }

    /// Whether the owner must be told why.
    pub fn needs_reason(self) -> bool {
        matches!(
            self,
            DossierState::Refused
                | DossierState::SupplementAsked
                | DossierState::PaymentAsked
                | DossierState::Withdrawn
                | DossierState::Stopped
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
1 submitted -> 2 3 5 7 reason: 3 5 7; begins, components, outcomes
2 accepted -> 4 5 6 7 9 reason: 5 6 7; begins, components, outcomes
3 refused terminal;
4 processing -> 5 6 7 8 9 reason: 5 6 7 8; components, outcomes
5 supplement_asked -> 1 2 4 7 8 reason: 7 8; waits, components, outcomes
6 payment_asked -> 2 4 7 8 reason: 7 8; waits, components, outcomes
7 withdrawn terminal;
8 stopped -> 10; components, outcomes
9 finished -> 10; components, outcomes
10 delivered terminal; outcomes
";

    fn codes(states: impl Iterator<Item = DossierState>) -> String {
        states.map(|state| format!(" {}", state.code())).collect()
    }

    /// What may be done in a state beside moving on.
    fn guards(state: DossierState) -> String {
        let guards = [
            (state.may_begin(), " begins"),
            (state.waits_for_owner(), " waits"),
            (state.takes_components(), " components"),
            (state.takes_outcomes(), " outcomes"),
        ];
        guards.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn the_whole_table_is_this() {
        let line = |state: DossierState| {
            let next = state.followed_by().iter().copied();
            let reasons = codes(next.clone().filter(|state| state.needs_reason()));
            let reasons = if reasons.is_empty() { reasons } else { format!(" reason:{reasons}") };
            let way = if state.is_terminal() { "terminal".to_owned() } else { format!("->{}", codes(next)) };
            let name = crate::database::word(&state);
            format!("{} {name} {way}{reasons};{}\n", state.code(), guards(state))
        };
        assert_eq!(DossierState::ALL.map(line).concat(), TABLE);
    }
}
