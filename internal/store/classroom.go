package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const classroomColumns = `id, institution_id, kind, name, issuer, client_id, settings, sealed, off, created_by, created_at, updated_at, version`

func scanClassroom(s scanner) (*record.ClassroomSystem, error) {
	var c record.ClassroomSystem
	var settings []byte
	var created, updated int64
	if err := s.Scan(&c.ID, &c.Institution, &c.Kind, &c.Name, &c.Issuer, &c.ClientID, &settings, &c.Sealed, &c.Off, &c.CreatedBy, &created, &updated, &c.Version); err != nil {
		return nil, err
	}
	c.CreatedAt, c.UpdatedAt = at(created), at(updated)
	return &c, json.Unmarshal(settings, &c.Settings)
}

// AddClassroomSystem writes a new system; one that is connected already, here or with another institution, is a Conflict.
func (tx *Tx) AddClassroomSystem(ctx context.Context, c *record.ClassroomSystem) error {
	_, err := tx.exec(ctx, "store.AddClassroomSystem",
		`INSERT INTO classroom_systems (id, institution_id, kind, name, issuer, client_id, settings, sealed, off, created_by, created_at, updated_at, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)`,
		c.ID, c.Institution, c.Kind, c.Name, c.Issuer, c.ClientID, text(c.Settings), append([]byte{}, c.Sealed...), c.Off, c.CreatedBy, micros(c.CreatedAt), micros(c.UpdatedAt))
	c.Version = 1
	return err
}

// ChangeClassroomSystem writes the version that was read.
func (tx *Tx) ChangeClassroomSystem(ctx context.Context, c *record.ClassroomSystem) error {
	err := tx.one(ctx, "store.ChangeClassroomSystem",
		`UPDATE classroom_systems SET name = $1, client_id = $2, settings = $3, sealed = $4, off = $5, updated_at = $6, version = version + 1 WHERE id = $7 AND version = $8`,
		c.Name, c.ClientID, text(c.Settings), append([]byte{}, c.Sealed...), c.Off, micros(c.UpdatedAt), c.ID, c.Version)
	if err == nil {
		c.Version++
	}
	return err
}

// ClassroomSystem reads one system.
func (tx *Tx) ClassroomSystem(ctx context.Context, id record.ClassroomSystemID) (*record.ClassroomSystem, error) {
	return get(ctx, tx, "store.ClassroomSystem", scanClassroom, `SELECT `+classroomColumns+` FROM classroom_systems WHERE id = $1`, id)
}

// ClassroomSystems reads an institution's systems, oldest first.
func (tx *Tx) ClassroomSystems(ctx context.Context, institution record.InstitutionID) ([]*record.ClassroomSystem, error) {
	return list(ctx, tx, "store.ClassroomSystems", scanClassroom, `SELECT `+classroomColumns+` FROM classroom_systems WHERE institution_id = $1 ORDER BY created_at, id`, institution)
}

// ClassroomIssuers reads the learning platforms with an issuer; the empty client means all of its clients.
func (tx *Tx) ClassroomIssuers(ctx context.Context, issuer, client string) ([]*record.ClassroomSystem, error) {
	return list(ctx, tx, "store.ClassroomIssuers", scanClassroom,
		`SELECT `+classroomColumns+` FROM classroom_systems WHERE kind = 'lti' AND issuer = $1 AND ($2 = '' OR client_id = $2) ORDER BY id`, issuer, client)
}

const linkColumns = `k.id, k.system_id, k.rule_id, k.course, k.chosen_by, k.least, k.line_item, k.members, k.read_at, k.trouble, k.created_at, k.version`

func scanLink(s scanner) (*record.ClassroomLink, error) {
	var k record.ClassroomLink
	var read, created int64
	err := s.Scan(&k.ID, &k.System, &k.Rule, &k.Course, &k.ChosenBy, &k.Least, &k.LineItem, &k.Members, &read, &k.Trouble, &created, &k.Version)
	k.ReadAt, k.CreatedAt = at(read), at(created)
	return &k, err
}

// AddClassroomLink writes a new link.
func (tx *Tx) AddClassroomLink(ctx context.Context, k *record.ClassroomLink) error {
	_, err := tx.exec(ctx, "store.AddClassroomLink",
		`INSERT INTO classroom_links (id, system_id, rule_id, course, chosen_by, least, line_item, members, read_at, trouble, created_at, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)`,
		k.ID, k.System, k.Rule, k.Course, k.ChosenBy, k.Least, k.LineItem, k.Members, micros(k.ReadAt), k.Trouble, micros(k.CreatedAt))
	k.Version = 1
	return err
}

