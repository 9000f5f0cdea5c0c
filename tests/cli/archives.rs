//! What lies in archives.

use crate::harness::{ACME, Place};

/// A tar with one file, as text: its bytes are ASCII.
fn tar(name: &str, content: &str) -> String {
    let mut header = format!("{name:\0<100}");
    header += &format!(
        "0000644\00000000\00000000\0{:011o}\000000000000\0",
        content.len()
    );
    header += &format!("{: <8}0{:\0<100}ustar\x0000{:\0<247}", "", "", "");
    assert_eq!(header.len(), 512);
    let sum: u32 = header.bytes().map(u32::from).sum();
    header.replace_range(148..156, &format!("{sum:06o}\0 "));
    let padding = content.len().next_multiple_of(512) - content.len();
    format!("{header}{content}{}", "\0".repeat(padding + 1024))
}

#[test]
fn members_are_scanned_under_the_archives_name_and_theirs() {
    let place = Place::with_acme_rules();
    let inner = tar("etc/app.conf", &format!("key = {}\n", ACME[0]));
    place.write("out.bin", tar("layer.tar", &inner));
    place
        .scan_acme(&[])
        .exits(1)
        .says("out.bin!layer.tar!etc/app.conf\n  1:7  HIGH  Acme API key (acme-api-key)\n");
    let json = place.scan_acme(&["--format", "json"]).exits(1).json();
    assert_eq!(
        json["findings"][0]["path"],
        "out.bin!layer.tar!etc/app.conf"
    );
}

#[test]
fn archives_from_standard_input_are_opened() {
    let place = Place::with_acme_rules();
    let args = ["scan", "--rules", "../acme.toml", "--enable", "acme-*", "-"];
    place
        .run_with_input(args, tar("a", &format!("key = {}\n", ACME[0])).as_bytes())
        .exits(1)
        .says("<stdin>!a\n  1:7  HIGH");
}

#[test]
fn without_archives_their_bytes_are_scanned_as_they_are() {
    let place = Place::with_acme_rules();
    place.write("out.tar", tar("a", &format!("key = {}\n", ACME[0])));
    place
        .scan_acme(&["--no-archives"])
        .exits(1)
        .says("out.tar\n  1:");
}

#[test]
fn a_limit_that_was_exceeded_is_counted_and_told() {
    let place = Place::with_acme_rules();
    place.write("out.tar", tar("inner.tar", &tar("a", "nothing here\n")));
    place.scan_acme(&["--max-archive-depth", "2"]).exits(0);
    place
        .scan_acme(&["--max-archive-depth", "1"])
        .exits(3)
        .says("an archive in too many others")
        .says("out.tar!inner.tar");
}

#[test]
fn a_damaged_archive_makes_the_scan_incomplete() {
    let place = Place::with_acme_rules();
    let whole = tar("a", &format!("key = {}\n", ACME[0]));
    place.write("out.tar", &whole[..530]);
    place.scan_acme(&[]).exits(3).says("a damaged archive");
}
