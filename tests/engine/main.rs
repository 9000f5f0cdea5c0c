//! The laws that the engine stands on, as properties against the naive oracle.

mod laws;
mod limits;
