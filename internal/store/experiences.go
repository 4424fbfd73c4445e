package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const experienceColumns = `id, institution_id, learner_id, achievement_id, body, state, answer, award_id, created_by, created_at, answered_at, expires_at, version`

func scanExperience(s scanner) (*record.Experience, error) {
	var e record.Experience
	var body, answer []byte
	var created, answered, expires int64
	if err := s.Scan(&e.ID, &e.Institution, &e.Learner, &e.Achievement, &body, &e.State, &answer, &e.Award, &e.CreatedBy, &created, &answered, &expires, &e.Version); err != nil {
		return nil, err
	}
	e.CreatedAt, e.AnsweredAt, e.ExpiresAt = at(created), at(answered), at(expires)
	if err := json.Unmarshal(body, &e.Body); err != nil {
		return nil, err
	}
	return &e, json.Unmarshal(answer, &e.Answer)
}

// AddExperience writes an experience.
func (tx *Tx) AddExperience(ctx context.Context, e *record.Experience) error {
	_, err := tx.exec(ctx, "store.AddExperience",
		`INSERT INTO experiences (id, institution_id, learner_id, achievement_id, body, state, answer, award_id, created_by, created_at, answered_at, expires_at, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)`,
		e.ID, e.Institution, e.Learner, e.Achievement, text(e.Body), e.State, text(e.Answer), e.Award, e.CreatedBy, micros(e.CreatedAt), micros(e.AnsweredAt), micros(e.ExpiresAt))
	e.Version = 1
	return err
}

// ChangeExperience writes an experience of the version that was read.
func (tx *Tx) ChangeExperience(ctx context.Context, e *record.Experience) error {
	err := tx.one(ctx, "store.ChangeExperience",
		`UPDATE experiences SET body = $1, state = $2, answer = $3, award_id = $4, answered_at = $5, expires_at = $6, version = version + 1 WHERE id = $7 AND version = $8`,
		text(e.Body), e.State, text(e.Answer), e.Award, micros(e.AnsweredAt), micros(e.ExpiresAt), e.ID, e.Version)
	if err == nil {
		e.Version++
	}
	return err
}

// Experience reads one experience.
func (tx *Tx) Experience(ctx context.Context, id record.ExperienceID) (*record.Experience, error) {
	return get(ctx, tx, "store.Experience", scanExperience, `SELECT `+experienceColumns+` FROM experiences WHERE id = $1`, id)
}

// Experiences reads an institution's experiences, newest first.
func (tx *Tx) Experiences(ctx context.Context, institution record.InstitutionID, limit int) ([]*record.Experience, error) {
	return list(ctx, tx, "store.Experiences", scanExperience,
		`SELECT `+experienceColumns+` FROM experiences WHERE institution_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`, institution, limit)
}

// EnteredAwards reads the awards of one source, newest first.
func (tx *Tx) EnteredAwards(ctx context.Context, institution record.InstitutionID, source string, limit int) ([]*record.Award, error) {
	return list(ctx, tx, "store.EnteredAwards", scanAward,
		`SELECT `+awardColumns+` FROM awards a WHERE a.institution_id = $1 AND a.source = $2 ORDER BY a.id DESC LIMIT $3`, institution, source, limit)
}

