package store

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
)

// Earner is a learner who holds an achievement in force, and since when, as the award says.
type Earner struct {
	Learner   record.LearnerID
	AwardedOn string
	Aligned   []string // addresses to which the award's own results are aligned
}

// Earners reads who holds an achievement in force, in whatever version.
func (tx *Tx) Earners(ctx context.Context, institution record.InstitutionID, iri string) ([]Earner, error) {
	return list(ctx, tx, "store.Earners", func(s scanner) (Earner, error) {
		row, err := scanAwardRow(s)
		if err != nil {
			return Earner{}, err
		}
		e := Earner{Learner: row.Learner, AwardedOn: row.Detail.AwardedOn}
		for _, r := range row.Detail.Results {
			for _, a := range r.Alignments {
				e.Aligned = append(e.Aligned, a.URL)
			}
		}
		return e, nil
	}, `SELECT `+awardColumns+` FROM awards a JOIN achievements c ON c.id = a.achievement_id WHERE a.institution_id = $1 AND c.iri = $2 AND a.state = 'issued' ORDER BY a.id`, institution, iri)
}
