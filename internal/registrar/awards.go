package registrar

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Today reads the first screen of the desk.
func (d *Desk) Today(ctx context.Context, actor record.Actor) (*Today, error) {
	const op = "registrar.Today"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar, record.RoleApprover, record.RoleOperator); err != nil {
		return nil, err
	}
	t := &Today{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		i, err := tx.Institution(ctx, actor.Institution)
		if err != nil {
			return err
		}
		t.Institution = *i
		for state, into := range map[record.AwardState]*int{
			record.AwardDraft: &t.Drafts, record.AwardApproved: &t.Approved, record.AwardIssued: &t.Issued, record.AwardRevoked: &t.Revoked,
		} {
			n, err := tx.CountAwards(ctx, i.ID, state)
			if err != nil {
				return err
			}
			*into = int(n)
		}
		n, err := tx.CountLearners(ctx, i.ID)
		if err != nil {
			return err
		}
		t.Learners = int(n)
		return d.recent(ctx, tx, i, t)
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return t, nil
}

// recentShown is how many batches and runs the first screen shows.
const recentShown = 5

func (d *Desk) recent(ctx context.Context, tx *store.Tx, i *record.Institution, t *Today) error {
	batches, err := tx.Batches(ctx, i.ID, recentShown)
	if err != nil {
		return err
	}
	for _, b := range batches {
		t.Batches = append(t.Batches, *b)
	}
	runs, err := tx.Runs(ctx, i.ID, recentShown)
	if err != nil {
		return err
	}
	for _, r := range runs {
		t.Runs = append(t.Runs, *r)
	}
	t.Key, err = optional(tx.ActiveKey(ctx, i.ID))
	if err != nil {
		return err
	}
	switch {
	case t.Key == nil:
		t.KeyTrouble = "There is no signing key. Make one under Settings, Keys."
	default:
		if _, err := d.Keys.Unseal(t.Key.Sealed); err != nil {
			trouble := keyTrouble(t.Key)
			t.KeyTrouble = strings.ToUpper(trouble[:1]) + trouble[1:] + "."
		}
		t.Key.Sealed = nil
	}
	return nil
}

// allStates is what a filter without states chooses.
var allStates = []record.AwardState{record.AwardDraft, record.AwardApproved, record.AwardIssued, record.AwardSuperseded, record.AwardRevoked, record.AwardWithdrawn}

// Awards lists awards in the order in which they were entered.
func (d *Desk) Awards(ctx context.Context, actor record.Actor, f AwardFilter) ([]AwardView, error) {
	const op = "registrar.Awards"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	if f.Limit <= 0 || f.Limit > MaxPage {
		f.Limit = MaxPage
	}
	if len(f.States) == 0 {
		f.States = allStates
	}
	var out []AwardView
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		v, err := d.viewer(ctx, tx, actor)
		if err != nil {
			return err
		}
		var all []*store.AwardRow
		for _, state := range f.States {
			rows, err := tx.NamedAwards(ctx, actor.Institution, state, f.Batch, f.Learner, f.Search, f.After, f.Limit)
			if err != nil {
				return err
			}
			all = append(all, rows...)
		}
		slices.SortFunc(all, func(a, b *store.AwardRow) int { return strings.Compare(string(a.ID), string(b.ID)) })
		for _, r := range all[:min(len(all), f.Limit)] {
			view, err := v.view(ctx, r)
			if err != nil {
				return err
			}
			out = append(out, *view)
		}
		return nil
	})
	return out, record.Wrap(op, err)
}

// viewer turns rows into views; it looks every account and achievement up once.
type viewer struct {
	tx          *store.Tx
	actor       record.Actor
	institution *record.Institution
	accounts    map[record.AccountID]string
	bodies      map[record.AchievementID]*record.Achievement
}

func (d *Desk) viewer(ctx context.Context, tx *store.Tx, actor record.Actor) (*viewer, error) {
	i, err := tx.Institution(ctx, actor.Institution)
	if err != nil {
		return nil, err
	}
	return &viewer{tx: tx, actor: actor, institution: i, accounts: map[record.AccountID]string{}, bodies: map[record.AchievementID]*record.Achievement{}}, nil
}

