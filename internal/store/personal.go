package store

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
)

// personal is one table that holds something about learners, and which of its rows are one learner's.
type personal struct {
	table string
	rows  string // a condition in which $1 is the learner's id
	// keep is what becomes of the rows when the learner is erased; empty: they are deleted.
	keep string
}

// personals lists every table with something about learners, those that refer to others first: in this order their rows
// can be deleted. TestEveryTableIsPersonalOrNot holds it to the schema.
var personals = []personal{
	{"wallet_deliveries", `offer_id IN (SELECT id FROM wallet_offers WHERE learner_id = $1)`, ""},
	{"wallet_offers", `learner_id = $1`, ""},
	{"wallet_copies", `learner_id = $1`, ""},
	{"delivery_codes", `delivery_id IN (SELECT id FROM deliveries WHERE learner_id = $1)`, ""},
	{"deliveries", `learner_id = $1`, ""},
	{"experiences", `learner_id = $1`, ""},
	{"endorsement_versions", `endorsement_id IN (SELECT id FROM endorsements WHERE learner_id = $1)`, ""},
	{"endorsements", `learner_id = $1`, ""},
	{"oauth_spent", `grant_id IN (SELECT id FROM oauth_grants WHERE learner_id = $1)`, ""},
	{"oauth_tokens", `grant_id IN (SELECT id FROM oauth_grants WHERE learner_id = $1)`, ""},
	{"oauth_grants", `learner_id = $1`, ""},
	{"hosts", `learner_id = $1`, ""},
	{"learner_profiles", `learner_id = $1`, ""},
	{"goals", `learner_id = $1`, ""},
	{"reflections", `learner_id = $1`, ""},
	{"confirmations", `learner_id = $1`, ""},
	{"statements", `learner_id = $1`, ""},
	{"inquiry_messages", `inquiry_id IN (SELECT id FROM inquiries WHERE learner_id = $1)`, ""},
	{"inquiries", `learner_id = $1`, ""},
	{"notices_off", `learner_id = $1`, ""},
	{"consents", `learner_id = $1`, ""},
	{"guardians", `learner_id = $1`, ""},
	{"holds", `learner_id = $1`, ""},
	{"disclosures", `learner_id = $1`, ""},
	{"item_answers", `learner_id = $1`, ""},
	{"curations", `learner_id = $1`, ""},
	{"identities", `learner_id = $1 OR other_id = $1`, ""},
	{"notices_told", `learner_id = $1`, ""},
	{"receipts", `learner_id = $1`, ""},
	{"share_presentations", `share_id IN (SELECT id FROM shares WHERE learner_id = $1)`, ""},
	{"share_openings", `share_id IN (SELECT id FROM shares WHERE learner_id = $1)`, ""},
	{"share_items", `share_id IN (SELECT id FROM shares WHERE learner_id = $1)`, ""},
	{"shares", `learner_id = $1`, ""},
	{"learner_keys", `learner_id = $1`, ""},
	{"held", `learner_id = $1`, ""},
	{"credential_bases", `credential_id IN (SELECT id FROM credentials WHERE learner_id = $1)`, ""},
	// What was signed points at its place in a list for ever; the place stays and forgets whose it was.
	{"status_entries", `EXISTS (SELECT 1 FROM credentials c WHERE c.learner_id = $1 AND c.uri = status_entries.uri)`,
		`uri = 'erased:' || list_id || ':' || idx, reason = ''`},
	{"award_rule_hits", `learner_id = $1`, ""},
	{"classroom_results", `learner_id = $1`, ""},
	{"activity_statements", `learner_id = $1`, ""},
	{"import_keys", `source_key IN (SELECT source_key FROM learners WHERE id = $1 UNION SELECT source_key FROM awards WHERE learner_id = $1)`, ""},
	{"credentials", `learner_id = $1`, ""},
	{"awards", `learner_id = $1`, ""},
	{"run_items", `learner_id = $1`, ""},
	{"api_keys", `learner_id = $1`, ""},
	{"passkeys", `account_id IN (SELECT id FROM accounts WHERE learner_id = $1)`, ""},
	{"campus_subjects", `account_id IN (SELECT id FROM accounts WHERE learner_id = $1)`, ""},
	{"signin_links", `account_id IN (SELECT id FROM accounts WHERE learner_id = $1)`, ""},
	{"accounts", `learner_id = $1`, ""},
	{"audit_events", `learner_id = $1`, `detail = '{}', salt = ''`},
	{"learners", `id = $1`, ""},
}

