package registrar

import (
	"context"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
)

// Entry is one award as a program says it, in the words of people: who, what, when, with which result.
type Entry struct {
	Key         string // the program's own name for the award; empty: made of person, achievement and day
	Person      string // id, key of the student system or e-mail of a person who is in the register
	Name        string // display name: makes a new person when Person is not in the register
	Email       string
	Achievement string // id, address, code or name of an achievement of the catalogue
	Grade       string // value of the achievement's only result, or level of its only rubric
	Detail      record.AwardDetail
}

// Entered is what became of an entry.
type Entered struct {
	State    RowState
	Award    record.AwardID
	Learner  record.LearnerID
	Message  string // why it was rejected, and how to mend it
	Pointer  string // the member that is wrong
	Existing record.AwardState
}

// enteredSource is the source of what programs enter: its keys do not meet those of files.
const enteredSource = "api"

// MaxEntries bounds one call: what one transaction writes in a moment.
const MaxEntries = 1000

// Enter makes drafts of entries, all of the good ones in one transaction; with dry nothing is written. What was entered
// before, in the same words, is unchanged; in other words, it is rejected: a draft is edited and an issued award
// corrected.
func (d *Desk) Enter(ctx context.Context, actor record.Actor, entries []Entry, dry bool) ([]Entered, error) {
	const op = "registrar.Enter"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, record.Errorf(record.Invalid, op, "there is no award; send at least one")
	}
	if len(entries) > MaxEntries {
		return nil, record.Errorf(record.TooLarge, op, "at most %d awards at once; send them in parts", MaxEntries)
	}
	var out []Entered
	work := func(tx *store.Tx) error {
		i, err := tx.Institution(ctx, actor.Institution)
		if err != nil {
			return err
		}
		e := &entering{d: d, tx: tx, actor: actor, institution: i, dry: dry, seen: map[string]bool{}}
		out = make([]Entered, len(entries))
		for n := range entries {
			if out[n], err = e.enter(ctx, &entries[n]); err != nil {
				return err
			}
		}
		return nil
	}
	if dry {
		return out, record.Wrap(op, d.DB.View(ctx, func(tx *store.Tx) error { return work(tx) }))
	}
	err := d.DB.Update(ctx, work)
	return out, record.Wrap(op, err)
}

// entering is one call of Enter inside its transaction.
type entering struct {
	d           *Desk
	tx          *store.Tx
	actor       record.Actor
	institution *record.Institution
	dry         bool
	seen        map[string]bool
	catalogue   []*record.Achievement
}

func rejected(pointer, message string) Entered {
	return Entered{State: RowRejected, Pointer: pointer, Message: message}
}

func (e *entering) enter(ctx context.Context, in *Entry) (Entered, error) {
	a, refused, err := e.achievement(ctx, in.Achievement)
	if err != nil || refused != "" {
		return rejected("/achievement", refused), err
	}
	if in.Detail.AwardedOn == "" {
		return rejected("/awardedOn", "the day of the award is missing; write it like 2026-05-20"), nil
	}
	if err := checkDetail("registrar.Enter", &in.Detail); err != nil {
		return rejected("/awardedOn", record.MessageOf(err)), nil
	}
	detail := in.Detail
	if refused, err = grade(a, in.Grade, &detail); err != nil || refused != "" {
		return rejected("/grade", refused), err
	}
	l, refused, err := e.person(ctx, in)
	if err != nil || refused != "" {
		return rejected("/person", refused), err
	}
	key := in.Key
	if key == "" {
		key = l.SourceKey + "|" + a.SourceKey + "|" + detail.AwardedOn
	}
	if e.seen[key] {
		return Entered{State: RowRepeated, Learner: l.ID, Message: "the same award stands earlier in this request"}, nil
	}
	e.seen[key] = true
	return e.award(ctx, l, a, sourceKey(enteredSource, key), detail)
}

// award writes the draft unless the award is there already.
func (e *entering) award(ctx context.Context, l *record.Learner, a *record.Achievement, key string, detail record.AwardDetail) (Entered, error) {
	hash := hashOf([]any{l.SourceKey, a.IRI, detail})
	newest, err := optional(e.tx.LatestAward(ctx, e.institution.ID, key))
	if err != nil {
		return Entered{}, err
	}
	revision, credential := int64(1), record.NewID()
	if newest != nil {
		same := newest.Hash == hash
		switch {
		case newest.State == record.AwardWithdrawn && newest.Replaces == "": // dropped before it was signed: entered anew
			revision = newest.Revision + 1
		case same:
			return Entered{State: RowUnchanged, Award: newest.ID, Learner: l.ID, Existing: newest.State}, nil
		default:
			out := rejected("", "this award was entered before in other words and is "+string(newest.State)+"; edit the draft, or correct what is issued")
			out.Award, out.Existing = newest.ID, newest.State
			return out, nil
		}
	}
	out := Entered{State: RowNew, Learner: l.ID}
	if e.dry {
		return out, nil
	}
	now := e.d.now()
	if l.Version == 0 { // a new person
		if err := e.tx.AddLearner(ctx, l); err != nil {
			return Entered{}, err
		}
		if err := e.d.event(ctx, e.tx, e.actor, e.institution, "learner.added", "learner/"+string(l.ID), l.ID, nil); err != nil {
			return Entered{}, err
		}
	}
	aw := &record.Award{
		ID: record.AwardID(record.NewOrderedID()), Institution: e.institution.ID, Learner: l.ID, Achievement: a.ID, SourceKey: key, Source: enteredSource,
		Revision: revision, Hash: hash, State: record.AwardDraft, Detail: detail, CredentialID: credential, PreparedBy: e.actor.Account, CreatedAt: now, UpdatedAt: now,
	}
	if err := e.tx.AddAward(ctx, aw); err != nil {
		return Entered{}, err
	}
	out.Award = aw.ID
	return out, e.d.event(ctx, e.tx, e.actor, e.institution, "award.entered", "award/"+string(aw.ID), l.ID, nil)
}

