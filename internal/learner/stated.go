package learner

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/verify"
)

// Stated is something that the learner states, as an unsigned credential whose issuer is its subject, and what others say.
type Stated struct {
	record.Statement
	Document      []byte // an AchievementCredential (Open Badges 3.0) without a proof: never to be shown as more than it is
	Confirmations []record.Confirmation
	Said          []*verify.Report // what was found in the confirmations that the document carries
}

// Confirmed reports whether somebody confirmed the statement as it stands.
func (s *Stated) Confirmed() bool {
	for i := range s.Confirmations {
		if s.Confirmations[i].Holds(&s.Body) {
			return true
		}
	}
	return false
}

const (
	maxStatements    = 500
	maxDescription   = 4000
	maxEvidence      = 10
	maxStatedSkills  = 20
	maxConfirmations = 5 // open requests of one statement: nobody is to be flooded with mail
	confirmationLife = 30 * 24 * time.Hour
	aheadOfUTC       = 14 * time.Hour // where the day begins first, it is tomorrow already
)

// StatedTypes are the kinds of things that people state about themselves: none that only an institution can give.
var StatedTypes = []string{"Achievement", "CommunityService", "Fieldwork", "CoCurricular", "Membership", "Award", "CertificateOfCompletion", "Competency"}

func checkStatement(op string, b *record.StatementBody, now time.Time) error {
	tomorrow := now.Add(aheadOfUTC).Format(time.DateOnly)
	b.Name, b.Description = tidy(b.Name), tidy(b.Description)
	known := false
	for _, t := range StatedTypes {
		known = known || t == b.Type
	}
	switch {
	case b.Name == "" || longer(b.Name, maxName):
		return record.Errorf(record.Invalid, op, "give it a name of at most %d characters", maxName)
	case b.Description == "" || longer(b.Description, maxDescription):
		return record.Errorf(record.Invalid, op, "say in a few words what you did, in at most %d characters", maxDescription)
	case !known:
		return record.Errorf(record.Invalid, op, "choose what kind of thing it is")
	case len(b.Evidence) > maxEvidence || len(b.Skills) > maxStatedSkills:
		return record.Errorf(record.TooLarge, op, "at most %d pieces of evidence and %d skills belong to one statement", maxEvidence, maxStatedSkills)
	}
	for _, day := range []string{b.Start, b.End} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return record.Errorf(record.Invalid, op, "%q is not a day such as 2025-05-20", day)
		}
	}
	if b.Start > tomorrow || b.End > tomorrow {
		return record.Errorf(record.Invalid, op, "a day is in the future; state what has happened, and leave the last day empty while it goes on")
	}
	if b.Start != "" && b.End != "" && b.End < b.Start {
		return record.Errorf(record.Invalid, op, "it ended before it began; change one of the days")
	}
	for _, e := range b.Evidence {
		if u, err := url.Parse(e.URL); e.URL != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
			return record.Errorf(record.Invalid, op, "%q is not a web address, such as https://example.org/my-work", e.URL)
		}
	}
	return nil
}

// document writes a statement as an unsigned credential, with the signed confirmations of it as it stands.
func document(l *record.Learner, s *record.Statement, said []record.Confirmation) ([]byte, error) {
	a := &ob.Achievement{ID: "urn:uuid:" + string(s.ID) + "#achievement", Type: []string{"Achievement"}, Name: s.Body.Name, Description: s.Body.Description,
		Criteria: ob.Criteria{Narrative: s.Body.Description}, AchievementType: ob.AchievementType(s.Body.Type)}
	for _, k := range s.Body.Skills {
		a.Alignment = append(a.Alignment, ob.Alignment{Type: []string{"Alignment"}, TargetName: k.Name, TargetURL: k.URL, TargetCode: k.Code, TargetFramework: k.Framework})
	}
	c := ob.AchievementCredential{ID: "urn:uuid:" + string(s.ID), Type: []string{"VerifiableCredential", "OpenBadgeCredential"}, Name: s.Body.Name,
		Context: []string{"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"},
		Issuer:  ob.Profile{ID: l.SubjectID, Type: []string{"Profile"}, Name: l.Name.Display}, ValidFrom: ob.DateTime(s.CreatedAt.Format(time.RFC3339)),
		CredentialSubject: ob.AchievementSubject{ID: l.SubjectID, Type: []string{"AchievementSubject"}, Achievement: a}}
	if day := s.Body.End; day != "" {
		c.AwardedDate = ob.DateTime(day + "T00:00:00Z")
	}
	if s.Body.Start != "" {
		c.CredentialSubject.ActivityStartDate = ob.DateTime(s.Body.Start + "T00:00:00Z")
		if s.Body.End != "" {
			c.CredentialSubject.ActivityEndDate = ob.DateTime(s.Body.End + "T00:00:00Z")
		}
	}
	for _, e := range s.Body.Evidence {
		c.Evidence = append(c.Evidence, ob.Evidence{ID: e.URL, Type: []string{"Evidence"}, Name: e.Name, Narrative: e.Narrative})
	}
	for i := range said {
		if len(said[i].Endorsement) > 0 && said[i].Holds(&s.Body) {
			c.Endorsement = append(c.Endorsement, said[i].Endorsement)
		}
	}
	return marshal(c)
}

