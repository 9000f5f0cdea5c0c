//! Secrets hidden in encodings.

use crate::harness::{ACME, Place};

fn to_hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn place() -> Place {
    let place = Place::with_acme_rules();
    place.write("once.txt", to_hex(&format!("key = {}\n", ACME[0])));
    let twice = to_hex(&to_hex(&format!("key = {}\n", ACME[0])));
    place.write("twice.txt", &twice);
    place
}

#[test]
fn what_is_hidden_is_found_and_said_to_be() {
    place()
        .scan_acme(&[])
        .exits(1)
        .says("hidden in    hex\n")
        .says("hidden in    hex in hex\n")
        .says("2 findings in 2 files");
}

#[test]
fn the_depth_is_typed_or_configured() {
    let place = place();
    place
        .scan_acme(&["--decode-depth", "1"])
        .exits(1)
        .says("1 finding in 1 file");
    place.scan_acme(&["--decode-depth", "0"]).exits(0);
    place.scan_acme(&["--decode-depth", "4"]).exits(2);
    place.write("keysift.toml", "[limits]\ndecode_depth = 0\n");
    place.scan_acme(&[]).exits(0);
    place.scan_acme(&["--decode-depth", "2"]).exits(1);
    place.write("keysift.toml", "[limits]\ndecode_depth = 4\n");
    place
        .scan_acme(&[])
        .exits(2)
        .warns("\"decode_depth\" wants a number from 0 to 3");
}
