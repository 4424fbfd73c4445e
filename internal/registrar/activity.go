package registrar

import (
	"context"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Learning systems say what somebody did as xAPI statements (IEEE 9274.1.1) or Caliper events (1EdTech Caliper 1.2). They
// are kept as they came, as evidence: nothing is concluded from them, and a person who is not in the register gets no entry
// by being spoken of.

const (
	// MaxStatements bounds one call: what one transaction writes in a moment.
	MaxStatements = 500
	// maxStatement bounds one statement; what is longer carries files, which are no statement.
	maxStatement = 64 << 10
	// maxStatementID bounds its id: a UUID or an address.
	maxStatementID = 300
	xapi           = "xapi"
	caliper        = "caliper"
)

// Told is what became of one statement.
type Told struct {
	ID      string
	State   RowState // new, unchanged, rejected
	Learner record.LearnerID
	Message string // why it was rejected
}

// KeepStatements keeps statements: a statement, a list of them, or a Caliper envelope. Those of an award that is a draft
// become its evidence; they must be about its learner.
func (d *Desk) KeepStatements(ctx context.Context, actor record.Actor, award record.AwardID, body []byte) ([]Told, error) {
	const op = "registrar.KeepStatements"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return nil, err
	}
	in, err := readStatements(op, body)
	if err != nil {
		return nil, err
	}
	var out []Told
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		i, err := tx.Institution(ctx, actor.Institution)
		if err != nil {
			return err
		}
		k := &keeping{entering: entering{d: d, tx: tx, actor: actor, institution: i}}
		if award != "" {
			if k.award, err = tx.Award(ctx, award); err != nil {
				return err
			}
			if err := actor.Require(op, k.award.Institution, record.RoleRegistrar); err != nil {
				return err
			}
			if k.award.State != record.AwardDraft {
				return record.Errorf(record.Conflict, op, "this award is %s; evidence is added to drafts, and an issued award is corrected", k.award.State)
			}
		}
		out = make([]Told, len(in))
		for n := range in {
			if out[n], err = k.keep(ctx, &in[n]); err != nil {
				return err
			}
		}
		return k.done(ctx)
	})
	return out, record.Wrap(op, err)
}

// Statements lists what is kept about a learner.
func (d *Desk) Statements(ctx context.Context, actor record.Actor, learner record.LearnerID, after string, limit int) ([]*record.Activity, error) {
	const op = "registrar.Statements"
	var out []*record.Activity
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := tx.Learner(ctx, learner)
		if err != nil {
			return err
		}
		if err := actor.Require(op, l.Institution, staff...); err != nil {
			return err
		}
		out, err = tx.ActivityOf(ctx, learner, after, limit)
		return err
	})
	return out, record.Wrap(op, err)
}

// spoken is a statement as it came, and who it is about in the system's words.
type spoken struct {
	record.Activity
	who   []string // tried in this order
	wrong string
}

func readStatements(op string, body []byte) ([]spoken, error) {
	doc, err := ijson.Parse(body, nil)
	if err != nil {
		return nil, record.Errorf(record.Invalid, op, "this is not JSON: %v", err)
	}
	root := doc.Root()
	if root.Get("data").Kind() == ijson.Array { // a Caliper envelope
		root = root.Get("data")
	}
	var out []spoken
	for _, v := range root.Each() {
		if len(out) == MaxStatements {
			return nil, record.Errorf(record.TooLarge, op, "at most %d statements at once; send them in parts", MaxStatements)
		}
		out = append(out, readStatement(v))
	}
	if len(out) == 0 {
		return nil, record.Errorf(record.Invalid, op, "there is no statement; send an xAPI statement, a Caliper event, or a list of them")
	}
	return out, nil
}