// impersonals are the tables with nothing about one learner, each with why.
var impersonals = map[string]string{
	"institutions": "the house", "achievements": "the catalogue", "associations": "the catalogue", "frameworks": "the catalogue",
	"definitions": "the catalogue", "achievement_texts": "the catalogue", "pictures": "the catalogue", "record_templates": "what goes into a record",
	"issuing_keys": "the house's keys", "notary_keys": "the server's keys", "wallet_keys": "the server's keys",
	"runs": "counts", "status_lists": "counts", "documents": "what the house publishes about itself", "audit_heads": "hashes", "notice_marks": "counts",
	"erasures": "ids that mean nothing any more", "oauth_clients": "programs", "oauth_requests": "programs, for minutes", "host_clients": "registrations elsewhere",
	"hooks": "addresses", "wallet_nonces": "random", "wallet_asks": "questions of third parties", "wallet_answers": "answers to third parties, for an hour",
	"wordings": "the house's own words", "lifetimes": "the catalogue",
	"classroom_systems": "the house's connections", "classroom_links": "the house's rules", "classroom_pulls": "counts",
	"campus_services": "the house's sign-in", "signin_steps": "random, for minutes",
	"award_rules": "the house's rules", "award_rule_parts": "the house's rules",
	"import_sources": "columns", "import_mappings": "columns", "import_progress": "counts",
	// What these say about people is found by its words.
	"classroom_pages": "scrubbed by words", "batches": "scrubbed by words", "batch_files": "scrubbed by words", "import_rejects": "scrubbed by words",
	"api_replies": "scrubbed by words", "hook_deliveries": "scrubbed by words", "sessions": "scrubbed by words",
}

// hiddenColumn tells columns that an access request does not get: they are secrets and say nothing about anybody.
func hiddenColumn(name string) bool {
	return strings.HasSuffix(name, "_hash") || name == "hash" || name == "sealed" || name == "salt"
}

// PersonalData hands every row about a learner to put, table by table: the row as JSON, an object of the table's columns
// without its secrets. Bytes are {"base64": …}.
func (tx *Tx) PersonalData(ctx context.Context, learner record.LearnerID, put func(table string, row json.RawMessage) error) error {
	known, err := tx.tables(ctx)
	if err != nil {
		return err
	}
	for _, p := range personals {
		i := slices.IndexFunc(known, func(t table) bool { return t.name == p.table })
		if i < 0 {
			return record.Errorf(record.Internal, "store.PersonalData", "the database has no table %s", p.table)
		}
		t := known[i]
		t.columns = slices.DeleteFunc(slices.Clone(t.columns), func(c column) bool { return hiddenColumn(c.name) })
		if err := tx.personalRows(ctx, t, p.rows, learner, put); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) personalRows(ctx context.Context, t table, where string, learner record.LearnerID, put func(string, json.RawMessage) error) error {
	rows, err := tx.tx.QueryContext(ctx, `SELECT `+strings.Join(t.selected(), ", ")+` FROM `+quote(t.name)+` WHERE `+where, learner)
	if err != nil {
		return tx.db.wrap("store.PersonalData", err)
	}
	defer rows.Close()
	values, into := make([]any, len(t.columns)), make([]any, len(t.columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return tx.db.wrap("store.PersonalData", err)
		}
		row := map[string]any{}
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				v = packed{Bytes: b}
			}
			row[t.columns[i].name] = v
		}
		b, err := json.Marshal(row)
		if err != nil {
			return tx.db.wrap("store.PersonalData", err)
		}
		if err := put(t.name, b); err != nil {
			return err
		}
	}
	return tx.db.wrap("store.PersonalData", rows.Err())
}

// CountPersonal counts the rows about a learner by table, those with none left out.
func (tx *Tx) CountPersonal(ctx context.Context, learner record.LearnerID) (map[string]int64, error) {
	out := map[string]int64{}
	for _, p := range personals {
		n, err := get(ctx, tx, "store.CountPersonal", number, `SELECT count(*) FROM `+quote(p.table)+` WHERE `+p.rows, learner)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			out[p.table] = n
		}
	}
	return out, nil
}