// statements reads what a learner states, with what others say.
func statements(ctx context.Context, tx *store.Tx, l *record.Learner) ([]Stated, error) {
	list, err := tx.StatementsOf(ctx, l.ID)
	if err != nil {
		return nil, err
	}
	said, err := tx.ConfirmationsOf(ctx, l.ID)
	if err != nil {
		return nil, err
	}
	var out []Stated
	for _, s := range list {
		v := Stated{Statement: *s}
		for _, c := range said {
			if c.Statement == s.ID {
				shown := *c
				shown.TokenHash = ""
				v.Confirmations = append(v.Confirmations, shown)
			}
		}
		if v.Document, err = document(l, s, v.Confirmations); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// State adds a statement, or changes the version of one that was read. A change lets what others confirmed lapse: they
// confirmed other words.
func (d *Desk) State(ctx context.Context, actor record.Actor, id record.StatementID, version int64, b record.StatementBody) (record.StatementID, error) {
	const op = "learner.State"
	if err := checkStatement(op, &b, d.now()); err != nil {
		return "", err
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		if id != "" {
			s, err := tx.Statement(ctx, l.ID, id)
			if err != nil {
				return err
			}
			s.Body, s.UpdatedAt, s.Version = b, d.now(), version
			if err := tx.ChangeStatement(ctx, s); err != nil {
				return changedElsewhere(op, err)
			}
			return d.private(ctx, tx, actor, "statement.changed", "statement/"+string(id))
		}
		have, err := tx.StatementsOf(ctx, l.ID)
		if err != nil {
			return err
		}
		if len(have) >= maxStatements {
			return record.Errorf(record.TooLarge, op, "there are already %d statements; delete one", len(have))
		}
		id = record.StatementID(record.NewID())
		if err := tx.AddStatement(ctx, &record.Statement{ID: id, Institution: l.Institution, Learner: l.ID, Body: b, CreatedAt: d.now(), UpdatedAt: d.now()}); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, "statement.added", "statement/"+string(id))
	})
	return id, record.Wrap(op, err)
}

// Statement reads one of the actor's statements.
func (d *Desk) Statement(ctx context.Context, actor record.Actor, id record.StatementID) (*Stated, error) {
	const op = "learner.Statement"
	var out *Stated
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		all, err := statements(ctx, tx, l)
		if err != nil {
			return err
		}
		for i := range all {
			if all[i].ID == id {
				out = &all[i]
				return nil
			}
		}
		return record.Errorf(record.NotFound, op, "there is no such statement")
	})
	return out, record.Wrap(op, err)
}

// Unstate deletes a statement with what others said about it.
func (d *Desk) Unstate(ctx context.Context, actor record.Actor, id record.StatementID) error {
	const op = "learner.Unstate"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := self(ctx, tx, op, actor); err != nil {
			return err
		}
		if err := tx.DeleteStatement(ctx, actor.Learner, id); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, "statement.deleted", "statement/"+string(id))
	})
	return record.Wrap(op, err)
}

