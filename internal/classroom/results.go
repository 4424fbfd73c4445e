package classroom

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/store"
)

const (
	readEvery   = 15 * time.Minute // how soon a result becomes a draft by itself
	linksAtOnce = 20
	maxMembers  = 20_000 // of one course
	acceptScore = "application/vnd.ims.lis.v2.resultcontainer+json"
	acceptList  = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
)

// ReadDue reads the results of activities whose turn it is. It may run on any number of nodes at once.
func (d *Desk) ReadDue(ctx context.Context) error {
	const op = "classroom.ReadDue"
	var due []*record.ClassroomLink
	if err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.ClassroomDue(ctx, d.now().Add(-readEvery), linksAtOnce)
		return err
	}); err != nil {
		return record.Wrap(op, err)
	}
	var troubles []error
	for _, k := range due {
		if _, err := d.read(ctx, k); err != nil && record.KindOf(err) != record.Unavailable && record.KindOf(err) != record.Conflict {
			troubles = append(troubles, err)
		}
	}
	return record.Wrap(op, errors.Join(troubles...))
}

// Read reads the results of an activity now, because a person asked. It returns how many drafts are new.
func (d *Desk) Read(ctx context.Context, actor record.Actor, id record.ClassroomLinkID) (int, error) {
	const op = "classroom.Read"
	var k *record.ClassroomLink
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if k, err = tx.ClassroomLink(ctx, id); err != nil {
			return err
		}
		s, err := system(ctx, tx, actor, k.System, record.ClassroomLTI)
		if err != nil {
			return err
		}
		if err := actor.Require(op, s.Institution, record.RoleRegistrar); err != nil {
			return err
		}
		r, err := tx.Rule(ctx, k.Rule)
		switch {
		case err != nil:
			return err
		case r.Off || s.Off:
			return record.Errorf(record.Conflict, op, "the rule or the platform is switched off")
		case k.LineItem == "":
			return record.Errorf(record.Conflict, op, "the platform has not said where the results are; open the activity there once as a teacher")
		}
		return nil
	})
	if err != nil {
		return 0, record.Wrap(op, err)
	}
	n, err := d.read(ctx, k)
	return n, record.Wrap(op, err)
}

// read reads a link's results and drafts for them. Whoever claims the link reads it; what keeps it from being read is kept
// in words.
func (d *Desk) read(ctx context.Context, k *record.ClassroomLink) (int, error) {
	const op = "classroom.read"
	var s *record.ClassroomSystem
	if err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if s, err = tx.ClassroomSystem(ctx, k.System); err != nil {
			return err
		}
		k.ReadAt = d.now()
		return tx.ChangeClassroomLink(ctx, k)
	}); err != nil {
		return 0, record.Wrap(op, err)
	}
	drafted, trouble := 0, ""
	people, results, err := d.ask(ctx, s, k)
	if err != nil {
		trouble = words(err.Error())
		d.log().WarnContext(ctx, "results of the classroom could not be read", "link", k.ID, "error", err)
	} else if drafted, err = d.keep(ctx, k, people, results); err != nil {
		return drafted, record.Wrap(op, err)
	}
	if trouble != k.Trouble {
		k.Trouble = trouble
		if err := d.DB.Update(ctx, func(tx *store.Tx) error { return tx.ChangeClassroomLink(ctx, k) }); err != nil && record.KindOf(err) != record.Conflict {
			return drafted, record.Wrap(op, err)
		}
	}
	if trouble != "" {
		return drafted, record.Errorf(record.Unavailable, op, "the results could not be read: %s", trouble)
	}
	return drafted, nil
}

// member is somebody of a course (NRPS 2.0, 2.2).
type member struct{ key, email, name string }

// result is somebody's result (AGS 2.0, 3.3).
type result struct {
	subject     string
	score, best float64
}

