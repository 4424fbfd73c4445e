package registrar

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Prior learning is what somebody knew before they came: an assessor says on what basis, and credit is granted. It is a
// draft with the assessment as evidence.

// PriorBases are on what a person was assessed, with the words that go into the evidence.
var PriorBases = []string{"portfolio", "exam", "work", "military", "training"}

var basisWords = map[string]string{"portfolio": "Portfolio", "exam": "Credit by exam", "work": "Work experience", "military": "Military training", "training": "Training elsewhere"}

const (
	priorSource = "prior"
	maxCredits  = 1000
)

// PriorEntry is an assessment of prior learning.
type PriorEntry struct {
	Person, Achievement string // as in ExperienceEntry
	Basis               string // of PriorBases
	Assessor            string
	AssessorRole        string
	AssessedOn          string // a day
	Credits             string // granted; decimal
	Told                string // what was assessed and found
	Link                string // to the work, if it may be read
}

// EnterPrior makes the draft of an assessment.
func (d *Desk) EnterPrior(ctx context.Context, actor record.Actor, in PriorEntry) (record.AwardID, error) {
	const op = "registrar.EnterPrior"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return "", err
	}
	if err := checkPrior(op, &in); err != nil {
		return "", err
	}
	if err := d.notAhead(op, "the day of the assessment", in.AssessedOn); err != nil {
		return "", err
	}
	var id record.AwardID
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, a, err := d.named(ctx, tx, op, actor, in.Person, in.Achievement)
		if err != nil {
			return err
		}
		key := sourceKey(priorSource, l.SourceKey+"|"+a.SourceKey+"|"+in.AssessedOn)
		before, err := optional(tx.LatestAward(ctx, actor.Institution, key))
		if err != nil {
			return err
		}
		if before != nil {
			return record.Errorf(record.Conflict, op, "this assessment was entered before and is %s; edit the draft, or correct what is issued", before.State)
		}
		by := in.Assessor
		if in.AssessorRole != "" {
			by += ", " + in.AssessorRole
		}
		id, err = d.draftEntered(ctx, tx, actor.Account, actor.Institution, l.ID, a.ID, key, priorSource, record.AwardDetail{
			AwardedOn: in.AssessedOn, Credits: in.Credits, Source: &record.Source{Name: in.Assessor},
			Evidence: []record.Evidence{{Name: "Assessment of prior learning: " + basisWords[in.Basis], Genre: basisWords[in.Basis], URL: in.Link,
				Narrative: strings.TrimSpace("Assessed by " + by + " on " + in.AssessedOn + ". Credit granted: " + in.Credits + ".\n\n" + in.Told)}},
		})
		if err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: actor.Institution}, "prior.entered", "award/"+string(id), l.ID, map[string]string{"basis": in.Basis})
	})
	return id, record.Wrap(op, err)
}

func checkPrior(op string, in *PriorEntry) error {
	for _, s := range []*string{&in.Assessor, &in.AssessorRole, &in.Credits, &in.Told, &in.Link} {
		*s = strings.TrimSpace(*s)
	}
	for _, err := range []error{checkText(op, "the assessor", in.Assessor, 1, maxWho), checkText(op, "the assessor's role", in.AssessorRole, 0, maxWho), checkText(op, "what was assessed", in.Told, 1, maxTold)} {
		if err != nil {
			return err
		}
	}
	if !slices.Contains(PriorBases, in.Basis) {
		return record.Errorf(record.Invalid, op, "choose on what basis it was assessed")
	}
	if _, err := time.Parse(time.DateOnly, in.AssessedOn); err != nil {
		return record.Errorf(record.Invalid, op, "%q is not a day; write it like 2026-05-20", in.AssessedOn)
	}
	if n, err := strconv.ParseFloat(in.Credits, 64); err != nil || !(n >= 0 && n <= maxCredits) {
		return record.Errorf(record.Invalid, op, "%q is not a number of credits from 0 to %d", in.Credits, maxCredits)
	}
	if in.Link == "" {
		return nil
	}
	if u, err := url.Parse(in.Link); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(in.Link) > maxNote {
		return record.Errorf(record.Invalid, op, "the link to the work is not a web address")
	}
	return nil
}

// Prior lists assessments of prior learning, newest first, at most MaxPage.
func (d *Desk) Prior(ctx context.Context, actor record.Actor) ([]AwardView, error) {
	const op = "registrar.Prior"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	var out []AwardView
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.EnteredAwards(ctx, actor.Institution, priorSource, MaxPage)
		if err != nil {
			return err
		}
		v, err := d.viewer(ctx, tx, actor)
		if err != nil {
			return err
		}
		for _, a := range all {
			row, err := tx.NamedAward(ctx, a.ID)
			if err != nil {
				return err
			}
			view, err := v.view(ctx, row)
			if err != nil {
				return err
			}
			out = append(out, *view)
		}
		return nil
	})
	return out, record.Wrap(op, err)
}

// zones is how far a clock on earth may be ahead of ours: the office's today is not UTC's (UTC+14, Kiribati).
const zones = 14 * time.Hour

// notAhead refuses a day that has not come: what is entered here has happened.
func (d *Desk) notAhead(op, what, day string) error {
	if t, err := time.Parse(time.DateOnly, day); err == nil && t.After(d.now().Add(zones)) {
		return record.Errorf(record.Invalid, op, "%s, %s, lies ahead; enter it when it has come", what, day)
	}
	return nil
}
