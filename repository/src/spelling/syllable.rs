//! Which syllables Vietnamese can spell: an initial, a rime and a tone that the rime allows.

use super::without_tone;

/// Initial consonants; a syllable may also have none.
const INITIALS: &[&str] = &[
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p",
    "ph", "qu", "r", "s", "t", "th", "tr", "v", "x",
];
/// Every rime, without tone.
const RIMES: &str = "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây \
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu \
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot \
    ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh uêt ui um un ung uôc uôi uôm uôn uông \
    uôt uơ up ut uy uya uych uyên uyêt uyn uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu \
    y yêm yên yêng yêt yêu ynh yt";
/// A rime that ends with one of these has the tone sắc or nặng.
const STOPS: [&str; 4] = ["c", "ch", "p", "t"];
/// Sắc and nặng.
const STOPPED_TONES: [char; 2] = ['\u{301}', '\u{323}'];

/// Whether a word is one syllable that Vietnamese can spell. Names of other languages are none.
pub fn is_syllable(word: &str) -> bool {
    let (bare, tone) = without_tone(word);
    INITIALS.iter().any(|initial| {
        let rime =
            bare.strip_prefix(initial).filter(|rime| RIMES.split_whitespace().any(|known| known == *rime));
        rime.is_some_and(|rime| fits(initial, rime) && allows(rime, tone))
    })
}

/// Which letter writes an initial depends on the vowel: c before a, k before i, and so on.
fn fits(initial: &str, rime: &str) -> bool {
    let is_front = rime.starts_with(['e', 'ê', 'i', 'y']);
    match initial {
        "c" | "ng" => !is_front,
        "k" | "gh" | "ngh" => is_front,
        "g" => !rime.starts_with(['e', 'ê', 'y']),
        _ => true,
    }
}

fn allows(rime: &str, tone: Option<char>) -> bool {
    !STOPS.iter().any(|stop| rime.ends_with(stop)) || tone.is_some_and(|tone| STOPPED_TONES.contains(&tone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_of_names() {
        let names = "Nguyễn Trần Đỗ Hoàng Huỳnh Khuất Nghiêm Giàng Quỳnh Quốc Thịnh Khương Uyên Yến Ước Nghĩa Gia Giỏi Oanh Thùy \
                     Thuỷ Hòa Hoà Kiều Cúc Ngọc Tuyết Thoa Khuê Phượng Diệp Chử Ý Quyền Xoan Huế Tuấn Luân Ngoan Thước Yên Bích";
        for name in names.split_whitespace() {
            assert!(is_syllable(name), "{name}");
        }
    }

    #[test]
    fn what_no_one_can_spell() {
        for word in
            "Nguyẽnn Trâǹn Cúk Kưng Ngiêm Tuyêt Quôc Phuợg Ðỗ Bính1 Wan Hưog Thịnb Ceo".split_whitespace()
        {
            assert!(!is_syllable(word), "{word}");
        }
    }
}
