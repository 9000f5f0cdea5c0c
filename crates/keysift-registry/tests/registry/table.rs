//! The inventory as a table: what is written in one format is what is written in another.

use std::collections::BTreeMap;

use parquet::basic::{LogicalType, TimeUnit, Type};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::{Field, ListAccessor as _};

use crate::place::{NOW, Place};
use keysift_registry::{
    Card, Observed, OwnerBasis, OwnerHint, PolicyConfig, TimeBasis, Violation, rfc3339, write_csv,
    write_parquet,
};

/// One identity of which everything is known, and one of which little is.
fn cards(place: &Place) -> Vec<Card> {
    let mut registry = place.open();
    let token = ["acme_", "7f3k9q2m5x8w1z4v6t0r3n8a"].concat();
    let known = Observed {
        uid: "aws:iam-user:123456789012/backup".to_owned(),
        kind: "service-account".to_owned(),
        provider: "AWS".to_owned(),
        // What looks like a formula is one nowhere, and is a plain text here.
        name: "=backup".to_owned(),
        account: Some("123456789012".to_owned()),
        environment: Some("production".to_owned()),
        owners: vec![OwnerHint {
            party: "platform".to_owned(),
            basis: OwnerBasis::IacTag,
        }],
        created_at: Some(NOW - 300 * 86_400),
        expires_at: Some(NOW + 5 * 86_400),
        last_used_at: Some(NOW - 40 * 86_400),
        basis: TimeBasis::Export,
        path: "iam.tf".to_owned(),
        line: 3,
        ..Observed::default()
    };
    let text = format!("token = {token}\n");
    place.record(
        &mut registry,
        &[("prod/a.env", &text), ("test/b.env", &text)],
        vec![known],
    );
    registry.cards().unwrap()
}

/// A cell as the table for spreadsheets shows it.
fn shown(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) if text.starts_with('=') => format!("'{text}"),
        Field::Str(text) => text.clone(),
        Field::Long(number) => number.to_string(),
        Field::TimestampMillis(at) => {
            assert_eq!(at % 1000, 0);
            rfc3339(at / 1000)
        }
        Field::ListInternal(list) => {
            let parts: Vec<&str> = (0..list.len())
                .map(|part| list.get_string(part).unwrap().as_str())
                .collect();
            parts.join(" ")
        }
        other => panic!("{other:?}"),
    }
}

type Table = Vec<BTreeMap<String, String>>;

fn read_csv(rows: &[(&Card, &[Violation])]) -> Table {
    let mut text = Vec::new();
    write_csv(&mut text, rows.iter().copied()).unwrap();
    let mut reader = csv::Reader::from_reader(&text[..]);
    reader.deserialize().map(Result::unwrap).collect()
}

fn read_parquet(
    place: &Place,
    rows: &[(&Card, &[Violation])],
) -> (SerializedFileReader<std::fs::File>, Table) {
    let path = place.path().with_extension("parquet");
    write_parquet(std::fs::File::create(&path).unwrap(), rows.iter().copied()).unwrap();
    let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
    let table = reader.get_row_iter(None).unwrap().map(|row| {
        let columns = row.unwrap().into_columns().into_iter();
        columns.map(|(name, field)| (name, shown(&field))).collect()
    });
    let table = table.collect();
    (reader, table)
}

#[test]
fn parquet_has_what_csv_has() {
    let place = Place::new();
    let cards = cards(&place);
    let policies = PolicyConfig::default();
    let violations: Vec<_> = cards
        .iter()
        .map(|card| policies.violations(card, NOW))
        .collect();
    let rows: Vec<_> = cards
        .iter()
        .zip(violations.iter().map(Vec::as_slice))
        .collect();
    let csv = read_csv(&rows);
    let (reader, parquet) = read_parquet(&place, &rows);
    assert_eq!(parquet, csv);
    assert_eq!(csv.len(), 2);
    let cell = |uid: &str, column: &str| {
        let row = csv.iter().find(|row| row["uid"].starts_with(uid)).unwrap();
        row[column].clone()
    };
    assert_eq!(cell("aws:", "expires"), rfc3339(NOW + 5 * 86_400));
    assert_eq!(cell("aws:", "name"), "'=backup");
    assert_eq!(cell("cred:", "environments"), "production test");
    assert_eq!(cell("cred:", "owner"), "");
    assert!(cell("cred:", "violates").contains(' '));

    let schema = reader.metadata().file_metadata().schema_descr();
    let column = |name: &str| {
        let mut columns = schema.columns().iter();
        columns
            .find(|column| column.path().parts()[0] == name)
            .unwrap()
    };
    for name in ["id", "current_exposures", "live_credentials", "risk"] {
        assert_eq!(column(name).physical_type(), Type::INT64, "{name}");
        assert_eq!(column(name).max_def_level(), 0, "{name}");
    }
    for name in ["created", "last_used", "expires"] {
        assert_eq!(
            column(name).logical_type_ref(),
            Some(&LogicalType::timestamp(true, TimeUnit::MILLIS)),
            "{name}"
        );
        assert_eq!(column(name).max_def_level(), 1, "{name}");
    }
}

#[test]
fn an_empty_inventory_is_a_table_without_rows() {
    let place = Place::new();
    assert_eq!(read_parquet(&place, &[]).1, Table::new());
    assert_eq!(read_csv(&[]), Table::new());
}
