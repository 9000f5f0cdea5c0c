//! Identities that the other registry knows to be one.

use super::Merge;
use crate::error::Error;

/// Pairs of identities of this registry that are one: the part, and the whole. What the other registry says is told by
/// its parts, by its aliases, and by credentials that it knows the identity of.
const PAIRS: &str = "
  SELECT p.new, w.new FROM other.identity i
    JOIN temp.identity_map p ON p.old = i.id JOIN temp.identity_map w ON w.old = i.merged_into
  UNION SELECT m.identity_id, t.new FROM other.alias a JOIN temp.identity_map t ON t.old = a.identity_id
    JOIN main.alias m ON m.alias = a.alias WHERE m.identity_id <> t.new
  UNION SELECT c.identity_id, t.new FROM other.credential o JOIN main.credential c ON c.fp = o.fp
    JOIN temp.identity_map t ON t.old = o.identity_id JOIN main.identity i ON i.id = c.identity_id
    WHERE i.is_provisional = 1 AND c.identity_id <> t.new
  ORDER BY 1, 2";

impl Merge<'_> {
    /// Makes one of each pair that is not one yet, and says how many.
    pub(super) fn unite(&mut self) -> Result<u64, Error> {
        let mut pairs = self.connection.prepare(PAIRS)?;
        let pairs = pairs.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let pairs: Vec<(i64, i64)> = pairs.collect::<Result<_, _>>()?;
        let mut united = 0;
        for (part, whole) in pairs {
            let (part, whole) = (self.whole_of(part)?, self.whole_of(whole)?);
            if part == whole {
                continue;
            }
            let sql = "UPDATE identity SET merged_into = ?2 WHERE id = ?1 OR merged_into = ?1";
            self.written += self.connection.execute(sql, [part, whole])? as u64;
            united += 1;
        }
        Ok(united)
    }

    /// The identity that one is told with; itself where it stands for itself.
    fn whole_of(&self, identity: i64) -> Result<i64, Error> {
        let sql = "SELECT coalesce(merged_into, id) FROM identity WHERE id = ?1";
        Ok(self
            .connection
            .query_row(sql, [identity], |row| row.get(0))?)
    }
}
