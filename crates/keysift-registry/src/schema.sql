-- The registry. No secret is in it. Times are seconds since 1970 in UTC; NULL means unknown.
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE source(
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK(kind IN ('tree', 'git')),
  locator TEXT NOT NULL,
  UNIQUE(kind, locator)) STRICT;
CREATE TABLE scan(
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES source(id),
  started_at INTEGER NOT NULL,
  tool_version TEXT NOT NULL,
  rules INTEGER NOT NULL,
  is_complete INTEGER NOT NULL,
  blobs INTEGER NOT NULL,
  bytes INTEGER NOT NULL) STRICT;
-- A person, a team or a bot. The key is an e-mail address in lower case, or a handle that begins with @.
CREATE TABLE party(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK(kind IN ('human', 'team', 'bot')),
  name TEXT NOT NULL,
  last_active_at INTEGER,
  left_at INTEGER) STRICT;
CREATE TABLE identity(
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  provider TEXT NOT NULL,
  name TEXT NOT NULL,
  account TEXT,
  environment TEXT,
  purpose TEXT,
  -- Whether the uid names a credential, because nothing is known of whom it belongs to.
  is_provisional INTEGER NOT NULL,
  created_at INTEGER, created_basis TEXT,
  -- Of the identity itself, such as a certificate; a credential has its own.
  expires_at INTEGER, expires_basis TEXT,
  last_used_at INTEGER, last_used_basis TEXT,
  stage TEXT NOT NULL DEFAULT 'discovered'
    CHECK(stage IN ('discovered', 'requested', 'approved', 'active', 'decommissioning', 'retired')),
  approved_by TEXT, approved_at INTEGER,
  review_due_at INTEGER, decommission_by INTEGER, retired_at INTEGER,
  first_scan INTEGER NOT NULL REFERENCES scan(id),
  merged_into INTEGER REFERENCES identity(id)) STRICT;
CREATE TABLE alias(
  alias TEXT PRIMARY KEY,
  identity_id INTEGER NOT NULL REFERENCES identity(id)) STRICT, WITHOUT ROWID;
CREATE TABLE credential(
  id INTEGER PRIMARY KEY,
  identity_id INTEGER NOT NULL REFERENCES identity(id),
  -- The secret's fingerprint under the registry's key.
  fp TEXT NOT NULL UNIQUE,
  rule TEXT NOT NULL,
  -- Values of one family may follow one another in a slot.
  family TEXT NOT NULL,
  type TEXT NOT NULL,
  severity TEXT NOT NULL,
  confidence TEXT NOT NULL,
  masked TEXT NOT NULL,
  public_id TEXT,
  facts TEXT NOT NULL,
  issued_at INTEGER, issued_basis TEXT, issued_precision INTEGER,
  expires_at INTEGER, expires_basis TEXT,
  first_scan INTEGER NOT NULL REFERENCES scan(id)) STRICT;
CREATE INDEX credential_identity ON credential(identity_id);
-- A place that holds a value over time: a path and the name that the value is given to.
CREATE TABLE slot(
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES source(id),
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  environment TEXT,
  -- Whether it ever held two values at once, so that another value is no rotation.
  is_shared INTEGER NOT NULL DEFAULT 0,
  UNIQUE(source_id, path, name)) STRICT;
CREATE TABLE exposure(
  id INTEGER PRIMARY KEY,
  credential_id INTEGER NOT NULL REFERENCES credential(id),
  slot_id INTEGER NOT NULL REFERENCES slot(id),
  line INTEGER NOT NULL,
  -- Whether it is in the tree that was scanned, or in HEAD.
  is_current INTEGER NOT NULL,
  reached_by TEXT,
  first_commit TEXT, first_at INTEGER, author_id INTEGER REFERENCES party(id), assisted_by TEXT,
  -- What stood in the slot before that commit for a value to be filled in: empty, reference or placeholder.
  placeholder TEXT,
  removed_commit TEXT, removed_at INTEGER,
  first_scan INTEGER NOT NULL REFERENCES scan(id),
  -- The scan since which it is in no current tree, and the one that did not see it at all any more.
  past_scan INTEGER REFERENCES scan(id),
  gone_scan INTEGER REFERENCES scan(id),
  UNIQUE(credential_id, slot_id)) STRICT;
