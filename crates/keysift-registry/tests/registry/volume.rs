//! A million exposures. Slow, so it is run by name, in a released build:
//! `cargo test --release -p keysift-registry --test registry -- --ignored --nocapture`.

use std::time::Instant;

use crate::place::{NOW, Place, stamp};
use keysift_registry::{Context, PolicyConfig, SourceKind};

const CREDENTIALS: u64 = 100_000;
const PLACES: u64 = 10;

fn secret(number: u64) -> String {
    const DIGITS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bd1_e995;
    let body: String = (0..24)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            char::from(DIGITS[(state >> 33) as usize % DIGITS.len()])
        })
        .collect();
    format!("acme_{body}")
}

#[test]
#[ignore = "takes a minute"]
fn a_million_exposures_are_no_problem() {
    let place = Place::new();
    let mut registry = place.open();
    let texts: Vec<String> = (0..CREDENTIALS)
        .map(|number| format!("token = {}\n", secret(number)))
        .collect();
    let files = || {
        texts.iter().zip(0..).flat_map(|(text, number)| {
            (0..PLACES).map(move |at| {
                (
                    format!("service{}/{at}/config{number}.env", number % 500),
                    text.as_str(),
                )
            })
        })
    };
    let started = Instant::now();
    let recorder = place.recorder(&registry, files());
    println!(
        "scanned and remembered in {:.1} s",
        started.elapsed().as_secs_f64()
    );
    let source = (SourceKind::Tree, "acme");
    for run in ["written", "written again"] {
        let started = Instant::now();
        let recorded = registry
            .record(source, &recorder, &Context::default(), &stamp())
            .unwrap();
        println!(
            "{run} in {:.1} s: {recorded:?}",
            started.elapsed().as_secs_f64()
        );
        assert_eq!(recorded.exposures, CREDENTIALS * PLACES);
        assert_eq!(recorded.is_unchanged, run != "written");
    }
    let started = Instant::now();
    let cards = registry.cards().unwrap();
    println!("listed in {:.1} s", started.elapsed().as_secs_f64());
    assert_eq!(cards.len() as u64, CREDENTIALS);
    let started = Instant::now();
    let checked = PolicyConfig::default().check(&cards, NOW);
    println!(
        "checked in {:.1} s: {} violations",
        started.elapsed().as_secs_f64(),
        checked.violations.len()
    );
    let started = Instant::now();
    registry
        .approve(
            &cards[0],
            None,
            &PolicyConfig::default().limits("api-key", &[]),
            &stamp(),
        )
        .unwrap();
    println!("one decision in {:.1} s", started.elapsed().as_secs_f64());
    let started = Instant::now();
    registry.verify().unwrap();
    println!("verified in {:.1} s", started.elapsed().as_secs_f64());
    let bytes = std::fs::metadata(place.path()).unwrap().len();
    println!("{bytes} bytes");
    let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!(
        "{}",
        memory
            .lines()
            .find(|line| line.starts_with("VmHWM"))
            .unwrap_or_default()
    );
}
