//! The table for databases and notebooks: Parquet, with a type for each column.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;

use super::{COLUMNS, Cell, Column, Kind, Row};
use crate::inventory::Card;
use crate::policy::Violation;

/// Writes one row for each identity, with the policies that it does not meet. What is unknown is null; times are
/// milliseconds since 1970 in UTC, counts have 64 bits, and what may be several is a list.
///
/// # Errors
/// The writer's.
pub fn write_parquet<'c>(
    out: impl Write + Send,
    rows: impl IntoIterator<Item = (&'c Card, &'c [Violation])>,
) -> io::Result<()> {
    let rows: Vec<Row<'_>> = rows.into_iter().collect();
    write(out, &rows).map_err(|error| match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    })
}

fn write(out: impl Write + Send, rows: &[Row<'_>]) -> Result<(), ParquetError> {
    let schema = Arc::new(parse_message_type(&schema())?);
    let mut file = SerializedFileWriter::new(out, schema, Arc::new(WriterProperties::default()))?;
    let mut group = file.next_row_group()?;
    for column in COLUMNS {
        let Some(mut writer) = group.next_column()? else {
            break;
        };
        write_column(&mut writer, column, rows)?;
        writer.close()?;
    }
    group.close()?;
    file.close()?;
    Ok(())
}

/// The schema in Parquet's own notation.
fn schema() -> String {
    let fields = COLUMNS.iter().map(|column| {
        let name = column.name;
        match column.kind {
            Kind::Text => format!("REQUIRED BYTE_ARRAY {name} (STRING);"),
            Kind::OptionalText => format!("OPTIONAL BYTE_ARRAY {name} (STRING);"),
            Kind::Number => format!("REQUIRED INT64 {name};"),
            Kind::Time => format!("OPTIONAL INT64 {name} (TIMESTAMP(MILLIS, true));"),
            Kind::List => format!(
                "REQUIRED GROUP {name} (LIST) {{ REPEATED GROUP list {{ REQUIRED BYTE_ARRAY element (STRING); }} }}"
            ),
        }
    });
    format!(
        "message inventory {{ {} }}",
        fields.collect::<Vec<_>>().join(" ")
    )
}

/// The values of a column, with what stands for those that are not there and for those that are one more of a list.
#[derive(Debug, Default)]
struct Values {
    texts: Vec<ByteArray>,
    numbers: Vec<i64>,
    /// 1 where there is a value, 0 where there is none.
    definitions: Vec<i16>,
    /// 0 for the first value of a row, 1 for one more of its list.
    repetitions: Vec<i16>,
}

impl Values {
    fn add(&mut self, cell: Cell<'_>) {
        match cell {
            Cell::Unknown => self.level(0, 0),
            Cell::Text(text) => self.text(text, 0),
            Cell::Number(number) => self.number(Some(number)),
            Cell::Time(at) => self.number(at.checked_mul(1000)),
            Cell::List(parts) if parts.is_empty() => self.level(0, 0),
            Cell::List(parts) => {
                for (number, part) in parts.into_iter().enumerate() {
                    self.text(part, i16::from(number > 0));
                }
            }
        }
    }

    fn text(&mut self, text: &str, repetition: i16) {
        self.texts.push(ByteArray::from(text));
        self.level(1, repetition);
    }

    fn number(&mut self, number: Option<i64>) {
        self.numbers.extend(number);
        self.level(i16::from(number.is_some()), 0);
    }

    fn level(&mut self, definition: i16, repetition: i16) {
        self.definitions.push(definition);
        self.repetitions.push(repetition);
    }
}

fn write_column(
    writer: &mut SerializedColumnWriter<'_>,
    column: &Column,
    rows: &[Row<'_>],
) -> Result<(), ParquetError> {
    let mut values = Values::default();
    for row in rows {
        values.add((column.of)(*row));
    }
    let is_required = matches!(column.kind, Kind::Text | Kind::Number);
    let definitions = (!is_required).then_some(&values.definitions[..]);
    let repetitions = (column.kind == Kind::List).then_some(&values.repetitions[..]);
    match column.kind {
        Kind::Number | Kind::Time => {
            writer
                .typed::<Int64Type>()
                .write_batch(&values.numbers, definitions, repetitions)?
        }
        Kind::Text | Kind::OptionalText | Kind::List => writer
            .typed::<ByteArrayType>()
            .write_batch(&values.texts, definitions, repetitions)?,
    };
    Ok(())
}