// scrubs take what uploads, repeated answers, waiting work and browsers say about a learner; $1 is a text by which they
// name the learner. A file that names one learner goes whole: what was read from it stays with those whom it is about.
// Bytes are compared with SQLite's instr and PostgreSQL's position, which both look for bytes.
var scrubs = map[string][]string{
	"sqlite": {
		`DELETE FROM batch_files WHERE instr(data, CAST($1 AS blob)) > 0`,
		`DELETE FROM classroom_pages WHERE instr(body, CAST($1 AS blob)) > 0`,
		`DELETE FROM import_rejects WHERE instr(data, CAST($1 AS blob)) > 0`,
		`DELETE FROM api_replies WHERE instr(body, CAST($1 AS blob)) > 0`,
		`DELETE FROM hook_deliveries WHERE instr(body, CAST($1 AS blob)) > 0`,
		`DELETE FROM sessions WHERE instr(data, CAST($1 AS blob)) > 0`,
		`UPDATE batches SET findings = '[]' WHERE instr(findings, $1) > 0`,
	},
	"postgres": {
		`DELETE FROM batch_files WHERE position(convert_to($1, 'UTF8') IN data) > 0`,
		`DELETE FROM classroom_pages WHERE position(convert_to($1, 'UTF8') IN body) > 0`,
		`DELETE FROM import_rejects WHERE position(convert_to($1, 'UTF8') IN data) > 0`,
		`DELETE FROM api_replies WHERE position(convert_to($1, 'UTF8') IN body) > 0`,
		`DELETE FROM hook_deliveries WHERE position(convert_to($1, 'UTF8') IN body) > 0`,
		`DELETE FROM sessions WHERE position(convert_to($1, 'UTF8') IN data) > 0`,
		`UPDATE batches SET findings = '[]' WHERE position($1 IN findings) > 0`,
	},
}

// jobScrubs do the same for work that waits or was done. A job that runs at this moment is left to end.
var jobScrubs = map[string]string{
	"sqlite":   `DELETE FROM river_job WHERE state <> 'running' AND (instr(CAST(args AS text), $1) > 0 OR instr(CAST(metadata AS text), $1) > 0)`,
	"postgres": `DELETE FROM river_job WHERE state <> 'running' AND (position($1 IN args::text) > 0 OR position($1 IN metadata::text) > 0)`,
}

// EraseLearner deletes everything about a learner and writes the erasure. What remains are the events' ids and hashes,
// and places in status lists without a name. words are texts by which files and waiting work name the learner.
func (tx *Tx) EraseLearner(ctx context.Context, e *record.Erasure, words []string) error {
	const op = "store.EraseLearner"
	accounts, err := list(ctx, tx, op, func(s scanner) (id string, err error) { err = s.Scan(&id); return }, `SELECT id FROM accounts WHERE learner_id = $1`, e.Learner)
	if err != nil {
		return err
	}
	for _, p := range personals {
		change := `DELETE FROM ` + quote(p.table)
		if p.keep != "" {
			change = `UPDATE ` + quote(p.table) + ` SET ` + p.keep
		}
		if _, err := tx.exec(ctx, op, change+` WHERE `+p.rows, e.Learner); err != nil {
			return err
		}
	}
	if err := tx.scrub(ctx, append(slices.Concat(words, accounts), string(e.Learner))); err != nil {
		return err
	}
	_, err = tx.exec(ctx, op, `INSERT INTO erasures (learner_id, institution_id, ground, erased_by, erased_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (learner_id) DO NOTHING`, e.Learner, e.Institution, e.Ground, e.ErasedBy, micros(e.ErasedAt))
	return err
}

func (tx *Tx) scrub(ctx context.Context, words []string) error {
	const op = "store.EraseLearner"
	changes := slices.Clone(scrubs[tx.db.dialect.name])
	known, err := tx.tables(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(known, func(t table) bool { return t.name == "river_job" }) {
		changes = append(changes, jobScrubs[tx.db.dialect.name])
	}
	seen := map[string]bool{}
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" {
			seen[w] = true
		}
	}
	for w := range maps.Keys(seen) {
		for _, c := range changes {
			if _, err := tx.exec(ctx, op, c, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// Scrub empties SQLite's log, so that what was deleted is in no file of the database: freed pages are overwritten as they
// are freed. PostgreSQL's old row versions go with its own VACUUM, its archives as the operator keeps them
// (docs/operate.md, Erasure).
func (db *DB) Scrub(ctx context.Context) error {
	if db.dialect.name != "sqlite" {
		return nil
	}
	_, err := db.write.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return db.wrap("store.Scrub", err)
}
