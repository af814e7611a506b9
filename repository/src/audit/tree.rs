//! The hash tree over the log, in the shape of RFC 6962: a leaf for every entry, the root changes when any entry does.
//!
//! Everything here works on hashes of leaves and grows by what is added, so that a log of years never stands in memory.

use sha2::{Digest, Sha256};

/// SHA-256.
pub type Hash = [u8; 32];

/// Before a leaf is hashed, so that no node can pass for one (RFC 6962, 2.1).
const LEAF: u8 = 0;
/// Before two children are hashed.
const NODE: u8 = 1;

/// The hash of one leaf.
pub fn leaf(text: &[u8]) -> Hash {
    Sha256::new().chain_update([LEAF]).chain_update(text).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([NODE]).chain_update(left).chain_update(right).finalize().into()
}

/// What must be known of a tree to let it grow: the roots of its perfect subtrees, the largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// A tree that is known already; none: a tree of this size has another number of perfect subtrees.
    pub fn new(size: u64, peaks: Vec<Hash>) -> Option<Frontier> {
        (peaks.len() == size.count_ones() as usize).then_some(Frontier { size, peaks })
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the perfect subtrees.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// The tree over the newest leaves, those after the last full block of so many, a power of two.
    pub fn tail(&self, block: u64) -> Frontier {
        let size = self.size % block;
        let peaks = self.peaks[self.peaks.len() - size.count_ones() as usize..].to_vec();
        Frontier { size, peaks }
    }

    /// Adds a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut grown = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("a tree has a peak for each one in its size");
            grown = node(&left, &grown);
        }
        self.peaks.push(grown);
        self.size += 1;
    }

    /// The root; of the empty tree the hash of nothing.
    pub fn root(&self) -> Hash {
        let all = self.peaks.iter().copied().rev().reduce(|right, left| node(&left, &right));
        all.unwrap_or_else(|| Sha256::digest([]).into())
    }
}

/// The root over these leaves.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut tree = Frontier::default();
    leaves.iter().for_each(|leaf| tree.push(*leaf));
    tree.root()
}

/// Where the tree of `size` leaves, two at least, is parted: the largest power of two below the size.
fn split(size: usize) -> usize {
    1 << (size - 1).ilog2()
}

/// The hashes beside the way from a leaf up to the root: with them anyone can compute the root from the leaf.
///
/// The same function serves a tree of subtrees: as long as all but the last of them have an equal power of two of leaves, the
/// path inside a subtree followed by the path of the subtree among the others is the path in the whole.
pub fn path(leaves: &[Hash], place: usize) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, beside) = match place.checked_sub(left.len()) {
        None => (self::path(left, place), root(right)),
        Some(place) => (self::path(right, place), root(left)),
    };
    path.push(beside);
    path
}

/// The root of a tree of `size` leaves that has this leaf at `place`, counted from 0; none: the path does not lead to a root.
pub fn root_by_path(leaf: Hash, place: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    let Some((beside, rest)) = path.split_last() else {
        return (place == 0 && size == 1).then_some(leaf);
    };
    if place >= size || size < 2 {
        return None;
    }
    let left_size = 1 << (size - 1).ilog2();
    if place < left_size {
        Some(node(&root_by_path(leaf, place, left_size, rest)?, beside))
    } else {
        Some(node(beside, &root_by_path(leaf, place - left_size, size - left_size, rest)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ct_merkle::mem_backed_tree::MemoryBackedTree;

    /// A finished implementation by others, as judge.
    fn judged(count: usize) -> MemoryBackedTree<sha2_for_ct_merkle::Sha256, Vec<u8>> {
        let mut tree = MemoryBackedTree::new();
        (0..count).for_each(|place| tree.push(text(place)));
        tree
    }

    fn text(place: usize) -> Vec<u8> {
        format!("entry {place}").into_bytes()
    }

    fn leaves(count: usize) -> Vec<Hash> {
        (0..count).map(|place| leaf(&text(place))).collect()
    }

    #[test]
    fn roots_are_those_of_rfc_6962() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hex::encode(root(&[])), empty);
        assert_eq!(
            hex::encode(leaf(&[])),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
        for count in (0..70).chain([127, 128, 129, 1_000]) {
            assert_eq!(
                root(&leaves(count)).as_slice(),
                judged(count).root().as_bytes().as_slice(),
                "{count}"
            );
        }
    }

    #[test]
    fn a_tree_goes_on_from_its_peaks() {
        for cut in 0..40 {
            let mut tree = Frontier::default();
            leaves(40)[..cut].iter().for_each(|leaf| tree.push(*leaf));
            let mut again = Frontier::new(tree.size(), tree.peaks().to_vec()).unwrap();
            leaves(40)[cut..].iter().for_each(|leaf| again.push(*leaf));
            assert_eq!((again.size(), again.root()), (40, root(&leaves(40))));
        }
        assert_eq!(Frontier::new(3, vec![leaf(b"one")]), None);
    }

    #[test]
    fn the_tail_is_the_tree_of_the_newest_leaves() {
        let mut tree = Frontier::default();
        for (place, leaf) in leaves(40).into_iter().enumerate() {
            assert_eq!(tree.tail(8).root(), root(&leaves(40)[place / 8 * 8..place]));
            tree.push(leaf);
        }
    }

    #[test]
    fn paths_are_those_of_rfc_6962() {
        for count in (1..34).chain([64, 65]) {
            let (leaves, tree) = (leaves(count), judged(count));
            for place in 0..count {
                let path = path(&leaves, place);
                assert_eq!(path.concat(), tree.prove_inclusion(place).as_bytes(), "{place} of {count}");
                let (place, size) = (place as u64, count as u64);
                let up = |leaf, place, size| root_by_path(leaf, place, size, &path);
                assert_eq!(up(leaves[place as usize], place, size), Some(root(&leaves)));
                assert_ne!(up(leaf(b"another"), place, size), Some(root(&leaves)));
                assert_ne!(up(leaves[place as usize], place + 1, size), Some(root(&leaves)));
            }
        }
    }

    #[test]
    fn a_tree_of_subtrees_is_the_tree() {
        for count in [1, 7, 8, 9, 16, 17, 31, 32, 33] {
            let leaves = leaves(count);
            let blocks = leaves.chunks(8).map(root).collect::<Vec<_>>();
            assert_eq!(root(&blocks), root(&leaves));
            for place in 0..count {
                let inside = path(leaves.chunks(8).nth(place / 8).unwrap(), place % 8);
                assert_eq!(
                    [inside, path(&blocks, place / 8)].concat(),
                    path(&leaves, place),
                    "{place} of {count}"
                );
            }
        }
    }
}