// AskConfirmation mails somebody a link at which they can say, without an account, whether a statement is so. The link is
// made here and kept nowhere.
func (d *Desk) AskConfirmation(ctx context.Context, actor record.Actor, id record.StatementID, email string) error {
	const op = "learner.AskConfirmation"
	to, err := mail.Address(email)
	if err != nil {
		return record.Errorf(record.Invalid, op, "%q is not a mail address, such as name@example.org", email)
	}
	token := rand.Text()
	var letter *mail.Letter
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		if strings.EqualFold(to, l.Email) {
			return record.Errorf(record.Invalid, op, "this is your own address; ask somebody else who has seen it")
		}
		if l.Guardian {
			if ok, err := allowed(ctx, tx, l); err != nil || !ok {
				return cmpErr(err, record.Errorf(record.Forbidden, op, "sharing is off for this record until the guardian allows it"))
			}
		}
		s, err := tx.Statement(ctx, l.ID, id)
		if err != nil {
			return err
		}
		said, err := tx.ConfirmationsOf(ctx, l.ID)
		if err != nil {
			return err
		}
		open := 0
		for _, c := range said {
			if c.Statement == id && c.Answer == record.ConfirmationOpen && c.ExpiresAt.After(d.now()) {
				if open++; strings.EqualFold(c.Email, to) {
					return record.Errorf(record.Conflict, op, "this person was asked already and has not answered yet")
				}
			}
		}
		if open >= maxConfirmations {
			return record.Errorf(record.TooLarge, op, "%d people were asked already; wait for an answer", open)
		}
		i, err := tx.Institution(ctx, l.Institution)
		if err != nil {
			return err
		}
		c := &record.Confirmation{ID: record.ConfirmationID(record.NewID()), Statement: id, Learner: l.ID, Email: to, TokenHash: record.Sum([]byte(token)), About: s.Body.Sum(),
			Answer: record.ConfirmationOpen, AskedAt: d.now(), ExpiresAt: d.now().Add(confirmationLife)}
		if err := tx.AddConfirmation(ctx, c); err != nil {
			return err
		}
		letter = &mail.Letter{ID: string(c.ID), Name: "mail.confirm", To: to, Language: l.Language, House: i.Name, Link: i.Root() + "/confirm/" + token, Args: map[string]string{"Name": l.Name.Display}}
		return d.private(ctx, tx, actor, "confirmation.asked", "statement/"+string(id))
	})
	if err != nil {
		return record.Wrap(op, err)
	}
	return d.post(ctx, op, letter)
}

func cmpErr(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// Asked is what somebody who was asked to confirm sees.
type Asked struct {
	record.Confirmation
	Learner, House string
	Body           record.StatementBody
	Changed        bool // the statement was changed since it was asked about
}

// Asked reads the question behind a link. A link that is over, was answered or never was looks alike to whoever guesses.
func (d *Desk) Asked(ctx context.Context, token string) (*Asked, error) {
	const op = "learner.Asked"
	gone := record.Errorf(record.Gone, op, "this link is not open: it was used, it has ended, or it never was")
	var out *Asked
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		c, err := tx.ConfirmationByToken(ctx, record.Sum([]byte(token)))
		if record.KindOf(err) == record.NotFound {
			return gone
		}
		if err != nil {
			return err
		}
		if c.Answer != record.ConfirmationOpen || !c.ExpiresAt.After(d.now()) {
			return gone
		}
		l, err := tx.Learner(ctx, c.Learner)
		if err != nil {
			return err
		}
		i, err := tx.Institution(ctx, l.Institution)
		if err != nil {
			return err
		}
		s, err := tx.Statement(ctx, c.Learner, c.Statement)
		if err != nil {
			return err
		}
		out = &Asked{Confirmation: *c, Learner: l.Name.Display, House: i.Name, Body: s.Body, Changed: c.About != s.Body.Sum()}
		return nil
	})
	return out, record.Wrap(op, err)
}

// Answer keeps what somebody said about a statement, once.
func (d *Desk) Answer(ctx context.Context, token string, confirmed bool, name, role, text string) error {
	const op = "learner.Answer"
	name, role, text = tidy(name), tidy(role), tidy(text)
	if name == "" && confirmed || longer(name, maxName) || longer(role, maxName) || longer(text, maxDescription) {
		return record.Errorf(record.Invalid, op, "say who you are, and how you know")
	}
	asked, err := d.Asked(ctx, token)
	if err != nil {
		return err
	}
	if asked.Changed && confirmed {
		return record.Errorf(record.Conflict, op, "the words were changed after you were asked; ask for a new link")
	}
	c := asked.Confirmation
	c.Answer, c.Name, c.Role, c.Text, c.Answered = record.ConfirmationDeclined, name, role, text, d.now()
	if confirmed {
		c.Answer = record.ConfirmationGiven
		if c.Endorsement, err = d.endorse(ctx, &c, &asked.Body); err != nil { // before the transaction: the key is read in one of its own
			return record.Wrap(op, err)
		}
	}
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := tx.Learner(ctx, c.Learner)
		if err != nil {
			return err
		}
		if err := tx.AnswerConfirmation(ctx, &c); err != nil {
			return err
		}
		return tx.Append(ctx, &record.Event{Institution: l.Institution, At: d.now(), Actor: "stranger", Action: "confirmation.answered", Object: "statement/" + string(c.Statement), Learner: l.ID})
	})
	return record.Wrap(op, err)
}

// DropConfirmation deletes what somebody said, or the question.
func (d *Desk) DropConfirmation(ctx context.Context, actor record.Actor, id record.ConfirmationID) error {
	const op = "learner.DropConfirmation"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := self(ctx, tx, op, actor); err != nil {
			return err
		}
		if err := tx.DeleteConfirmation(ctx, actor.Learner, id); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, "confirmation.deleted", "confirmation/"+string(id))
	})
	return record.Wrap(op, err)
}