func (v *viewer) view(ctx context.Context, r *store.AwardRow) (*AwardView, error) {
	a := &AwardView{Award: r.Award, LearnerName: r.LearnerName.Display, AchievementName: r.AchievementName,
		AchievementType: r.AchievementType, AchievementCode: r.AchievementCode, AchievementIRI: r.AchievementIRI}
	var err error
	if a.PreparedByName, err = v.account(ctx, r.PreparedBy); err != nil {
		return nil, err
	}
	if a.ApprovedByName, err = v.account(ctx, r.ApprovedBy); err != nil {
		return nil, err
	}
	about := v.bodies[r.Achievement]
	if about == nil {
		if about, err = v.tx.Achievement(ctx, r.Achievement); err != nil {
			return nil, err
		}
		v.bodies[r.Achievement] = about
	}
	body, err := readBody(about)
	if err != nil {
		return nil, record.Wrap("registrar.view", err)
	}
	a.Result = resultWords(&r.Detail, &body)
	switch r.State {
	case record.AwardIssued, record.AwardRevoked, record.AwardSuperseded:
		a.CredentialURL = v.institution.RecordURL(r.CredentialID)
	}
	a.MayApprove = mayApprove(v.actor, v.institution, &r.Award) == nil
	return a, nil
}

func (v *viewer) account(ctx context.Context, id record.AccountID) (string, error) {
	if id == "" {
		return "", nil
	}
	if name, ok := v.accounts[id]; ok {
		return name, nil
	}
	a, err := optional(v.tx.Account(ctx, id))
	if err != nil {
		return "", err
	}
	name := "a former colleague"
	if a != nil {
		name = a.Name
	}
	v.accounts[id] = name
	return name, nil
}

// Award reads one award.
func (d *Desk) Award(ctx context.Context, actor record.Actor, id record.AwardID) (*AwardView, error) {
	const op = "registrar.Award"
	var out *AwardView
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		r, err := tx.NamedAward(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, r.Institution, staff...); err != nil {
			return err
		}
		v, err := d.viewer(ctx, tx, actor)
		if err != nil {
			return err
		}
		out, err = v.view(ctx, r)
		return err
	})
	return out, record.Wrap(op, err)
}

// ChangeDraft edits a draft. Who edits a draft prepared it, and so may not approve it where two people are asked for.
func (d *Desk) ChangeDraft(ctx context.Context, actor record.Actor, id record.AwardID, change DraftChange) (*AwardView, error) {
	const op = "registrar.ChangeDraft"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		a, err := tx.Award(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, a.Institution, record.RoleRegistrar); err != nil {
			return err
		}
		if a.State != record.AwardDraft {
			return record.Errorf(record.Conflict, op, "this award is %s and no longer a draft", a.State)
		}
		if err := checkDetail(op, &change.Detail); err != nil {
			return err
		}
		a.Detail, a.Version, a.PreparedBy, a.UpdatedAt = change.Detail, change.Version, actor.Account, d.now()
		if err := tx.ChangeDraft(ctx, a); err != nil {
			if record.KindOf(err) == record.Conflict {
				return &record.Error{Kind: record.Conflict, Op: op, Err: err, Message: "somebody else changed this draft meanwhile, and nothing was overwritten; read it again, and save what should still be changed"}
			}
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: a.Institution}, "award.changed", "award/"+string(id), a.Learner, nil)
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return d.Award(ctx, actor, id)
}

// checkDetail refuses what the roster room would refuse in a file.
func checkDetail(op string, detail *record.AwardDetail) error {
	dates := []struct{ name, value string }{
		{"awarded on", detail.AwardedOn}, {"started", detail.ActivityStart}, {"ended", detail.ActivityEnd}, {"expires", detail.Expires}}
	for _, f := range dates {
		if f.value == "" {
			continue
		}
		if _, err := parseDate(f.value); err != nil {
			return record.Errorf(record.Invalid, op, "%s: %q is not a date; write it like 2025-05-20", f.name, f.value)
		}
	}
	awarded, _ := parseDate(detail.AwardedOn) // checked above; an empty one is the zero time
	expires, _ := parseDate(detail.Expires)
	if !expires.IsZero() && expires.Before(awarded) {
		return record.Errorf(record.Invalid, op, "expires: %s is before awarded on: %s", detail.Expires, detail.AwardedOn)
	}
	return nil
}

// parseDate reads a day or a time.
func parseDate(s string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339, s)
}