CREATE INDEX exposure_slot ON exposure(slot_id);
CREATE TABLE ownership(
  identity_id INTEGER NOT NULL REFERENCES identity(id),
  party_id INTEGER NOT NULL REFERENCES party(id),
  basis TEXT NOT NULL,
  -- The source that says it; 0 for what people declared.
  source_id INTEGER NOT NULL,
  confidence INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  PRIMARY KEY(identity_id, party_id, basis, source_id)) STRICT, WITHOUT ROWID;
-- An identity as a file declares it, without a secret.
CREATE TABLE declaration(
  id INTEGER PRIMARY KEY,
  identity_id INTEGER NOT NULL REFERENCES identity(id),
  source_id INTEGER NOT NULL REFERENCES source(id),
  path TEXT NOT NULL,
  line INTEGER NOT NULL,
  credentials TEXT NOT NULL,
  is_federated INTEGER NOT NULL,
  first_scan INTEGER NOT NULL REFERENCES scan(id),
  gone_scan INTEGER REFERENCES scan(id),
  UNIQUE(identity_id, source_id, path, line)) STRICT;
CREATE TABLE access_grant(
  id INTEGER PRIMARY KEY,
  declaration_id INTEGER NOT NULL REFERENCES declaration(id),
  effect TEXT NOT NULL, action TEXT NOT NULL, resource TEXT NOT NULL, condition TEXT NOT NULL,
  level TEXT NOT NULL, is_resolved INTEGER NOT NULL,
  first_scan INTEGER NOT NULL REFERENCES scan(id),
  gone_scan INTEGER REFERENCES scan(id),
  UNIQUE(declaration_id, effect, action, resource, condition)) STRICT;
-- What about a declaration deserves a look.
CREATE TABLE concern(
  declaration_id INTEGER NOT NULL REFERENCES declaration(id),
  code TEXT NOT NULL, owasp TEXT NOT NULL, detail TEXT NOT NULL,
  first_scan INTEGER NOT NULL REFERENCES scan(id),
  gone_scan INTEGER REFERENCES scan(id),
  PRIMARY KEY(declaration_id, code, detail)) STRICT, WITHOUT ROWID;
-- A name that holds a credential, and where it gets it from. The holder is an identity's uid, or empty.
CREATE TABLE declared_slot(
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES source(id),
  path TEXT NOT NULL, line INTEGER NOT NULL,
  holder TEXT NOT NULL, name TEXT NOT NULL,
  holding TEXT NOT NULL, entry TEXT NOT NULL,
  first_scan INTEGER NOT NULL REFERENCES scan(id),
  gone_scan INTEGER REFERENCES scan(id),
  UNIQUE(source_id, path, line, holder, name, holding, entry)) STRICT;
CREATE INDEX declared_slot_holder ON declared_slot(holder);
-- How identities hang together, by their uids.
CREATE TABLE edge(
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES source(id),
  path TEXT NOT NULL, line INTEGER NOT NULL,
  src TEXT NOT NULL, relation TEXT NOT NULL, dst TEXT NOT NULL,
  first_scan INTEGER NOT NULL REFERENCES scan(id),
  gone_scan INTEGER REFERENCES scan(id),
  UNIQUE(source_id, path, line, src, relation, dst)) STRICT;
CREATE TABLE review(
  id INTEGER PRIMARY KEY,
  identity_id INTEGER NOT NULL REFERENCES identity(id),
  at INTEGER NOT NULL, by TEXT NOT NULL,
  decision TEXT NOT NULL CHECK(decision IN ('keep', 'reduce', 'rotate', 'transfer', 'decommission')),
  note TEXT NOT NULL) STRICT;
CREATE TABLE waiver(
  id INTEGER PRIMARY KEY,
  identity_id INTEGER NOT NULL REFERENCES identity(id),
  policy TEXT NOT NULL,
  reason TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL) STRICT;
CREATE TABLE violation(
  id INTEGER PRIMARY KEY,
  policy TEXT NOT NULL,
  identity_id INTEGER NOT NULL REFERENCES identity(id),
  severity TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER) STRICT;
CREATE UNIQUE INDEX violation_open ON violation(policy, identity_id) WHERE closed_at IS NULL;
CREATE TABLE journal(
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  verb TEXT NOT NULL,
  payload TEXT NOT NULL,
  -- A digest of all other tables as they are behind this entry.
  state BLOB NOT NULL,
  hash BLOB NOT NULL UNIQUE) STRICT;