// ChangeClassroomLink writes where a link's results are and how reading them went, of the version that was read.
func (tx *Tx) ChangeClassroomLink(ctx context.Context, k *record.ClassroomLink) error {
	err := tx.one(ctx, "store.ChangeClassroomLink",
		`UPDATE classroom_links SET course = $1, line_item = $2, members = $3, read_at = $4, trouble = $5, version = version + 1 WHERE id = $6 AND version = $7`,
		k.Course, k.LineItem, k.Members, micros(k.ReadAt), k.Trouble, k.ID, k.Version)
	if err == nil {
		k.Version++
	}
	return err
}

// ClassroomLink reads one link.
func (tx *Tx) ClassroomLink(ctx context.Context, id record.ClassroomLinkID) (*record.ClassroomLink, error) {
	return get(ctx, tx, "store.ClassroomLink", scanLink, `SELECT `+linkColumns+` FROM classroom_links k WHERE k.id = $1`, id)
}

// ClassroomLinks reads a system's links, newest first.
func (tx *Tx) ClassroomLinks(ctx context.Context, system record.ClassroomSystemID, limit int) ([]*record.ClassroomLink, error) {
	return list(ctx, tx, "store.ClassroomLinks", scanLink, `SELECT `+linkColumns+` FROM classroom_links k WHERE k.system_id = $1 ORDER BY k.created_at DESC, k.id LIMIT $2`, system, limit)
}

// ClassroomDue reads links that have a place to read results from, whose rule and system are on, and that were not read
// since a moment.
func (tx *Tx) ClassroomDue(ctx context.Context, before time.Time, limit int) ([]*record.ClassroomLink, error) {
	return list(ctx, tx, "store.ClassroomDue", scanLink,
		`SELECT `+linkColumns+` FROM classroom_links k JOIN classroom_systems s ON s.id = k.system_id JOIN award_rules r ON r.id = k.rule_id
		 WHERE k.read_at <= $1 AND k.line_item <> '' AND NOT s.off AND NOT r.off ORDER BY k.read_at, k.id LIMIT $2`, micros(before), limit)
}

// PutClassroomResult writes what became of a result.
func (tx *Tx) PutClassroomResult(ctx context.Context, r *record.ClassroomResult) error {
	_, err := tx.exec(ctx, "store.PutClassroomResult",
		`INSERT INTO classroom_results (link_id, subject, learner_id, award_id, who, said, state, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		 ON CONFLICT (link_id, subject) DO UPDATE SET learner_id = excluded.learner_id, award_id = excluded.award_id, who = excluded.who, said = excluded.said, state = excluded.state, seen_at = excluded.seen_at`,
		r.Link, r.Subject, r.Learner, r.Award, r.Who, r.Said, r.State, micros(r.SeenAt))
	return err
}

// ClassroomResult reads what is known of one person's result.
func (tx *Tx) ClassroomResult(ctx context.Context, link record.ClassroomLinkID, subject string) (*record.ClassroomResult, error) {
	return get(ctx, tx, "store.ClassroomResult", scanClassroomResult,
		`SELECT link_id, subject, learner_id, award_id, who, said, state, seen_at FROM classroom_results WHERE link_id = $1 AND subject = $2`, link, subject)
}

// ClassroomResults reads a link's results, those that need a person first.
func (tx *Tx) ClassroomResults(ctx context.Context, link record.ClassroomLinkID, limit int) ([]*record.ClassroomResult, error) {
	return list(ctx, tx, "store.ClassroomResults", scanClassroomResult,
		`SELECT link_id, subject, learner_id, award_id, who, said, state, seen_at FROM classroom_results WHERE link_id = $1
		 ORDER BY CASE state WHEN 'changed' THEN 0 WHEN 'unmatched' THEN 1 ELSE 2 END, subject LIMIT $2`, link, limit)
}

func scanClassroomResult(s scanner) (*record.ClassroomResult, error) {
	var r record.ClassroomResult
	var seen int64
	err := s.Scan(&r.Link, &r.Subject, &r.Learner, &r.Award, &r.Who, &r.Said, &r.State, &seen)
	r.SeenAt = at(seen)
	return &r, err
}

// HitAward is the award that a rule drafted for a learner.
func (tx *Tx) HitAward(ctx context.Context, rule record.RuleID, learner record.LearnerID) (record.AwardID, error) {
	return get(ctx, tx, "store.HitAward", func(s scanner) (id record.AwardID, err error) { err = s.Scan(&id); return },
		`SELECT award_id FROM award_rule_hits WHERE rule_id = $1 AND learner_id = $2`, rule, learner)
}
