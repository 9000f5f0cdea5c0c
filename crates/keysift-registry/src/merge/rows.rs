//! The rows that a merge takes over, table by table. `other` is the registry that they come from, `main` the one that
//! they go to; a map has for each of the other's ids the one here.
//!
//! Every statement leaves a row alone that it would write as it is, so that what was merged before writes nothing.

pub(super) const MAPS: &str = "
  CREATE TEMP TABLE source_map(old INTEGER PRIMARY KEY, new INTEGER NOT NULL, is_newer INTEGER NOT NULL, last INTEGER);
  CREATE TEMP TABLE scan_map(old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
  CREATE TEMP TABLE party_map(old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
  CREATE TEMP TABLE identity_map(old INTEGER PRIMARY KEY, new INTEGER NOT NULL, is_new INTEGER NOT NULL);
  CREATE TEMP TABLE credential_map(old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
  CREATE TEMP TABLE slot_map(old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
  CREATE TEMP TABLE declaration_map(old INTEGER PRIMARY KEY, new INTEGER NOT NULL);";

pub(super) const DROP_MAPS: &str = "
  DROP TABLE temp.source_map; DROP TABLE temp.scan_map; DROP TABLE temp.party_map; DROP TABLE temp.identity_map;
  DROP TABLE temp.credential_map; DROP TABLE temp.slot_map; DROP TABLE temp.declaration_map;";

pub(super) const SOURCES: &str = "
  INSERT OR IGNORE INTO main.source(kind, locator) SELECT kind, locator FROM other.source ORDER BY id";

/// A source is newer where the other registry scanned it last; of what is not newer nothing but its identities is taken.
pub(super) const MAP_SOURCES: &str = "
  INSERT INTO temp.source_map SELECT o.id, m.id,
    (SELECT max(started_at) FROM other.scan WHERE source_id = o.id)
      > coalesce((SELECT max(started_at) FROM main.scan WHERE source_id = m.id), -9223372036854775808),
    (SELECT max(id) FROM other.scan WHERE source_id = o.id)
  FROM other.source o JOIN main.source m ON m.kind = o.kind AND m.locator = o.locator
  WHERE EXISTS (SELECT 1 FROM other.scan WHERE source_id = o.id)";

pub(super) const SCANS: &str = "
  INSERT INTO main.scan(source_id, started_at, tool_version, rules, is_complete, blobs, bytes)
  SELECT m.new, o.started_at, o.tool_version, o.rules, o.is_complete, o.blobs, o.bytes
  FROM other.scan o JOIN temp.source_map m ON m.old = o.source_id
  WHERE m.is_newer AND NOT EXISTS (SELECT 1 FROM main.scan n WHERE n.source_id = m.new AND n.started_at = o.started_at)
  ORDER BY o.id";

/// A scan of a source that is not newer is told as the last one of that source here.
pub(super) const MAP_SCANS: &str = "
  INSERT INTO temp.scan_map SELECT o.id, coalesce(
    (SELECT max(n.id) FROM main.scan n WHERE n.source_id = m.new AND n.started_at = o.started_at),
    (SELECT max(n.id) FROM main.scan n WHERE n.source_id = m.new))
  FROM other.scan o JOIN temp.source_map m ON m.old = o.source_id";

pub(super) const PARTIES: &str = "
  INSERT OR IGNORE INTO main.party(key, kind, name, last_active_at, left_at)
  SELECT key, kind, name, last_active_at, left_at FROM other.party ORDER BY id";

pub(super) const PARTIES_ACTIVE: &str = "
  UPDATE main.party SET last_active_at = max(coalesce(party.last_active_at, o.last_active_at), coalesce(o.last_active_at, party.last_active_at)),
    left_at = coalesce(party.left_at, o.left_at)
  FROM other.party o WHERE o.key = party.key
    AND (coalesce(o.last_active_at, -1) > coalesce(party.last_active_at, -1)
      OR (party.left_at IS NULL AND o.left_at IS NOT NULL))";

pub(super) const MAP_PARTIES: &str = "
  INSERT INTO temp.party_map SELECT o.id, m.id FROM other.party o JOIN main.party m ON m.key = o.key";

pub(super) const MAP_KNOWN_IDENTITIES: &str = "
  INSERT INTO temp.identity_map SELECT o.id, a.identity_id, 0 FROM other.identity o JOIN main.alias a ON a.alias = o.uid";

pub(super) const IDENTITIES: &str = "
  INSERT INTO main.identity(uid, kind, provider, name, account, environment, purpose, is_provisional, created_at,
    created_basis, expires_at, expires_basis, last_used_at, last_used_basis, stage, approved_by, approved_at, review_due_at, decommission_by,
    retired_at, first_scan)
  SELECT o.uid, o.kind, o.provider, o.name, o.account, o.environment, o.purpose, o.is_provisional, o.created_at,
    o.created_basis, o.expires_at, o.expires_basis, o.last_used_at, o.last_used_basis, o.stage, o.approved_by, o.approved_at, o.review_due_at,
    o.decommission_by, o.retired_at, s.new
  FROM other.identity o JOIN temp.scan_map s ON s.old = o.first_scan
  WHERE o.id NOT IN (SELECT old FROM temp.identity_map) ORDER BY o.id";

pub(super) const MAP_NEW_IDENTITIES: &str = "
  INSERT OR IGNORE INTO temp.identity_map SELECT o.id, m.id, 1 FROM other.identity o JOIN main.identity m ON m.uid = o.uid";

pub(super) const DISPUTED: &str = "
  SELECT count(*) FROM other.identity o JOIN temp.identity_map t ON t.old = o.id JOIN main.identity m ON m.id = t.new
  WHERE m.stage <> o.stage AND m.stage <> 'discovered' AND o.stage <> 'discovered'";

pub(super) const STAGES: &str = "
  UPDATE main.identity SET stage = o.stage, approved_by = o.approved_by, approved_at = o.approved_at,
    review_due_at = coalesce(o.review_due_at, identity.review_due_at), decommission_by = o.decommission_by,
    retired_at = o.retired_at, purpose = coalesce(identity.purpose, o.purpose)
  FROM other.identity o JOIN temp.identity_map t ON t.old = o.id
  WHERE t.new = identity.id AND identity.stage = 'discovered' AND o.stage <> 'discovered'";

pub(super) const TIMES: &str = "
  UPDATE main.identity SET created_at = coalesce(identity.created_at, o.created_at),
    expires_at = max(coalesce(o.expires_at, identity.expires_at), coalesce(identity.expires_at, o.expires_at)),
    expires_basis = coalesce(identity.expires_basis, o.expires_basis),
    created_basis = CASE WHEN identity.created_at IS NULL THEN o.created_basis ELSE identity.created_basis END,
    last_used_at = CASE WHEN coalesce(o.last_used_at, -1) > coalesce(identity.last_used_at, -1) THEN o.last_used_at ELSE identity.last_used_at END,
    last_used_basis = CASE WHEN coalesce(o.last_used_at, -1) > coalesce(identity.last_used_at, -1) THEN o.last_used_basis ELSE identity.last_used_basis END
  FROM other.identity o JOIN temp.identity_map t ON t.old = o.id
  WHERE t.new = identity.id AND ((identity.created_at IS NULL AND o.created_at IS NOT NULL)
    OR coalesce(o.expires_at, -1) > coalesce(identity.expires_at, -1)
    OR coalesce(o.last_used_at, -1) > coalesce(identity.last_used_at, -1))";

pub(super) const ALIASES: &str = "
  INSERT OR IGNORE INTO main.alias(alias, identity_id)
  SELECT a.alias, t.new FROM other.alias a JOIN temp.identity_map t ON t.old = a.identity_id ORDER BY 1";

pub(super) const CREDENTIALS: &str = "
  INSERT OR IGNORE INTO main.credential(identity_id, fp, rule, family, type, severity, confidence, masked, public_id,
    facts, issued_at, issued_basis, issued_precision, expires_at, expires_basis, first_scan)
  SELECT t.new, o.fp, o.rule, o.family, o.type, o.severity, o.confidence, o.masked, o.public_id, o.facts, o.issued_at,
    o.issued_basis, o.issued_precision, o.expires_at, o.expires_basis, s.new
  FROM other.credential o JOIN temp.identity_map t ON t.old = o.identity_id JOIN temp.scan_map s ON s.old = o.first_scan
  ORDER BY o.id";

pub(super) const MAP_CREDENTIALS: &str = "
  INSERT INTO temp.credential_map SELECT o.id, m.id FROM other.credential o JOIN main.credential m ON m.fp = o.fp";

/// What the last scan of a newer source did not see is gone, if that scan was complete. What it saw comes back below.
pub(super) const FORGET: &[&str] = &[
    "UPDATE main.exposure SET is_current = 0, past_scan = coalesce(exposure.past_scan, m.new), gone_scan = m.new
     FROM main.slot s JOIN temp.source_map o ON o.new = s.source_id JOIN other.scan n ON n.id = o.last
       JOIN temp.scan_map m ON m.old = o.last
     WHERE s.id = exposure.slot_id AND o.is_newer AND n.is_complete AND exposure.gone_scan IS NULL",
    "UPDATE main.access_grant SET gone_scan = m.new
     FROM main.declaration d JOIN temp.source_map o ON o.new = d.source_id JOIN other.scan n ON n.id = o.last
       JOIN temp.scan_map m ON m.old = o.last
     WHERE d.id = access_grant.declaration_id AND o.is_newer AND n.is_complete AND access_grant.gone_scan IS NULL",
    "UPDATE main.concern SET gone_scan = m.new
     FROM main.declaration d JOIN temp.source_map o ON o.new = d.source_id JOIN other.scan n ON n.id = o.last
       JOIN temp.scan_map m ON m.old = o.last
     WHERE d.id = concern.declaration_id AND o.is_newer AND n.is_complete AND concern.gone_scan IS NULL",
    "UPDATE main.declaration SET gone_scan = m.new
     FROM temp.source_map o JOIN other.scan n ON n.id = o.last JOIN temp.scan_map m ON m.old = o.last
     WHERE o.new = declaration.source_id AND o.is_newer AND n.is_complete AND declaration.gone_scan IS NULL",
    "UPDATE main.declared_slot SET gone_scan = m.new
     FROM temp.source_map o JOIN other.scan n ON n.id = o.last JOIN temp.scan_map m ON m.old = o.last
     WHERE o.new = declared_slot.source_id AND o.is_newer AND n.is_complete AND declared_slot.gone_scan IS NULL",
    "UPDATE main.edge SET gone_scan = m.new
     FROM temp.source_map o JOIN other.scan n ON n.id = o.last JOIN temp.scan_map m ON m.old = o.last
     WHERE o.new = edge.source_id AND o.is_newer AND n.is_complete AND edge.gone_scan IS NULL",
    "DELETE FROM main.ownership WHERE source_id IN
       (SELECT o.new FROM temp.source_map o JOIN other.scan n ON n.id = o.last WHERE o.is_newer AND n.is_complete)",
];

pub(super) const SLOTS: &str = "
  INSERT OR IGNORE INTO main.slot(source_id, path, name, environment, is_shared)
  SELECT m.new, o.path, o.name, o.environment, o.is_shared
  FROM other.slot o JOIN temp.source_map m ON m.old = o.source_id WHERE m.is_newer ORDER BY o.id";

pub(super) const SHARED_SLOTS: &str = "
  UPDATE main.slot SET is_shared = 1 FROM other.slot o JOIN temp.source_map m ON m.old = o.source_id
  WHERE m.is_newer AND slot.source_id = m.new AND slot.path = o.path AND slot.name = o.name
    AND o.is_shared = 1 AND slot.is_shared = 0";

pub(super) const MAP_SLOTS: &str = "
  INSERT INTO temp.slot_map SELECT o.id, s.id FROM other.slot o JOIN temp.source_map m ON m.old = o.source_id
  JOIN main.slot s ON s.source_id = m.new AND s.path = o.path AND s.name = o.name WHERE m.is_newer";

pub(super) const NEW_EXPOSURES: &str = "
  SELECT count(*) FROM other.exposure o JOIN temp.slot_map s ON s.old = o.slot_id
  JOIN temp.credential_map c ON c.old = o.credential_id
  WHERE NOT EXISTS (SELECT 1 FROM main.exposure e WHERE e.credential_id = c.new AND e.slot_id = s.new)";

pub(super) const EXPOSURES: &str = "
  INSERT INTO main.exposure(credential_id, slot_id, line, is_current, reached_by, first_commit, first_at, author_id,
    assisted_by, placeholder, removed_commit, removed_at, first_scan, past_scan, gone_scan)
  SELECT c.new, s.new, o.line, o.is_current, o.reached_by, o.first_commit, o.first_at, p.new, o.assisted_by,
    o.placeholder, o.removed_commit, o.removed_at, f.new, past.new, gone.new
  FROM other.exposure o JOIN temp.slot_map s ON s.old = o.slot_id JOIN temp.credential_map c ON c.old = o.credential_id
    JOIN temp.scan_map f ON f.old = o.first_scan LEFT JOIN temp.party_map p ON p.old = o.author_id
    LEFT JOIN temp.scan_map past ON past.old = o.past_scan LEFT JOIN temp.scan_map gone ON gone.old = o.gone_scan
  WHERE true ORDER BY o.id
  ON CONFLICT(credential_id, slot_id) DO UPDATE SET line = excluded.line, is_current = excluded.is_current,
    reached_by = excluded.reached_by, first_commit = excluded.first_commit, first_at = excluded.first_at,
    author_id = excluded.author_id, assisted_by = excluded.assisted_by, placeholder = excluded.placeholder,
    removed_commit = excluded.removed_commit, removed_at = excluded.removed_at, past_scan = excluded.past_scan, gone_scan = excluded.gone_scan";

pub(super) const DECLARATIONS: &str = "
  INSERT INTO main.declaration(identity_id, source_id, path, line, credentials, is_federated, first_scan, gone_scan)
  SELECT t.new, m.new, o.path, o.line, o.credentials, o.is_federated, f.new, gone.new
  FROM other.declaration o JOIN temp.source_map m ON m.old = o.source_id JOIN temp.identity_map t ON t.old = o.identity_id
    JOIN temp.scan_map f ON f.old = o.first_scan LEFT JOIN temp.scan_map gone ON gone.old = o.gone_scan
  WHERE m.is_newer ORDER BY o.id
  ON CONFLICT(identity_id, source_id, path, line) DO UPDATE SET credentials = excluded.credentials,
    is_federated = excluded.is_federated, gone_scan = excluded.gone_scan";

pub(super) const MAP_DECLARATIONS: &str = "
  INSERT INTO temp.declaration_map SELECT o.id, d.id
  FROM other.declaration o JOIN temp.source_map m ON m.old = o.source_id JOIN temp.identity_map t ON t.old = o.identity_id
    JOIN main.declaration d ON d.identity_id = t.new AND d.source_id = m.new AND d.path = o.path AND d.line = o.line
  WHERE m.is_newer";

/// What hangs on declarations and on newer sources.
pub(super) const DECLARED: &[&str] = &[
    "INSERT INTO main.access_grant(declaration_id, effect, action, resource, condition, level, is_resolved, first_scan, gone_scan)
     SELECT d.new, o.effect, o.action, o.resource, o.condition, o.level, o.is_resolved, f.new, gone.new
     FROM other.access_grant o JOIN temp.declaration_map d ON d.old = o.declaration_id
       JOIN temp.scan_map f ON f.old = o.first_scan LEFT JOIN temp.scan_map gone ON gone.old = o.gone_scan
     WHERE true ORDER BY o.id
     ON CONFLICT(declaration_id, effect, action, resource, condition) DO UPDATE SET level = excluded.level,
       is_resolved = excluded.is_resolved, gone_scan = excluded.gone_scan",
    "INSERT INTO main.concern(declaration_id, code, owasp, detail, first_scan, gone_scan)
     SELECT d.new, o.code, o.owasp, o.detail, f.new, gone.new
     FROM other.concern o JOIN temp.declaration_map d ON d.old = o.declaration_id
       JOIN temp.scan_map f ON f.old = o.first_scan LEFT JOIN temp.scan_map gone ON gone.old = o.gone_scan
     WHERE true ORDER BY 1, 2, 4
     ON CONFLICT(declaration_id, code, detail) DO UPDATE SET gone_scan = excluded.gone_scan",
    "INSERT INTO main.declared_slot(source_id, path, line, holder, name, holding, entry, first_scan, gone_scan)
     SELECT m.new, o.path, o.line, o.holder, o.name, o.holding, o.entry, f.new, gone.new
     FROM other.declared_slot o JOIN temp.source_map m ON m.old = o.source_id
       JOIN temp.scan_map f ON f.old = o.first_scan LEFT JOIN temp.scan_map gone ON gone.old = o.gone_scan
     WHERE m.is_newer ORDER BY o.id
     ON CONFLICT(source_id, path, line, holder, name, holding, entry) DO UPDATE SET gone_scan = excluded.gone_scan",
    "INSERT INTO main.edge(source_id, path, line, src, relation, dst, first_scan, gone_scan)
     SELECT m.new, o.path, o.line, o.src, o.relation, o.dst, f.new, gone.new
     FROM other.edge o JOIN temp.source_map m ON m.old = o.source_id
       JOIN temp.scan_map f ON f.old = o.first_scan LEFT JOIN temp.scan_map gone ON gone.old = o.gone_scan
     WHERE m.is_newer ORDER BY o.id
     ON CONFLICT(source_id, path, line, src, relation, dst) DO UPDATE SET gone_scan = excluded.gone_scan",
];

pub(super) const OWNERS: &str = "
  INSERT OR IGNORE INTO main.ownership(identity_id, party_id, basis, source_id, confidence, evidence)
  SELECT t.new, p.new, o.basis, m.new, o.confidence, o.evidence
  FROM other.ownership o JOIN temp.source_map m ON m.old = o.source_id JOIN temp.identity_map t ON t.old = o.identity_id
    JOIN temp.party_map p ON p.old = o.party_id
  WHERE m.is_newer ORDER BY 1, 2, 3";

/// What people decided, and this registry does not know: owners where it has none that people assigned, reviews, waivers.
pub(super) const DECIDED: &[&str] = &[
    "INSERT INTO main.ownership(identity_id, party_id, basis, source_id, confidence, evidence)
     SELECT t.new, min(p.new), o.basis, 0, o.confidence, o.evidence
     FROM other.ownership o JOIN temp.identity_map t ON t.old = o.identity_id JOIN temp.party_map p ON p.old = o.party_id
     WHERE o.source_id = 0 AND NOT EXISTS (SELECT 1 FROM main.ownership w WHERE w.source_id = 0 AND w.identity_id = t.new)
     GROUP BY t.new",
    "INSERT INTO main.review(identity_id, at, by, decision, note)
     SELECT t.new, o.at, o.by, o.decision, o.note FROM other.review o JOIN temp.identity_map t ON t.old = o.identity_id
     WHERE NOT EXISTS (SELECT 1 FROM main.review r WHERE r.identity_id = t.new AND r.at = o.at AND r.by = o.by
       AND r.decision = o.decision AND r.note = o.note) ORDER BY o.id",
    "INSERT INTO main.waiver(identity_id, policy, reason, by, at, expires_at)
     SELECT t.new, o.policy, o.reason, o.by, o.at, o.expires_at
     FROM other.waiver o JOIN temp.identity_map t ON t.old = o.identity_id
     WHERE NOT EXISTS (SELECT 1 FROM main.waiver w WHERE w.identity_id = t.new AND w.policy = o.policy AND w.at = o.at
       AND w.expires_at = o.expires_at AND w.by = o.by AND w.reason = o.reason) ORDER BY o.id",
];

/// What a check remembered, but for what is open here as well.
pub(super) const VIOLATIONS: &str = "
  INSERT INTO main.violation(policy, identity_id, severity, opened_at, closed_at)
  SELECT o.policy, t.new, o.severity, min(o.opened_at), o.closed_at
  FROM other.violation o JOIN temp.identity_map t ON t.old = o.identity_id
  WHERE NOT EXISTS (SELECT 1 FROM main.violation v WHERE v.policy = o.policy AND v.identity_id = t.new
    AND (v.opened_at = o.opened_at OR (v.closed_at IS NULL AND o.closed_at IS NULL)))
  GROUP BY o.policy, t.new, o.closed_at ORDER BY min(o.id)";
