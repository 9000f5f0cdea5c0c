//! Files in UTF-16 and UTF-32.

use std::fs;

use keysift_source::WHOLE_FILE_BYTES;

use crate::harness::{options, tree, visit_tree};

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_file_in_utf_16_is_given_out_in_utf_8() {
    let tree = tree(&["plain"]);
    let text = "key = \u{1F511} é\n";
    fs::write(tree.path().join("small"), utf16(text)).unwrap();
    let long = text.repeat(WHOLE_FILE_BYTES / 20);
    fs::write(tree.path().join("large"), utf16(&long)).unwrap();
    let utf32: Vec<u8> = std::iter::once('\u{FEFF}')
        .chain(text.chars())
        .flat_map(|character| u32::from(character).to_be_bytes())
        .collect();
    fs::write(tree.path().join("utf-32"), utf32).unwrap();
    let seen = visit_tree(tree.path(), options());
    assert_eq!(seen.names(), ["plain", "small", "utf-32"]);
    for name in ["small", "utf-32"] {
        assert_eq!(seen.blobs[std::path::Path::new(name)], text.as_bytes());
    }
    assert!(seen.streams.values().all(|bytes| *bytes == long.as_bytes()));
    assert_eq!(seen.streams.len(), 1);
}