func readStatement(v ijson.Value) spoken {
	s := spoken{}
	s.Bytes = append([]byte(nil), v.Raw()...)
	s.ID, s.SHA256 = v.Get("id").Text(), record.Sum(s.Bytes)
	when := ""
	object := v.Get("object")
	switch {
	case v.Kind() != ijson.Object:
		s.wrong = "a statement is a JSON object"
	case v.Has("verb"):
		s.Kind, s.Verb, when = xapi, v.Get("verb").Get("id").Text(), v.Get("timestamp").Text()
		s.Object, s.ObjectName = object.Get("id").Text(), firstText(object.Get("definition").Get("name"))
		actor := v.Get("actor")
		s.who = []string{strings.TrimPrefix(actor.Get("mbox").Text(), "mailto:"), actor.Get("account").Get("name").Text()}
	case v.Has("action"):
		s.Kind, s.Verb, when = caliper, v.Get("action").Text(), v.Get("eventTime").Text()
		s.Object, s.ObjectName = textOrID(object), object.Get("name").Text()
		who := textOrID(v.Get("actor"))
		s.who = []string{strings.TrimPrefix(who, "mailto:"), who[strings.LastIndexAny(who, "/:")+1:]}
	default:
		s.wrong = "this is neither an xAPI statement (verb) nor a Caliper event (action)"
	}
	if t, err := time.Parse(time.RFC3339, when); err == nil {
		s.HappenedAt = record.Time(t)
	}
	switch {
	case s.wrong != "":
	case len(s.Bytes) > maxStatement:
		s.wrong = "a statement may have 65,536 bytes at most"
	case s.ID == "" || len(s.ID) > maxStatementID:
		s.wrong = "a statement needs an id of at most 300 bytes, so that the same one twice is one"
	case s.Verb == "" || s.Object == "":
		s.wrong = "what was done, and to what, is missing"
	case s.HappenedAt.IsZero():
		s.wrong = "when it happened is missing or is no time like 2026-05-20T10:00:00Z"
	}
	return s
}

func textOrID(v ijson.Value) string {
	if v.IsString() {
		return v.Text()
	}
	return v.Get("id").Text()
}

// firstText is a text in the first of its languages.
func firstText(v ijson.Value) string {
	if v.Kind() != ijson.Object {
		return ""
	}
	for _, w := range v.Members() {
		return w.Text()
	}
	return ""
}

// keeping is one call of KeepStatements inside its transaction.
type keeping struct {
	entering
	award *record.Award
	fresh int
}

func (k *keeping) keep(ctx context.Context, s *spoken) (Told, error) {
	out := Told{ID: s.ID, State: RowRejected, Message: s.wrong}
	if s.wrong != "" {
		return out, nil
	}
	var l *record.Learner
	for _, who := range s.who {
		if who == "" || l != nil {
			continue
		}
		found, refused, err := k.person(ctx, &Entry{Person: who})
		if err != nil {
			return out, err
		}
		l, out.Message = found, refused
	}
	switch {
	case l == nil && out.Message == "":
		out.Message = "whom it is about is missing: an mbox, or an account's name"
		return out, nil
	case l == nil:
		return out, nil
	case k.award != nil && k.award.Learner != l.ID:
		out.Message = "it is about another person than the award"
		return out, nil
	}
	s.Institution, s.Learner, s.ReceivedAt, s.ReceivedBy = k.institution.ID, l.ID, k.d.now(), k.actor.Account
	if k.award != nil {
		s.Award = k.award.ID
	}
	fresh, err := k.tx.AddActivity(ctx, &s.Activity)
	if err != nil {
		return out, err
	}
	out.Learner, out.Message = l.ID, ""
	if !fresh {
		held, err := k.tx.Activity(ctx, k.institution.ID, s.ID)
		if err != nil {
			return out, err
		}
		if out.State = RowUnchanged; held.SHA256 != s.SHA256 {
			out.State, out.Message = RowRejected, "another statement with this id is kept; a statement does not change"
		}
		return out, nil
	}
	out.State = RowNew
	k.fresh++
	if k.award != nil {
		k.award.Detail.Evidence = append(k.award.Detail.Evidence, evidenceOf(&s.Activity))
	}
	return out, nil
}

// evidenceOf says a statement in the words of an award's evidence.
func evidenceOf(s *record.Activity) record.Evidence {
	e := record.Evidence{Name: s.ObjectName, Genre: map[string]string{xapi: "xAPI statement", caliper: "Caliper event"}[s.Kind],
		Narrative: s.Verb[strings.LastIndexAny(s.Verb, "/#")+1:] + " " + s.Object + " on " + s.HappenedAt.Format(time.DateOnly)}
	if e.Name == "" {
		e.Name = s.Object
	}
	if strings.HasPrefix(s.Object, "https://") {
		e.URL = s.Object
	}
	return e
}

// done writes the draft with its new evidence, and the audit.
func (k *keeping) done(ctx context.Context) error {
	if k.fresh == 0 {
		return nil
	}
	object, learner := "institution/"+string(k.institution.ID), record.LearnerID("")
	if k.award != nil {
		k.award.PreparedBy, k.award.UpdatedAt = k.actor.Account, k.d.now()
		if err := k.tx.ChangeDraft(ctx, k.award); err != nil {
			return err
		}
		object, learner = "award/"+string(k.award.ID), k.award.Learner
	}
	return k.d.event(ctx, k.tx, k.actor, k.institution, "statements.kept", object, learner, map[string]string{"count": formatInt(int64(k.fresh))})
}
