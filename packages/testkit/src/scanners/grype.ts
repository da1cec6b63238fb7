import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Advisory } from './advisory';

/** Returns the file of a database of Grype (schema 6.1.10) with these advisories; Python writes it. */
export function grypeDatabase(advisories: readonly Advisory[], time = new Date()): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'grype-database-'));
  try {
    const file = join(folder, 'vulnerability.db');
    const input = JSON.stringify({
      advisories,
      time: time.toISOString().replace('T', ' ').replace('Z', '+00:00'),
    });
    execFileSync('python3', ['-c', WRITE, file], { input });
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As `grype db import` expects them: the tables of anchore/grype, grype/db/v6/models.go, without their indexes. */
const WRITE = `
import json, sqlite3, sys
given = json.load(sys.stdin)
db = sqlite3.connect(sys.argv[1])
db.executescript('''
CREATE TABLE blobs (id integer PRIMARY KEY AUTOINCREMENT, value text NOT NULL);
CREATE TABLE db_metadata (build_timestamp datetime NOT NULL, model integer NOT NULL, revision integer NOT NULL, addition integer NOT NULL);
CREATE TABLE providers (id text PRIMARY KEY, version text, processor text, date_captured datetime, input_digest text);
CREATE TABLE vulnerability_handles (id integer PRIMARY KEY AUTOINCREMENT, name text NOT NULL, status text NOT NULL, published_date datetime, modified_date datetime, withdrawn_date datetime, provider_id text NOT NULL, blob_id integer);
CREATE TABLE vulnerability_aliases (name text, alias text NOT NULL, PRIMARY KEY (name, alias));
CREATE TABLE operating_systems (id integer PRIMARY KEY AUTOINCREMENT, name text, release_id text, major_version text, minor_version text, label_version text, codename text, channel text, eol_date datetime, eoas_date datetime);
CREATE TABLE packages (id integer PRIMARY KEY AUTOINCREMENT, ecosystem text, name text);
CREATE TABLE affected_package_handles (id integer PRIMARY KEY AUTOINCREMENT, vulnerability_id integer NOT NULL, operating_system_id integer, package_id integer, blob_id integer);
''')
db.execute('INSERT INTO db_metadata VALUES (?, 6, 1, 10)', (given['time'],))
for provider in ('debian', 'github', 'govulndb'):
    db.execute('INSERT INTO providers VALUES (?, ?, ?, ?, ?)', (provider, '1', 'test', given['time'], 'xxh64:0'))
debian = db.execute("INSERT INTO operating_systems (name, major_version, minor_version, codename) VALUES ('debian', '13', '', 'trixie')").lastrowid
KINDS = {'deb': ('debian', 'deb', 'dpkg', debian), 'go': ('github', 'go-module', 'go', None), 'npm': ('github', 'npm', 'semver', None)}
def blob(value):
    return db.execute('INSERT INTO blobs (value) VALUES (?)', (json.dumps(value),)).lastrowid
for one in given['advisories']:
    provider, ecosystem, versions, system = KINDS[one['kind']]
    severity = {'scheme': 'CHML', 'value': one.get('severity', 'unknown'), 'rank': 1}
    about = {'id': one['id'], 'description': one.get('title', one['id']), 'aliases': one.get('aliases', []), 'severities': [severity]}
    vulnerability = db.execute("INSERT INTO vulnerability_handles (name, status, provider_id, blob_id) VALUES (?, 'active', ?, ?)", (one['id'], provider, blob(about))).lastrowid
    for alias in one.get('aliases', []): db.execute('INSERT INTO vulnerability_aliases VALUES (?, ?)', (one['id'], alias))
    found = db.execute('SELECT id FROM packages WHERE ecosystem = ? AND name = ?', (ecosystem, one['name'])).fetchone()
    package = found[0] if found else db.execute('INSERT INTO packages (ecosystem, name) VALUES (?, ?)', (ecosystem, one['name'])).lastrowid
    fixed = one.get('fixedIn')
    affected = {'version': {'type': versions, 'constraint': '<' + fixed if fixed else ''}, 'fix': {'version': fixed or '', 'state': 'fixed' if fixed else 'not-fixed'}}
    db.execute('INSERT INTO affected_package_handles (vulnerability_id, operating_system_id, package_id, blob_id) VALUES (?, ?, ?, ?)', (vulnerability, system, package, blob({'ranges': [affected]})))
db.commit()
`;
