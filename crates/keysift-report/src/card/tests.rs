//! What a card says.

use super::*;

#[test]
fn every_key_is_an_answer_and_the_times_are_where_they_belong() {
    assert_eq!(question(FactKey::Expires.as_str()), Question::Until);
    assert_eq!(question(FactKey::Account.as_str()), Question::Whose);
    assert_eq!(question(FactKey::Host.as_str()), Question::Reach);
    let asked = |asked| {
        FactKey::ALL
            .iter()
            .filter(|key| question(key.as_str()) == asked)
            .count()
    };
    assert_eq!(asked(Question::Since), 3);
    assert_eq!(asked(Question::Until), 1);
}

fn card(value: &str) -> Card {
    let json = serde_json::json!({
        "rule": "acme-api-key", "name": "Acme API key", "severity": "high", "redacted": true,
        "secret": "acme_…3n8p", "fingerprint": "00ff",
        "facts": [{"key": "user", "value": value, "evidence": "source"},
                  {"key": "expires", "value": "2001-01-01T00:00:00Z", "evidence": "vector"}],
        "remediation": {"action": "revoke", "steps": "Delete it.", "link": null},
    });
    Card::of_report(&json).unwrap().at("a\u{1b}[2J:1:2")
}

#[test]
fn a_card_answers_each_question_and_says_where_from() {
    let mut out = Vec::new();
    write_cards(&[card("ci")], &mut out, &ReportOptions::default()).unwrap();
    let text = String::from_utf8(out).unwrap();
    for part in [
        "Acme API key (acme-api-key)  HIGH\n",
        "  whose         user: ci [source]\n",
        "  reaches       unknown: it does not say\n",
        "  until         expires: 2001-01-01T00:00:00Z, in the past [vector]\n",
        "  what to do    Revoke it. Delete it.\n",
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
}

#[test]
fn hostile_text_is_escaped_in_both_forms() {
    let card = card("\u{1b}]0;x\u{7}\u{202e}\n");
    let (mut text, mut json) = (Vec::new(), Vec::new());
    write_cards(
        std::slice::from_ref(&card),
        &mut text,
        &ReportOptions::default(),
    )
    .unwrap();
    write_cards_json(&[card], &mut json).unwrap();
    for out in [text, json] {
        let out = String::from_utf8(out).unwrap();
        assert!(
            out.chars().all(|c| c == '\n' || crate::is_printable(c)),
            "{out:?}"
        );
    }
}

#[test]
fn what_is_no_finding_is_no_card() {
    for value in [
        serde_json::json!({}),
        serde_json::json!(7),
        serde_json::json!({"rule": 1}),
    ] {
        assert!(Card::of_report(&value).is_none());
    }
    // A secret that a report shows is not carried over.
    let shown =
        serde_json::json!({"rule": "r", "name": "n", "redacted": false, "secret": "hunter2"});
    assert_eq!(Card::of_report(&shown).unwrap().secret, None);
}