// achievement finds what was achieved in the catalogue, and never guesses between two.
func (e *entering) achievement(ctx context.Context, name string) (*record.Achievement, string, error) {
	if name == "" {
		return nil, "an achievement is needed: its id, code or name in the catalogue", nil
	}
	if e.catalogue == nil {
		var err error
		if e.catalogue, err = e.tx.Achievements(ctx, e.institution.ID, "", MaxCatalogue); err != nil {
			return nil, "", err
		}
	}
	for _, is := range []func(*record.Achievement) bool{
		func(a *record.Achievement) bool { return string(a.ID) == name || a.IRI == name },
		func(a *record.Achievement) bool { return a.Code != "" && strings.EqualFold(a.Code, name) },
		func(a *record.Achievement) bool { return strings.EqualFold(a.Name, name) },
	} {
		var found []*record.Achievement
		for _, a := range e.catalogue {
			if is(a) {
				found = append(found, a)
			}
		}
		switch len(found) {
		case 0:
		case 1:
			def, err := optional(e.tx.DefinitionByKey(ctx, e.institution.ID, found[0].SourceKey))
			if err != nil {
				return nil, "", err
			}
			if def != nil && def.State == record.DefinitionRetired {
				return nil, "this achievement is retired and awarded no more; take it back into use in the catalogue first", nil
			}
			return found[0], "", nil
		default:
			return nil, "the catalogue has several achievements that are called so; name one by its id", nil
		}
	}
	return nil, "there is no such achievement in the catalogue; choose one that is listed there, or add it first", nil
}

// person finds who it is about, or makes a new person of a name.
func (e *entering) person(ctx context.Context, in *Entry) (*record.Learner, string, error) {
	if in.Person == "" && in.Name == "" {
		return nil, "a person is needed: an id, a key of the student system or an e-mail", nil
	}
	who := strings.TrimSpace(in.Person)
	if who == "" {
		who = in.Email
	}
	if who == "" {
		return nil, "a new person needs a key of the student system or an e-mail beside the name", nil
	}
	l, err := optional(e.tx.Learner(ctx, record.LearnerID(who)))
	if err != nil {
		return nil, "", err
	}
	if l != nil && l.Institution == e.institution.ID {
		return l, "", nil
	}
	if l, err = optional(e.tx.LearnerByKey(ctx, e.institution.ID, who)); err != nil || l != nil {
		return l, "", err
	}
	if strings.Contains(who, "@") {
		same, err := e.tx.LearnersByEmail(ctx, e.institution.ID, who)
		if err != nil {
			return nil, "", err
		}
		switch len(same) {
		case 0:
		case 1:
			return same[0], "", nil
		default:
			return nil, "several people have this e-mail; name one by the key of the student system", nil
		}
	}
	if in.Name == "" {
		return nil, "this person is not in the register; add a name to make a new one", nil
	}
	now := e.d.now()
	if in.Email == "" && strings.Contains(who, "@") {
		in.Email = who
	}
	return &record.Learner{
		ID: record.LearnerID(record.NewID()), Institution: e.institution.ID, SourceKey: who, Name: record.Name{Display: in.Name}, Email: in.Email,
		Identifiers: []record.Identifier{}, SubjectID: "urn:uuid:" + record.NewID(), RecordID: record.NewID(), CreatedAt: now, UpdatedAt: now,
	}, "", nil
}

// grade joins a value to the achievement's description of its results, and refuses what is not in the scale.
func grade(a *record.Achievement, value string, detail *record.AwardDetail) (string, error) {
	if value == "" {
		return "", nil
	}
	body, err := readBody(a)
	if err != nil {
		return "", err
	}
	var about []ob.ResultDescription
	for _, rd := range body.ResultDescription {
		if rd.ResultType != ob.ResultStatus {
			about = append(about, rd)
		}
	}
	if len(about) != 1 {
		return "this achievement has " + formatInt(int64(len(about))) + " results in the catalogue, so a grade alone does not say which is meant; leave it out or import a file that names it", nil
	}
	rd := about[0]
	r := record.Result{Description: rd.ID, Name: rd.Name}
	for _, level := range rd.RubricCriterionLevel {
		if strings.EqualFold(level.Name, value) {
			r.AchievedLevel = level.ID
		}
	}
	switch {
	case r.AchievedLevel != "":
	case len(rd.RubricCriterionLevel) > 0 && len(rd.AllowedValue) == 0:
		return "this is no level of the achievement's rubric", nil
	case len(rd.AllowedValue) > 0 && !slices.Contains(rd.AllowedValue, value):
		return "this is not in the achievement's scale: " + strings.Join(rd.AllowedValue, ", "), nil
	default:
		r.Value = value
	}
	detail.Results = append(detail.Results, r)
	return "", nil
}