// ask reads a course's members and an activity's results from the platform.
func (d *Desk) ask(ctx context.Context, s *record.ClassroomSystem, k *record.ClassroomLink) (map[string]member, []result, error) {
	scopes := []string{scopeResults}
	if k.Members != "" {
		scopes = append(scopes, scopeMembers)
	}
	token, err := d.platformToken(ctx, s.ClientID, s.Settings.TokenURL, s.Settings.Audience, scopes...)
	if err != nil {
		return nil, nil, fmt.Errorf("no token: %w", err)
	}
	people := map[string]member{}
	if k.Members != "" {
		err := d.pages(ctx, k.Members, acceptList, token, func(page ijson.Value) error {
			for m := range page.Get("members").Elements() {
				if len(people) >= maxMembers {
					return fmt.Errorf("the course has more than %d members", maxMembers)
				}
				people[m.Get("user_id").Text()] = member{key: m.Get("lis_person_sourcedid").Text(), email: m.Get("email").Text(), name: words(m.Get("name").Text())}
			}
			return nil
		})
		if err != nil {
			return nil, nil, fmt.Errorf("the members: %w", err)
		}
	}
	address, err := url.Parse(k.LineItem)
	if err != nil {
		return nil, nil, err
	}
	address.Path = strings.TrimRight(address.Path, "/") + "/results" // AGS 2.0, 3.3.2: before the line item's query
	var out []result
	err = d.pages(ctx, address.String(), acceptScore, token, func(page ijson.Value) error {
		for r := range page.Elements() {
			if got, ok := readResult(r); ok {
				out = append(out, got)
			}
		}
		if len(out) > maxMembers {
			return fmt.Errorf("more than %d results", maxMembers)
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("the results: %w", err)
	}
	return people, out, nil
}

// readResult reads one result. One without a score says that there is none yet (AGS 2.0, 3.3.4).
func readResult(v ijson.Value) (result, bool) {
	score, best := v.Get("resultScore"), v.Get("resultMaximum")
	r := result{subject: v.Get("userId").Text(), best: 1} // AGS 2.0, 3.3.4.5: the maximum is 1 when none is said
	if score.Kind() != ijson.Number || r.subject == "" || len(r.subject) > maxSubject {
		return r, false
	}
	r.score = score.Float()
	if best.Kind() == ijson.Number && best.Float() > 0 {
		r.best = best.Float()
	}
	return r, r.score >= 0
}

// keep drafts for the results, each in its own transaction, and returns how many drafts are new.
func (d *Desk) keep(ctx context.Context, k *record.ClassroomLink, people map[string]member, results []result) (int, error) {
	drafted := 0
	for _, r := range results {
		fresh := false
		err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
			fresh, err = d.keepOne(ctx, tx, k, people[r.subject], r)
			return err
		})
		if err != nil {
			return drafted, err
		}
		if fresh {
			drafted++
		}
	}
	return drafted, nil
}

func (d *Desk) keepOne(ctx context.Context, tx *store.Tx, k *record.ClassroomLink, who member, r result) (bool, error) {
	rule, err := tx.Rule(ctx, k.Rule)
	if err != nil || rule.Off {
		return false, err
	}
	before, err := tx.ClassroomResult(ctx, k.ID, r.subject)
	if record.KindOf(err) == record.NotFound {
		before = &record.ClassroomResult{}
	} else if err != nil {
		return false, err
	}
	now := &record.ClassroomResult{Link: k.ID, Subject: r.subject, Learner: before.Learner, Award: before.Award, Said: fmt.Sprintf("%g of %g", r.score, r.best), SeenAt: d.now()}
	if 100*r.score < float64(k.Least)*r.best {
		if now.State = record.ClassroomBelow; before.Award != "" { // it was enough: what becomes of the draft is a person's decision
			now.State = record.ClassroomChanged
		}
		return false, tx.PutClassroomResult(ctx, now)
	}
	if before.State == record.ClassroomChanged && before.Said == now.Said {
		return false, nil // still waits for a person
	}
	in := &registrar.ClassResult{Who: slices.DeleteFunc([]string{who.key, who.email}, func(s string) bool { return s == "" }), Score: r.score, Best: r.best, Said: now.Said}
	if before.Award != "" {
		in.SaidThen = before.Said
	}
	if k.Course != "" {
		in.Said += ", " + k.Course
		if in.SaidThen != "" {
			in.SaidThen += ", " + k.Course
		}
	}
	now.Learner, now.Award, now.State, err = d.Registrar.DraftByResult(ctx, tx, rule, in)
	if err != nil {
		return false, err
	}
	if now.State == record.ClassroomUnmatched {
		now.Who = strings.TrimSpace(who.name + " " + who.email)
	}
	return now.Award != "" && before.Award == "", tx.PutClassroomResult(ctx, now)
}
