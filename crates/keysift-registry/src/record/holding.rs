//! Where names get their secrets from, and how identities hang together, as files say.

use rusqlite::params;

use super::Writer;
use crate::declared::Holding;
use crate::error::Error;
use crate::recorder::DeclaredFile;

impl Writer<'_> {
    pub(super) fn declared_files(&mut self, files: &[DeclaredFile]) -> Result<(), Error> {
        let slots = "INSERT INTO declared_slot(source_id, path, line, holder, name, holding, entry, first_scan)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                     ON CONFLICT(source_id, path, line, holder, name, holding, entry)
                     DO UPDATE SET gone_scan = NULL, first_scan = excluded.first_scan WHERE gone_scan IS NOT NULL";
        let edges = "INSERT INTO edge(source_id, path, line, src, relation, dst, first_scan)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                     ON CONFLICT(source_id, path, line, src, relation, dst)
                     DO UPDATE SET gone_scan = NULL, first_scan = excluded.first_scan WHERE gone_scan IS NOT NULL";
        let mut insert_slot = self.connection.prepare_cached(slots)?;
        let mut insert_edge = self.connection.prepare_cached(edges)?;
        for DeclaredFile { path, declarations } in files {
            for slot in &declarations.slots {
                insert_slot.execute(params![
                    self.source,
                    path,
                    slot.line as i64,
                    slot.holder.as_deref().unwrap_or_default(),
                    slot.name,
                    slot.holding.as_str(),
                    entry(&slot.holding),
                    self.scan,
                ])?;
            }
            for edge in &declarations.edges {
                insert_edge.execute(params![
                    self.source,
                    path,
                    edge.line as i64,
                    edge.from,
                    edge.relation.as_str(),
                    edge.to,
                    self.scan,
                ])?;
            }
        }
        Ok(())
    }

    /// What no file of the source says any more is gone.
    pub(super) fn forget_unsaid(&mut self, files: &[DeclaredFile]) -> Result<(), Error> {
        let said: std::collections::HashSet<(&str, i64, &str, &str)> = files
            .iter()
            .flat_map(|file| {
                file.declarations.slots.iter().map(|slot| {
                    let holder = slot.holder.as_deref().unwrap_or_default();
                    (&*file.path, slot.line as i64, holder, &*slot.name)
                })
            })
            .collect();
        let sql = "SELECT id, path, line, holder, name FROM declared_slot WHERE source_id = ?1 AND gone_scan IS NULL";
        self.forget(
            sql,
            "UPDATE declared_slot SET gone_scan = ?2 WHERE id = ?1",
            &said,
        )?;
        let said: std::collections::HashSet<(&str, i64, &str, &str)> = files
            .iter()
            .flat_map(|file| {
                let edges = file.declarations.edges.iter();
                edges.map(|edge| (&*file.path, edge.line as i64, &*edge.from, &*edge.to))
            })
            .collect();
        let sql =
            "SELECT id, path, line, src, dst FROM edge WHERE source_id = ?1 AND gone_scan IS NULL";
        self.forget(sql, "UPDATE edge SET gone_scan = ?2 WHERE id = ?1", &said)
    }

    fn forget(
        &self,
        select: &str,
        update: &str,
        said: &std::collections::HashSet<(&str, i64, &str, &str)>,
    ) -> Result<(), Error> {
        let mut gone = Vec::new();
        let mut statement = self.connection.prepare_cached(select)?;
        let mut rows = statement.query([self.source])?;
        while let Some(row) = rows.next()? {
            let (id, path, line): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (first, second): (String, String) = (row.get(3)?, row.get(4)?);
            if !said.contains(&(&*path, line, &*first, &*second)) {
                gone.push(id);
            }
        }
        let mut update = self.connection.prepare_cached(update)?;
        for id in gone {
            update.execute((id, self.scan))?;
        }
        Ok(())
    }
}

/// Where a value comes from, in one text; empty where nothing more is to be said.
fn entry(holding: &Holding) -> String {
    match holding {
        Holding::Managed { store, entry } => format!("{store}: {entry}"),
        Holding::Federated { by } => by.clone(),
        Holding::Encrypted { with } => (*with).to_owned(),
        Holding::Variable { name } => name.clone(),
        Holding::Unresolved { expression } => expression.clone(),
        Holding::Literal | Holding::Placeholder | Holding::Switch => String::new(),
    }
}