// PutLifetime keeps how long what is awarded for an achievement is valid.
func (tx *Tx) PutLifetime(ctx context.Context, l *record.Lifetime) error {
	_, err := tx.exec(ctx, "store.PutLifetime",
		`INSERT INTO lifetimes (institution_id, source_key, months, notice_days, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
		 ON CONFLICT (institution_id, source_key) DO UPDATE SET months = excluded.months, notice_days = excluded.notice_days, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		l.Institution, l.SourceKey, l.Months, l.NoticeDays, l.ChangedBy, micros(l.ChangedAt))
	return err
}

func scanLifetime(s scanner) (*record.Lifetime, error) {
	var l record.Lifetime
	var changed int64
	err := s.Scan(&l.Institution, &l.SourceKey, &l.Months, &l.NoticeDays, &l.ChangedBy, &changed)
	l.ChangedAt = at(changed)
	return &l, err
}

// LifetimeOf reads how long what is awarded for an entry of the catalogue is valid.
func (tx *Tx) LifetimeOf(ctx context.Context, institution record.InstitutionID, sourceKey string) (*record.Lifetime, error) {
	return get(ctx, tx, "store.LifetimeOf", scanLifetime,
		`SELECT institution_id, source_key, months, notice_days, changed_by, changed_at FROM lifetimes WHERE institution_id = $1 AND source_key = $2`, institution, sourceKey)
}

// LifetimeOfCredential reads how long what a credential is about is valid.
func (tx *Tx) LifetimeOfCredential(ctx context.Context, id record.CredentialID) (*record.Lifetime, error) {
	return get(ctx, tx, "store.LifetimeOfCredential", scanLifetime,
		`SELECT t.institution_id, t.source_key, t.months, t.notice_days, t.changed_by, t.changed_at FROM credentials c JOIN awards w ON w.id = c.award_id
		 JOIN achievements a ON a.id = w.achievement_id JOIN lifetimes t ON t.institution_id = c.institution_id AND t.source_key = a.source_key WHERE c.id = $1`, id)
}

// Lifetimes reads every lifetime of an institution's catalogue.
func (tx *Tx) Lifetimes(ctx context.Context, institution record.InstitutionID) ([]*record.Lifetime, error) {
	return list(ctx, tx, "store.Lifetimes", scanLifetime,
		`SELECT institution_id, source_key, months, notice_days, changed_by, changed_at FROM lifetimes WHERE institution_id = $1 ORDER BY source_key`, institution)
}

// EndingRow is a credential that runs out, with whose it is.
type EndingRow struct {
	PathID      string
	Name        string
	Award       record.AwardID
	Learner     record.LearnerID
	LearnerName record.Name
	SourceKey   string // of the achievement
	ValidUntil  time.Time
	Told        record.DeliveryState // of the notice about it; empty: none was made
}

// Ending reads the credentials in force that run out between two moments, the first to end first.
func (tx *Tx) Ending(ctx context.Context, institution record.InstitutionID, from, to time.Time, limit int) ([]*EndingRow, error) {
	return list(ctx, tx, "store.Ending", func(s scanner) (*EndingRow, error) {
		var r EndingRow
		var name []byte
		var until int64
		if err := s.Scan(&r.PathID, &r.Name, &r.Award, &r.Learner, &name, &r.SourceKey, &until, &r.Told); err != nil {
			return nil, err
		}
		r.ValidUntil = at(until)
		return &r, json.Unmarshal(name, &r.LearnerName)
	}, `SELECT c.path_id, c.name, c.award_id, c.learner_id, l.name, a.source_key, c.valid_until, coalesce(d.state, '')
		FROM credentials c JOIN learners l ON l.id = c.learner_id JOIN awards w ON w.id = c.award_id JOIN achievements a ON a.id = w.achievement_id
		LEFT JOIN deliveries d ON d.learner_id = c.learner_id AND d.kind = 'renewal' AND d.about = c.id
		WHERE c.institution_id = $1 AND c.kind = 'AchievementCredential' AND c.state IN ('current', 'suspended') AND c.valid_until > 0 AND c.valid_until >= $2 AND c.valid_until < $3
		ORDER BY c.valid_until, c.id LIMIT $4`, institution, micros(from), micros(to), limit)
}

// Unwarned reads the credentials in force that run out between now and their achievement's notice (otherwise that many
// days), and about which nobody was told.
func (tx *Tx) Unwarned(ctx context.Context, institution record.InstitutionID, now time.Time, days int, limit int) ([]*record.Credential, error) {
	const day = 24 * int64(time.Hour/time.Microsecond)
	return list(ctx, tx, "store.Unwarned", func(s scanner) (*record.Credential, error) {
		var c record.Credential
		return &c, s.Scan(&c.ID, &c.Learner)
	}, `SELECT c.id, c.learner_id FROM credentials c JOIN awards w ON w.id = c.award_id JOIN achievements a ON a.id = w.achievement_id
		LEFT JOIN lifetimes t ON t.institution_id = c.institution_id AND t.source_key = a.source_key
		WHERE c.institution_id = $1 AND c.kind = 'AchievementCredential' AND c.state = 'current' AND c.valid_until > $2 AND c.valid_until <= $2 + coalesce(t.notice_days, $3) * $4
		AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.learner_id = c.learner_id AND d.kind = 'renewal' AND d.about = c.id)
		AND NOT EXISTS (SELECT 1 FROM notices_told n WHERE n.learner_id = c.learner_id AND n.about = 'credential/' || c.id)
		ORDER BY c.valid_until, c.id LIMIT $5`, institution, micros(now), days, day, limit)
}

// MonthCounts is what happened in an institution between two moments.
type MonthCounts struct {
	Issued, Learners, Opened, Openers int64
}

// CountMonth counts credentials that were signed and share links that were opened between two moments. Openers is how
// many learners the links belong to.
func (tx *Tx) CountMonth(ctx context.Context, institution record.InstitutionID, from, to time.Time) (MonthCounts, error) {
	const op = "store.CountMonth"
	two := func(s scanner) (n [2]int64, err error) { err = s.Scan(&n[0], &n[1]); return }
	made, err := get(ctx, tx, op, two, `SELECT count(*), count(DISTINCT learner_id) FROM credentials
		WHERE institution_id = $1 AND kind = 'AchievementCredential' AND created_at >= $2 AND created_at < $3`, institution, micros(from), micros(to))
	if err != nil {
		return MonthCounts{}, err
	}
	seen, err := get(ctx, tx, op, two, `SELECT count(*), count(DISTINCT s.learner_id) FROM share_openings o JOIN shares s ON s.id = o.share_id
		WHERE s.institution_id = $1 AND o.act = 'opened' AND o.at >= $2 AND o.at < $3`, institution, micros(from), micros(to))
	return MonthCounts{made[0], made[1], seen[0], seen[1]}, err
}

// CountCorrections counts drafts and approved awards that wait to take the place of something issued.
func (tx *Tx) CountCorrections(ctx context.Context, institution record.InstitutionID) (int64, error) {
	return get(ctx, tx, "store.CountCorrections", number,
		`SELECT count(*) FROM awards WHERE institution_id = $1 AND state IN ('draft', 'approved') AND replaces <> ''`, institution)
}
