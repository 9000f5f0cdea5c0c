//! The model: trees of questions about features, fitted offline by `tools/accuracy/train.py`.
//!
//! It was fitted to labelled places of Samsung's CredData (labels: Apache-2.0) and to well-kept public code that is
//! taken to hold no secrets. The file holds whole numbers alone, so that every machine judges alike.

use super::feature::{COUNT, OWN_COUNT};
use super::signal::{EXPLAINED, Signals};
use crate::rule::Confidence;

/// The trees, little-endian: how many trees and nodes, the log-odds that all begin with and those of each confidence,
/// the trees' roots, the nodes. Log-odds are thousandths.
const DATA: &[u8] = include_bytes!("model.bin");

const TREES: usize = short(0) as u16 as usize;
const NODES: usize = short(2) as u16 as usize;
const BIAS: i32 = short(4) as i32;
const MEDIUM: i32 = short(6) as i32;
const LOW: i32 = short(8) as i32;
const ROOTS_AT: usize = 10;
const NODES_AT: usize = ROOTS_AT + 2 * TREES;
const NODE_BYTES: usize = 10;

const _: () = assert!(DATA.len() == NODES_AT + NODE_BYTES * NODES);

/// The number of no feature: the node is a leaf.
const LEAF: u8 = 0xFF;

/// After so many trees, which say most, what is below this is judged: most assignments are far from any secret. Of the
/// training data no literal that is worth a finding comes within 300 of either.
const FIRST_TREES: usize = 12;
const FIRST: i32 = -1900;
const EARLY_TREES: usize = 45;
const EARLY: i32 = -3000;

/// Log-odds below this are not worth a word even in an explanation: one in four hundred.
const NEGLIGIBLE: i32 = -6000;

const fn short(at: usize) -> i16 {
    i16::from_le_bytes([DATA[at], DATA[at + 1]])
}

/// The log-odds, in thousandths, that the assignment with these features is of a secret. The features of what stands near
/// it are asked for if the others leave a chance.
pub(super) fn log_odds(
    features: &mut [i16; COUNT],
    add_near: impl FnOnce(&mut [i16; COUNT]),
) -> i32 {
    let first: i32 = (0..FIRST_TREES)
        .map(|tree| most(root(tree), features))
        .sum();
    if BIAS + first < FIRST {
        return NEGLIGIBLE - 1;
    }
    add_near(features);
    let mut sum = BIAS;
    for tree in 0..TREES {
        if tree == EARLY_TREES && sum < EARLY {
            return NEGLIGIBLE - 1;
        }
        let mut node = root(tree);
        while DATA[node] != LEAF {
            node = child(node, features);
        }
        sum += i32::from(short(node + 8));
    }
    sum
}

/// The most that the leaves below a node say, whatever stands near.
fn most(mut node: usize, features: &[i16; COUNT]) -> i32 {
    while DATA[node] != LEAF {
        if usize::from(DATA[node]) >= OWN_COUNT {
            let [left, right] = [4, 6].map(|side| most(node_at(short(node + side)), features));
            return left.max(right);
        }
        node = child(node, features);
    }
    i32::from(short(node + 8))
}

fn root(tree: usize) -> usize {
    node_at(short(ROOTS_AT + 2 * tree))
}

/// Whether the log-odds are so low that nobody need hear of the assignment.
pub(super) fn is_negligible(log_odds: i32) -> bool {
    log_odds < NEGLIGIBLE
}

/// How sure the log-odds make a finding; `None` when it is none.
pub(super) fn confidence(log_odds: i32) -> Option<Confidence> {
    if log_odds >= MEDIUM {
        Some(Confidence::Medium)
    } else if log_odds >= LOW {
        Some(Confidence::Low)
    } else {
        None
    }
}

/// The features that moved the judgement most, the strongest first.
pub(super) fn signals(features: &[i16; COUNT]) -> Signals {
    let mut moved = [0_i32; COUNT];
    walk(features, |leaf, path| {
        for (node, next) in path.iter().zip(path.iter().skip(1).chain([&leaf])) {
            moved[usize::from(DATA[*node])] +=
                i32::from(short(next + 8)) - i32::from(short(node + 8));
        }
    });
    let mut order: Vec<usize> = (0..COUNT).collect();
    order.sort_by_key(|feature| (-moved[*feature].abs(), *feature));
    Signals::new(std::array::from_fn::<_, EXPLAINED, _>(|place| {
        (order[place] as u8, moved[order[place]] > 0)
    }))
}

/// Calls `on` for each tree with its leaf and the nodes above it.
fn walk(features: &[i16; COUNT], mut on: impl FnMut(usize, &[usize])) {
    const MAX_DEPTH: usize = 32;
    for tree in 0..TREES {
        let mut path = [0; MAX_DEPTH];
        let mut depth = 0;
        let mut node = root(tree);
        while DATA[node] != LEAF && depth < MAX_DEPTH {
            path[depth] = node;
            depth += 1;
            node = child(node, features);
        }
        on(node, &path[..depth]);
    }
}

/// The node to which the features lead from a node that asks for one.
#[inline]
fn child(node: usize, features: &[i16; COUNT]) -> usize {
    let goes_left = features[usize::from(DATA[node])] <= short(node + 2);
    node_at(short(node + if goes_left { 4 } else { 6 }))
}

fn node_at(index: i16) -> usize {
    NODES_AT + NODE_BYTES * usize::from(index as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_leads_to_nodes_and_asks_for_a_feature_that_there_is() {
        for index in 0..NODES {
            let node = node_at(index as i16);
            if DATA[node] == LEAF {
                continue;
            }
            assert!(usize::from(DATA[node]) < COUNT);
            for child in [4, 6] {
                let child = short(node + child) as u16 as usize;
                assert!(index < child && child < NODES, "{index} to {child}");
            }
        }
        for tree in 0..TREES {
            assert!((short(ROOTS_AT + 2 * tree) as u16 as usize) < NODES);
        }
    }

    #[test]
    fn the_sum_of_what_features_moved_is_the_judgement() {
        let mut features = [1; COUNT];
        let judged = log_odds(&mut features, |_| ());
        let roots: i32 = (0..TREES)
            .map(|tree| i32::from(short(root(tree) + 8)))
            .sum();
        let mut leaves = 0;
        walk(&features, |leaf, _| leaves += i32::from(short(leaf + 8)));
        assert!(judged == BIAS + leaves || judged < NEGLIGIBLE);
        assert!(roots.abs() <= 1000 * TREES as i32);
        assert_eq!(signals(&features).iter().count(), EXPLAINED);
    }
}