// mayApprove says why an actor may not approve a draft; nil when they may.
func mayApprove(actor record.Actor, i *record.Institution, a *record.Award) error {
	const op = "registrar.Approve"
	if err := actor.Require(op, a.Institution, record.RoleApprover); err != nil {
		return err
	}
	if a.State != record.AwardDraft {
		return record.Errorf(record.Conflict, op, "this award is %s and no longer a draft", a.State)
	}
	if i.Policy.TwoPeople && a.PreparedBy == actor.Account {
		return record.Errorf(record.Forbidden, op, "you prepared this award yourself; your institution wants a second person to approve it")
	}
	return nil
}

// MaxApproval bounds the drafts of one approval: what one transaction writes in a moment.
const MaxApproval = 5000

// Approve approves drafts: all of them or none.
func (d *Desk) Approve(ctx context.Context, actor record.Actor, ids []record.AwardID) error {
	const op = "registrar.Approve"
	if len(ids) == 0 {
		return record.Errorf(record.Invalid, op, "nothing is chosen")
	}
	if len(ids) > MaxApproval {
		return record.Errorf(record.TooLarge, op, "at most %d drafts can be approved at once", MaxApproval)
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		i, err := tx.Institution(ctx, actor.Institution)
		if err != nil {
			return record.Errorf(record.NotFound, op, "there is nothing here for you; sign in with the account that may see it")
		}
		for _, id := range ids {
			a, err := tx.Award(ctx, id)
			if err != nil {
				return err
			}
			if err := mayApprove(actor, i, a); err != nil {
				return err
			}
			if err := d.approve(ctx, tx, actor, i, a); err != nil {
				return err
			}
		}
		return nil
	})
	return record.Wrap(op, err)
}

func (d *Desk) approve(ctx context.Context, tx *store.Tx, actor record.Actor, i *record.Institution, a *record.Award) error {
	now := d.now()
	a.State, a.ApprovedBy, a.ApprovedAt, a.UpdatedAt = record.AwardApproved, actor.Account, now, now
	if err := tx.MoveAward(ctx, a, record.AwardDraft); err != nil {
		return err
	}
	return d.event(ctx, tx, actor, i, "award.approved", "award/"+string(a.ID), a.Learner, map[string]string{"preparedBy": string(a.PreparedBy)})
}

// ApproveAll approves every draft of a batch, or of all batches when it is empty, that this actor may approve, and
// returns how many.
func (d *Desk) ApproveAll(ctx context.Context, actor record.Actor, batch record.BatchID) (int, error) {
	const op = "registrar.ApproveAll"
	if err := actor.Require(op, actor.Institution, record.RoleApprover); err != nil {
		return 0, err
	}
	count, after := 0, record.AwardID("")
	for {
		more := false
		err := d.DB.Update(ctx, func(tx *store.Tx) error {
			i, err := tx.Institution(ctx, actor.Institution)
			if err != nil {
				return err
			}
			rows, err := tx.NamedAwards(ctx, i.ID, record.AwardDraft, batch, "", "", after, MaxPage)
			if err != nil {
				return err
			}
			more = len(rows) == MaxPage
			done, last := 0, after
			for _, r := range rows {
				last = r.ID
				if mayApprove(actor, i, &r.Award) != nil {
					continue
				}
				if err := d.approve(ctx, tx, actor, i, &r.Award); err != nil {
					return err
				}
				done++
			}
			count, after = count+done, last
			return nil
		})
		if err != nil {
			return count, record.Wrap(op, err)
		}
		if !more {
			return count, nil
		}
	}
}

// Withdraw drops a draft or an approved award before it is signed.
func (d *Desk) Withdraw(ctx context.Context, actor record.Actor, id record.AwardID, reason string) error {
	const op = "registrar.Withdraw"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		a, err := tx.Award(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, a.Institution, staff...); err != nil {
			return err
		}
		if !a.State.MayBecome(record.AwardWithdrawn) {
			return record.Errorf(record.Conflict, op, "this award is %s; only what is not signed can be dropped", a.State)
		}
		from := a.State
		a.State, a.Reason, a.UpdatedAt = record.AwardWithdrawn, reason, d.now()
		if err := tx.MoveAward(ctx, a, from); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: a.Institution}, "award.withdrawn", "award/"+string(id), a.Learner, map[string]string{"reason": reason})
	})
	return record.Wrap(op, err)
}
