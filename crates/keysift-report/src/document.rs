//! A page of plots and tables for people, told by whoever knows what is in them.
//!
//! The page stands alone: it has no script, loads nothing, and shows in the colours that the reader's system prefers.

mod html;

use keysift_core::Severity;

pub use self::html::write_document;

/// A page. Every text in it is shown as it is: none is taken for markup.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// What it is, for the title and the first heading.
    pub title: String,
    /// What it tells, in a sentence.
    pub told: String,
    /// What the reader has to know before anything else; empty for nothing.
    pub warnings: Vec<String>,
    /// Its parts, in the order in which they are read.
    pub sections: Vec<Section>,
    /// How and when it was made.
    pub made: String,
}

/// A part of a page, with a heading of its own.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// What is in it.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// Plots, side by side where there is room.
    Plots(Vec<Plot>),
    /// A table.
    Table(Table),
    /// What is shown when the reader opens it.
    Fold {
        /// What is seen while it is closed.
        title: String,
        /// What is in it.
        blocks: Vec<Self>,
    },
}

/// Counts as bars.
#[derive(Debug, Clone, Default)]
pub struct Plot {
    /// What is counted.
    pub title: String,
    /// The bars, in the order in which they are drawn.
    pub bars: Vec<Bar>,
}

/// One bar of a plot.
#[derive(Debug, Clone, Default)]
pub struct Bar {
    /// What it stands for.
    pub name: String,
    /// Its length.
    pub count: u64,
    /// How bad it is, as a colour; `None` for none.
    pub severity: Option<Severity>,
}

/// Rows under headings.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// What it shows, for those who cannot see it and for whoever jumps to it.
    pub caption: String,
    /// A heading for each column.
    pub columns: Vec<String>,
    /// The rows, each with a cell for each column; the first cell is the row's heading.
    pub rows: Vec<Vec<Cell>>,
}

/// One cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cell {
    /// Prose or a name.
    Text(String),
    /// What may be copied: an id, a path.
    Code(String),
    /// A count.
    Number(u64),
    /// A day or a time, which is not broken.
    Time(String),
    /// How bad something is.
    Severity(Severity),
}
